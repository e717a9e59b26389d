"""Rows of the directory as FHIR resources (api.md section 2, shapes of IHE mCSD). Pure.

Every function takes the columns of its table, plus the joined ones that it names.
"""

from collections.abc import Iterable
from datetime import date

import orjson
from sqlalchemy import RowMapping

from kiosk.central.fhir import (
    EXTENSION,
    PROFILE,
    SPECIALTY,
    Resource,
    extension,
    reference_to,
)
from kiosk.models import Online

ORGANIZATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
PHYSICAL_TYPE = "http://terminology.hl7.org/CodeSystem/location-physical-type"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
PRACTITIONER_ROLE = "http://terminology.hl7.org/CodeSystem/practitioner-role"
MCSD_TYPE = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

#: Location.physicalType: what stands for a district, a facility's building, an area.
DISTRICT, BUILDING, AREA = "jdn", "bu", "area"
_PHYSICAL_NAMES = {DISTRICT: "Jurisdiction", BUILDING: "Building", AREA: "Area"}


def district(row: RowMapping) -> Resource:
    """A district («район») as a Location."""
    return _location(row["id"], row["name"], DISTRICT, [_concept(MCSD_TYPE, "jurisdiction", "Jurisdiction")])


def organization(row: RowMapping) -> Resource:
    """A facility («МО») as an Organization."""
    return {
        "resourceType": "Organization",
        "id": row["id"],
        "extension": [extension("newcomers", valueBoolean=row["newcomers"])],
        "active": True,
        "type": [
            _concept(ORGANIZATION_TYPE, "prov", "Healthcare Provider"),
            _concept(MCSD_TYPE, "facility", "Facility"),
        ],
        "name": row["name"],
    }


def building(row: RowMapping) -> Resource:
    """A facility as a Location; joined `district_name`."""
    types = [_concept(MCSD_TYPE, "facility", "Facility"), _concept(ROLE_CODE, "OF", "Outpatient facility")]
    resource = _location(row["location_id"], row["name"], BUILDING, types)
    resource["extension"] = [extension("newcomers", valueBoolean=row["newcomers"])]
    if row["directions"]:
        resource["description"] = row["directions"]
    if phones := orjson.loads(row["phones"]):
        resource["telecom"] = [{"system": "phone", "value": phone, "use": "work"} for phone in phones]
    resource["address"] = {"use": "work", "text": row["address"]}
    resource["managingOrganization"] = reference_to("Organization", row["id"], row["name"])
    resource["partOf"] = reference_to("Location", row["district_id"], row["district_name"])
    if hours := orjson.loads(row["hours"]):
        resource["hoursOfOperation"] = hours
    return resource


def area(row: RowMapping) -> Resource:
    """An area («участок») as a Location; joined `location_id`, `facility_id`, `facility_name`."""
    resource = _location(row["id"], row["name"], AREA, [_concept(ROLE_CODE, "COMM", "Community Location")])
    resource["managingOrganization"] = reference_to("Organization", row["facility_id"], row["facility_name"])
    resource["partOf"] = reference_to("Location", row["location_id"], row["facility_name"])
    return resource


def healthcare_service(row: RowMapping) -> Resource:
    """A specialty at a facility; joined `specialty_name`, `profile_code`, `profile_name`, `mandatory`,
    `facility_name`, `location_id`, `newcomers`.

    R29: a mandatory specialty is bookable online whatever its row says.
    """
    concept = _concept(SPECIALTY, row["specialty_code"], row["specialty_name"])
    resource: Resource = {
        "resourceType": "HealthcareService",
        "id": row["id"],
        "extension": _service_extensions(row),
        "active": row["active"],
        "providedBy": reference_to("Organization", row["facility_id"], row["facility_name"]),
        "type": [concept],
        "specialty": [concept],
        "location": [reference_to("Location", row["location_id"], row["facility_name"])],
        "name": row["specialty_name"],
    }
    if row["bring"]:
        resource["extraDetails"] = row["bring"]
    return resource


