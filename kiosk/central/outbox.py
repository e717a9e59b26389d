"""What a booking leaves for others, in its own transaction: cabinet message, notice, statistics event (R25, R35).

Their readers come later; a notice's address is looked up when it is sent.
"""

import secrets
from datetime import datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection, delete, insert

from kiosk.central.call import Call
from kiosk.central.schema import event, message, notice
from kiosk.central.shapes import AWAITING, Booking
from kiosk.texts import catalog

DOMAIN = "booking"
#: The notice of a new booking alone waits, so that a booking that nobody saw can be taken back in silence.
WAIT_SECONDS = 60
CHANNEL = "kiosk"


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


class Happened(Enum):
    """What happened to a booking; the value is the kind of the rows."""

    BOOKED = "booked"
    AWAITING = "awaiting"
    MOVED = "moved"
    CANCELLED = "cancelled"


_WORDS = {
    Happened.BOOKED: _("You are booked: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}."),
    Happened.AWAITING: _(
        "Your request is saved: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}. "
        "The clinic has to approve it; you will be told."
    ),
    Happened.MOVED: _("Your visit is moved: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}."),
    Happened.CANCELLED: _("Your visit is cancelled: {when}, {doctor}. {facility}."),
}


def booked_kind(booking: Booking) -> Happened:
    """How a new booking is told: made, or to be approved (R31)."""
    return Happened.AWAITING if booking.status == AWAITING else Happened.BOOKED


def tell(connection: Connection, call: Call, happened: Happened, booking: Booking) -> None:
    """Write the message, the notice and the event of what happened to a booking."""
    tell_silently(connection, call, happened, booking)
    new = happened in (Happened.BOOKED, Happened.AWAITING)
    row = {
        "id": secrets.token_hex(16),
        "kind": happened.value,
        "appointment": booking.id,
        "patient_id": booking.patient_id,
        "language": call.language,
        "not_before": call.now + (WAIT_SECONDS if new else 0),
        "old_address": None,
        "sent": None,
    }
    connection.execute(insert(notice).values(row))


def tell_silently(connection: Connection, call: Call, happened: Happened, booking: Booking) -> None:
    """Write the message and the event, and send no notice."""
    connection.execute(insert(message).values(_message(call, happened, booking)))
    connection.execute(insert(event).values(_event(call, happened, booking)))


def _message(call: Call, happened: Happened, booking: Booking) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(16),
        "version": 1,
        "patient_id": booking.patient_id,
        "appointment": booking.id,
        "kind": happened.value,
        "text": text(happened, booking, call.language),
        "sent": call.now,
        "received": None,
    }


def _event(call: Call, happened: Happened, booking: Booking) -> dict[str, Any]:
    """Without a person; a booking that awaits approval counts as booked."""
    return {
        "id": secrets.token_hex(16),
        "kind": "booked" if happened is Happened.AWAITING else happened.value,
        "asked_at": call.now,
        "visit_at": booking.time.start,
        "facility_id": booking.time.role.facility_id,
        "specialty_code": booking.time.role.specialty_code,
        "role_id": booking.time.role.id,
        "channel": CHANNEL,
        "terminal_id": call.caller.terminal_id,
    }


def text(happened: Happened, booking: Booking, language: str) -> str:
    """The words of the message; a discreet specialty is not named, nor its doctor (R47)."""
    role = booking.time.role
    at = datetime.fromtimestamp(booking.time.start, ZoneInfo(role.zone))
    translations = catalog(DOMAIN, language)
    pattern = translations.gettext("d MMMM, HH:mm")
    words = translations.gettext(_WORDS[happened])
    return words.format(
        when=format_datetime(at, pattern, tzinfo=at.tzinfo, locale=language),
        doctor=translations.gettext("a visit")
        if role.discreet
        else f"{role.specialty_name}, {role.doctor_name}",
        room=role.room,
        facility=role.facility_name,
        ticket=booking.ticket,
    )


def drop_unsent_notices(connection: Connection, booking: Booking) -> None:
    """Take back the notices of a booking that nobody has seen (api.md section 6)."""
    connection.execute(delete(notice).where(notice.c.appointment == booking.id, notice.c.sent.is_(None)))
