"""What staff do for somebody who phones or stands before them: book, move, enter what stood on paper (R27 to R34).

Each is a part of one transaction, and told and counted as the patient's own bookings are.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select

from kiosk.central import changes, claims, clinic, judging, offers, outbox, records, rules, shapes, slots
from kiosk.central.call import Call, Caller, Refusal
from kiosk.central.clinic import Hand
from kiosk.central.outbox import Happened, Occasion
from kiosk.central.proposals import Role, Time
from kiosk.central.rules import Rules
from kiosk.central.schema import role, staff_request
from kiosk.central.shapes import Booking
from kiosk.central.staff.account import StaffRole
from kiosk.texts import DEFAULT_LANGUAGE

DAY_SECONDS = 24 * 3600
#: What stood on paper may be so old, and so far ahead.
PAPER_DAYS = 366
#: So long a visit may be, in minutes.
MINUTES = range(5, 4 * 60 + 1, 5)


@dataclass(frozen=True)
class Wish:
    """A time, by the id of its free Appointment whoever has it now, for a patient; which rules staff pass over (R27).

    `overbook`: where the time is taken, a further seat at it will do.
    """

    time_id: str
    patient_id: str
    overridden: Rules = rules.NONE
    overbook: bool = False


@dataclass(frozen=True)
class Paper:
    """A visit that stood on paper: with which doctor, when, how long where the doctor has no time then."""

    role_id: str
    start: int
    minutes: int | None
    patient_id: str
    overbook: bool = False


def hand_of(call: Call, reason: str = "") -> Hand:
    """In whose name it is done: at the desk of a facility, or on the telephone for all of them."""
    channel = outbox.DESK if by_facility(call.caller) else outbox.PHONE
    return Hand(call.now, reason, channel, call.caller)


def by_facility(caller: Caller) -> bool:
    """Whether the facility itself does it, by its registrar."""
    return caller.staff is not None and caller.staff.role is StaffRole.REGISTRAR


def once(
    connection: Connection, hand: Hand, identifier: str, digest: str, make: Callable[[], Booking]
) -> Booking:
    """What came of the request that this account made under this identifier; asked for the first time, it is made."""
    account_id = hand.caller.staff.account_id if hand.caller.staff else ""
    mine = (staff_request.c.account_id == account_id) & (staff_request.c.identifier == identifier)
    earlier = connection.execute(select(staff_request).where(mine)).first()
    if earlier is not None:
        if earlier.digest != digest:
            raise Refusal("identifier-reused")
        return records.by_id(connection, earlier.appointment)
    booking = make()
    row = {"account_id": account_id, "identifier": identifier, "digest": digest, "at": hand.now}
    connection.execute(insert(staff_request).values(appointment=booking.id, **row))
    return booking


# --- book --------------------------------------------------------------------------------------------------------


def book(connection: Connection, wish: Wish, hand: Hand) -> Booking:
    """Book for a patient: the rules are judged as for themselves, but for those that were passed over."""
    time = _time(connection, wish, hand)
    judging.judge(connection, wish.patient_id, time, hand.now, wish.overridden)
    today = time.role.local_day(hand.now).toordinal()
    owner = claims.Owner(secrets.token_hex(16), outbox.STAFF)
    mine = rules.claims_of_booking(wish.patient_id, time, today, wish.overridden)
    claims.take(connection, mine, owner, hand.now)
    seat = _seat(connection, time, wish, owner, hand.now)
    status = changes.status_at(time, by_facility=by_facility(hand.caller))
    new = records.New(owner.appointment, status, time, wish.patient_id, today, hand.channel, seat, seen=True)
    booking = records.add(connection, new, hand.now)
    outbox.tell_on(connection, _occasion(hand), outbox.booked_kind(booking), booking)
    hand.note(connection, "book" if seat == rules.ORDINARY_SEAT else "overbook", booking)
    return booking


def move(connection: Connection, booking: Booking, wish: Wish, hand: Hand) -> Booking:
    """Move a booking as its patient would (api.md section 7); at its time already, it stays as it is."""
    time = _time(connection, wish, hand)
    if booking.stands and booking.time.same_time(time):
        return booking
    clinic.check_stands(booking, hand.now)
    records.check_target(booking, time, "time")
    judging.judge(connection, booking.patient_id, time, hand.now, wish.overridden)
    owner = claims.Owner(booking.id, outbox.STAFF)
    claims.end_visit(connection, booking.id)
    claims.take(connection, rules.claims_of_visit(booking.patient_id, time, wish.overridden), owner, hand.now)
    seat = _seat(connection, time, wish, owner, hand.now)
    records.free(connection, booking, hand.now, giver=booking.patient_id)
    # Moved by the facility, a request is no more and no less approved than before (R31).
    at_desk = by_facility(hand.caller)
    status = booking.status if at_desk else changes.status_at(time)
    place = records.place(time)
    moved = records.change(connection, booking, hand.now, status=status, seat=seat, **place)
    outbox.tell_on(connection, clinic.occasion(connection, booking, hand), Happened.MOVED, moved)
    hand.note(connection, "move", moved)
    return moved


def _time(connection: Connection, wish: Wish, hand: Hand) -> Time:
    """The time of the wish, of a facility that is the caller's."""
    time = slots.proposed(connection, wish.time_id)
    _check_facility(hand, time.role)
    return time


