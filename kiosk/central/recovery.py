"""Recovery of a lost answer (api.md section 8): requests by their identifier, and what a terminal may learn of them."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, select

from kiosk.central import outbox, records, shapes
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.fhir import Resource, entry, searchset
from kiosk.central.refusals import note
from kiosk.central.schema import appointment, attempt, notice, request
from kiosk.central.shapes import Booking

DAY_SECONDS = 24 * 3600
VOID_SECONDS = 30 * DAY_SECONDS


def accepted(connection: Connection, call: Call, identifier: str) -> Row[Any] | None:
    """What this terminal asked for under this identifier, if that was accepted or made void."""
    query = select(request).where(_mine(call, identifier))
    row = connection.execute(query).first()
    lapsed = row is not None and row.appointment is None and row.at < call.now - VOID_SECONDS
    return None if lapsed else row


def accept(connection: Connection, call: Call, identifier: str, id: str) -> None:
    """Remember the request under which a time was booked for the token's patient."""
    connection.execute(delete(request).where(_mine(call, identifier)))
    _write(connection, call, identifier, id, call.caller.patient_id)


def booked_by(connection: Connection, terminal_id: str, id: str) -> bool:
    """Whether this terminal booked under this id."""
    query = select(request.c.at).where(request.c.appointment == id, request.c.terminal_id == terminal_id)
    return connection.execute(query).first() is not None


def _mine(call: Call, identifier: str) -> ColumnElement[bool]:
    return (request.c.terminal_id == call.caller.terminal_id) & (request.c.identifier == identifier)


def _write(
    connection: Connection, call: Call, identifier: str, id: str | None, patient_id: str | None
) -> None:
    row = {
        "terminal_id": call.caller.terminal_id,
        "identifier": identifier,
        "appointment": id,
        "proposal": id,
        "patient_id": patient_id,
        "at": call.now,
    }
    connection.execute(insert(request).values(row))


# --- cancel by identifier ----------------------------------------------------------------------------------------


def cancel(call: Call, identifier: str) -> Reply:
    """Take back a booking that nobody has seen; one not yet made is void from now on."""
    booking = call.store.write(lambda connection: _cancel(connection, call, identifier))
    if booking is None:
        return Reply(searchset([entry("", note("void", call.language), "outcome")], 0))
    return Reply(shapes.bundle(call.base, shapes.outline(booking, start=False)))


def _cancel(connection: Connection, call: Call, identifier: str) -> Booking | None:
    earlier = accepted(connection, call, identifier)
    if earlier is None:
        _make_void(connection, call, identifier)
    if earlier is None or earlier.appointment is None:
        return None
    booking = records.by_id(connection, earlier.appointment)
    if booking.status == shapes.CANCELLED:
        return booking
    if _is_known(connection, call, booking):
        raise Refusal("already-known")
    if booking.time.start <= call.now:
        raise Refusal("too-late")
    cancelled = records.cancel(connection, booking, call.now, None)
    outbox.drop_unsent_notices(connection, cancelled)
    outbox.tell_silently(connection, call, outbox.Happened.CANCELLED, cancelled)
    return cancelled


def _make_void(connection: Connection, call: Call, identifier: str) -> None:
    old = request.c.appointment.is_(None) & (request.c.at < call.now - VOID_SECONDS)
    connection.execute(delete(request).where(old))
    _write(connection, call, identifier, None, None)


def _is_known(connection: Connection, call: Call, booking: Booking) -> bool:
    """Whether somebody may count on the booking: old, seen, changed, or a notice of it went out."""
    if booking.seen or booking.version > 1 or booking.created < call.now - DAY_SECONDS:
        return True
    sent = select(notice.c.id).where(notice.c.appointment == booking.id, notice.c.sent.is_not(None))
    return connection.execute(sent).first() is not None


# --- looking up --------------------------------------------------------------------------------------------------


def by_identifier(connection: Connection, call: Call, identifier: str) -> list[Resource]:
    """What became of this terminal's request: one Appointment at most, without patient and doctor."""
    earlier = accepted(connection, call, identifier)
    if earlier is None or earlier.appointment is None:
        return []
    return [shapes.outline(records.by_id(connection, earlier.appointment), start=False)]


def by_attempt(connection: Connection, call: Call, id: str) -> list[Resource]:
    """What became of a booking that this terminal tried to move or cancel in the last 24 hours."""
    tried = exists().where(
        attempt.c.appointment == appointment.c.id,
        attempt.c.terminal_id == call.caller.terminal_id,
        attempt.c.at >= call.now - DAY_SECONDS,
    )
    booking = records.found(connection, (appointment.c.id == id) & tried)
    return [] if booking is None else [shapes.outline(booking, start=True)]
