"""Which screen comes next, and what Back leaves: pure functions of the visit."""

from enum import Enum

from kiosk.visit import OF_THE_PATIENT, Detour, Fact, Intent, Visit


class Step(Enum):
    """The screens of a visit, by the name under which each is registered."""

    WELCOME = "welcome"
    HOME = "home"
    DISTRICT = "district"
    FACILITY = "facility"
    SPECIALTY = "specialty"
    DOCTOR = "doctor"
    TIME = "time"
    IDENTIFY = "identify"
    CONTACTS = "contacts"
    CONFIRM = "confirm"
    RESULT = "result"
    FACILITY_CARD = "facility_card"
    DOCTOR_CARD = "doctor_card"
    MINE = "mine"
    NO_TIMES = "no_times"
    WAIT = "wait"
    WAITING = "waiting"
    CABINET = "cabinet"
    HISTORY = "history"
    MESSAGES = "messages"
    TICKET_NUMBER = "ticket_number"
    TICKET = "ticket"
    MESSAGE = "message"
    OWN_CONTACTS = "own_contacts"
    CODE = "code"
    FACILITY_SEARCH = "facility_search"
    DOCTOR_SEARCH = "doctor_search"
    AREA = "area"
    ELSEWHERE = "elsewhere"
    HELP = "help"
    ACCESS = "access"
    LOCKED = "locked"
    OUT_OF_SERVICE = "out_of_service"
    PIN = "pin"
    MAINTENANCE = "maintenance"


Needs = tuple[tuple[Fact, Step], ...]

#: What each intent needs, in the order in which it is asked, and the step that asks for it: a booking (R21 to R24),
#: information without a person (R7), what is the patient's own, a place on the waiting list, the cabinet (R15).
NEEDS: dict[Intent, Needs] = {
    Intent.BOOK: (
        (Fact.FACILITY, Step.FACILITY),
        (Fact.SPECIALTY, Step.SPECIALTY),
        (Fact.DOCTOR, Step.DOCTOR),
        (Fact.TIME, Step.TIME),
        (Fact.PATIENT, Step.IDENTIFY),
        (Fact.CONTACTS, Step.CONTACTS),
        (Fact.BOOKING, Step.CONFIRM),
    ),
    Intent.LOOK: (
        (Fact.FACILITY, Step.FACILITY),
        (Fact.CARD, Step.FACILITY_CARD),
        (Fact.SPECIALTY, Step.SPECIALTY),
        (Fact.DOCTOR, Step.DOCTOR),
    ),
    Intent.MINE: ((Fact.PATIENT, Step.IDENTIFY),),
    Intent.WAIT: (
        (Fact.FACILITY, Step.FACILITY),
        (Fact.SPECIALTY, Step.SPECIALTY),
        (Fact.PATIENT, Step.IDENTIFY),
        (Fact.CONTACTS, Step.CONTACTS),
        (Fact.WAITING, Step.WAIT),
    ),
    Intent.CABINET: ((Fact.PATIENT, Step.IDENTIFY),),
    Intent.MOVE: (
        (Fact.PATIENT, Step.IDENTIFY),
        (Fact.MOVING, Step.CABINET),
        (Fact.DOCTOR, Step.DOCTOR),
        (Fact.TIME, Step.TIME),
        (Fact.BOOKING, Step.CONFIRM),
    ),
}
#: What a move leaves as it is.
FIXED: dict[Intent | None, tuple[Fact, ...]] = {
    Intent.MOVE: (Fact.DISTRICT, Fact.FACILITY, Fact.CARD, Fact.SPECIALTY)
}

#: Where each intent leads to.
ENDS = {
    Intent.BOOK: Step.RESULT,
    Intent.LOOK: Step.DOCTOR_CARD,
    Intent.MINE: Step.MINE,
    Intent.WAIT: Step.WAITING,
    Intent.CABINET: Step.CABINET,
    Intent.MOVE: Step.RESULT,
}
#: What is opened in the cabinet; the newest is on the screen.
OPENED = {
    Fact.HISTORY: Step.HISTORY,
    Fact.MESSAGES: Step.MESSAGES,
    Fact.NUMBER: Step.TICKET_NUMBER,
    Fact.TICKET: Step.TICKET,
    Fact.MESSAGE: Step.MESSAGE,
    Fact.OWN_CONTACTS: Step.OWN_CONTACTS,
    Fact.TYPING: Step.CONTACTS,
    Fact.CODE: Step.CODE,
}

#: Every look aside has the step of its name.
DETOURS = {detour: Step(detour.value) for detour in Detour}


def next_step(visit: Visit) -> Step:
    """The first thing still needed for what the patient came for."""
    if not visit.started:
        return Step.WELCOME
    if visit.detour is not None:
        return DETOURS[visit.detour]
    if visit.intent is None:
        return Step.HOME
    missing = (step for fact, step in NEEDS[visit.intent] if not visit.has(fact))
    return _said_otherwise(visit, next(missing, ENDS[visit.intent]))


def _said_otherwise(visit: Visit, step: Step) -> Step:
    """A facility is looked for in its district first; where there is no time, what else can be done is said; what is
    opened in the cabinet stands over it; the code of a new contact is asked for before what it is given for."""
    if step is Step.CABINET:
        opened = (OPENED[one.fact] for one in reversed(visit.known) if one.fact in OPENED)
        return next(opened, step)
    if step in (Step.CONFIRM, Step.WAIT) and visit.has(Fact.CODE):
        return Step.CODE
    if step is Step.FACILITY and not visit.has(Fact.DISTRICT):
        return Step.DISTRICT
    no_times = visit.intent in (Intent.BOOK, Intent.MOVE) and visit.has(Fact.NO_TIMES)
    return Step.NO_TIMES if no_times and step in (Step.DOCTOR, Step.TIME) else step


def is_over(visit: Visit) -> bool:
    """Whether the patient has what they came for, and the registry too: there is no way back past that."""
    return visit.has(Fact.BOOKING) or visit.has(Fact.WAITING)


def step_back(visit: Visit) -> Visit:
    """One step back: out of the detour, else without the newest chosen fact that led here, else before the last jump.

    A fact whose loss would change nothing on the screen stays: who chose another doctor after they identified
    themselves does not lose that by going back. Nor does who came from elsewhere to say who they are (R8): they
    return there known. There is no way back past a booking.
    """
    if visit.detour is not None:
        return visit.look_back()
    if is_over(visit):
        return visit
    here = next_step(visit)
    chosen = (one.fact for one in reversed(visit.known) if one.chosen and not visit.is_older(one))
    kept = OF_THE_PATIENT if visit.intent in (Intent.MINE, Intent.CABINET, Intent.MOVE) else ()
    led_here = next(
        (one for one in chosen if one not in kept and next_step(visit.drop(one)) is not here), None
    )
    if led_here is not None:
        return visit.drop(led_here)
    before = visit.jump_back()
    return before if next_step(before) is not here or before.intent is None else step_back(before)
