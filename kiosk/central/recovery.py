"""Recovery of a lost answer (api.md section 8): requests by their identifier, and what a terminal may learn of them."""

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, text

from kiosk.central import audit, entries, offers, outbox, records, shapes, waiting_outbox, waitlist
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.fhir import Resource, entry, searchset
from kiosk.central.prepared import Prepared
from kiosk.central.refusals import note
from kiosk.central.schema import attempt, request
from kiosk.central.shapes import Booking
from kiosk.central.waitlist import Entry

DAY_SECONDS = 24 * 3600
VOID_SECONDS = 30 * DAY_SECONDS

_MINE = (request.c.terminal_id == bindparam("terminal")) & (request.c.identifier == bindparam("named"))
_ACCEPTED = Prepared(select(request).where(_MINE))
_REMEMBER = Prepared(
    text(
        "INSERT INTO request (terminal_id, identifier, appointment, proposal, patient_id, at)"
        " VALUES (:terminal_id, :identifier, :appointment, :proposal, :patient_id, :at)"
        " ON CONFLICT (terminal_id, identifier) DO UPDATE SET appointment = excluded.appointment,"
        " proposal = excluded.proposal, patient_id = excluded.patient_id, at = excluded.at"
    )
)


def accepted(connection: Connection, call: Call, identifier: str) -> Row[Any] | None:
    """What this terminal asked for under this identifier, if that was accepted or made void."""
    row = _ACCEPTED.first(connection, **_mine(call, identifier))
    lapsed = row is not None and row.appointment is None and row.at < call.now - VOID_SECONDS
    return None if lapsed else row


def accept(connection: Connection, call: Call, identifier: str, id: str, wish: str) -> None:
    """Remember the request by which the token's patient got the booking or entry `id`, and what it asked for."""
    _write(connection, call, identifier, id, wish)


def booked_by(connection: Connection, terminal_id: str, id: str) -> bool:
    """Whether this terminal booked under this id, or put the entry of this id on the waiting list."""
    query = select(request.c.at).where(request.c.appointment == id, request.c.terminal_id == terminal_id)
    return connection.execute(query).first() is not None


def _mine(call: Call, identifier: str) -> dict[str, str]:
    return {"terminal": call.caller.terminal_id, "named": identifier}


def _write(connection: Connection, call: Call, identifier: str, id: str | None, wish: str | None) -> None:
    _REMEMBER.run(
        connection,
        terminal_id=call.caller.terminal_id,
        identifier=identifier,
        appointment=id,
        proposal=wish,
        patient_id=call.caller.patient_id if id else None,
        at=call.now,
    )


# --- cancel by identifier ----------------------------------------------------------------------------------------


def cancel(call: Call, identifier: str) -> Reply:
    """Take back a booking or a wait that nobody has seen; one not yet made is void from now on."""
    told = call.store.write(lambda connection: _cancel(connection, call, identifier))
    if told is None:
        return Reply(searchset([entry("", note("void", call.language), "outcome")], 0))
    return Reply(shapes.bundle(call.base, told))


def _cancel(connection: Connection, call: Call, identifier: str) -> Resource | None:
    earlier = accepted(connection, call, identifier)
    if earlier is None:
        _make_void(connection, call, identifier)
    if earlier is None or earlier.appointment is None:
        return None
    wait = entries.by_id(connection, earlier.appointment)
    if wait is not None:
        return waitlist.outline(_take_back_wait(connection, call, wait, identifier), call.now)
    booking = records.by_id(connection, earlier.appointment)
    return shapes.outline(_take_back(connection, call, booking), start=False)


def _take_back(connection: Connection, call: Call, booking: Booking) -> Booking:
    if booking.status == shapes.CANCELLED:
        return booking
    if _is_known(connection, call, booking):
        raise Refusal("already-known")
    if booking.time.start <= call.now:
        raise Refusal("too-late")
    offers.reopen(connection, booking.id, call.now)
    cancelled = records.cancel(connection, booking, call.now, None)
    outbox.drop_unsent_notices(connection, cancelled.id)
    outbox.tell_silently(connection, call, outbox.Happened.CANCELLED, cancelled)
    return cancelled


def _take_back_wait(connection: Connection, call: Call, wait: Entry, identifier: str) -> Entry:
    """Only the request that made the entry can take it back: another one was answered with what stood already."""
    if not wait.stands(call.now):
        return wait
    if wait.identifier != identifier or _is_known(connection, call, wait):
        raise Refusal("already-known")
    closed = offers.leave(connection, wait, call.now, None)
    outbox.drop_unsent_notices(connection, closed.id)
    waiting_outbox.tell_left(connection, closed, call.caller.terminal_id, call.now, silently=True)
    audit.note(connection, call, "waiting-left", f"Appointment/{closed.id}", closed.patient_id)
    return closed


def _make_void(connection: Connection, call: Call, identifier: str) -> None:
    old = request.c.appointment.is_(None) & (request.c.at < call.now - VOID_SECONDS)
    connection.execute(delete(request).where(old))
    _write(connection, call, identifier, None, None)


def _is_known(connection: Connection, call: Call, made: Booking | Entry) -> bool:
    """Whether somebody may count on it: old, seen, changed, or a notice of it went out."""
    if made.seen or made.version > 1 or made.created < call.now - DAY_SECONDS:
        return True
    return outbox.a_notice_went_out(connection, made.id)


# --- looking up --------------------------------------------------------------------------------------------------


def by_identifier(connection: Connection, call: Call, identifier: str) -> list[Resource]:
    """What became of this terminal's request: one Appointment at most, without patient and doctor."""
    earlier = accepted(connection, call, identifier)
    if earlier is None or earlier.appointment is None:
        return []
    wait = entries.by_id(connection, earlier.appointment)
    if wait is not None:
        return [waitlist.outline(wait, call.now)]
    return [shapes.outline(records.by_id(connection, earlier.appointment), start=False)]


def by_attempt(connection: Connection, call: Call, id: str) -> list[Resource]:
    """What became of a booking or a wait that this terminal tried to change in the last 24 hours."""
    tried = select(attempt.c.at).where(
        attempt.c.appointment == id,
        attempt.c.terminal_id == call.caller.terminal_id,
        attempt.c.at >= call.now - DAY_SECONDS,
    )
    if connection.execute(tried).first() is None:
        return []
    wait = entries.by_id(connection, id)
    if wait is not None:
        return [waitlist.outline(wait, call.now)]
    return [shapes.outline(records.by_id(connection, id), start=True)]
