"""What staff are told of bookings, patients and days, as plain data (docs/staff-api.yaml)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from kiosk.central import contacts, rules
from kiosk.central.fhir import instant_text
from kiosk.central.proposals import Role
from kiosk.central.schema import patient
from kiosk.central.shapes import Booking
from kiosk.central.staff.days import Day
from kiosk.central.staff.search import Found
from kiosk.central.terms import Terms

Told = dict[str, Any]


def names(connection: Connection, some: Iterable[Booking]) -> Mapping[str, str]:
    """The full names of these bookings' patients, by their ids."""
    people = _people(connection, {one.patient_id for one in some})
    return {id: str(person["name"]) for id, person in people.items()}


def found(one: Found) -> Told:
    """A patient who was found."""
    told: Told = {"id": one.id, "name": one.name, "birth_date": one.birth_date}
    return told | ({"attached": _named(*one.attached)} if one.attached else {})


def bookings(connection: Connection, some: Sequence[Booking]) -> list[Told]:
    """Bookings with their patients: who comes, and under which number they can be reached."""
    people = _people(connection, {one.patient_id for one in some})
    return [_booking(one, people[one.patient_id]) for one in some]


def booking(connection: Connection, one: Booking) -> Told:
    """One booking."""
    return bookings(connection, [one])[0]


def _people(connection: Connection, ids: Iterable[str]) -> Mapping[str, Told]:
    rows = connection.execute(select(patient).where(patient.c.id.in_(sorted(ids))))
    return {
        row.id: {
            "id": row.id,
            "name": " ".join(filter(None, (row.last_name, row.first_name, row.patronymic))),
            "birth_date": row.birth_date,
            "phones": [one.value for one in contacts.stored(row.telecom) if one.system == "phone"],
        }
        for row in rows
    }


def _booking(one: Booking, person: Told) -> Told:
    role, zone = one.time.role, one.time.role.zone
    return {
        "id": one.id,
        "version": one.version,
        "status": one.status,
        "ticket": one.ticket,
        "start": instant_text(one.time.start, zone),
        "end": instant_text(one.time.end, zone),
        "doctor": doctor(role),
        "channel": one.channel,
        "overbooked": one.seat != rules.ORDINARY_SEAT,
        "patient": person,
    }


def doctor(role: Role) -> Told:
    """A doctor at their facility."""
    return {
        **_named(role.id, role.doctor_name),
        "room": role.room,
        "specialty": {"code": role.specialty_code, "name": role.specialty_name},
        "facility": _named(role.facility_id, role.facility_name),
    }


def of_day(role: Role, day: date) -> Told:
    """Which day of which doctor is told of."""
    return {"doctor": doctor(role), "date": day.isoformat()}


def day(connection: Connection, of: Day) -> Told:
    """Every time of the day, and who has it."""
    people = iter(bookings(connection, list(of.bookings)))
    times = [
        {
            "time": line.time.id,
            "start": instant_text(line.time.start, of.role.zone),
            "end": instant_text(line.time.end, of.role.zone),
            "state": line.state.value,
            "bookings": [next(people) for _ in line.bookings],
        }
        for line in of.lines
    ]
    return of_day(of.role, of.day) | {"absent": of.absent, "times": times}


def terms(of: Terms) -> Told:
    """What a facility has decided."""
    return {
        "facility": _named(of.facility_id, of.name),
        "zone": of.zone,
        "newcomers": of.newcomers,
        "notice_minutes": of.notice_minutes,
        "extra_seats": of.extra_seats,
        "services": [dict(vars(one)) for one in of.services],
    }


def _named(id: str, name: str) -> Told:
    return {"id": id, "name": name}
