"""The directory: facilities, specialties and doctors; with locations.py all of api.md section 2."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select

from kiosk.central import mcsd
from kiosk.central.call import Call
from kiosk.central.fhir import SPECIALTY, Resource, reference_id
from kiosk.central.locations import LOCATION
from kiosk.central.matching import Matches, Things, matches
from kiosk.central.schema import (
    absence,
    area,
    facility,
    practitioner,
    role,
    role_area,
    service,
    specialty,
)
from kiosk.central.searching import FUZZY, IDS, TEXT_SEARCH, Asked, Kind, routes
from kiosk.central.words import Kind as Text
from kiosk.texts import catalog

DOMAIN = "directory"

_NAME = (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic)

_ORGANIZATIONS = Things(facility, facility.c.id, [facility.c.name_words])
_SERVICES = Things(
    service.join(specialty).join(facility), service.c.id, [specialty.c.name_words, facility.c.name_words]
)
_PRACTITIONERS = Things(practitioner, practitioner.c.id, [practitioner.c.name_words])
_ROLES = Things(role, role.c.id, [role.c.name_words])

_ORGANIZATION_ROWS = select(facility).where(facility.c.id.in_(IDS))
_SERVICE_ROWS = (
    select(
        service,
        specialty.c.name.label("specialty_name"),
        specialty.c.profile_code,
        specialty.c.profile_name,
        specialty.c.mandatory,
        facility.c.name.label("facility_name"),
        facility.c.location_id,
        facility.c.newcomers,
    )
    .join(specialty)
    .join(facility)
    .where(service.c.id.in_(IDS))
)
_PRACTITIONER_ROWS = select(practitioner).where(practitioner.c.id.in_(IDS))
_ROLE_ROWS = (
    select(
        role,
        *_NAME,
        specialty.c.name.label("specialty_name"),
        facility.c.name.label("facility_name"),
        facility.c.location_id,
    )
    .join(practitioner)
    .join(service, service.c.id == role.c.service_id)
    .join(specialty, specialty.c.code == service.c.specialty_code)
    .join(facility, facility.c.id == role.c.facility_id)
    .where(role.c.id.in_(IDS))
)
_AREA_ROWS = (
    select(area, role_area.c.role_id)
    .join(role_area)
    .where(role_area.c.role_id.in_(IDS))
    .order_by(role_area.c.role_id, area.c.name_words, area.c.id)
)
_STAND_IN = role.alias()
_ABSENCE_ROWS = (
    select(absence, facility.c.zone, *_NAME)
    .join(role, role.c.id == absence.c.role_id)
    .join(facility, facility.c.id == role.c.facility_id)
    .outerjoin(_STAND_IN, _STAND_IN.c.id == absence.c.substitute_id)
    .outerjoin(practitioner, practitioner.c.id == _STAND_IN.c.practitioner_id)
    .where(absence.c.role_id.in_(IDS))
    .order_by(absence.c.role_id, absence.c.first_day)
)


# --- Organization ----------------------------------------------------------------------------------------------------


def _find_organizations(connection: Connection, asked: Asked) -> Iterator[Matches]:
    conditions = [
        *asked.tokens("_id", "", facility.c.id),
        *asked.references("district", "Location", facility.c.district_id),
    ]
    texts = [asked.text("name", Text.FACILITY_NAME)]
    return matches(connection, _ORGANIZATIONS, texts, conditions)


def _load_organizations(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    rows = connection.execute(_ORGANIZATION_ROWS, {"ids": ids}).mappings()
    return {row["id"]: mcsd.organization(row) for row in rows}


# --- HealthcareService -----------------------------------------------------------------------------------------------


def _find_services(connection: Connection, asked: Asked) -> Iterator[Matches]:
    conditions = [
        *asked.references("organization", "Organization", service.c.facility_id),
        *asked.tokens("specialty", SPECIALTY, service.c.specialty_code),
        *asked.flags("active", service.c.active),
    ]
    texts = [asked.text("name", Text.SPECIALTY_NAME)]
    return matches(connection, _SERVICES, texts, conditions)


def _load_services(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    rows = connection.execute(_SERVICE_ROWS, {"ids": ids}).mappings()
    return {row["id"]: mcsd.healthcare_service(row) for row in rows}


# --- Practitioner ----------------------------------------------------------------------------------------------------


def _find_practitioners(connection: Connection, asked: Asked) -> Iterator[Matches]:
    conditions = list(asked.tokens("_id", "", practitioner.c.id))
    texts = [asked.text("name", Text.PRACTITIONER_NAME)]
    return matches(connection, _PRACTITIONERS, texts, conditions)


def _load_practitioners(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    rows = connection.execute(_PRACTITIONER_ROWS, {"ids": ids}).mappings()
    return {row["id"]: mcsd.practitioner(row) for row in rows}


# --- PractitionerRole ------------------------------------------------------------------------------------------------


def _find_roles(connection: Connection, asked: Asked) -> Iterator[Matches]:
    conditions = [
        *asked.references("organization", "Organization", role.c.facility_id),
        *asked.tokens("specialty", SPECIALTY, role.c.specialty_code),
        *asked.references("practitioner", "Practitioner", role.c.practitioner_id),
        *_located(asked),
    ]
    texts = [asked.text("practitioner.name", Text.DOCTOR_NAME)]
    return matches(connection, _ROLES, texts, conditions)


def _located(asked: Asked) -> Iterator[ColumnElement[bool]]:
    """Roles in a building, or of an area (R17)."""
    for values in asked.alternatives("location"):
        ids = [reference_id(value, "Location", "location") for value in values]
        buildings = select(facility.c.id).where(facility.c.location_id.in_(ids))
        served = select(role_area.c.role_id).where(role_area.c.area_id.in_(ids))
        yield or_(role.c.facility_id.in_(buildings), role.c.id.in_(served))


def _load_roles(connection: Connection, ids: Sequence[str], call: Call) -> dict[str, Resource]:
    areas, absences = _areas(connection, ids), _absences(connection, ids, call.now)
    away = catalog(DOMAIN, call.language).gettext("The doctor is away")
    return {
        row["id"]: mcsd.practitioner_role(row, areas.get(row["id"], ()), absences.get(row["id"], ()), away)
        for row in connection.execute(_ROLE_ROWS, {"ids": ids}).mappings()
    }


def _areas(connection: Connection, ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    """The areas of each role, by name."""
    rows = connection.execute(_AREA_ROWS, {"ids": ids}).mappings()
    return {id: list(group) for id, group in groupby(rows, key=lambda row: str(row["role_id"]))}


def _absences(connection: Connection, ids: Sequence[str], now: int) -> dict[str, list[RowMapping]]:
    """The absences of each role that are not over, in order, with the name of who stands in (R45)."""
    found = connection.execute(_ABSENCE_ROWS, {"ids": ids}).mappings()
    rows = [row for row in found if row["last_day"] >= _day(now, row["zone"])]
    return {id: list(group) for id, group in groupby(rows, key=lambda row: str(row["role_id"]))}


def _day(now: int, zone: str) -> int:
    return datetime.fromtimestamp(now, ZoneInfo(zone)).toordinal()


KINDS = (
    LOCATION,
    Kind(
        "Organization",
        {"_id": "token", **TEXT_SEARCH, "district": "reference"},
        _find_organizations,
        _load_organizations,
    ),
    Kind(
        "HealthcareService",
        {"organization": "reference", "specialty": "token", "active": "token", **TEXT_SEARCH},
        _find_services,
        _load_services,
    ),
    Kind("Practitioner", {"_id": "token", **TEXT_SEARCH}, _find_practitioners, _load_practitioners),
    Kind(
        "PractitionerRole",
        {
            "organization": "reference",
            "specialty": "token",
            "location": "reference",
            "practitioner.name": "string",
            "practitioner.name:contains": "string",
            "practitioner": "reference",
            FUZZY: "token",
        },
        _find_roles,
        _load_roles,
        {f"PractitionerRole:{element}": element for element in ("practitioner", "organization", "location")},
    ),
)

ROUTES = routes(KINDS)
