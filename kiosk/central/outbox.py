"""What a booking leaves for others, in its own transaction: cabinet message, notice, statistics event (R25, R35).

The worker of notices looks up the addresses, and judges anew what is still true, when it sends.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection, delete, exists, insert, select

from kiosk.central import audit
from kiosk.central.appended import append
from kiosk.central.call import Call
from kiosk.central.contacts import Contact, to_json
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Time
from kiosk.central.schema import delivery, event, message, notice
from kiosk.central.shapes import AWAITING, Booking
from kiosk.texts import DEFAULT_LANGUAGE, catalog

DOMAIN = "booking"
#: The notice of a new booking alone waits, so that a booking that nobody saw can be taken back in silence.
WAIT_SECONDS = 60
CHANNEL = "kiosk"
#: The channel of what the clinic does with a booking.
STAFF = "staff"
#: The channels of what staff do for somebody: at the desk of a facility, on the telephone, and what stood on paper.
DESK, PHONE, PAPER = "desk", "phone", "paper"
#: The kinds of events of who did not come to a visit, and who did after all; nobody is told.
NOT_COME, CAME = "not-come", "came"

_NOTICE = Prepared(insert(notice))


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


class Happened(Enum):
    """What happened to a booking; the value is the kind of the rows."""

    BOOKED = "booked"
    AWAITING = "awaiting"
    MOVED = "moved"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    REFUSED = "refused"
    MOVED_BY_CLINIC = "moved-by-clinic"
    CANCELLED_BY_CLINIC = "cancelled-by-clinic"


_WORDS = {
    Happened.BOOKED: _("You are booked: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}."),
    Happened.AWAITING: _(
        "Your request is saved: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}. "
        "The clinic has to approve it; you will be told."
    ),
    Happened.MOVED: _("Your visit is moved: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}."),
    Happened.CANCELLED: _("Your visit is cancelled: {when}, {doctor}. {facility}."),
    Happened.APPROVED: _(
        "The clinic has approved your request: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}."
    ),
    Happened.REFUSED: _(
        "The clinic cannot see you at this time: {when}, {doctor}. {facility}. "
        "Please choose another time or ask at the reception desk."
    ),
    Happened.MOVED_BY_CLINIC: _(
        "The clinic has moved your visit, because your doctor is absent: {when}, {doctor}, room {room}. {facility}. "
        "Ticket {ticket}."
    ),
    Happened.CANCELLED_BY_CLINIC: _(
        "The clinic had to cancel your visit: {when}, {doctor}. {facility}. "
        "Please choose another time or ask at the reception desk."
    ),
}

_APPROVAL = _("The clinic has to approve the new time; you will be told.")
_REASON = _("Reason: {reason}.")


def booked_kind(booking: Booking) -> Happened:
    """How a new booking is told: made, or to be approved (R31)."""
    return Happened.AWAITING if booking.status == AWAITING else Happened.BOOKED


@dataclass(frozen=True)
class Told:
    """What a patient is told: the kind of the rows, about which Appointment ('': about none), in which words, when.

    `version` is that of the booking which is told of, None where it is of anything else.
    """

    kind: str
    patient_id: str
    about: str
    text: str
    language: str
    at: int
    version: int | None = None


@dataclass(frozen=True)
class Occasion:
    """When, in which language and on which way something was asked for; `reason` is what staff wrote."""

    at: int
    language: str
    channel: str
    terminal_id: str = ""
    reason: str = ""


def tell(connection: Connection, call: Call, happened: Happened, booking: Booking) -> None:
    """Write the message, the notice and the event of what a terminal's patient did with a booking, and the audit."""
    audit.note(connection, call, happened.value, f"Appointment/{booking.id}", booking.patient_id)
    tell_on(connection, _occasion(call), happened, booking)


def tell_silently(connection: Connection, call: Call, happened: Happened, booking: Booking) -> None:
    """Write the message, the event and the audit, and send no notice."""
    audit.note(connection, call, happened.value, f"Appointment/{booking.id}", booking.patient_id)
    _keep(connection, _occasion(call), happened, booking)


def tell_on(connection: Connection, occasion: Occasion, happened: Happened, booking: Booking) -> None:
    """Write the message, the notice and the event of what happened to a booking, whoever had a part in it."""
    told = _keep(connection, occasion, happened, booking)
    new = happened in (Happened.BOOKED, Happened.AWAITING)
    send_notice(connection, told, WAIT_SECONDS if new else 0)


def _occasion(call: Call) -> Occasion:
    return Occasion(call.now, call.language, CHANNEL, call.caller.terminal_id)


def _keep(connection: Connection, occasion: Occasion, happened: Happened, booking: Booking) -> Told:
    words = text(happened, booking, occasion.language, occasion.reason)
    told = of_booking(happened.value, booking, words, occasion.language, occasion.at)
    put_in_cabinet(connection, told)
    count(connection, occasion, happened, booking)
    return told


