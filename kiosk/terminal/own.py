"""What the patient has (R15), asked of the registry and put in order: functions for the workers, no state."""

from dataclasses import replace
from datetime import datetime

from kiosk.errors import Refused
from kiosk.models import (
    STANDING,
    Contacts,
    Doctor,
    Facility,
    Message,
    OwnBooking,
    OwnPlace,
    Patient,
    PatientToken,
    Sought,
    Specialty,
)
from kiosk.ports import Registry
from kiosk.ticket import Slip, make_stub, make_ticket
from kiosk.views import BookingRow, CabinetView, PlaceRow, TicketView


def overview(registry: Registry, token: PatientToken, now: datetime) -> CabinetView:
    """Bookings to come in order of time, places on the waiting list, unread messages."""
    rows = (booking_row(registry, one, now) for one in registry.own_bookings(token, now.date()))
    return CabinetView(
        tuple(_with_doctor(registry, row) for row in rows if row.stands),
        tuple(place_row(registry, one) for one in registry.own_places(token)),
        sum(not message.read for message in registry.messages(token)),
    )


def history(registry: Registry, token: PatientToken, now: datetime) -> tuple[BookingRow, ...]:
    """The bookings that are over or cancelled, latest first."""
    rows = (booking_row(registry, one, now) for one in registry.history(token))
    return tuple(row for row in rows if not row.stands)


def message(registry: Registry, token: PatientToken, id: str) -> Message:
    """One message in full."""
    same = next((one for one in registry.messages(token) if one.id == id), None)
    if same is None:
        raise Refused(404, "not-found")
    return same


def ticket(
    registry: Registry, token: PatientToken, sought: Sought, patient: Patient, now: datetime, language: str
) -> TicketView:
    """One booking or place as the registry has it now."""
    own = registry.own(token, sought)
    if isinstance(own, OwnPlace):
        place = place_row(registry, own)
        return TicketView(place, _stub(place, patient, now, language))
    row = _with_doctor(registry, booking_row(registry, own, now))
    return TicketView(row, _ticket(row, patient, language))


def found(registry: Registry, token: PatientToken, sought: Sought) -> str:
    """The id of one booking or place."""
    mine = registry.own(token, sought)
    return mine.entry.id if isinstance(mine, OwnPlace) else mine.appointment.id


def booking(registry: Registry, token: PatientToken, id: str, now: datetime) -> BookingRow:
    """One booking as the registry has it now."""
    mine = registry.own(token, Sought(id=id))
    if isinstance(mine, OwnPlace):
        raise Refused(404, "not-found")
    return _with_doctor(registry, booking_row(registry, mine, now))


def booking_row(registry: Registry, booking: OwnBooking, now: datetime) -> BookingRow:
    """A booking with its place; of the doctor there is what it says itself."""
    at = booking.appointment
    facility = _facility(registry, booking.location_id, booking.facility_name)
    specialty = _specialty(registry, facility, booking.specialty_code, booking.specialty_name)
    stands = at.status in STANDING and at.end > now
    doctor = _named(at.doctor_id, booking.doctor_name, specialty)
    return BookingRow(booking, facility, specialty, doctor, stands, stands and at.start > now)


def place_row(registry: Registry, place: OwnPlace) -> PlaceRow:
    """A place on the waiting list, with what is waited for."""
    facility = _facility(registry, place.location_id, place.facility_name)
    specialty = _specialty(registry, facility, place.specialty_code, place.specialty_name)
    doctor = _named(place.doctor_id, place.doctor_name, specialty) if place.doctor_id else None
    return PlaceRow(place, facility, specialty, doctor)


def _with_doctor(registry: Registry, row: BookingRow) -> BookingRow:
    """The same with room and areas, where the doctor still works there."""
    if not row.facility.id:
        return row
    there = registry.doctors(row.facility.id, row.specialty.code)
    return replace(row, doctor=next((one for one in there if one.id == row.doctor.id), row.doctor))


def _facility(registry: Registry, location_id: str, name: str) -> Facility:
    """One that the directory no longer has is known by its name alone."""
    known = (one for one in registry.facilities() if one.location_id == location_id)
    return next(known, Facility("", location_id, name, "", ""))


def _specialty(registry: Registry, facility: Facility, code: str, name: str) -> Specialty:
    """One that the facility no longer offers may be discreet (R47)."""
    offered = registry.specialties(facility.id) if facility.id else ()
    return next(
        (one for one in offered if one.code == code), Specialty("", code, name, facility.id, discreet=True)
    )


def _named(id: str, name: str, specialty: Specialty) -> Doctor:
    """A doctor by id and name: «Соколова Елена Андреевна»."""
    last, first, patronymic = (*name.split(maxsplit=2), "", "", "")[:3]
    return Doctor(id, "", last, first, patronymic, specialty.facility_id, specialty.code)


def _ticket(row: BookingRow, patient: Patient, language: str) -> Slip:
    at = row.booking.appointment
    return make_ticket(
        at,
        row.doctor,
        row.specialty,
        row.facility,
        patient,
        terminal_name="",
        # Whoever prints it says when. The same ticket is the same, and its code is not drawn anew each minute.
        printed_at=at.start,
        language=language,
    )


def _stub(row: PlaceRow, patient: Patient, now: datetime, language: str) -> Slip:
    return make_stub(
        row.place.entry,
        row.specialty,
        row.doctor,
        row.facility,
        patient,
        Contacts(patient.phone, patient.email),
        row.place.last_day,
        terminal_name="",
        printed_at=now,
        language=language,
    )
