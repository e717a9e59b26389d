"""`GET /public/...`: what the clinic's own site may show of the schedules, where the setting opens it (api.md section 14).

Everybody may ask, and caches may answer. Of patients nothing is read: of a claim it only counts that it is there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from kiosk.central import availability, slots
from kiosk.central.call import Call, Handler, Refusal, Reply, Route, Who
from kiosk.central.fhir import reference_id
from kiosk.central.frame import PLAIN
from kiosk.central.proposals import Role
from kiosk.central.public import free_busy
from kiosk.central.public.free_busy import Day
from kiosk.central.schedule import shifts
from kiosk.central.schema import absence, facility, role, specialty

SETTING = "public_free_busy"
#: Times are told from today until so many days later.
DAYS_AHEAD = 14
#: So many seconds may an answer be told again without asking, and the parts of the page.
FRESH_SECONDS, PAGE_SECONDS = 60, 3600

_JSON = "application/json"
#: A page of another site may ask, and nobody guesses what an answer is.
_HEADERS = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
#: The page loads its own parts and asks this registry, nothing else; any site may frame it.
_POLICIES = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'",
    "Referrer-Policy": "no-referrer",
}
_PARTS = {
    "free-busy.html": "text/html; charset=utf-8",
    "free-busy.js": "text/javascript; charset=utf-8",
    "free-busy.css": "text/css; charset=utf-8",
}


# --- what is told ------------------------------------------------------------------------------------------------


def organizations(call: Call) -> Reply:
    """The facilities: id and name."""
    query = select(facility.c.id, facility.c.name).order_by(facility.c.name_words, facility.c.id)
    with call.store.read() as connection:
        listed = [{"id": row.id, "name": row.name} for row in connection.execute(query)]
    return _told(call, _json({"organizations": listed}), _JSON)


def doctors(call: Call) -> Reply:
    """The doctors of one facility, of one specialty of it where that is given by its code."""
    given = dict(call.query)
    if "organization" not in given:
        raise Refusal("invalid", "organization")
    conditions = [facility.c.id == reference_id(given["organization"], "Organization", "organization")]
    if "specialty" in given:
        conditions.append(specialty.c.code == given["specialty"])
    with call.store.read() as connection:
        listed = [free_busy.described(doctor) for doctor in _doctors(connection, *conditions)]
    return _told(call, _json({"doctors": listed}), _JSON)


def doctor(call: Call) -> Reply:
    """One doctor's times as JSON."""
    found, days = _found(call)
    return _told(call, _json(free_busy.as_data(found, days)), _JSON)


def calendar(call: Call) -> Reply:
    """The same as iCalendar. Only its DTSTAMP tells when it was asked for: the tag is of all else."""
    from kiosk.central.public.calendar import as_calendar

    found, days = _found(call)
    zone = ZoneInfo(found.zone)
    first, after = (
        shifts.midnight(date.fromordinal(number), zone) for number in (days[0].number, days[-1].number + 1)
    )
    body = as_calendar(found, days, first, after, call.now)
    return _told(call, body, "text/calendar; charset=utf-8", tagged=_json(free_busy.as_data(found, days)))


def page(call: Call) -> Reply:
    """A part of the page that can be framed."""
    name = call.path["name"]
    if name not in _PARTS:
        raise Refusal("not-found")
    return _told(call, _part(name), _PARTS[name], seconds=PAGE_SECONDS, more=_POLICIES)


@cache
def _part(name: str) -> bytes:
    return (files(__package__) / "page" / name).read_bytes()


# --- reading -----------------------------------------------------------------------------------------------------


def _found(call: Call) -> tuple[Role, Sequence[Day]]:
    """The doctor of the path with the days from today on; Refusal("not-found") for anybody else."""
    with call.store.read() as connection:
        found = _doctors(connection, role.c.id == call.path["id"])
        if not found:
            raise Refusal("not-found")
        today = found[0].local_day(call.now).toordinal()
        numbers = range(today, today + DAYS_AHEAD + 1)
        return found[0], _days(connection, found[0], numbers, call.now)


def _doctors(connection: Connection, *conditions: Any) -> list[Role]:
    query = select(*slots.ROLE_COLUMNS).select_from(slots.ROLES).where(slots.ACTIVE, *conditions)
    rows = connection.execute(query.order_by(role.c.name_words, role.c.id))
    return [Role(*row) for row in rows]


def _days(connection: Connection, found: Role, numbers: range, now: int) -> list[Day]:
    times = availability.times_by_day(connection, now, found.id, numbers)
    query = select(absence.c.first_day, absence.c.last_day).where(absence.c.role_id == found.id)
    away = [range(first, last + 1) for first, last in connection.execute(query)]
    return [
        Day(
            number,
            any(number in gone for gone in away),
            [(row.start, row.end, bool(row.free)) for row in times.get(number, ())],
        )
        for number in numbers
    ]


# --- answers -----------------------------------------------------------------------------------------------------


def _json(data: Any) -> bytes:
    return orjson.dumps(data)


def _told(
    call: Call,
    body: bytes,
    media: str,
    *,
    tagged: bytes = b"",
    seconds: int = FRESH_SECONDS,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Reply:
    """The answer with its tag; without a body where the caller has it already (RFC 9110, If-None-Match)."""
    tag = f'W/"{hashlib.sha256(tagged or body).hexdigest()[:32]}"'
    headers = {**_HEADERS, "ETag": tag, "Cache-Control": f"public, max-age={seconds}"} | dict(more)
    known = {item.strip().removeprefix("W/") for item in call.headers.get("if-none-match", "").split(",")}
    if known & {"*", tag.removeprefix("W/")}:
        return Reply(None, 304, headers)
    return Reply(body, headers={**headers, "Content-Type": media})


def _opened(handler: Handler) -> Handler:
    """Only where the region opened it: else there is nothing here."""

    def answer(call: Call) -> Reply:
        if not call.store.setting(SETTING):
            raise Refusal("not-found")
        return handler(call)

    return answer


def _route(path: str, handler: Handler, *parameters: str) -> Route:
    searches = dict.fromkeys(parameters, "")
    return Route("GET", f"/public/{path}", _opened(handler), Who.ANYBODY, PLAIN, searches=searches)


ROUTES = (
    _route("organizations", organizations),
    _route("doctors", doctors, "organization", "specialty"),
    _route("doctors/{id}", doctor),
    _route("doctors/{id}/calendar.ics", calendar),
    _route("page/{name}", page, "doctor", "organization", "specialty", "lang"),
)
