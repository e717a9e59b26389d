"""Move, cancel and release (api.md section 7)."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, delete, insert

from kiosk.central import (
    claims,
    holds,
    judging,
    offers,
    outbox,
    records,
    recovery,
    rules,
    shapes,
    slots,
    wish,
)
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.fhir import Resource
from kiosk.central.holds import Hold
from kiosk.central.proposals import Time
from kiosk.central.schema import attempt
from kiosk.central.shapes import Booking

T = TypeVar("T")


def status_at(time: Time, *, by_facility: bool = False) -> str:
    """What a booking of this time is: booked, or to be approved where the facility wants that (R31)."""
    awaits = rules.awaits_approval(time.role.approval, by_facility=by_facility)
    return shapes.AWAITING if awaits else shapes.BOOKED


# --- move --------------------------------------------------------------------------------------------------------


def move(call: Call, resource: Resource) -> Reply:
    """Move a booking of the token's patient: the old time is freed and the new one taken, or nothing happens."""
    id, seen, target_id = wish.id(resource), wish.version(resource), wish.target(resource)
    if seen is None:
        raise Refusal("invalid", "meta.versionId")

    def change(connection: Connection, booking: Booking) -> Booking:
        target = slots.proposed(connection, target_id)
        wish.check_period(resource, target, required=True)
        if booking.stands and booking.time.same_time(target):
            return booking
        records.check_target(booking, target, "slot")
        if booking.version != seen or not booking.stands:
            raise Refusal("version-conflict")
        return _moved(connection, call, booking, target, target_id)

    return _told(call, tried(call, id, records.of_patient, change))


def _moved(connection: Connection, call: Call, booking: Booking, target: Time, target_id: str) -> Booking:
    if booking.time.start <= call.now:
        raise Refusal("too-late")
    hold = holds.remembered(connection, call.caller.terminal_id, call.now).get(target_id)
    if hold is None or not hold.stands(call.now) or hold.patient_id != booking.patient_id:
        judging.judge(connection, booking.patient_id, target, holds.measured_at(hold, call.now))
    _take(connection, call, booking, target, target_id, hold)
    records.free(connection, booking, call.now, giver=booking.patient_id)
    place = records.place(target)
    seat = rules.ORDINARY_SEAT
    moved = records.change(connection, booking, call.now, status=status_at(target), seat=seat, **place)
    outbox.tell(connection, call, outbox.Happened.MOVED, moved)
    return moved


def _take(
    connection: Connection, call: Call, booking: Booking, target: Time, target_id: str, hold: Hold | None
) -> None:
    """The claims of the old visit go, those of the new one come; the day of asking stays (R27)."""
    terminal_id = call.caller.terminal_id
    holds.release(connection, terminal_id, target_id)
    claims.end_visit(connection, booking.id)
    owner = claims.Owner(booking.id, terminal_id)
    claims.take(connection, rules.claims_of_visit(booking.patient_id, target), owner, call.now)
    if target.id != target_id:
        raise Refusal("slot-taken")
    offers.accept(connection, target, booking.patient_id, call.now)
    claims.take(connection, rules.claims_on_doctor(target, holds.refusal(hold)), owner, call.now)


# --- cancel ------------------------------------------------------------------------------------------------------


def cancel_or_release(call: Call, resource: Resource) -> Reply:
    """Cancel a booking of the token's patient, or end the hold of the caller's terminal."""
    id, seen, reason = wish.id(resource), wish.version(resource), wish.reason(resource)
    if not call.caller.patient_id or _is_free(call, id):
        return _release(call, id)

    def change(connection: Connection, booking: Booking) -> Booking:
        if booking.status == shapes.CANCELLED:
            return booking
        if seen not in (None, booking.version):
            raise Refusal("version-conflict")
        if not booking.stands or booking.time.start <= call.now:
            raise Refusal("too-late")
        cancelled = records.cancel(connection, booking, call.now, reason, giver=booking.patient_id)
        outbox.tell(connection, call, outbox.Happened.CANCELLED, cancelled)
        return cancelled

    return _told(call, tried(call, id, records.of_patient, change))


def _is_free(call: Call, id: str) -> bool:
    """Whether nothing was ever booked under this id."""
    with call.store.read() as connection:
        return not records.exists(connection, id)


def tried(
    call: Call, id: str, own: Callable[[Connection, str, str], T], change: Callable[[Connection, T], T]
) -> T:
    """Carry out a change of what is the patient's own. That it was tried is remembered, though it be refused."""

    def work(connection: Connection) -> T | Refusal:
        present = own(connection, id, call.caller.patient_id)
        _remember(connection, call, id)
        try:
            with connection.begin_nested():
                return change(connection, present)
        except Refusal as refusal:
            return refusal

    result = call.store.write(work)
    if isinstance(result, Refusal):
        raise result
    return result


def _told(call: Call, booking: Booking) -> Reply:
    return Reply(shapes.bundle(call.base, shapes.booked(booking)))


def _remember(connection: Connection, call: Call, id: str) -> None:
    """Note that this terminal tried, and forget what it tried before the time of recovery."""
    mine = attempt.c.terminal_id == call.caller.terminal_id
    old = (attempt.c.appointment == id) | (attempt.c.at < call.now - recovery.DAY_SECONDS)
    connection.execute(delete(attempt).where(mine, old))
    row = {"terminal_id": call.caller.terminal_id, "appointment": id, "at": call.now}
    connection.execute(insert(attempt).values(row))


# --- release -----------------------------------------------------------------------------------------------------


def _release(call: Call, id: str) -> Reply:
    """End the terminal's hold; a hold already gone is as good, what is another's is not found."""

    def work(connection: Connection) -> Time:
        terminal_id = call.caller.terminal_id
        if recovery.booked_by(connection, terminal_id, id):
            raise Refusal("forbidden")
        time = slots.proposed(connection, id)
        if not holds.known(connection, terminal_id, id) and claims.is_taken(connection, time, call.now):
            raise Refusal("not-found")
        holds.release(connection, terminal_id, id)
        return time

    return Reply(shapes.bundle(call.base, shapes.released(call.store.write(work), id)))
