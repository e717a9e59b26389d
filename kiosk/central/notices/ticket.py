"""The ticket of a booking as the registry itself hands it out, by e-mail (R25)."""

from datetime import datetime
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, select

from kiosk.central.schema import area, facility, patient, role_area, service
from kiosk.central.shapes import AWAITING, Booking
from kiosk.ticket import Ticket


def ticket_of(connection: Connection, booking: Booking, language: str, now: int) -> Ticket:
    """The ticket as it is now; of the patient it has the initials alone."""
    role, zone = booking.time.role, ZoneInfo(booking.time.role.zone)
    place = connection.execute(select(facility).where(facility.c.id == role.facility_id)).one()
    phones = orjson.loads(place.phones)
    areas = select(area.c.name).join(role_area).where(role_area.c.role_id == role.id).order_by(area.c.name)
    bring = connection.execute(select(service.c.bring).where(service.c.id == role.service_id)).scalar_one()
    return Ticket(
        facility_name=place.name,
        facility_address=place.address,
        facility_phone=phones[0] if phones else "",
        starts_at=datetime.fromtimestamp(booking.time.start, zone),
        room=role.room,
        doctor_name=role.doctor_name,
        specialty_name=role.specialty_name,
        areas=tuple(connection.scalars(areas)),
        discreet=role.discreet,
        initials=_initials(connection, booking.patient_id),
        number=booking.ticket,
        code=booking.code,
        bring=bring,
        awaiting_approval=booking.status == AWAITING,
        terminal_name="",
        printed_at=datetime.fromtimestamp(now, zone),
        language=language,
    )


def _initials(connection: Connection, patient_id: str) -> str:
    """«И. М. П.»: first name, patronymic, surname."""
    names = (patient.c.first_name, patient.c.patronymic, patient.c.last_name)
    row = connection.execute(select(*names).where(patient.c.id == patient_id)).one()
    return " ".join(f"{name[0].upper()}." for name in row if name)
