"""Which role may do what, in one table (R40). The frame asks it for each route, handlers ask it for each thing."""

from enum import Enum

from kiosk.central.call import Call, Refusal
from kiosk.central.staff.account import Staff, StaffRole


class Action(Enum):
    """What staff may be allowed to do."""

    DIRECTORY = "read the directory and free times, which no patient is in"
    SEARCH_PATIENTS = "search patients"
    READ_BOOKINGS = "read the bookings of a patient who was found"
    DOCTOR_DAY = "read who sits with a doctor at what time"
    BOOK = "book and move for a caller, or at the desk"
    APPROVE = "approve and refuse requests"
    CANCEL = "cancel a booking"
    DAY_OFF = "call off or move a doctor's day"
    OVERBOOK = "put a second patient beside another"
    OVERRIDE_RULES = "pass over R27, R28 and R30, with a reason"
    ENTER_PAPER = "enter what was booked on paper"
    ATTENDANCE = "note who came"
    STATISTICS = "read the statistics"
    METRICS = "read the metrics"
    TERMINALS = "let terminals in, end them, list them"
    ACCOUNTS = "make and disable accounts"
    AUDIT = "read the audit"
    IMPORT = "take over files of clinics"
    SETTINGS = "change what a facility decides about bookings"


_DESK = frozenset(
    {
        Action.SEARCH_PATIENTS,
        Action.READ_BOOKINGS,
        Action.BOOK,
        Action.CANCEL,
        Action.OVERRIDE_RULES,
    }
)

#: Each may read what anybody may know, and what is theirs; nobody may do everything.
MAY: dict[StaffRole, frozenset[Action]] = {
    StaffRole.REGISTRAR: _DESK
    | {
        Action.DIRECTORY,
        Action.DOCTOR_DAY,
        Action.APPROVE,
        Action.DAY_OFF,
        Action.OVERBOOK,
        Action.ENTER_PAPER,
        Action.ATTENDANCE,
    },
    StaffRole.OPERATOR: _DESK | {Action.DIRECTORY},
    StaffRole.TECHNICIAN: frozenset({Action.DIRECTORY, Action.TERMINALS, Action.METRICS}),
    StaffRole.ANALYST: frozenset({Action.DIRECTORY, Action.STATISTICS}),
    StaffRole.ADMINISTRATOR: frozenset(
        {
            Action.DIRECTORY,
            Action.STATISTICS,
            Action.METRICS,
            Action.TERMINALS,
            Action.ACCOUNTS,
            Action.AUDIT,
            Action.IMPORT,
            Action.SETTINGS,
        }
    ),
}


def may(staff: Staff, action: Action) -> bool:
    """Whether this is the role's to do, wherever."""
    return action in MAY[staff.role]


def check(call: Call, action: Action, facility_id: str) -> None:
    """Raise Refusal: `forbidden` where this is not the role's to do, `not-found` for a facility that is not theirs."""
    staff = call.caller.staff
    if staff is None or not may(staff, action):
        raise Refusal("forbidden")
    if staff.facility_id not in ("", facility_id):
        raise Refusal("not-found")
