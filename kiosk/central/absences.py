"""A doctor's day called off (R26, R45): nobody gets a time of it any more, and who has one is moved to the substitute's
same time, or cancelled.

First the absence and every free time in one transaction, then each booking in its own: others are not kept waiting, and
what was begun is finished by doing it again. A withdrawn time is claimed for good by `absence`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import partial

from sqlalchemy import ColumnElement, Connection, insert, select, update

from kiosk.central import audit, claims, clinic, offers, outbox, records, rules, slots, words
from kiosk.central.call import Impossible, Refusal
from kiosk.central.clinic import Hand
from kiosk.central.outbox import Happened
from kiosk.central.proposals import Role, Time
from kiosk.central.schema import absence, appointment, role
from kiosk.central.shapes import AWAITING, BOOKED, CANCELLED, Booking
from kiosk.central.store import Store
from kiosk.lettering import words as lettered

#: In whose name withdrawn times are claimed.
ABSENCE = "absence"


class Outcome(Enum):
    """What became of a booking."""

    MOVED = "moved"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class DayOff:
    """Which doctor's day is called off, and who stands in, if anybody."""

    role: Role
    day: date
    substitute: Role | None = None


@dataclass(frozen=True)
class Settled:
    """A booking that was moved or cancelled, as it is now."""

    booking: Booking
    outcome: Outcome


@dataclass(frozen=True)
class CalledOff:
    """What was changed: how many free times were withdrawn, how many offers ended with that, and the bookings."""

    times: int = 0
    offers: int = 0
    settled: Sequence[Settled] = ()


def doctor(store: Store, name: str) -> Role:
    """The active doctor with this id, or whose name alone has all these words; else ValueError."""
    has_words = [role.c.name_words.like(words.within(word)) for word in lettered(name)]
    query = select(*slots.ROLE_COLUMNS).select_from(slots.ROLES).where(slots.ACTIVE).order_by(role.c.id)
    with store.read() as connection:
        rows = connection.execute(query.where(role.c.id == name)).all()
        if not rows and has_words:
            rows = connection.execute(query.where(*has_words)).all()
    found = [Role(*row) for row in rows]
    if not found:
        raise ValueError(f"there is no doctor {name}: an id is wanted, or words of one name")
    if len(found) > 1:
        listed = (f"{one.id} ({one.doctor_name}, {one.specialty_name}, {one.facility_name})" for one in found)
        raise ValueError(f"several doctors are called {name}: {', '.join(listed)}")
    return found[0]


def call_off(store: Store, off: DayOff, hand: Hand) -> CalledOff:
    """Call a day off, or what is left of it. Impossible for a day that is over and for who cannot stand in."""
    check(off, hand.now)
    done = CalledOff()
    while True:
        withdrawn = store.write(partial(withdraw, off=off, hand=hand))
        done = CalledOff(done.times + withdrawn.times, done.offers + withdrawn.offers, done.settled)
        with store.read() as connection:
            ids = standing(connection, off, hand.now)
        if not ids:
            return done
        # A time that its patient gives back meanwhile is free once more: it is looked again.
        settled = [store.write(partial(settle, off=off, id=id, hand=hand)) for id in ids]
        done = replace(done, settled=[*done.settled, *(one for one in settled if one is not None)])


def check(off: DayOff, now: int) -> None:
    """Impossible for a day that is over and for who cannot stand in."""
    if off.day < off.role.local_day(now):
        raise Impossible("too-late", f"{off.day.isoformat()} is over")
    other = off.substitute
    if other is None:
        return
    if other.id == off.role.id:
        raise Impossible("invalid", "nobody stands in for themselves")
    if other.service_id != off.role.service_id:
        raise Impossible("invalid", f"{other.doctor_name} is not of the same facility and specialty")


# --- free times --------------------------------------------------------------------------------------------------


def withdraw(connection: Connection, off: DayOff, hand: Hand) -> CalledOff:
    """Write the absence, and take every time that nobody has booked: holds and offers of it end."""
    now = hand.now
    if _write(connection, off):
        note(connection, hand, "day-off", off.role, off.day)
    free = [
        time
        for time in slots.of_day(connection, off.role.id, off.day.toordinal())
        if time.start > now and not claims.booked(connection, rules.claims_on_doctor(time))
    ]
    ended = [offers.withdraw(connection, time, now) for time in free]
    for time in free:
        claims.end_holds(connection, time.id)
        _take(connection, time, now)
    return CalledOff(len(free), sum(ended))


