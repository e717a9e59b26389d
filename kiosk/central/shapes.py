"""Appointments as FHIR resources, after the IHE Scheduling profile (api.md sections 4 to 8). Pure."""

from dataclasses import dataclass
from typing import Any

import orjson

from kiosk.central.fhir import (
    CODE,
    SPECIALTY,
    TICKET,
    URI,
    Resource,
    entry,
    extension,
    instant_text,
    reference_to,
    searchset,
)
from kiosk.central.proposals import Time

#: Extension of HL7 for an element that is there and not told.
_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_MASKED = {"extension": [{"url": _ABSENT, "valueCode": "masked"}]}
#: What a part of an Appointment that is not told in whole says of itself, and who takes part in it at least.
SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}
PLACE = {"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "LOC"}

BOOKED, AWAITING, CANCELLED, NOT_COME = "booked", "pending", "cancelled", "noshow"


@dataclass(frozen=True)
class Booking:
    """A booking, past or present. `identifier` is the terminal's own, '' where none made it."""

    id: str
    version: int
    status: str
    time: Time
    patient_id: str
    asked_day: int
    ticket: str
    code: str
    created: int
    changed: int
    cancelation_reason: str | None
    seen: bool
    channel: str
    seat: int
    identifier: str

    @property
    def stands(self) -> bool:
        """Whether a visit is expected: booked, or awaiting approval (R31)."""
        return self.status in (BOOKED, AWAITING)


def proposed(time: Time) -> Resource:
    """A free time (ITI-115)."""
    return _appointment(time, time.id, "proposed", _participants(time, "needs-action"))


def held(time: Time, id: str, until: int, patient_id: str = "") -> Resource:
    """A held time (ITI-116): `pending`, with its end."""
    end = extension("hold-end", valueDateTime=instant_text(until, time.role.zone))
    participants = _participants(time, "needs-action", patient_id)
    return _appointment(time, id, "pending", participants, extension=[end])


def released(time: Time, id: str) -> Resource:
    """A time whose hold has ended."""
    return _appointment(time, id, CANCELLED, _participants(time, "needs-action"))


def booked(booking: Booking) -> Resource:
    """A booking in its present state, as its patient sees it."""
    time = booking.time
    answer = "needs-action" if booking.status == AWAITING else "accepted"
    resource = _appointment(
        time, booking.id, booking.status, _participants(time, answer, booking.patient_id), meta=_meta(booking)
    )
    resource["identifier"] = _identifiers(booking)
    resource["created"] = instant_text(booking.created, time.role.zone)
    if booking.cancelation_reason:
        resource["cancelationReason"] = orjson.loads(booking.cancelation_reason)
    return resource


def outline(booking: Booking, *, start: bool) -> Resource:
    """What a terminal may know without its patient (api.md section 8): no patient, no doctor.

    FHIR wants a time and a participant in every booked Appointment: they are there, and masked.
    """
    zone = booking.time.role.zone
    resource: Resource = {
        "resourceType": "Appointment",
        "id": booking.id,
        "meta": {**_meta(booking), "tag": [SUBSETTED]},
        "status": booking.status,
        **({"start": instant_text(booking.time.start, zone)} if start else {"_start": _MASKED}),
        "_end": _MASKED,
        "participant": [{"type": [{"coding": [PLACE]}], "status": "accepted"}],
    }
    if not start:
        resource["identifier"] = _identifiers(booking)
    return resource


def bundle(base: str, *resources: Resource) -> Resource:
    """A searchset of Appointments that are all there is."""
    return searchset([appointment_entry(base, resource) for resource in resources], len(resources))


def appointment_entry(base: str, resource: Resource) -> Resource:
    """An Appointment as the entry of a searchset."""
    return entry(f"{base}/Appointment/{resource['id']}", resource)


def _appointment(time: Time, id: str, status: str, participants: list[Resource], **first: Any) -> Resource:
    period = {
        "start": instant_text(time.start, time.role.zone),
        "end": instant_text(time.end, time.role.zone),
    }
    specialty = {"system": SPECIALTY, "code": time.role.specialty_code, "display": time.role.specialty_name}
    return {
        "resourceType": "Appointment",
        "id": id,
        **first,
        "status": status,
        "specialty": [{"coding": [specialty]}],
        **period,
        "slot": [reference_to("Slot", time.id)],
        "participant": participants,
        "requestedPeriod": [period],
    }


def _participants(time: Time, answer: str, patient_id: str = "") -> list[Resource]:
    """The doctor with this answer, the place, and the patient where there is one."""
    role = time.role
    doctor = reference_to("PractitionerRole", role.id, role.doctor_name)
    place = reference_to("Location", role.location_id, role.facility_name)
    participants = [{"actor": doctor, "status": answer}, {"actor": place, "status": "accepted"}]
    if patient_id:
        participants.append({"actor": reference_to("Patient", patient_id), "status": "accepted"})
    return participants


def _meta(booking: Booking) -> Resource:
    return {
        "versionId": str(booking.version),
        "lastUpdated": instant_text(booking.changed, booking.time.role.zone),
    }


def _identifiers(booking: Booking) -> list[Resource]:
    """The terminal's identifier, the ticket number, the code of the ticket's QR, in this order (api.md section 6)."""
    given = ((URI, booking.identifier), (TICKET, booking.ticket), (CODE, booking.code))
    return [{"system": system, "value": value} for system, value in given if value]
