"""Keeps doctors' times as their working hours and absences say (R32): makes those of the days to come, withdraws those
that are no more, and tells which bookings have lost their time. Bookings themselves stay as they are.

A doctor with working hours has a row in `timetable`; times of others are none of its business.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from kiosk.central import claims, offers, records, schema, slots
from kiosk.central.proposals import Role, Time
from kiosk.central.schedule import shifts
from kiosk.central.schedule.shifts import Shift
from kiosk.central.schema import absence, appointment, facility, hold, hours, offer, role, slot, timetable
from kiosk.central.shapes import AWAITING, BOOKED, Booking
from kiosk.central.store import Store

#: How many doctors' days are made in one transaction: nobody who books waits longer than for that.
DOCTORS_AT_ONCE = 20
#: To be waited between two steps: SQLite polls for its lock, and others would hardly ever find it free.
BREATH_SECONDS = 0.03
#: How many doctors are looked at together.
_TOGETHER = 500
#: Not one day has been made.
NO_DAY = 0


@dataclass(frozen=True)
class Absence:
    """Days of which a doctor is away, and the id of who stands in."""

    days: range
    substitute_id: str | None


@dataclass(frozen=True)
class Plan:
    """What a doctor's times are made of. `known`: the working hours are; else nothing is said of when they work."""

    role: Role
    active: bool
    known: bool
    shifts: tuple[Shift, ...]
    absences: tuple[Absence, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.role.zone)

    def times(self, first: int, last: int) -> Iterator[Time]:
        """The times of these days (ordinals, both included), in order of day."""
        for day in range(first, last + 1):
            if self.active and self.absence(day) is None:
                for one in shifts.of_day(self.shifts, date.fromordinal(day), self.zone):
                    yield Time(self.role, one.start, one.end, one.day, 0)

    def absence(self, day: int) -> Absence | None:
        """The absence that this day is part of."""
        return next((away for away in self.absences if day in away.days), None)

    def attends(self, booking: Booking) -> bool:
        """Whether the doctor works at the time of this booking."""
        at = booking.time
        if not self.active or self.absence(at.day) is not None:
            return False
        return not self.known or shifts.attended(
            self.shifts, date.fromordinal(at.day), self.zone, at.start, at.end
        )


@dataclass(frozen=True)
class Outside:
    """A booking whose doctor does not work at its time any more; `absence` where that is why."""

    booking: Booking
    absence: Absence | None


# --- reading -----------------------------------------------------------------------------------------------------


def plans(connection: Connection, role_ids: Sequence[str]) -> list[Plan]:
    """The plans of these doctors, by id."""
    query = select(*slots.ROLE_COLUMNS, slots.ACTIVE.label("is_active")).select_from(slots.ROLES)
    rows = connection.execute(query.where(role.c.id.in_(role_ids)).order_by(role.c.id)).all()
    worked, away = _shifts(connection, role_ids), _absences(connection, role_ids)
    in_timetable = select(timetable.c.role_id).where(timetable.c.role_id.in_(role_ids))
    known = set(connection.scalars(in_timetable))
    return [
        Plan(Role(*row[:-1]), bool(row[-1]), row[0] in known, worked.get(row[0], ()), away.get(row[0], ()))
        for row in rows
    ]


def _shifts(connection: Connection, role_ids: Sequence[str]) -> dict[str, tuple[Shift, ...]]:
    query = select(hours).where(hours.c.role_id.in_(role_ids)).order_by(hours.c.role_id, hours.c.number)
    rows = groupby(connection.execute(query), key=lambda row: str(row.role_id))
    return {role_id: tuple(map(_shift, group)) for role_id, group in rows}


def _shift(row: Any) -> Shift:
    bounds = time.fromisoformat(row.start), time.fromisoformat(row.end)
    return Shift(tuple(row.days.split()), *bounds, row.minutes, row.first_day, row.last_day)


def _absences(connection: Connection, role_ids: Sequence[str]) -> dict[str, tuple[Absence, ...]]:
    query = select(absence).where(absence.c.role_id.in_(role_ids))
    rows = connection.execute(query.order_by(absence.c.role_id, absence.c.first_day))
    return {
        role_id: tuple(Absence(range(row.first_day, row.last_day + 1), row.substitute_id) for row in group)
        for role_id, group in groupby(rows, key=lambda row: str(row.role_id))
    }


