"""Keeps the demo region's times ahead of the clock: fifteen days from today, some of them taken.

It reads doctors and patients from the database and writes slots, bookings and their claims; days that have times
already stay as they are.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from kiosk.central import outbox, schema, slots, tickets
from kiosk.central.demo import DEMO_TERMINAL, opaque
from kiosk.central.demo.staff import ABSENCES, SPECIALITIES
from kiosk.central.demo.visits import Diary, Occupied, Visit, Visitor
from kiosk.central.proposals import Role, Time
from kiosk.central.rules import TICK_SECONDS
from kiosk.central.schedule import shifts
from kiosk.central.shapes import AWAITING, BOOKED
from kiosk.central.store import Store

ZONE = ZoneInfo("Europe/Moscow")

#: There are times until today + DAYS_AHEAD, included (api.md section 13).
DAYS_AHEAD = 14
#: An absence lasts from so many days before today until so many after.
_ABSENT = (-3, 21)
_USUAL_MINUTES = 15
_FIRST_TICKET = 1000


def extend(store: Store, now: int) -> int:
    """Add the days that are missing between today and today + 14; how many. Cheap where none is."""
    with store.read() as connection:
        if not missing(connection, now):
            return 0
    return store.write(lambda connection: extend_within(connection, now))


def missing(connection: Connection, now: int) -> list[date]:
    """The days that should have times and have none."""
    today = shifts.local_day(now, ZONE)
    last = connection.execute(select(func.max(schema.slot.c.day))).scalar()
    first = today if last is None else max(today, date.fromordinal(last) + timedelta(days=1))
    return shifts.days_from(first, today + timedelta(days=DAYS_AHEAD))


def extend_within(connection: Connection, now: int) -> int:
    """The same inside a transaction."""
    days = missing(connection, now)
    if days:
        _move_absences(connection, shifts.local_day(now, ZONE))
        new = list(_new_times(connection, days))
        connection.execute(insert(schema.slot), [_slot(time) for time in new])
        diary = Diary(_visitors(connection), _occupied(connection, new), now)
        taken = list(diary.fill(new))
        _write_bookings(connection, taken, now)
    return len(days)


def _move_absences(connection: Connection, today: date) -> None:
    """Those who are always away stay away; what staff called off of others stays as it is."""
    first, last = (today.toordinal() + days for days in _ABSENT)
    always = schema.absence.c.role_id.in_([absence.role_id for absence in ABSENCES])
    connection.execute(delete(schema.absence).where(always))
    rows = [{**asdict(absence), "first_day": first, "last_day": last} for absence in ABSENCES]
    connection.execute(insert(schema.absence), rows)


def _new_times(connection: Connection, days: Sequence[date]) -> Iterator[Time]:
    """The times of every doctor on the days on which they are not away."""
    away = _away(connection)
    query = (
        select(*slots.ROLE_COLUMNS, schema.role.c.working_time)
        .select_from(slots.ROLES)
        .where(slots.ACTIVE)
        .order_by(schema.role.c.id)
    )
    for *columns, week in connection.execute(query):
        role = Role(*columns)
        worked = [day for day in days if not any(day.toordinal() in gone for gone in away.get(role.id, ()))]
        yield from times_of_role(role, orjson.loads(week), worked)


def _away(connection: Connection) -> dict[str, list[range]]:
    """The ordinals of the days on which doctors are away, by role."""
    away: dict[str, list[range]] = {}
    for row in connection.execute(select(schema.absence)):
        away.setdefault(row.role_id, []).append(range(row.first_day, row.last_day + 1))
    return away


def times_of_role(role: Role, week: list[dict[str, Any]], days: Iterable[date]) -> Iterator[Time]:
    """The times of a doctor's working week on these days."""
    speciality = SPECIALITIES.get(role.specialty_code)
    minutes = speciality.minutes if speciality else _USUAL_MINUTES
    worked = shifts.of_week(week, minutes)
    for day in days:
        for interval in shifts.of_day(worked, day, ZoneInfo(role.zone)):
            yield Time(role, interval.start, interval.end, interval.day, 0)


def _slot(time: Time) -> dict[str, Any]:
    return {
        "role_id": time.role.id,
        "start": time.start,
        "end": time.end,
        "day": time.day,
        "generation": time.generation,
    }


