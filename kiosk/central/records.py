"""Bookings as rows: reading them, and writing what happens to one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, insert, select, update

from kiosk.central import claims, offers, rules, slots, tickets
from kiosk.central.call import Refusal
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Role, Time
from kiosk.central.schema import appointment, facility, practitioner, request, role, service, slot, specialty
from kiosk.central.shapes import CANCELLED, Booking

#: Where bookings come from; a doctor's time may be gone from the schedule, the booking is not.
BOOKINGS = (
    appointment.join(role, appointment.c.role_id == role.c.id)
    .join(practitioner, role.c.practitioner_id == practitioner.c.id)
    .join(facility, appointment.c.facility_id == facility.c.id)
    .join(service, appointment.c.service_id == service.c.id)
    .join(specialty, appointment.c.specialty_code == specialty.c.code)
    .outerjoin(slot, (slot.c.role_id == appointment.c.role_id) & (slot.c.start == appointment.c.start))
    .outerjoin(request, request.c.appointment == appointment.c.id)
)


def query() -> Select[Any]:
    """All bookings with what `booking_of` needs; the caller adds conditions and order."""
    return select(
        *slots.ROLE_COLUMNS, appointment, slot.c.generation, request.c.identifier.label("identifier")
    ).select_from(BOOKINGS)


_BY_ID = Prepared(query().where(appointment.c.id == bindparam("its_id")))
_ADD = Prepared(insert(appointment))


def found(connection: Connection, id: str) -> Booking | None:
    """The booking with this id, if there is one."""
    row = _BY_ID.first(connection, its_id=id)
    return None if row is None else booking_of(row)


def by_id(connection: Connection, id: str) -> Booking:
    """The booking with this id, which is known to be there."""
    booking = found(connection, id)
    if booking is None:
        raise LookupError("a booking is gone")
    return booking


def of_patient(connection: Connection, id: str, patient_id: str) -> Booking:
    """The patient's own booking; Refusal("not-found") for anything else (api.md section 1)."""
    booking = found(connection, id)
    if booking is None or booking.patient_id != patient_id:
        raise Refusal("not-found")
    return booking


def exists(connection: Connection, id: str) -> bool:
    """Whether anything was ever booked under this id."""
    return connection.execute(select(appointment.c.id).where(appointment.c.id == id)).first() is not None


def booking_of(row: Any) -> Booking:
    """The booking in a row that begins with the columns of `query`."""
    width = len(slots.ROLE_COLUMNS)
    values = dict(zip(_BESIDE_ROLE, row[width:], strict=False))
    at = Time(
        role=Role(*row[:width]),
        start=values["start"],
        end=values["end"],
        day=values["visit_day"],
        generation=values["generation"] or 0,
    )
    return Booking(time=at, identifier=values["identifier"] or "", **{name: values[name] for name in _PLAIN})


#: What follows the columns of the role in a row of `query`.
_BESIDE_ROLE = (*appointment.c.keys(), "generation", "identifier")


_PLAIN = (
    "id",
    "version",
    "status",
    "patient_id",
    "asked_day",
    "ticket",
    "code",
    "created",
    "changed",
    "cancelation_reason",
    "seen",
    "channel",
    "seat",
)


@dataclass(frozen=True)
class New:
    """A booking to be written: on which way it was asked for, and which seat of the time it has.

    `seen`: whether somebody but the terminal that asked knows of it (api.md section 8).
    """

    id: str
    status: str
    time: Time
    patient_id: str
    asked_day: int
    channel: str
    seat: int = rules.ORDINARY_SEAT
    seen: bool = False


def add(connection: Connection, new: New, now: int, *, identifier: str = "") -> Booking:
    """Write a booking whose claims are taken, with a ticket number and a code.

    `identifier` is of the terminal's request, which is the caller's to remember.
    """
    role = new.time.role
    row: dict[str, Any] = {
        "id": new.id,
        "version": 1,
        "status": new.status,
        "patient_id": new.patient_id,
        "asked_day": new.asked_day,
        "ticket": tickets.number(connection, role.facility_id, now),
        "code": tickets.code(),
        "created": now,
        "changed": now,
        "cancelation_reason": None,
        "seen": new.seen,
        "channel": new.channel,
        "seat": new.seat,
    }
    kinds = {
        "facility_id": role.facility_id,
        "specialty_code": role.specialty_code,
        "profile_code": role.profile_code,
    }
    _ADD.run(connection, **row, **kinds, **place(new.time))
    return Booking(time=new.time, identifier=identifier, **row)


def place(time: Time) -> dict[str, Any]:
    """Where and when, as the columns of a booking."""
    return {
        "role_id": time.role.id,
        "service_id": time.role.service_id,
        "start": time.start,
        "end": time.end,
        "visit_day": time.day,
    }


def check_target(booking: Booking, target: Time, name: str) -> None:
    """A booking moves within its facility and specialty, to any doctor; else Refusal("invalid", name)."""
    old, new = booking.time.role, target.role
    if (old.facility_id, old.specialty_code) != (new.facility_id, new.specialty_code):
        raise Refusal("invalid", name)


def change(connection: Connection, booking: Booking, now: int, **values: Any) -> Booking:
    """Write what changed of a booking, as its next version, and return it."""
    this = appointment.c.id == booking.id
    connection.execute(
        update(appointment).where(this).values(version=booking.version + 1, changed=now, **values)
    )
    return by_id(connection, booking.id)


def cancel(
    connection: Connection, booking: Booking, now: int, reason: str | None, *, giver: str = ""
) -> Booking:
    """Cancel a booking: its claims are free (R27: both days), its time has a new id and goes to who waits for it.

    `giver` is the patient who gave the time back, and to whom it is not offered again.
    """
    claims.end_booking(connection, booking.id)
    free(connection, booking, now, giver=giver)
    return change(connection, booking, now, status=CANCELLED, cancelation_reason=reason)


def free(connection: Connection, booking: Booking, now: int, *, giver: str = "") -> None:
    """The time that a booking had is anybody's again, if it had the ordinary seat of it."""
    if booking.seat == rules.ORDINARY_SEAT:
        offers.freed(connection, booking.time, now, giver=giver)


def mark_seen(connection: Connection, bookings: Iterable[Booking]) -> None:
    """Remember that these were told to somebody but their terminal (api.md section 8)."""
    ids = [booking.id for booking in bookings]
    connection.execute(update(appointment).where(appointment.c.id.in_(ids)).values(seen=True))