def count(connection: Connection, occasion: Occasion, happened: Happened, booking: Booking) -> None:
    """Write the event alone; a booking that awaits approval counts as booked."""
    kind = "booked" if happened is Happened.AWAITING else happened.value
    row = _event(kind, occasion.at, booking, occasion.channel, occasion.terminal_id)
    append(connection, event, row)


def of_booking(kind: str, booking: Booking, words: str, language: str, at: int) -> Told:
    """What is told of a booking as it is now."""
    return Told(kind, booking.patient_id, booking.id, words, language, at, booking.version)


def put_in_cabinet(connection: Connection, told: Told) -> None:
    """Write the message of the cabinet."""
    row = {
        "id": secrets.token_hex(16),
        "version": 1,
        "patient_id": told.patient_id,
        "appointment": told.about or None,
        "kind": told.kind,
        "text": told.text,
        "sent": told.at,
        "received": None,
    }
    append(connection, message, row)


def send_notice(
    connection: Connection, told: Told, after: int = 0, *, only_to: Contact | None = None, id: str = ""
) -> None:
    """Write the notice, to be sent in so many seconds at the earliest, and only while it is still true.

    All contacts of the patient that want to be told are; or `only_to` this one, whatever it wants. An `id` of one's own is written once only.
    """
    row = {
        "id": id or secrets.token_hex(16),
        "kind": told.kind,
        "appointment": told.about or None,
        "version": told.version,
        "patient_id": told.patient_id,
        "language": told.language,
        "text": told.text,
        "not_before": told.at + after,
        "address": None if only_to is None else to_json(only_to),
    }
    _NOTICE.run(connection, **row)


def _event(kind: str, at: int, booking: Booking, channel: str, terminal_id: str = "") -> dict[str, Any]:
    """Without a person."""
    return {
        "id": secrets.token_hex(16),
        "kind": kind,
        "asked_at": at,
        "visit_at": booking.time.start,
        "facility_id": booking.time.role.facility_id,
        "specialty_code": booking.time.role.specialty_code,
        "role_id": booking.time.role.id,
        "channel": channel,
        "terminal_id": terminal_id or None,
    }


def count_attendance(connection: Connection, kind: str, booking: Booking, channel: str) -> None:
    """Write the event of NOT_COME or CAME: it happened at the time of the visit, whenever staff noted it down."""
    append(connection, event, _event(kind, booking.time.start, booking, channel))


def text(happened: Happened, booking: Booking, language: str, reason: str = "") -> str:
    """The words of the message; a discreet specialty is not named, nor its doctor, nor a reason (R47)."""
    translations = catalog(DOMAIN, language)
    said = translations.gettext(_WORDS[happened]).format(
        **of_visit(booking.time, language), ticket=booking.ticket
    )
    if happened is Happened.MOVED and booking.status == AWAITING:
        said = f"{said} {translations.gettext(_APPROVAL)}"
    if not reason or booking.time.role.discreet:
        return said
    return f"{said} {translations.gettext(_REASON).format(reason=reason.rstrip('.'))}"


def of_visit(time: Time, language: str) -> dict[str, str]:
    """When, with whom and where, for the words of a message."""
    role = time.role
    doctor = f"{role.specialty_name}, {role.doctor_name}"
    return {
        "when": moment(time.start, role.zone, language),
        "doctor": catalog(DOMAIN, language).gettext("a visit") if role.discreet else doctor,
        "room": role.room,
        "facility": role.facility_name,
    }


def moment(instant: int, zone: str, language: str) -> str:
    """Local date and time in words."""
    return _formatted(instant, zone, language, "d MMMM, HH:mm")


def day(instant: int, zone: str, language: str) -> str:
    """The local day in words."""
    return _formatted(instant, zone, language, "d MMMM")


@lru_cache(maxsize=8192)
def _formatted(instant: int, zone: str, language: str, pattern: str) -> str:
    at = datetime.fromtimestamp(instant, ZoneInfo(zone))
    return format_datetime(at, catalog(DOMAIN, language).gettext(pattern), tzinfo=at.tzinfo, locale=language)


def language_of(connection: Connection, id: str) -> str:
    """The language in which this booking's patient was told of it last."""
    last = select(notice.c.language).where(notice.c.appointment == id).order_by(notice.c.not_before.desc())
    return connection.execute(last.limit(1)).scalar() or DEFAULT_LANGUAGE


def drop_unsent_notices(connection: Connection, id: str) -> None:
    """Take back the notices of a booking or an entry that nobody has seen (api.md section 6)."""
    connection.execute(delete(notice).where(notice.c.appointment == id, notice.c.sent.is_(None)))


def a_notice_went_out(connection: Connection, id: str) -> bool:
    """Whether a notice about this booking or entry was sent, or may have been."""
    may_have = exists().where(delivery.c.notice_id == notice.c.id, delivery.c.unsure)
    out = select(notice.c.id).where(notice.c.appointment == id, notice.c.sent.is_not(None) | may_have)
    return connection.execute(out).first() is not None
