"""Writes the demo region into a new registry: places, staff and patients once, times for the days to come."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, Table, insert

from kiosk.central import identity, schema, words
from kiosk.central.contacts import Contact, to_store
from kiosk.central.demo import DEMO_CREDENTIAL, DEMO_TERMINAL, cabinets, opaque
from kiosk.central.demo.citizens import Citizen, citizens
from kiosk.central.demo.days import ZONE, extend_within
from kiosk.central.demo.places import DISTRICTS, PLACES, Place, opening, phones
from kiosk.central.demo.staff import SPECIALITIES, Doctor, Service, doctors, services
from kiosk.central.regional import DEFAULTS, write_settings
from kiosk.central.store import Store
from kiosk.central.words import Kind

Row = dict[str, Any]


def create(store: Store, now: int) -> None:
    """Fill a registry that has its schema and nothing else, and enroll the demo terminal. Takes some seconds."""
    store.write(lambda connection: _fill(connection, now))


def _fill(connection: Connection, now: int) -> None:
    """All of it in one transaction: an interrupted `init` leaves no half of a region."""
    write_settings(connection, demo=True, zone=ZONE.key, public_free_busy="yes")
    _write_places(connection)
    _write_staff(connection)
    _write_citizens(connection)
    _index(connection)
    write(connection, schema.terminal, [_terminal(now)])
    extend_within(connection, now)
    cabinets.fill(connection, now)


def write(connection: Connection, table: Table, rows: Iterable[Row]) -> None:
    """Insert rows, none or many."""
    listed = list(rows)
    if listed:
        connection.execute(insert(table), listed)


def _terminal(now: int) -> Row:
    return {
        "id": opaque("terminal"),
        "name": DEMO_TERMINAL,
        "credential_hash": identity.secret_hash(DEMO_CREDENTIAL),
        "enrolled": now,
        "revoked": None,
    }


# --- places ------------------------------------------------------------------------------------------------------


def _write_places(connection: Connection) -> None:
    districts = ({"id": opaque("district", key), "name": name} for key, name in DISTRICTS.items())
    write(connection, schema.district, districts)
    write(connection, schema.facility, map(_facility, PLACES))


def _facility(place: Place) -> Row:
    return {
        "id": place.id,
        "location_id": place.location_id,
        "district_id": place.district_id,
        "name": place.name,
        "address": place.address,
        "phones": _json(phones(place)),
        "hours": _json(opening(place)),
        "directions": place.directions,
        "zone": ZONE.key,
        "newcomers": place.newcomers,
        "notice_minutes": int(DEFAULTS["notice_minutes"]),
    }


# --- staff -------------------------------------------------------------------------------------------------------


def _write_staff(connection: Connection) -> None:
    staff = doctors()
    areas = {doctor.area.id: doctor.area for doctor in staff if doctor.area}
    rows = ({"id": area.id, "facility_id": area.place.id, "name": area.name} for area in areas.values())
    write(connection, schema.area, rows)
    write(connection, schema.specialty, _specialties())
    write(connection, schema.service, map(_service, services()))
    write(connection, schema.practitioner, map(_practitioner, staff))
    write(connection, schema.role, map(_role, staff))
    served = ({"role_id": doctor.id, "area_id": doctor.area.id} for doctor in staff if doctor.area)
    write(connection, schema.role_area, served)


def _specialties() -> Iterator[Row]:
    for speciality in SPECIALITIES.values():
        yield {
            "code": speciality.code,
            "name": speciality.name,
            "profile_code": speciality.profile,
            "profile_name": speciality.profile_name,
            "mandatory": speciality.mandatory,
        }


def _service(service: Service) -> Row:
    speciality = service.speciality
    return {
        "id": service.id,
        "facility_id": service.place.id,
        "specialty_code": speciality.code,
        "active": True,
        "online": service.online.value,
        "approval": speciality.approval,
        "discreet": speciality.discreet,
        "age_min": service.age_min,
        "age_max": service.age_max,
        "sex": speciality.sex.value if speciality.sex else None,
        "bring": speciality.bring,
    }


def _practitioner(doctor: Doctor) -> Row:
    return {
        "id": doctor.practitioner_id,
        "last_name": doctor.name.last,
        "first_name": doctor.name.first,
        "patronymic": doctor.name.patronymic,
        "sex": doctor.sex.value,
    }


def _role(doctor: Doctor) -> Row:
    return {
        "id": doctor.id,
        "practitioner_id": doctor.practitioner_id,
        "facility_id": doctor.service.place.id,
        "service_id": doctor.service.id,
        "specialty_code": doctor.service.speciality.code,
        "room": doctor.room,
        "active": True,
        "working_time": _json(doctor.week),
    }


# --- patients ----------------------------------------------------------------------------------------------------


def _write_citizens(connection: Connection) -> None:
    everybody = citizens()
    write(connection, schema.patient, map(_patient, everybody))
    cards = (
        {"patient_id": citizen.person.id, "facility_id": place.id}
        for citizen in everybody
        for place in citizen.cards
    )
    write(connection, schema.card, cards)
    observations = (
        {"patient_id": citizen.person.id, "specialty_code": code}
        for citizen in everybody
        for code in citizen.observed
    )
    write(connection, schema.observation, observations)


def _patient(citizen: Citizen) -> Row:
    person, doctor = citizen.person, citizen.area_doctor
    return {
        "id": person.id,
        "version": 1,
        "last_name": person.name.last,
        "first_name": person.name.first,
        "patronymic": person.name.patronymic,
        "birth_date": person.birth_date.isoformat(),
        "sex": person.sex.value,
        "policy_number": person.policy_number,
        "document_kind": person.document_kind,
        "document_number": person.document_number,
        "snils": None,
        "facility_id": citizen.attachment.id if citizen.attachment else None,
        "area_id": doctor.area.id if doctor and doctor.area else None,
        "area_doctor_id": doctor.id if doctor else None,
        "telecom": to_store(list(_contacts(person.number))),
        "situation": citizen.situation.value if citizen.situation else None,
    }


def _contacts(number: int) -> Iterator[Contact]:
    """Two of three have a telephone, one of four an e-mail address; no such numbers and addresses exist."""
    if number % 3:
        yield Contact("phone", f"+7000{5_550_000 + number:07d}")
    if number % 4 == 1:
        yield Contact("email", f"patient{number}@example.ru")


# --- what is searched --------------------------------------------------------------------------------------------


def _index(connection: Connection) -> None:
    staff = doctors()
    texts = {
        Kind.DISTRICT_NAME: {opaque("district", key): name for key, name in DISTRICTS.items()},
        Kind.FACILITY_NAME: {place.id: place.name for place in PLACES},
        Kind.FACILITY_ADDRESS: {place.id: place.address for place in PLACES},
        Kind.AREA_NAME: {doctor.area.id: doctor.area.name for doctor in staff if doctor.area},
        Kind.SPECIALTY_NAME: {one.code: one.name for one in SPECIALITIES.values()},
        Kind.PRACTITIONER_NAME: {doctor.practitioner_id: str(doctor.name) for doctor in staff},
        Kind.DOCTOR_NAME: {doctor.id: str(doctor.name) for doctor in staff},
    }
    for kind, of_things in texts.items():
        words.index(connection, kind, of_things)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