# --- days ahead --------------------------------------------------------------------------------------------------


def extend(store: Store, days_ahead: int, now: int) -> Iterator[int]:
    """Make the times that are missing from now until today + `days_ahead`, in steps that are whole each; how many.

    Cheap where none is missing. May be broken off between two steps, and done by several processes.
    """
    with store.read() as connection:
        ids = _due(connection, days_ahead, now)
    for at in range(0, len(ids), DOCTORS_AT_ONCE):
        some = ids[at : at + DOCTORS_AT_ONCE]
        yield store.write(partial(_extend, ids=some, days_ahead=days_ahead, now=now))


def _due(connection: Connection, days_ahead: int, now: int) -> list[str]:
    """The doctors of whom days are missing."""
    zones = connection.scalars(select(facility.c.zone).distinct().order_by(facility.c.zone)).all()
    lasts = {zone: shifts.local_day(now, ZoneInfo(zone)).toordinal() + days_ahead for zone in zones}
    behind: list[ColumnElement[bool]] = [
        and_(facility.c.zone == zone, timetable.c.until_day < last) for zone, last in lasts.items()
    ]
    if not behind:
        return []
    query = (
        select(timetable.c.role_id)
        .select_from(slots.ROLES.join(timetable, timetable.c.role_id == role.c.id))
        .where(slots.ACTIVE, or_(*behind))
        .order_by(timetable.c.role_id)
    )
    return list(connection.scalars(query))


def _extend(connection: Connection, ids: Sequence[str], days_ahead: int, now: int) -> int:
    """The missing days of these doctors; another process may have made them meanwhile."""
    made = dict(
        connection.execute(
            select(timetable.c.role_id, timetable.c.until_day).where(timetable.c.role_id.in_(ids))
        )
        .tuples()
        .all()
    )
    new: list[dict[str, Any]] = []
    weeks: list[dict[str, str]] = []
    done: list[dict[str, Any]] = []
    for plan in plans(connection, list(made)):
        today = plan.role.local_day(now).toordinal()
        first, last = max(today, made[plan.role.id] + 1), today + days_ahead
        new += [_row(at) for at in plan.times(first, last) if at.start > now]
        weeks.append({"of_role": plan.role.id, "week": _week(plan, today)})
        done.append({"of_role": plan.role.id, "day": max(last, made[plan.role.id])})
    added = _add(connection, new)
    if done:
        this = timetable.c.role_id == bindparam("of_role")
        connection.execute(update(timetable).where(this).values(until_day=bindparam("day")), done)
        this = and_(role.c.id == bindparam("of_role"), role.c.working_time != bindparam("week"))
        connection.execute(update(role).where(this).values(working_time=bindparam("week")), weeks)
    return added


def make_day(connection: Connection, role_id: str, day: int, now: int) -> int:
    """Make the times that are missing on one day (an ordinal), if it was made already; how many."""
    of_role = timetable.c.role_id == role_id
    until = connection.execute(select(timetable.c.until_day).where(of_role)).scalar()
    if until is None or until < day:
        return 0
    (plan,) = plans(connection, [role_id])
    return _add(connection, [_row(at) for at in plan.times(day, day) if at.start > now])


def _week(plan: Plan, today: int) -> str:
    return orjson.dumps(shifts.week_of(plan.shifts, today)).decode()