def _write(connection: Connection, off: DayOff) -> bool:
    """The absence, unless there is one; of the day alone it gets the substitute who is named now. Whether it is new."""
    day = off.day.toordinal()
    substitute_id = off.substitute.id if off.substitute else None
    there = covering(off.role.id, day)
    if connection.execute(select(absence).where(there)).first() is None:
        row = {"first_day": day, "last_day": day, "substitute_id": substitute_id}
        connection.execute(insert(absence).values(role_id=off.role.id, **row))
        return True
    if substitute_id is not None:
        alone = there & (absence.c.first_day == absence.c.last_day)
        connection.execute(update(absence).where(alone).values(substitute_id=substitute_id))
    return False


def covering(role_id: str, day: int) -> ColumnElement[bool]:
    """Of absences: those of this doctor that this day (an ordinal) is part of."""
    return (absence.c.role_id == role_id) & (absence.c.first_day <= day) & (absence.c.last_day >= day)


def note(connection: Connection, hand: Hand, kind: str, role: Role, day: date) -> None:
    """Write down, in the same transaction, what was done to a doctor's day (R40)."""
    words = f"{day.isoformat()} {hand.reason}".rstrip()
    audit.note(connection, hand, kind, f"PractitionerRole/{role.id}", reason=words)


def _take(connection: Connection, time: Time, now: int) -> None:
    owner = claims.Owner(_claimed_by(time.role.id, time.day), ABSENCE)
    claims.take(connection, rules.claims_on_doctor(time), owner, now)


def give_back(connection: Connection, role_id: str, days: Iterable[int], now: int) -> int:
    """The doctor is there on these days after all (ordinals): times that were withdrawn are free again. How many.

    As any freed time they have new ids, and go to who waits for them.
    """
    given = 0
    for day in days:
        of_absence = _claimed_by(role_id, day)
        ticks = claims.ticks_of(connection, of_absence)
        claims.end_booking(connection, of_absence)
        for time in slots.of_day(connection, role_id, day):
            if time.start > now and time.start // rules.TICK_SECONDS in ticks:
                offers.freed(connection, time, now)
                given += 1
    return given


def _claimed_by(role_id: str, day: int) -> str:
    return f"{ABSENCE}.{role_id}.{day}"


# --- bookings ----------------------------------------------------------------------------------------------------


def standing(connection: Connection, off: DayOff, now: int) -> list[str]:
    """The bookings of the day whose visits have not begun, in order."""
    of_day = (appointment.c.role_id == off.role.id) & (appointment.c.visit_day == off.day.toordinal())
    stands = appointment.c.status.in_((BOOKED, AWAITING)) & (appointment.c.start > now)
    query = select(appointment.c.id).where(of_day, stands).order_by(appointment.c.start, appointment.c.id)
    return list(connection.execute(query).scalars())


def settle(connection: Connection, off: DayOff, id: str, hand: Hand) -> Settled | None:
    """Move a booking of the day to the substitute or cancel it; None where its patient was faster."""
    if id not in standing(connection, off, hand.now):
        return None
    booking = records.by_id(connection, id)
    moved = _moved(connection, off, booking, hand.now)
    settled = moved or _cancelled(connection, booking, hand)
    take_freed(connection, booking, hand.now)
    happened = Happened.MOVED_BY_CLINIC if moved else Happened.CANCELLED_BY_CLINIC
    outbox.tell_on(connection, clinic.occasion(connection, booking, hand), happened, settled)
    hand.note(connection, "move" if moved else "cancel", settled)
    return Settled(settled, Outcome.MOVED if moved else Outcome.CANCELLED)


def _moved(connection: Connection, off: DayOff, booking: Booking, now: int) -> Booking | None:
    """The booking at the substitute's time, where that is free; else None, and nothing has changed."""
    target = slots.at(connection, off.substitute.id, booking.time.start) if off.substitute else None
    if target is None:
        return None
    owner = claims.Owner(booking.id, outbox.STAFF)
    passed_over = claims.passed_over(connection, booking.id)
    wanted = [
        *rules.claims_of_visit(booking.patient_id, target, passed_over),
        *rules.claims_on_doctor(target),
    ]
    try:
        with connection.begin_nested():
            claims.end_visit(connection, booking.id)
            claims.take(connection, wanted, owner, now)
    except Refusal:
        return None
    place = records.place(target)
    return records.change(connection, booking, now, seat=rules.ORDINARY_SEAT, **place)


def _cancelled(connection: Connection, booking: Booking, hand: Hand) -> Booking:
    """As any cancel (R27: both days are free), but that nobody is offered the time."""
    claims.end_booking(connection, booking.id)
    reason = clinic.reason_of(hand.reason)
    return records.change(connection, booking, hand.now, status=CANCELLED, cancelation_reason=reason)


def take_freed(connection: Connection, booking: Booking, now: int) -> None:
    """Withdraw the time that a booking had, under its new id, if the doctor still has it and it was not a further seat."""
    if booking.seat != rules.ORDINARY_SEAT:
        return
    freed = slots.freed(connection, booking.time)
    if freed is not None:
        _take(connection, freed, now)
