"""The registry in the terminal's words: domain methods over HTTP (api.md); blocking, for the workers.

Directory reads are kept in memory for a while; nothing of a person ever is.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

import requests

from kiosk.api_client import reading
from kiosk.api_client.connection import Answer, Connection, retry_after
from kiosk.api_client.node import Node
from kiosk.errors import BadReply, DocumentRequired, NotIdentified, Refused, RegistryError, TooManyTries
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    BookingRecord,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    Patient,
    PatientToken,
    Specialty,
)

TIMEOUTS = (3.05, 8.0)
#: How long a directory read may be shown again without asking, in seconds.
DIRECTORY_SECONDS = 300
URI = "urn:ietf:rfc:3986"

T = TypeVar("T")


class RegistryClient:
    """Everything that a terminal asks of the registry. Every method may raise a RegistryError and nothing else."""

    def __init__(
        self,
        base_url: str,
        credential: str,
        session: requests.Session,
        timeouts: tuple[float, float] = TIMEOUTS,
        language: str = "ru",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = Connection(base_url, session, timeouts, language)
        self._credential = credential
        self._monotonic = monotonic
        self._kept: dict[tuple[str, ...], tuple[float, Any]] = {}

    def ready(self) -> None:
        """Returns where requests can be served."""
        self._connection.request("GET", "/health", self._credential)

    def now(self) -> datetime:
        """The registry's time as far as its answers told it (UTC); never blocks."""
        return self._connection.now()

    # --- directory ---------------------------------------------------------------------------------------------

    def districts(self) -> tuple[District, ...]:
        query = {"physical-type": "jdn"}
        return self._directory(
            "Location", query, lambda bundles: _each(bundles, "Location", reading.district)
        )

    def facilities(self) -> tuple[Facility, ...]:
        """All facilities of the region: their buildings."""
        query = {"physical-type": "bu"}
        return self._directory(
            "Location", query, lambda bundles: _each(bundles, "Location", reading.facility)
        )

    def specialties(self, facility_id: str) -> tuple[Specialty, ...]:
        """The active specialties of one facility."""
        query = {"organization": facility_id, "active": "true"}
        return self._directory(
            "HealthcareService", query, lambda bundles: _each(bundles, "HealthcareService", reading.specialty)
        )

    def doctors(self, facility_id: str, specialty_code: str) -> tuple[Doctor, ...]:
        """The active doctors of one specialty at one facility, with their absences (R45)."""
        query = {
            "organization": facility_id,
            "specialty": specialty_code,
            "_include": "PractitionerRole:practitioner",
        }
        buildings = {facility.id: facility.location_id for facility in self.facilities()}
        return self._directory(
            "PractitionerRole", query, lambda bundles: _doctors(bundles, buildings.get(facility_id, ""))
        )

    def _directory(
        self, kind: str, query: Mapping[str, str], parse: Callable[[list[Node]], tuple[T, ...]]
    ) -> tuple[T, ...]:
        key = (kind, *query.values())
        expires, value = self._kept.get(key, (0.0, None))
        if value is None or expires <= self._monotonic():
            pages = self._connection.pages(self._credential, f"/fhir/{kind}", {**query, "_count": "200"})
            value = parse(list(pages))
            self._kept[key] = (self._monotonic() + DIRECTORY_SECONDS, value)
        known: tuple[T, ...] = value
        return known

    # --- availability ------------------------------------------------------------------------------------------

    def availability(
        self, facility_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[DoctorLoad, ...]:
        """How full the doctors of a specialty are, both days included, at most 31 (api.md section 3)."""
        return self._loads({"organization": facility_id, "specialty": specialty_code}, first, last)

    def doctor_days(self, doctor_id: str, first: date, last: date) -> DoctorLoad:
        """One doctor's days, with times where they are at most 7."""
        loads = self._loads({"role": doctor_id}, first, last)
        if not loads:
            raise BadReply("the doctor is missing")
        return loads[0]

    def _loads(self, of: Mapping[str, str], first: date, last: date) -> tuple[DoctorLoad, ...]:
        query = {**of, "from": first.isoformat(), "to": last.isoformat()}
        return reading.loads(
            self._connection.read(self._credential, "/fhir/PractitionerRole/$availability", query)
        )

    def find(self, doctor: Doctor, start: datetime, end: datetime, count: int) -> tuple[Appointment, ...]:
        """The first `count` free times of a doctor from `start` until before `end` (ITI-115)."""
        body = _parameters(
            {"name": "start", "valueDateTime": start.isoformat(timespec="seconds")},
            {"name": "end", "valueDateTime": end.isoformat(timespec="seconds")},
            {"name": "practitioner", "valueReference": {"reference": f"PractitionerRole/{doctor.id}"}},
            {"name": "_count", "valueInteger": count},
        )
        bundle = self._connection.ask(self._credential, "/fhir/Appointment/$find", body)
        return tuple(reading.appointment(one) for one in reading.resources(bundle, "Appointment"))

    # --- holds -------------------------------------------------------------------------------------------------

    def hold(self, appointment_id: str, token: PatientToken | None = None) -> Appointment:
        """The held time; with a token all rules are judged (ITI-116, api.md section 5)."""
        reference = {"reference": f"Appointment/{appointment_id}"}
        body = _parameters({"name": "appointment-reference", "valueReference": reference})
        bearer = token.value if token else self._credential
        held = _only(self._connection.command(bearer, "/fhir/Appointment/$hold", body))
        _not_cancelled(held)
        if held.status not in (AppointmentStatus.HELD, AppointmentStatus.AWAITING):
            raise BadReply("not held")
        # A registry that does not tell the end of its holds answers a bare `pending`.
        return replace(held, status=AppointmentStatus.HELD)

    def release(self, appointment_id: str) -> None:
        """The hold is over; one that is gone already is no error (api.md section 7)."""
        self._book(self._credential, {"id": appointment_id, "status": "cancelled"})

    # --- the patient -------------------------------------------------------------------------------------------

    def identify(self, policy_number: str, birth_date: date, document_number: str = "") -> PatientToken:
        """Raises DocumentRequired (R9), NotIdentified (R11) or TooManyTries (api.md section 9)."""
        form = {
            "grant_type": "policy",
            "policy_number": policy_number,
            "birth_date": birth_date.isoformat(),
            **({"document_number": document_number} if document_number else {}),
        }
        answer = self._connection.request(
            "POST", "/auth/token", self._credential, form=form, allowed=(400, 401, 429)
        )
        body = Node.of(answer.body)
        if answer.status != 200:
            raise _identity_error(answer, body)
        return PatientToken(body.text("access_token"), body.text("patient"), body.whole("expires_in"))

    def revoke(self, token: PatientToken) -> None:
        self._connection.request("POST", "/auth/revoke", self._credential, form={"token": token.value})

    def patient(self, token: PatientToken) -> Patient:
        return reading.patient(self._connection.read(token.value, f"/fhir/Patient/{token.patient_id}"))

    def set_contacts(self, patient: Patient, token: PatientToken, phone: str, email: str) -> Patient:
        """The patient with these contacts; an empty one stays as it is, by its mask (R23, api.md section 10)."""
        values = {"phone": phone or patient.phone, "email": email or patient.email}
        telecom = [{"system": system, "value": value} for system, value in values.items() if value]
        answer = self._connection.request(
            "PATCH",
            f"/fhir/Patient/{patient.id}",
            token.value,
            content=[{"op": "add", "path": "/telecom", "value": telecom}],
            headers={"Content-Type": "application/json-patch+json", "If-Match": f'W/"{patient.version}"'},
        )
        return reading.patient(Node.of(answer.body))

    # --- bookings ----------------------------------------------------------------------------------------------

    def book(self, appointment: Appointment, identifier: str, token: PatientToken) -> Appointment:
        """The booked appointment, BOOKED or AWAITING; the same identifier again: its present state, if it stands."""
        asked = {
            "id": appointment.id,
            "status": "pending",
            "identifier": [{"system": URI, "value": identifier}],
            "start": appointment.start.isoformat(timespec="seconds"),
            "end": appointment.end.isoformat(timespec="seconds"),
        }
        booked = _only(self._book(token.value, asked))
        _not_cancelled(booked)
        return booked

    def lookup(self, identifier: str) -> BookingRecord | None:
        """What was booked under an own identifier; None while the registry knows nothing of it (section 8)."""
        bundle = self._connection.read(
            self._credential, "/fhir/Appointment", {"identifier": f"{URI}|{identifier}"}
        )
        found = reading.resources(bundle, "Appointment")
        return reading.booking_record(found[0]) if found else None

    def cancel_booking(self, identifier: str) -> None:
        """Cancelled, or void for good where nothing was booked. Refused `already-known`: it stands (section 8)."""
        asked = {"identifier": [{"system": URI, "value": identifier}], "status": "cancelled"}
        left = reading.resources(self._book(self._credential, asked), "Appointment")
        if any(reading.booking_record(one).status is not AppointmentStatus.CANCELLED for one in left):
            raise BadReply("not cancelled")

    def _book(self, bearer: str, appointment: Mapping[str, Any]) -> Node:
        resource = {"resourceType": "Appointment", **appointment}
        body = _parameters({"name": "appointment-resource", "resource": resource})
        return self._connection.command(bearer, "/fhir/Appointment/$book", body)


def _parameters(*parts: Mapping[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Parameters", "parameter": list(parts)}


def _each(bundles: list[Node], kind: str, read: Callable[[Node], T]) -> tuple[T, ...]:
    return tuple(read(node) for bundle in bundles for node in reading.resources(bundle, kind))


def _doctors(bundles: list[Node], building_id: str) -> tuple[Doctor, ...]:
    people = {one.text("id"): one for one in _each(bundles, "Practitioner", lambda node: node)}
    roles = (
        role for role in _each(bundles, "PractitionerRole", lambda node: node) if role.flag("active", True)
    )
    return tuple(reading.doctor(role, people, building_id) for role in roles)


def _only(bundle: Node) -> Appointment:
    """The one Appointment of an answer, a Bundle or (other servers) bare."""
    found = (bundle,) if bundle.kind == "Appointment" else reading.resources(bundle, "Appointment")
    if len(found) != 1:
        raise BadReply("not one Appointment")
    return reading.appointment(found[0])


def _not_cancelled(appointment: Appointment) -> None:
    """Some servers say no to a hold or a booking with a cancelled Appointment (fhir-contract.md 1.4)."""
    if appointment.status is AppointmentStatus.CANCELLED:
        raise Refused(409, "slot-taken")


def _identity_error(answer: Answer, body: Node) -> RegistryError:
    match body.optional("error"):
        case "document_required":
            return DocumentRequired()
        case "invalid_grant":
            return NotIdentified()
        case "too_many":
            return TooManyTries(retry_after(answer) or 60)
        case "invalid_client":
            return Refused(answer.status, "login")
    return BadReply(f"HTTP {answer.status}")