def _visitors(connection: Connection) -> list[Visitor]:
    """The patients who are not there to show a situation, and are known to some facility."""
    patient = schema.patient
    columns = (patient.c.id, patient.c.birth_date, patient.c.sex, patient.c.facility_id)
    query = select(*columns).where(patient.c.situation.is_(None)).order_by(patient.c.id)
    known = _grouped(connection.execute(select(schema.card.c.patient_id, schema.card.c.facility_id)))
    observed = _grouped(
        connection.execute(select(schema.observation.c.patient_id, schema.observation.c.specialty_code))
    )
    return [
        Visitor(
            id,
            date.fromisoformat(birth_date),
            sex,
            frozenset(known.get(id, ())) | ({attached} if attached else frozenset()),
            frozenset(observed.get(id, ())),
        )
        for id, birth_date, sex, attached in connection.execute(query)
    ]


def _grouped(rows: Iterable[Row[tuple[str, str]]]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for key, value in rows:
        grouped.setdefault(key, set()).add(value)
    return grouped


def _occupied(connection: Connection, new: Sequence[Time]) -> Occupied:
    """The claims that patients have already: their days (R27), and their times from the first new one on (R44)."""
    claim = schema.claim
    first = min(time.start for time in new) // TICK_SECONDS
    days = or_(claim.c.resource.startswith("asked:"), claim.c.resource.startswith("visit:"))
    query = select(claim.c.resource, claim.c.tick).where(or_(claim.c.tick >= first, days))
    return {(resource, tick) for resource, tick in connection.execute(query)}


# --- bookings ----------------------------------------------------------------------------------------------------


def _write_bookings(connection: Connection, taken: Sequence[Visit], now: int) -> None:
    numbers = free_numbers(connection, now)
    rows = [booking_row(visit, next(numbers)) for visit in taken]
    claims = [claim for visit in taken for claim in claim_rows(visit)]
    if rows:
        connection.execute(insert(schema.appointment), rows)
        connection.execute(
            insert(schema.claim), sorted(claims, key=lambda row: (row["resource"], row["tick"]))
        )
        connection.execute(insert(schema.event), [_event(visit) for visit in taken])


def free_numbers(connection: Connection, now: int) -> Iterator[str]:
    """Numbers that nobody has whose visit is not over, or who waits."""
    used = tickets.used(connection, now)
    return (str(number) for number in count(_FIRST_TICKET) if str(number) not in used)


def booking_row(visit: Visit, ticket: str) -> dict[str, Any]:
    """The row of a new booking."""
    time, role = visit.time, visit.time.role
    return {
        "id": time.id,
        "version": 1,
        "status": AWAITING if role.approval else BOOKED,
        "role_id": role.id,
        "facility_id": role.facility_id,
        "service_id": role.service_id,
        "specialty_code": role.specialty_code,
        "profile_code": role.profile_code,
        "patient_id": visit.patient_id,
        "start": time.start,
        "end": time.end,
        "visit_day": time.day,
        "asked_day": visit.asked_day,
        "ticket": ticket,
        "code": _code(time.id),
        "created": visit.created,
        "changed": visit.created,
        "cancelation_reason": None,
        "seen": True,
        "channel": _channel(visit),
    }


def _event(visit: Visit) -> dict[str, Any]:
    """That it was booked, for the statistics (R35): one of four by staff."""
    time, role = visit.time, visit.time.role
    return {
        "id": opaque("event", time.id),
        "kind": outbox.Happened.BOOKED.value,
        "asked_at": visit.created,
        "visit_at": time.start,
        "facility_id": role.facility_id,
        "specialty_code": role.specialty_code,
        "role_id": role.id,
        "channel": _channel(visit),
    }


def _channel(visit: Visit) -> str:
    """One of four was booked by staff."""
    return outbox.STAFF if opaque("event", visit.time.id) < "c" else outbox.CHANNEL


def _code(id: str) -> str:
    return base64.b32encode(hashlib.sha256(f"demo code {id}".encode()).digest()[:10]).decode()


def claim_rows(visit: Visit) -> Iterator[dict[str, Any]]:
    """The rows of the claims of a booking."""
    for claim in visit.claims:
        yield {
            "resource": claim.resource,
            "tick": claim.tick,
            "appointment": visit.time.id,
            "holder": DEMO_TERMINAL,
            "expires": None,
        }