def _seat(connection: Connection, time: Time, wish: Wish, owner: claims.Owner, now: int) -> int:
    """Take the first seat at this time that nobody has; Refusal("slot-taken") where somebody has each."""
    if time.id != wish.time_id and not wish.overbook:
        raise Refusal("slot-taken")
    offers.accept(connection, time, wish.patient_id, now)
    for seat in range(1 + (time.role.extra_seats if wish.overbook else 0)):
        try:
            with connection.begin_nested():
                claims.take(connection, rules.claims_on_doctor(time, seat=seat), owner, now)
        except Refusal:
            continue
        return seat
    raise Refusal("slot-taken")


def _check_facility(hand: Hand, where: Role) -> None:
    staff = hand.caller.staff
    if staff is None or staff.facility_id not in ("", where.facility_id):
        raise Refusal("not-found")


def _occasion(hand: Hand, at: int | None = None) -> Occasion:
    return Occasion(hand.now if at is None else at, DEFAULT_LANGUAGE, hand.channel, reason=hand.reason)


# --- paper -------------------------------------------------------------------------------------------------------


def enter(connection: Connection, paper: Paper, hand: Hand) -> Booking:
    """Enter what stood on paper (R32): R27, R28 and R30 do not bind it, for it was promised already.

    Nobody is told of a visit that has begun; it counts as asked for when it began, at the latest.
    """
    time = _on_paper(connection, paper, hand)
    judging.judge_past(connection, paper.patient_id, time, rules.OVERRIDABLE)
    owner = claims.Owner(secrets.token_hex(16), outbox.STAFF)
    mine = rules.claims_of_visit(paper.patient_id, time, rules.OVERRIDABLE)
    claims.take(connection, mine, owner, hand.now)
    wish = Wish(time.id, paper.patient_id, rules.OVERRIDABLE, paper.overbook)
    seat = _seat(connection, time, wish, owner, hand.now)
    asked_at = min(hand.now, time.start)
    today = time.role.local_day(asked_at).toordinal()
    new = records.New(
        owner.appointment, shapes.BOOKED, time, paper.patient_id, today, outbox.PAPER, seat, seen=True
    )
    records.add(connection, new, hand.now)
    booking = records.by_id(connection, new.id)
    by_paper = replace(_occasion(hand, asked_at), channel=outbox.PAPER)
    if time.start > hand.now:
        outbox.tell_on(connection, by_paper, Happened.BOOKED, booking)
    else:
        outbox.count(connection, by_paper, Happened.BOOKED, booking)
    hand.note(connection, "paper", booking)
    return booking


def _on_paper(connection: Connection, paper: Paper, hand: Hand) -> Time:
    """The doctor's time that begins then; where there is none, one as long as the paper says."""
    where = role_of(connection, paper.role_id)
    _check_facility(hand, where)
    if paper.minutes is not None and paper.minutes not in MINUTES:
        raise Refusal("invalid", "minutes")
    if not abs(paper.start - hand.now) <= PAPER_DAYS * DAY_SECONDS or paper.start % rules.TICK_SECONDS:
        raise Refusal("invalid", "start")
    time = slots.at(connection, paper.role_id, paper.start)
    if time is not None:
        return time
    if paper.minutes is None:
        raise Refusal("invalid", "minutes")
    day = where.local_day(paper.start).toordinal()
    return Time(where, paper.start, paper.start + paper.minutes * 60, day, 0)


def role_of(connection: Connection, id: str) -> Role:
    """The doctor with this id; Refusal("not-found") where there is none."""
    query = select(*slots.ROLE_COLUMNS).select_from(slots.ROLES).where(role.c.id == id, slots.ACTIVE)
    row = connection.execute(query).first()
    if row is None:
        raise Refusal("not-found")
    return Role(*row)
