"""Patients whom staff look for: by the full name and one number of their papers, exactly (R34, R39).

Every search is audited, found or not, and an account has so many of them in a while: nobody reads the file through.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select

from kiosk.central import audit, tries
from kiosk.central.call import Refusal
from kiosk.central.schema import card, facility, patient
from kiosk.central.sign_in import folded
from kiosk.check_digits import digits_only
from kiosk.lettering import fold

#: An account may search so often within tries.WINDOW_SECONDS.
MOST_SEARCHES = 100
#: More people of one name and number than these are not told.
MOST_FOUND = 5
_NAMES = (patient.c.last_name, patient.c.first_name, patient.c.patronymic)


#: Numbers of somebody's papers by the columns that keep them, and what is kept of what was typed.
NUMBERS: dict[str, Callable[[str], str]] = {
    "policy_number": folded,
    "snils": digits_only,
    "document_number": folded,
}


@dataclass(frozen=True)
class Sought:
    """A full name, and one of the NUMBERS as it was typed."""

    last_name: str
    first_name: str
    patronymic: str
    kind: str
    number: str

    def __repr__(self) -> str:
        return "Sought(***)"


@dataclass(frozen=True)
class Found:
    """Enough to tell two people apart, and to know where they belong; `attached` is (id, name) of a facility."""

    id: str
    name: str
    birth_date: str
    attached: tuple[str, str] | None


def search(connection: Connection, call: audit.By, sought: Sought) -> list[Found]:
    """Who has this name and this number, within the caller's reach.

    Refusal("invalid") for a number of which nothing is left, "too-many" where too much was asked.
    """
    number = NUMBERS[sought.kind](sought.number)
    if not number:
        raise Refusal("invalid", sought.kind)
    _count(connection, call)
    query = (
        select(patient.c.id, patient.c.birth_date, *_NAMES, facility.c.id, facility.c.name)
        .select_from(patient.outerjoin(facility, patient.c.facility_id == facility.c.id))
        .where(patient.c[sought.kind] == number, _within_reach(call))
        .order_by(patient.c.birth_date, patient.c.id)
    )
    wanted = tuple(map(fold, (sought.last_name, sought.first_name, sought.patronymic)))
    rows = [row for row in connection.execute(query) if tuple(map(fold, row[2:5])) == wanted]
    found = [_found(*row) for row in rows[:MOST_FOUND]]
    for id in [one.id for one in found] or [""]:
        audit.note(connection, call, "search", f"Patient/{id}" if id else "Patient", id)
    return found


def check(connection: Connection, call: audit.By, patient_id: str) -> None:
    """Refusal("not-found") for a patient who is not within the caller's reach, or nowhere."""
    known = select(patient.c.id).where(patient.c.id == patient_id, _within_reach(call))
    if connection.execute(known).first() is None:
        raise Refusal("not-found")


def _within_reach(call: audit.By) -> ColumnElement[bool]:
    """A registrar reaches those whom their facility knows or would take (R10), an operator everybody."""
    staff = call.caller.staff
    if staff is None:
        raise Refusal("forbidden")
    if not staff.facility_id:
        return patient.c.id.is_not(None)
    here = staff.facility_id
    has_card = exists().where(and_(card.c.patient_id == patient.c.id, card.c.facility_id == here))
    takes_all = exists().where(and_(facility.c.id == here, facility.c.newcomers)).correlate(None)
    return or_(patient.c.facility_id == here, has_card, takes_all)


def _count(connection: Connection, call: audit.By) -> None:
    subject = f"search:{audit.who(call.caller)}"
    times = tries.failures(connection, subject, call.now, most=MOST_SEARCHES)
    if len(times) >= MOST_SEARCHES:
        raise Refusal("too-many", retry_after=max(1, times[-1] + tries.WINDOW_SECONDS - call.now))
    tries.record(connection, (subject,), call.now)


def _found(
    id: str,
    birth_date: str,
    last_name: str,
    first_name: str,
    patronymic: str,
    facility_id: str | None,
    facility_name: str | None,
) -> Found:
    name = " ".join(filter(None, (last_name, first_name, patronymic)))
    attached = (facility_id, facility_name or "") if facility_id else None
    return Found(id, name, birth_date, attached)