def _add(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Write the times that are not there; one that was withdrawn once has a new id."""
    if not rows:
        return 0
    ids = sorted({row["role_id"] for row in rows})
    first = min(row["start"] for row in rows)
    there = _starts(connection, slot, ids, first)
    withdrawn = _starts(connection, schema.withdrawn_slot, ids, first)
    new = [row for row in rows if (row["role_id"], row["start"]) not in there]
    for row in new:
        row["generation"] = withdrawn.get((row["role_id"], row["start"]), 0)
    if new:
        connection.execute(insert(slot), new)
    return len(new)


def _starts(connection: Connection, table: Any, ids: Sequence[str], first: int) -> dict[tuple[str, int], int]:
    query = select(table.c.role_id, table.c.start, table.c.generation)
    rows = connection.execute(query.where(table.c.role_id.in_(ids), table.c.start >= first))
    return {(role_id, start): generation for role_id, start, generation in rows}


def _row(at: Time) -> dict[str, Any]:
    return {"role_id": at.role.id, "start": at.start, "end": at.end, "day": at.day, "generation": 0}


# --- hours have changed ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitted:
    """How many times were withdrawn, and which bookings have lost theirs."""

    withdrawn: int
    outside: list[Outside]


def know(connection: Connection, role_ids: Sequence[str]) -> None:
    """Remember that the working hours of these doctors are known from now on."""
    there = set(connection.scalars(select(timetable.c.role_id)))
    new = [{"role_id": id, "until_day": NO_DAY} for id in role_ids if id not in there]
    if new:
        connection.execute(insert(timetable), new)


def fit(connection: Connection, role_ids: Iterable[str], now: int) -> Fitted:
    """Withdraw the times to come that these doctors' hours do not make any more: holds and offers of them end.

    New ones are made by the next `extend`. Bookings stay, their claims too: nobody else gets the doctor then.
    """
    ids, withdrawn = sorted(set(role_ids)), 0
    outside: list[Outside] = []
    for at in range(0, len(ids), _TOGETHER):
        some = plans(connection, ids[at : at + _TOGETHER])
        withdrawn += _withdraw(connection, some, now)
        outside += _outside(connection, some, now)
        looked_at = timetable.c.role_id.in_([plan.role.id for plan in some])
        connection.execute(update(timetable).where(looked_at).values(until_day=NO_DAY))
    return Fitted(withdrawn, outside)


def _withdraw(connection: Connection, some: Sequence[Plan], now: int) -> int:
    by_id = {plan.role.id: plan for plan in some if plan.known}
    query = (
        select(slot)
        .where(slot.c.role_id.in_(list(by_id)), slot.c.start > now)
        .order_by(slot.c.role_id, slot.c.start)
    )
    gone: list[Time] = []
    for role_id, group in groupby(connection.execute(query), key=lambda row: str(row.role_id)):
        plan, rows = by_id[role_id], list(group)
        days = [row.day for row in rows]
        wanted = {(at.start, at.end) for at in plan.times(min(days), max(days))}
        gone += [
            Time(plan.role, row.start, row.end, row.day, row.generation)
            for row in rows
            if (row.start, row.end) not in wanted
        ]
    _take_out(connection, gone, now)
    return len(gone)


def _take_out(connection: Connection, gone: Sequence[Time], now: int) -> None:
    """Delete these times; what their next ids are is remembered, so that none is given twice."""
    if not gone:
        return
    offered = set(connection.scalars(select(offer.c.appointment).where(offer.c.state == offers.OPEN)))
    held = set(connection.scalars(select(hold.c.appointment).where(hold.c.expires > now)))
    for at in gone:
        if at.id in offered:
            offers.withdraw(connection, at, now)
        if at.id in held:
            claims.end_holds(connection, at.id)
    keys = [{"of_role": at.role.id, "at": at.start, "generation": at.generation + 1} for at in gone]
    for table in (slot, schema.withdrawn_slot):
        this = and_(table.c.role_id == bindparam("of_role"), table.c.start == bindparam("at"))
        connection.execute(delete(table).where(this), keys)
    rows = [{"role_id": key["of_role"], "start": key["at"], "generation": key["generation"]} for key in keys]
    connection.execute(insert(schema.withdrawn_slot), rows)


def _outside(connection: Connection, some: Sequence[Plan], now: int) -> list[Outside]:
    by_id = {plan.role.id: plan for plan in some}
    query = records.query().where(
        appointment.c.role_id.in_(list(by_id)),
        appointment.c.status.in_((BOOKED, AWAITING)),
        appointment.c.start > now,
    )
    rows = connection.execute(query.order_by(appointment.c.start, appointment.c.id))
    bookings = [records.booking_of(row) for row in rows]
    return [
        Outside(booking, by_id[booking.time.role.id].absence(booking.time.day))
        for booking in bookings
        if not by_id[booking.time.role.id].attends(booking)
    ]
