"""Appointments read and searched: the patient's own (api.md section 10, ITI-118), a terminal's requests (section 8)."""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from kiosk.central import entries, pages, recovery, shapes, waiting
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import (
    CODE,
    ID,
    TICKET,
    URI,
    Resource,
    day,
    instant,
    reference_id,
    searchset,
    version_tag,
)
from kiosk.central.records import BOOKINGS, booking_of, mark_seen, of_patient, query
from kiosk.central.schema import appointment, request
from kiosk.central.schema import waiting as waiting_table
from kiosk.central.shapes import Booking
from kiosk.central.waitlist import WAITING, Entry

#: Completes a year or a month to its first day, by position.
_JANUARY_FIRST = "0000-01-01"
#: More alternatives than this in one search are no question of a patient.
MOST_VALUES = 200
#: How long a `next` link is good.
NEXT_SECONDS = 600
STATUS = "http://hl7.org/fhir/appointmentstatus"
PATH = "Appointment"

_DATE = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?)")
_INSTANT = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(.+)", re.DOTALL)


def read(call: Call) -> Reply:
    """A booking of the token's patient, or a wait of theirs."""
    id, patient_id = call.path["id"], call.caller.patient_id
    with call.store.read() as connection:
        if entries.by_id(connection, id) is not None:
            entry = entries.of_patient(connection, id, patient_id)
            return Reply(waiting.told(connection, call, entry), headers={"ETag": version_tag(entry.version)})
        booking = of_patient(connection, id, patient_id)
    return Reply(shapes.booked(booking), headers={"ETag": version_tag(booking.version)})


def search(call: Call) -> Reply:
    """With `patient`: that patient's bookings. Else what section 8 tells a terminal of its own requests."""
    state = pages.resumed(call, PATH)
    given = list(call.query) if state is None else [(name, value) for name, value in state["query"]]
    if not any(name == "patient" for name, _ in given):
        return _recover(call, given)
    if call.caller.who is not Who.PATIENT:
        raise Refusal("forbidden")
    _check_patient(call, given)
    return _page(call, given, state["offset"] if state else 0)


_SEARCHES = {
    "patient": "reference",
    "date": "date",
    "status": "token",
    "identifier": "token",
    "_id": "token",
    "_sort": "",
    "_count": "",
    pages.PARAMETER: "",
}
ROUTES = (
    Route("GET", "/Appointment/{id}", read, Who.PATIENT, "read", personal=True),
    Route("GET", "/Appointment", search, Who.TERMINAL, "search-type", searches=_SEARCHES, personal=True),
    Route(
        "POST", "/Appointment/_search", search, Who.TERMINAL, "search-type", searches=_SEARCHES, personal=True
    ),
)


# --- recovery ----------------------------------------------------------------------------------------------------


def _recover(call: Call, given: list[tuple[str, str]]) -> Reply:
    """Exactly one `identifier` or `_id` to look for; anything wider needs a patient (api.md section 1)."""
    match [pair for pair in given if pair[0] not in ("_count", "_sort")]:
        case [("identifier", value)] if (identifier := _uuid(value)) is not None:
            with call.store.read() as connection:
                found = recovery.by_identifier(connection, call, identifier)
        case [("_id", value)] if ID.fullmatch(value):
            with call.store.read() as connection:
                found = recovery.by_attempt(connection, call, value)
        case _:
            raise Refusal("invalid", "patient")
    return Reply(shapes.bundle(call.base, *found))


def _uuid(token: str) -> str | None:
    """The `urn:uuid:...` of a token of that system; None for any other."""
    system, _, value = token.rpartition("|")
    return value if system in ("", URI) and value.startswith("urn:uuid:") else None


# --- the patient's own -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """One page of a search: how many there are in all, the bookings of this page, and the waits that follow them."""

    total: int
    bookings: list[Booking]
    waits: list[Entry]
    resources: list[Resource]

    @property
    def told_before(self) -> bool:
        """Whether all of it was told to somebody already."""
        return all(one.seen for one in self.bookings) and all(one.seen for one in self.waits)


def _check_patient(call: Call, given: list[tuple[str, str]]) -> None:
    asked = {reference_id(value, "Patient", "patient") for name, value in given if name == "patient"}
    if asked != {call.caller.patient_id}:
        raise Refusal("not-found")


def _page(call: Call, given: list[tuple[str, str]], offset: int) -> Reply:
    values = dict(given)
    count = pages.count(values.get("_count"))
    search = Search(
        _condition(call, given, _CONDITIONS, appointment.c.patient_id),
        _condition(call, given, _OF_WAITS, waiting_table.c.patient_id) if _asks_for_waits(given) else None,
        _latest_first(values.get("_sort", "date")),
        offset,
        count,
    )
    found = _told(call, search)
    answer = [shapes.appointment_entry(call.base, resource) for resource in found.resources]
    links = {}
    if 0 < count < found.total - offset:
        state = {"query": given, "offset": offset + count}
        links["next"] = pages.link(call, PATH, state, seconds=NEXT_SECONDS)
    return Reply(searchset(answer, found.total, links))


@dataclass(frozen=True)
class Search:
    """What is searched for, and which part of it is told. `waits` is None where the waiting list is not asked for."""

    bookings: ColumnElement[bool]
    waits: ColumnElement[bool] | None
    latest_first: bool
    offset: int
    count: int


