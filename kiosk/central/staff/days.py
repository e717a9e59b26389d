"""A doctor's days as the clinic sees them: every time, and who has it (R33, R34, R45)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from sqlalchemy import Connection, and_, or_, select

from kiosk.central import records, slots
from kiosk.central.proposals import Role, Time
from kiosk.central.rules import ORDINARY_SEAT, TICK_SECONDS
from kiosk.central.schema import absence, appointment, claim
from kiosk.central.shapes import CANCELLED, Booking


class State(Enum):
    """What is the matter with a time."""

    FREE = "free"
    BOOKED = "booked"
    HELD = "held"  # By somebody who is about to book it, or waits for it.
    WITHDRAWN = "withdrawn"
    PAST = "past"


@dataclass(frozen=True)
class Line:
    """One time of the day with its bookings; `time` is where it stands, be it in the schedule or not."""

    time: Time
    state: State
    bookings: tuple[Booking, ...]


@dataclass(frozen=True)
class Day:
    """A day of a doctor, in order of its times."""

    role: Role
    day: date
    absent: bool
    lines: tuple[Line, ...]

    @property
    def bookings(self) -> Iterator[Booking]:
        """Everybody's."""
        return (booking for line in self.lines for booking in line.bookings)


def of_doctor(connection: Connection, role: Role, first: date, last: date, now: int) -> list[Day]:
    """The days from the first to the last one, each of them."""
    return [_day(connection, role, day, now) for day in _days(first, last)]


def _days(first: date, last: date) -> Iterable[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _day(connection: Connection, role: Role, day: date, now: int) -> Day:
    times = {time.start: time for time in slots.of_day(connection, role.id, day.toordinal())}
    booked = defaultdict[int, list[Booking]](list)
    for booking in _bookings(connection, role, day):
        booked[booking.time.start].append(booking)
        times.setdefault(booking.time.start, booking.time)
    taken = _taken(connection, role, times.values(), now)
    lines = [
        Line(time, _state(time, booked[start], taken, now), tuple(booked[start]))
        for start, time in sorted(times.items())
    ]
    return Day(role, day, _absent(connection, role, day), tuple(lines))


def _bookings(connection: Connection, role: Role, day: date) -> Iterator[Booking]:
    """All but the cancelled ones."""
    of_day = (appointment.c.role_id == role.id) & (appointment.c.visit_day == day.toordinal())
    query = records.query().where(of_day, appointment.c.status != CANCELLED)
    return map(
        records.booking_of, connection.execute(query.order_by(appointment.c.start, appointment.c.seat))
    )


def _taken(connection: Connection, role: Role, times: Iterable[Time], now: int) -> dict[int, bool]:
    """By tick: whether the ordinary seat is gone for good, or held for a while."""
    all_times = list(times)
    if not all_times:
        return {}
    first, after = min(time.start for time in all_times), max(time.end for time in all_times)
    query = select(claim.c.tick, claim.c.expires).where(
        claim.c.resource == f"doctor:{role.id}#{ORDINARY_SEAT}",
        claim.c.tick >= first // TICK_SECONDS,
        claim.c.tick < after // TICK_SECONDS,
        or_(claim.c.expires.is_(None), claim.c.expires > now),
    )
    return {tick: expires is None for tick, expires in connection.execute(query)}


def _state(time: Time, booked: list[Booking], taken: dict[int, bool], now: int) -> State:
    for_good = [
        taken[tick] for tick in range(time.start // TICK_SECONDS, time.end // TICK_SECONDS) if tick in taken
    ]
    if any(one.seat == ORDINARY_SEAT for one in booked):
        return State.BOOKED
    if time.start <= now:
        return State.PAST
    if not for_good:
        return State.FREE
    return State.WITHDRAWN if any(for_good) else State.HELD


def _absent(connection: Connection, role: Role, day: date) -> bool:
    ordinal = day.toordinal()
    covering = and_(
        absence.c.role_id == role.id, absence.c.first_day <= ordinal, absence.c.last_day >= ordinal
    )
    return connection.execute(select(absence.c.role_id).where(covering)).first() is not None
