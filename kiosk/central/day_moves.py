"""A doctor's day moved to another day or another doctor, at the same times (R26, R45).

The day is called off first: nobody gets a time of it any more. Then each booking moves in a transaction of its own, told
and noted with it; who cannot be moved stays, by name, until the day is called off or they are moved by hand. What was
begun is finished by doing it again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kiosk.central import absences, claims, clinic, judging, outbox, records, rules, slots
from kiosk.central.absences import DayOff
from kiosk.central.call import Impossible, Refusal
from kiosk.central.clinic import Hand
from kiosk.central.outbox import Happened
from kiosk.central.proposals import Role, Time
from kiosk.central.shapes import Booking
from kiosk.central.store import Store

#: Why a booking stays: the doctor has no time then on that day.
NO_TIME = "no-time"
#: The clinic knows its own patient, and asks nobody electronically: of the rules on one patient and one time R42 is left.
_OVERRIDDEN = rules.OVERRIDABLE - {rules.Rule.ONCE_A_DAY} | {rules.Rule.KNOWN_HERE}


@dataclass(frozen=True)
class Move:
    """Which day of whom moves where; to the same doctor or the same day, but not both."""

    role: Role
    day: date
    to_role: Role
    to_day: date


@dataclass(frozen=True)
class Stays:
    """A booking that could not be moved, and the code of what was in the way (api.md section 11, or `no-time`)."""

    booking: Booking
    why: str


@dataclass(frozen=True)
class Moved:
    """What came of it: free times withdrawn, offers ended with them, who was moved, and who stays."""

    times: int
    offers: int
    moved: Sequence[Booking]
    stay: Sequence[Stays]


def move_day(store: Store, move: Move, hand: Hand) -> Moved:
    """Move a day, or what is left of it. Impossible for a day that is over, and for who or what cannot take it."""
    other = move.to_role if move.to_role.id != move.role.id else None
    off = DayOff(move.role, move.day, other if move.to_day == move.day else None)
    _check(move, off, other, hand.now)
    done, stay = Moved(0, 0, (), ()), dict[str, Stays]()
    while True:
        withdrawn = store.write(partial(absences.withdraw, off=off, hand=hand))
        done = replace(done, times=done.times + withdrawn.times, offers=done.offers + withdrawn.offers)
        with store.read() as connection:
            left = [id for id in absences.standing(connection, off, hand.now) if id not in stay]
        if not left:
            return replace(done, stay=tuple(stay.values()))
        # A time that its patient gives back meanwhile is free once more: it is looked again.
        for id in left:
            settled = store.write(partial(_settle, move=move, off=off, id=id, hand=hand))
            if isinstance(settled, Stays):
                stay[id] = settled
            elif settled is not None:
                done = replace(done, moved=(*done.moved, settled))


def _check(move: Move, off: DayOff, other: Role | None, now: int) -> None:
    absences.check(DayOff(move.role, move.day, other), now)
    if move.to_day == move.day and off.substitute is None:
        raise Impossible("invalid", "it is that day already")
    if move.to_day < move.to_role.local_day(now):
        raise Impossible("too-late", f"{move.to_day.isoformat()} is over")


def _settle(connection: Connection, move: Move, off: DayOff, id: str, hand: Hand) -> Booking | Stays | None:
    """Move one booking; None where its patient was faster."""
    if id not in absences.standing(connection, off, hand.now):
        return None
    booking = records.by_id(connection, id)
    target = slots.at(connection, move.to_role.id, _start(move, booking))
    if target is None or not slots.attended(connection, target):
        return Stays(booking, NO_TIME)
    try:
        with connection.begin_nested():
            _take(connection, booking, target, hand.now)
    except Refusal as refusal:
        return Stays(booking, refusal.code)
    place = records.place(target)
    moved = records.change(connection, booking, hand.now, seat=rules.ORDINARY_SEAT, **place)
    absences.take_freed(connection, booking, hand.now)
    happened = Happened.MOVED_BY_CLINIC
    outbox.tell_on(connection, clinic.occasion(connection, booking, hand), happened, moved)
    hand.note(connection, "move", moved)
    return moved


def _take(connection: Connection, booking: Booking, target: Time, now: int) -> None:
    judging.judge(connection, booking.patient_id, target, now, _OVERRIDDEN)
    passed_over = claims.passed_over(connection, booking.id)
    claims.end_visit(connection, booking.id)
    wanted = [
        *rules.claims_of_visit(booking.patient_id, target, passed_over),
        *rules.claims_on_doctor(target),
    ]
    claims.take(connection, wanted, claims.Owner(booking.id, outbox.STAFF), now)


def _start(move: Move, booking: Booking) -> int:
    """The same time by the facility's clock on the other day."""
    zone = ZoneInfo(booking.time.role.zone)
    at = datetime.fromtimestamp(booking.time.start, zone).time()
    return int(datetime.combine(move.to_day, at, zone).timestamp())