def online(row: RowMapping) -> str:
    """Who may book this service (R29, R30); joined `mandatory`."""
    return Online.YES.value if row["mandatory"] else str(row["online"])


def _service_extensions(row: RowMapping) -> list[Resource]:
    profile = {"system": PROFILE, "code": row["profile_code"], "display": row["profile_name"]}
    extensions = [
        extension("profile", valueCoding=profile),
        extension("online", valueCode=online(row)),
        extension("approval", valueBoolean=row["approval"]),
        extension("discreet", valueBoolean=row["discreet"]),
        extension("newcomers", valueBoolean=row["newcomers"]),
    ]
    limits = {"age-min": row["age_min"], "age-max": row["age_max"]}
    extensions += [extension(name, valueInteger=age) for name, age in limits.items() if age is not None]
    if row["sex"]:
        extensions.append(extension("sex", valueCode=row["sex"]))
    return extensions


def full_name(row: RowMapping) -> str:
    """«Соколова Елена Андреевна»."""
    return " ".join(part for part in (row["last_name"], row["first_name"], row["patronymic"]) if part)


def practitioner(row: RowMapping) -> Resource:
    """A doctor as a person."""
    given = [part for part in (row["first_name"], row["patronymic"]) if part]
    name = {"use": "official", "text": full_name(row), "family": row["last_name"], "given": given}
    resource: Resource = {
        "resourceType": "Practitioner",
        "id": row["id"],
        "active": True,
        "name": [name],
    }
    if row["sex"]:
        resource["gender"] = row["sex"]
    return resource


def practitioner_role(
    row: RowMapping, areas: Iterable[RowMapping], absences: Iterable[RowMapping], away: str
) -> Resource:
    """A doctor at a facility in a specialty; joined the practitioner's name, `specialty_name`, `facility_name`,
    `location_id`. `areas` and `absences` are rows of the role, `away` is what an absence is called.
    """
    resource: Resource = {
        "resourceType": "PractitionerRole",
        "id": row["id"],
        "active": row["active"],
        "practitioner": reference_to("Practitioner", row["practitioner_id"], full_name(row)),
        "organization": reference_to("Organization", row["facility_id"], row["facility_name"]),
        "code": [_concept(PRACTITIONER_ROLE, "doctor", "Doctor")],
        "specialty": [_concept(SPECIALTY, row["specialty_code"], row["specialty_name"])],
        "location": [
            reference_to("Location", row["location_id"], row["facility_name"]),
            *(reference_to("Location", area["id"], area["name"]) for area in areas),
        ],
        "healthcareService": [reference_to("HealthcareService", row["service_id"], row["specialty_name"])],
    }
    if row["room"]:
        resource["extension"] = [extension("room", valueString=row["room"])]
    if times := orjson.loads(row["working_time"]):
        resource["availableTime"] = times
    if unavailable := [_not_available(absence, away) for absence in absences]:
        resource["notAvailable"] = unavailable
    return resource


def _not_available(row: RowMapping, away: str) -> Resource:
    """R45; joined the substitute's name."""
    first, last = (date.fromordinal(row[name]).isoformat() for name in ("first_day", "last_day"))
    resource: Resource = {"description": away, "during": {"start": first, "end": last}}
    if row["substitute_id"]:
        substitute = reference_to("PractitionerRole", row["substitute_id"], full_name(row))
        resource["extension"] = [extension("substitute", valueReference=substitute)]
    return resource


def _location(id: str, name: str, physical: str, types: list[Resource]) -> Resource:
    return {
        "resourceType": "Location",
        "id": id,
        "status": "active",
        "name": name,
        "mode": "instance",
        "type": types,
        "physicalType": _concept(PHYSICAL_TYPE, physical, _PHYSICAL_NAMES[physical]),
    }


def _concept(system: str, code: str, display: str) -> Resource:
    coding = {"system": system, "code": code, "display": display}
    return {"coding": [coding], "text": display} if system.startswith(EXTENSION) else {"coding": [coding]}
