"""What the clinic does with one booking: approve it, refuse it, cancel it, note that nobody came (R26, R31, R35).

Each is one transaction, as the patient's own changes are: claims, a new version, message, notice, event. Done already,
it changes nothing. What cannot be done is a ValueError in words for who asked.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from sqlalchemy import Connection, select

from kiosk.central import outbox, records
from kiosk.central.outbox import Happened, Occasion
from kiosk.central.schema import appointment, patient, request
from kiosk.central.shapes import AWAITING, BOOKED, CANCELLED, NOT_COME, Booking
from kiosk.central.store import Store

#: For so many days after it began a visit can be named by its ticket.
TICKET_DAYS = 7
#: FHIR's reasons of a cancelled Appointment: `prov`, the provider did it.
_REASONS = "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason"


@dataclass(frozen=True)
class Ruling:
    """The booking as it is now, and whether it had to be changed for that."""

    booking: Booking
    changed: bool


@dataclass(frozen=True)
class Request:
    """A booking that awaits approval, and who asks for it."""

    booking: Booking
    patient_name: str


def pending(store: Store, now: int) -> list[Request]:
    """The requests to be approved whose visit has not begun, the next visit first (R31)."""
    names = (patient.c.last_name, patient.c.first_name, patient.c.patronymic)
    query = (
        records.query()
        .add_columns(*(name.label(f"of_patient_{name.name}") for name in names))
        .join(patient, patient.c.id == appointment.c.patient_id)
        .where(appointment.c.status == AWAITING, appointment.c.start > now)
        .order_by(appointment.c.start, appointment.c.id)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    return [Request(records.booking_of(row), " ".join(filter(None, row[-len(names) :]))) for row in rows]


def approve(store: Store, name: str, now: int) -> Ruling:
    """Let a request stand (R31)."""

    def work(connection: Connection) -> Ruling:
        booking = _named(connection, name, now)
        if booking.status == BOOKED:
            return Ruling(booking, changed=False)
        _check(booking, now)
        approved = records.change(connection, booking, now, status=BOOKED)
        outbox.tell_on(connection, occasion(connection, booking, now), Happened.APPROVED, approved)
        return Ruling(approved, changed=True)

    return store.write(work)


def refuse(store: Store, name: str, now: int, reason: str = "") -> Ruling:
    """End a request: its claims are free, its time goes to who waits for it."""

    def work(connection: Connection) -> Ruling:
        booking = _named(connection, name, now)
        if booking.status == BOOKED:
            raise ValueError(f"ticket {booking.ticket} does not await approval: see `kiosk central cancel`")
        return _ended(connection, booking, now, Happened.REFUSED, reason)

    return store.write(work)


def cancel(store: Store, name: str, now: int, reason: str = "") -> Ruling:
    """Cancel a booking, whether it was approved or not; the time goes to who waits for it, but not to this patient."""

    return store.write(lambda connection: cancelled(connection, _named(connection, name, now), now, reason))


def cancelled(connection: Connection, booking: Booking, now: int, reason: str = "") -> Ruling:
    """The same inside a transaction."""
    return _ended(connection, booking, now, Happened.CANCELLED_BY_CLINIC, reason)


def not_come(store: Store, name: str, now: int) -> Ruling:
    """Note that nobody came to a visit whose time has begun; of the last days where it is named by its ticket."""
    return _attended(store, name, now, (BOOKED, NOT_COME), outbox.NOT_COME)


def came(store: Store, name: str, now: int) -> Ruling:
    """Take that back."""
    return _attended(store, name, now, (NOT_COME, BOOKED), outbox.CAME)


def _attended(store: Store, name: str, now: int, change: tuple[str, str], kind: str) -> Ruling:
    before, after = change

    def work(connection: Connection) -> Ruling:
        booking = _named(connection, name, now, begun=True)
        if booking.time.start > now:
            raise ValueError(f"the visit of ticket {booking.ticket} has not begun")
        if booking.status == after:
            return Ruling(booking, changed=False)
        if booking.status != before:
            raise ValueError(f"ticket {booking.ticket} is {booking.status}")
        outbox.count_attendance(connection, kind, booking, _channel(connection, booking))
        return Ruling(records.change(connection, booking, now, status=after), changed=True)

    return store.write(work)


def _channel(connection: Connection, booking: Booking) -> str:
    """On which way it was booked: what a terminal asked for has left a request."""
    asked = select(request.c.terminal_id).where(request.c.appointment == booking.id)
    return outbox.STAFF if connection.execute(asked).first() is None else outbox.CHANNEL


def _ended(connection: Connection, booking: Booking, now: int, happened: Happened, reason: str) -> Ruling:
    if booking.status == CANCELLED:
        return Ruling(booking, changed=False)
    _check(booking, now)
    cancelled = records.cancel(connection, booking, now, reason_of(reason), giver=booking.patient_id)
    outbox.tell_on(connection, occasion(connection, booking, now, reason), happened, cancelled)
    return Ruling(cancelled, changed=True)


def reason_of(text: str) -> str:
    """`cancelationReason` as the JSON that is kept: the clinic's, and in which words."""
    reason = {"coding": [{"system": _REASONS, "code": "prov"}], **({"text": text} if text else {})}
    return orjson.dumps(reason).decode()


def line_of(booking: Booking) -> str:
    """Ticket, time, and id for the next command; nothing of the patient."""
    when = outbox.moment(booking.time.start, booking.time.role.zone, "en")
    return f"ticket {booking.ticket}  {when}  {booking.id}"


def occasion(connection: Connection, booking: Booking, now: int, reason: str = "") -> Occasion:
    """The clinic did it, and tells it in the language in which the patient was told of the booking before."""
    return Occasion(now, outbox.language_of(connection, booking.id), outbox.STAFF, reason=reason)


def _check(booking: Booking, now: int) -> None:
    if not booking.stands:
        raise ValueError(f"ticket {booking.ticket} is {booking.status}")
    if booking.time.start <= now:
        raise ValueError(f"the visit of ticket {booking.ticket} has begun")


def _named(connection: Connection, name: str, now: int, *, begun: bool = False) -> Booking:
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
        raise ValueError(f"there is no booking {name}")
    if len(chosen) > 1:
        places = ", ".join(f"{one.id} ({one.time.role.facility_name})" for one in chosen)
        raise ValueError(f"several bookings have the ticket {name}: {places}")
    return chosen[0]
