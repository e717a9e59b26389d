"""What staff read of bookings: each patient is in the audit, and what was read stands from then on (R40, api.md section 8)."""

from datetime import date

from sqlalchemy import Connection

from kiosk.central import audit, clinic, records
from kiosk.central.proposals import Role
from kiosk.central.schema import appointment
from kiosk.central.shapes import Booking
from kiosk.central.staff import days
from kiosk.central.staff.days import Day

#: So many bookings of one patient are told, the latest first.
MOST_BOOKINGS = 50


def of_patient(connection: Connection, by: audit.By, patient_id: str) -> list[Booking]:
    """The bookings of a patient, the latest first; of the caller's facility, if they have one."""
    query = records.query().where(appointment.c.patient_id == patient_id)
    if here := _facility(by):
        query = query.where(appointment.c.facility_id == here)
    rows = connection.execute(query.order_by(appointment.c.start.desc()).limit(MOST_BOOKINGS)).all()
    audit.note(connection, by, "read", "Appointment", patient_id)
    return _seen(connection, [records.booking_of(row) for row in rows])


def one(connection: Connection, by: audit.By, booking: Booking) -> Booking:
    """This booking, which is known to be within the caller's reach."""
    return _noted(connection, by, [booking])[0]


def requests(connection: Connection, by: audit.By) -> list[Booking]:
    """What has to be approved, the next visit first (R31); of the caller's facility, if they have one."""
    return _noted(connection, by, clinic.pending(connection, by.now, _facility(by)))


def of_day(connection: Connection, by: audit.By, role: Role, day: date) -> Day:
    """Every time of a doctor's day, and who has it."""
    (found,) = days.of_doctor(connection, role, day, day, by.now)
    _noted(connection, by, list(found.bookings))
    return found


def _noted(connection: Connection, by: audit.By, some: list[Booking]) -> list[Booking]:
    for booking in some:
        audit.note(connection, by, "read", f"Appointment/{booking.id}", booking.patient_id)
    return _seen(connection, some)


def _seen(connection: Connection, some: list[Booking]) -> list[Booking]:
    """What staff were told of stands: a terminal takes it back no more."""
    if not all(booking.seen for booking in some):
        records.mark_seen(connection, some)
    return some


def _facility(by: audit.By) -> str:
    return by.caller.staff.facility_id if by.caller.staff else ""
