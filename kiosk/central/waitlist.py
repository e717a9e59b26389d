"""An entry of the waiting list, and how it is told (api.md section 10). Pure."""

from dataclasses import dataclass

import orjson

from kiosk.central.fhir import (
    CODE,
    SPECIALTY,
    TICKET,
    URI,
    Resource,
    extension,
    instant_text,
    reference_to,
)
from kiosk.central.proposals import Time
from kiosk.central.shapes import CANCELLED, PLACE, SUBSETTED

WAITING = "waitlist"


@dataclass(frozen=True)
class Target:
    """What is waited for: a specialty at a facility, with one doctor of it or, where `role_id` is '', with any."""

    service_id: str
    facility_id: str
    location_id: str
    facility_name: str
    zone: str
    newcomers: bool
    mandatory: bool
    online: str
    discreet: bool
    age_min: int | None
    age_max: int | None
    sex: str | None
    specialty_code: str
    specialty_name: str
    role_id: str = ""
    doctor_name: str = ""


@dataclass(frozen=True)
class Entry:
    """Who waits for what: from `start` to `end`, instants of UTC. `identifier` is of the request that made it."""

    id: str
    version: int
    status: str
    target: Target
    patient_id: str
    start: int
    end: int
    ticket: str
    code: str
    created: int
    changed: int
    cancelation_reason: str | None
    seen: bool
    language: str
    identifier: str

    def status_at(self, now: int) -> str:
        """It ends with its period, whether or not that was written down already."""
        return self.status if now < self.end else CANCELLED

    def stands(self, now: int) -> bool:
        """Whether its patient still waits."""
        return self.status_at(now) == WAITING


@dataclass(frozen=True)
class Kept:
    """A free time that is kept for an entry until an instant."""

    time: Time
    until: int


def resource(entry: Entry, now: int, kept: Kept | None = None) -> Resource:
    """The entry as its patient sees it; an offered time is its start, end and slot as long as it is kept."""
    target = entry.target
    told: Resource = {
        "resourceType": "Appointment",
        "id": entry.id,
        "meta": _meta(entry),
        **(_extensions(kept, target.zone)),
        "identifier": identifiers(entry),
        "status": entry.status_at(now),
        **({"cancelationReason": orjson.loads(entry.cancelation_reason)} if entry.cancelation_reason else {}),
        "specialty": [{"coding": [_specialty(target)]}],
        **(_offered(kept, target.zone)),
        "created": instant_text(entry.created, target.zone),
        "participant": _participants(entry),
        "requestedPeriod": [_period(entry.start, entry.end, target.zone)],
    }
    return told


def outline(entry: Entry, now: int) -> Resource:
    """What a terminal may know of its entry without its patient (api.md section 8)."""
    return {
        "resourceType": "Appointment",
        "id": entry.id,
        "meta": {**_meta(entry), "tag": [SUBSETTED]},
        "identifier": identifiers(entry),
        "status": entry.status_at(now),
        "participant": [{"type": [{"coding": [PLACE]}], "status": "accepted"}],
    }


def identifiers(entry: Entry) -> list[Resource]:
    """The terminal's identifier, the number on the list, the code of the stub's QR."""
    given = ((URI, entry.identifier), (TICKET, entry.ticket), (CODE, entry.code))
    return [{"system": system, "value": value} for system, value in given if value]


def _meta(entry: Entry) -> Resource:
    return {
        "versionId": str(entry.version),
        "lastUpdated": instant_text(entry.changed, entry.target.zone),
    }


def _extensions(kept: Kept | None, zone: str) -> Resource:
    if kept is None:
        return {}
    return {"extension": [extension("hold-end", valueDateTime=instant_text(kept.until, zone))]}


def _offered(kept: Kept | None, zone: str) -> Resource:
    if kept is None:
        return {}
    period = _period(kept.time.start, kept.time.end, zone)
    return {**period, "slot": [reference_to("Slot", kept.time.id)]}


def _participants(entry: Entry) -> list[Resource]:
    """Whom or what is waited for, where, and who waits."""
    target = entry.target
    wanted = (
        reference_to("PractitionerRole", target.role_id, target.doctor_name)
        if target.role_id
        else reference_to("HealthcareService", target.service_id, target.specialty_name)
    )
    return [
        {"actor": wanted, "status": "needs-action"},
        {"actor": reference_to("Location", target.location_id, target.facility_name), "status": "accepted"},
        {"actor": reference_to("Patient", entry.patient_id), "status": "accepted"},
    ]


def _specialty(target: Target) -> Resource:
    return {"system": SPECIALTY, "code": target.specialty_code, "display": target.specialty_name}


def _period(start: int, end: int, zone: str) -> Resource:
    return {"start": instant_text(start, zone), "end": instant_text(end, zone)}
