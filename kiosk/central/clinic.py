"""What the clinic does with one booking: approve it, refuse it, cancel it, note that nobody came (R26, R31, R35).

Each is a part of one transaction, as the patient's own changes are: claims, a new version, message, notice, event, note.
Done already, it changes nothing.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection

from kiosk.central import audit, outbox, records
from kiosk.central.call import Caller, Impossible
from kiosk.central.outbox import Happened, Occasion
from kiosk.central.schema import appointment
from kiosk.central.shapes import AWAITING, BOOKED, CANCELLED, NOT_COME, Booking

#: For so many days after it began a visit can be named by its ticket.
TICKET_DAYS = 7
#: FHIR's reasons of a cancelled Appointment: `prov`, the provider did it.
_REASONS = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"


@dataclass(frozen=True)
class Hand:
    """Whose hand does it: when, on which way (the channel of the statistics), and why, which the patient is told."""

    now: int
    reason: str = ""
    channel: str = outbox.STAFF
    caller: Caller = field(default=Caller(staff=audit.COMMAND))

    def note(self, connection: Connection, kind: str, booking: Booking) -> None:
        """Write down, in the same transaction, what kind of thing was done to a booking (R40)."""
        audit.note(connection, self, kind, f"Appointment/{booking.id}", booking.patient_id, self.reason)


@dataclass(frozen=True)
class Ruling:
    """The booking as it is now, and whether it had to be changed for that."""

    booking: Booking
    changed: bool


def pending(connection: Connection, now: int, facility_id: str = "") -> list[Booking]:
    """The requests to be approved whose visit has not begun, the next visit first (R31); of one facility, or of all."""
    query = records.query().where(appointment.c.status == AWAITING, appointment.c.start > now)
    if facility_id:
        query = query.where(appointment.c.facility_id == facility_id)
    rows = connection.execute(query.order_by(appointment.c.start, appointment.c.id))
    return [records.booking_of(row) for row in rows]


def approved(connection: Connection, booking: Booking, hand: Hand) -> Ruling:
    """Let a request stand (R31)."""
    if booking.status == BOOKED:
        return Ruling(booking, changed=False)
    check_stands(booking, hand.now)
    changed = records.change(connection, booking, hand.now, status=BOOKED)
    return _ruled(connection, changed, hand, Happened.APPROVED, "approve")


def refused(connection: Connection, booking: Booking, hand: Hand) -> Ruling:
    """End a request: its claims are free, its time goes to who waits for it."""
    if booking.status == BOOKED:
        words = f"ticket {booking.ticket} does not await approval: see `kiosk central cancel`"
        raise Impossible("version-conflict", words)
    return _ended(connection, booking, hand, Happened.REFUSED, "refuse")


def cancelled(connection: Connection, booking: Booking, hand: Hand) -> Ruling:
    """Cancel a booking, whether it was approved or not; the time goes to who waits for it, but not to this patient."""
    return _ended(connection, booking, hand, Happened.CANCELLED_BY_CLINIC, "cancel")


def not_come(connection: Connection, booking: Booking, hand: Hand) -> Ruling:
    """Note that nobody came to a visit whose time has begun."""
    return _attended(connection, booking, hand, (BOOKED, NOT_COME), outbox.NOT_COME)


def came(connection: Connection, booking: Booking, hand: Hand) -> Ruling:
    """Take that back."""
    return _attended(connection, booking, hand, (NOT_COME, BOOKED), outbox.CAME)


def _attended(
    connection: Connection, booking: Booking, hand: Hand, change: tuple[str, str], kind: str
) -> Ruling:
    before, after = change
    if booking.time.start > hand.now:
        raise Impossible("invalid", f"the visit of ticket {booking.ticket} has not begun")
    if booking.status == after:
        return Ruling(booking, changed=False)
    if booking.status != before:
        raise Impossible("version-conflict", f"ticket {booking.ticket} is {booking.status}")
    outbox.count_attendance(connection, kind, booking, booking.channel)
    changed = records.change(connection, booking, hand.now, status=after)
    hand.note(connection, kind, changed)
    return Ruling(changed, changed=True)


def _ended(connection: Connection, booking: Booking, hand: Hand, happened: Happened, kind: str) -> Ruling:
    if booking.status == CANCELLED:
        return Ruling(booking, changed=False)
    check_stands(booking, hand.now)
    ended = records.cancel(connection, booking, hand.now, reason_of(hand.reason), giver=booking.patient_id)
    return _ruled(connection, ended, hand, happened, kind)


def _ruled(connection: Connection, changed: Booking, hand: Hand, happened: Happened, kind: str) -> Ruling:
    outbox.tell_on(connection, occasion(connection, changed, hand), happened, changed)
    hand.note(connection, kind, changed)
    return Ruling(changed, changed=True)


def reason_of(text: str) -> str:
    """`cancelationReason` as the JSON that is kept: the clinic's, and in which words."""
    reason = {"coding": [{"system": _REASONS, "code": "prov"}], **({"text": text} if text else {})}
    return orjson.dumps(reason).decode()


def line_of(booking: Booking) -> str:
    """Ticket, time, and id for the next command; nothing of the patient."""
    when = outbox.moment(booking.time.start, booking.time.role.zone, "en")
    return f"ticket {booking.ticket}  {when}  {booking.id}"


def occasion(connection: Connection, booking: Booking, hand: Hand) -> Occasion:
    """The clinic did it, and tells it in the language in which the patient was told of the booking before."""
    language = outbox.language_of(connection, booking.id)
    return Occasion(hand.now, language, hand.channel, reason=hand.reason)


def check_stands(booking: Booking, now: int) -> None:
    """Impossible for a booking that has ended, or whose visit has begun."""
    if not booking.stands:
        raise Impossible("version-conflict", f"ticket {booking.ticket} is {booking.status}")
    if booking.time.start <= now:
        raise Impossible("too-late", f"the visit of ticket {booking.ticket} has begun")


def named(connection: Connection, name: str, now: int, *, begun: bool = False) -> Booking:
    """The booking with this id; or of this ticket number, which only those use whose visit is not over.

    `begun`: of the visits that have begun in the last days; a number may have been used again since.
    """
    today = datetime.fromtimestamp(now, UTC).toordinal()
    # Days are local ones, a day or two from those of UTC: they are there for the index.
    recent = appointment.c.visit_day.between(today - TICKET_DAYS - 1, today + 1) & (
        appointment.c.start <= now
    )
    recent &= appointment.c.start > now - TICKET_DAYS * 24 * 3600
    to_come = (appointment.c.visit_day >= today - 2) & (appointment.c.end > now)
    of_ticket = (appointment.c.ticket == name) & (recent if begun else to_come)
    rows = connection.execute(records.query().where((appointment.c.id == name) | of_ticket)).all()
    found = [records.booking_of(row) for row in rows]
    chosen = [booking for booking in found if booking.id == name] or found
    if len(chosen) > 1:
        chosen = [one for one in chosen if one.stands or (begun and one.status == NOT_COME)] or chosen
    if not chosen:
        raise ValueError(f"there is no booking {name}: see `kiosk central bookings` or `kiosk central day`")
    if len(chosen) > 1:
        places = ", ".join(f"{one.id} ({one.time.role.facility_name})" for one in chosen)
        raise ValueError(f"several bookings have the ticket {name}: {places}")
    return chosen[0]