def _told(call: Call, search: Search) -> Found:
    """What is found; it is read again to be marked where something is told for the first time."""
    with call.store.read() as connection:
        found = _found(connection, call, search)
    if found.told_before:
        return found
    return call.store.write(lambda connection: _seen(connection, _found(connection, call, search)))


def _seen(connection: Connection, found: Found) -> Found:
    """What is told to the patient stands: a terminal takes it back no more (api.md section 8)."""
    mark_seen(connection, found.bookings)
    entries.mark_seen(connection, found.waits)
    return found


def _found(connection: Connection, call: Call, search: Search) -> Found:
    """The bookings in order of their time, and after them the waits, which have none yet."""
    total = connection.execute(select(func.count()).select_from(BOOKINGS).where(search.bookings)).scalar_one()
    start = appointment.c.start.desc() if search.latest_first else appointment.c.start
    ordered = query().where(search.bookings).order_by(start, appointment.c.id)
    rows = connection.execute(ordered.limit(search.count).offset(search.offset))
    bookings = [booking_of(row) for row in rows]
    waits = [] if search.waits is None else _standing(connection, call, search.waits)
    first = max(0, search.offset - total)
    shown = waits[first : first + search.count - len(bookings)]
    resources = [shapes.booked(booking) for booking in bookings]
    resources += [waiting.told(connection, call, entry) for entry in shown]
    return Found(total + len(waits), bookings, shown, resources)


def _standing(connection: Connection, call: Call, condition: ColumnElement[bool]) -> list[Entry]:
    return entries.search(connection, and_(condition, entries.stands_at(call.now)))


def _asks_for_waits(given: list[tuple[str, str]]) -> bool:
    """Only where `status` names them: an entry of the waiting list has no time, which who asks for visits counts on."""
    asked = [values.split(",") for name, values in given if name == "status"]
    return bool(asked) and all(_names_waits(values) for values in asked)


def _names_waits(values: list[str]) -> bool:
    return any(value in (WAITING, f"{STATUS}|{WAITING}") for value in values)


def _latest_first(sort: str) -> bool:
    if sort not in ("date", "-date"):
        raise Refusal("invalid", "_sort")
    return sort == "-date"


def _condition(
    call: Call, given: list[tuple[str, str]], conditions: "Conditions", patient_id: ColumnElement[str]
) -> ColumnElement[bool]:
    """Every parameter holds; of the values that a comma parts, one is enough."""
    asked = [(name, values.split(",")) for name, values in given if name in conditions]
    if sum(len(values) for _, values in asked) > MOST_VALUES:
        raise Refusal("invalid", asked[-1][0])
    anyone = [or_(*(conditions[name](value) for value in values)) for name, values in asked]
    return and_(patient_id == call.caller.patient_id, *anyone)


def _status(token: str) -> ColumnElement[bool]:
    system, bar, code = token.rpartition("|")
    return appointment.c.status == code if not bar or system == STATUS else false()


def _identifier(token: str) -> ColumnElement[bool]:
    columns = {URI: request.c.identifier, TICKET: appointment.c.ticket, CODE: appointment.c.code}
    return _identified(token, columns)


def _identifier_of_wait(token: str) -> ColumnElement[bool]:
    columns = {URI: waiting_table.c.identifier, TICKET: waiting_table.c.ticket, CODE: waiting_table.c.code}
    return _identified(token, columns)


def _identified(token: str, columns: Mapping[str, ColumnElement[str]]) -> ColumnElement[bool]:
    system, bar, value = token.rpartition("|")
    if not bar:
        return or_(*(column == value for column in columns.values()))
    return columns[system] == value if system in columns else false()


def _id(value: str) -> ColumnElement[bool]:
    return appointment.c.id == value


def _date(text: str) -> ColumnElement[bool]:
    """FHIR's date search on the start of the visit; days, months and years are the facility's local ones."""
    match = _DATE.fullmatch(text)
    if match is not None:
        first, after = _days(match[2])
        return _compared(appointment.c.visit_day, match[1] or "eq", first.toordinal(), after)
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise Refusal("invalid", "date")
    moment = instant(match[2], "date")
    return _compared(appointment.c.start, match[1] or "eq", moment, moment + 1)


def _days(text: str) -> tuple[date, int]:
    """The first day of a year, month or day, and the ordinal of the day after its last."""
    first = day(text + _JANUARY_FIRST[len(text) :], "date")
    if len(text) == 10:
        return first, first.toordinal() + 1
    months = 12 if len(text) == 4 else 1
    last_of_month = calendar.monthrange(first.year, first.month + months - 1)[1]
    return first, first.replace(month=first.month + months - 1, day=last_of_month).toordinal() + 1


def _compared(column: ColumnElement[int], prefix: str, first: int, after: int) -> ColumnElement[bool]:
    match prefix:
        case "eq":
            return (column >= first) & (column < after)
        case "ne":
            return (column < first) | (column >= after)
        case "gt" | "sa":
            return column >= after
        case "lt" | "eb":
            return column < first
        case "ge":
            return column >= first
    return column < after


Conditions = Mapping[str, Callable[[str], ColumnElement[bool]]]
_CONDITIONS: Conditions = {
    "status": _status,
    "identifier": _identifier,
    "_id": _id,
    "date": _date,
}
#: An entry of the waiting list has no date yet.
_OF_WAITS: Conditions = {
    "identifier": _identifier_of_wait,
    "_id": lambda value: waiting_table.c.id == value,
    "date": lambda _: false(),
}
