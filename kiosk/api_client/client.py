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
from kiosk.api_client.cabinet import CabinetClient, parameters
from kiosk.api_client.connection import Answer, Connection, retry_after
from kiosk.api_client.node import Node
from kiosk.errors import BadReply, DocumentRequired, NotIdentified, Refused, RegistryError, TooManyTries
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    BookingRecord,
    Contact,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    Found,
    Move,
    Patient,
    PatientToken,
    Specialty,
    TerminalEvent,
    WaitingEntry,
    WaitingWish,
)

TIMEOUTS = (3.05, 8.0)
#: How long a directory read may be shown again without asking, in seconds.
DIRECTORY_SECONDS = 300
URI = "urn:ietf:rfc:3986"

T = TypeVar("T")
People = dict[str, Node]


class RegistryClient(CabinetClient):
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
        super().__init__(Connection(base_url, session, timeouts, language))
        self._credential = credential
        self._monotonic = monotonic
        self._kept: dict[tuple[str, ...], tuple[float, Any]] = {}

    def ready(self) -> None:
        """Returns where requests can be served."""
        self._connection.request("GET", "/health", self._credential)

    def now(self) -> datetime:
        """The registry's time as far as its answers told it (UTC); never blocks."""
        return self._connection.now()

    def heard_at(self) -> datetime | None:
        """When the registry last gave an answer, by this machine's clock (UTC); never blocks."""
        return self._connection.heard_at()

    def speak(self, language: str) -> None:
        """The language of the registry's texts from now on; never blocks."""
        self._connection.speak(language)

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
        return self._doctors({"organization": facility_id, "specialty": specialty_code})

    def facility_doctors(self, facility_id: str) -> tuple[Doctor, ...]:
        """The active doctors of a facility, with their areas (R17)."""
        return self._doctors({"organization": facility_id})

    def _doctors(self, query: Mapping[str, str]) -> tuple[Doctor, ...]:
        included = {**query, "_include": "PractitionerRole:practitioner"}
        buildings = self._buildings()
        return self._directory("PractitionerRole", included, lambda bundles: _doctors(bundles, buildings))

    def _buildings(self) -> frozenset[str]:
        """The ids of all buildings: of the locations of a doctor these are no areas."""
        return frozenset(facility.location_id for facility in self.facilities())

    def doctor(self, doctor_id: str) -> Doctor:
        """One doctor by the id of the role; Refused `not-found` where there is none."""
        role = self._connection.read(self._credential, f"/fhir/PractitionerRole/{doctor_id}")
        person_id = role.node("practitioner").reference("Practitioner")
        person = self._connection.read(self._credential, f"/fhir/Practitioner/{person_id}")
        return reading.doctor(role, {person_id: person}, self._buildings())

    # --- search while typing -----------------------------------------------------------------------------------

    def search_facilities(self, text: str, district_id: str, count: int) -> Found[Facility]:
        """Facilities by the beginnings of words of their name or address (R18); '' is every district."""
        where = {"physical-type": "bu", **({"partof": district_id} if district_id else {})}
        by_name, by_address = (
            self._search(
                "Location", {**where, name: text}, count, lambda node, _people: reading.facility(node)
            )
            for name in ("name", "address")
        )
        return _together(by_name, by_address, count)

    def search_doctors(self, text: str, facility_id: str, specialty_code: str, count: int) -> Found[Doctor]:
        """Doctors by the beginnings of any of their names (R19), told with facility and specialty; '' is any."""
        given = {
            "practitioner.name": text,
            "organization": facility_id,
            "specialty": specialty_code,
            "_include": "PractitionerRole:practitioner",
        }
        query = {name: value for name, value in given.items() if value}
        buildings = self._buildings()
        return self._search(
            "PractitionerRole", query, count, lambda role, people: reading.doctor(role, people, buildings)
        )

    def _search(
        self, kind: str, query: Mapping[str, str], count: int, read: Callable[[Node, People], T]
    ) -> Found[T]:
        """The best of a search, slips forgiven where nothing is found without (api.md section 2)."""
        asked = {**query, "_count": str(count), "fuzzy": "true"}
        bundle = self._connection.read(self._credential, f"/fhir/{kind}", asked)
        people = {one.text("id"): one for one in reading.resources(bundle, "Practitioner")}
        found = [one for one in reading.matches(bundle, kind) if one.node.flag("active", True)]
        return Found(
            tuple(read(one.node, people) for one in found),
            bundle.whole("total"),
            all(one.score >= 1 for one in found),
        )

    def _directory(
        self, kind: str, query: Mapping[str, str], parse: Callable[[list[Node]], tuple[T, ...]]
    ) -> tuple[T, ...]:
        key = (kind, self._connection.language, *query.values())
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
        """How full the doctors of a specialty ('': of all) are, both days included, at most 31 (api.md section 3)."""
        specialty = {"specialty": specialty_code} if specialty_code else {}
        return self._loads({"organization": facility_id, **specialty}, first, last)

    def doctor_days(self, doctor_id: str, first: date, last: date) -> DoctorLoad:
        """One doctor's days, with times where they are at most 7."""
        loads = self._loads({"role": doctor_id}, first, last)
        if not loads:
            raise BadReply("the doctor is missing")
        return loads[0]

    def district_load(
        self, district_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[FacilityLoad, ...]:
        """The facilities of a district that have a specialty, with its nearest free time there (api.md section 3)."""
        facilities = {facility.id: facility for facility in self.facilities()}
        told = reading.facility_times(
            self._availability({"district": district_id, "specialty": specialty_code}, first, last)
        )
        return tuple(
            FacilityLoad(facilities[one.facility_id], one.nearest, one.free)
            for one in told
            if one.facility_id in facilities
        )

    def _loads(self, of: Mapping[str, str], first: date, last: date) -> tuple[DoctorLoad, ...]:
        return reading.loads(self._availability(of, first, last))

    def _availability(self, of: Mapping[str, str], first: date, last: date) -> Node:
        query = {**of, "from": first.isoformat(), "to": last.isoformat()}
        return self._connection.read(self._credential, "/fhir/PractitionerRole/$availability", query)

    def find(self, doctor: Doctor, start: datetime, end: datetime, count: int) -> tuple[Appointment, ...]:
        """The first `count` free times of a doctor from `start` until before `end` (ITI-115)."""
        doctor_part = {
            "name": "practitioner",
            "valueReference": {"reference": f"PractitionerRole/{doctor.id}"},
        }
        return self._find((doctor_part,), start, end, count)

    def find_any(
        self, facility_id: str, specialty_code: str, start: datetime, end: datetime, count: int
    ) -> tuple[Appointment, ...]:
        """The same of any doctor of a specialty."""
        organization = {"reference": f"Organization/{facility_id}"}
        parts = (
            {"name": "organization", "valueReference": organization},
            {"name": "specialty", "valueString": specialty_code},
        )
        return self._find(parts, start, end, count)

    def _find(
        self, parts: tuple[Mapping[str, Any], ...], start: datetime, end: datetime, count: int
    ) -> tuple[Appointment, ...]:
        body = parameters(
            {"name": "start", "valueDateTime": start.isoformat(timespec="seconds")},
            {"name": "end", "valueDateTime": end.isoformat(timespec="seconds")},
            *parts,
            {"name": "_count", "valueInteger": count},
        )
        bundle = self._connection.ask(self._credential, "/fhir/Appointment/$find", body)
        return tuple(reading.appointment(one) for one in reading.resources(bundle, "Appointment"))

    # --- holds -------------------------------------------------------------------------------------------------

    def hold(self, appointment_id: str, token: PatientToken | None = None, replaces: str = "") -> Appointment:
        """The held time; with a token all rules are judged (ITI-116, api.md section 5), as if `replaces` were gone."""
        named = {"appointment-reference": appointment_id, "replaces": replaces}
        body = parameters(
            *(
                {"name": name, "valueReference": {"reference": f"Appointment/{id}"}}
                for name, id in named.items()
                if id
            )
        )
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

    def set_contacts(self, patient: Patient, token: PatientToken, contacts: tuple[Contact, ...]) -> Patient:
        """The patient with these contacts and no others; those by their masks are as they were (R23, section 10)."""
        telecom = [_point(one) for one in contacts]
        answer = self._connection.request(
            "PATCH",
            f"/fhir/Patient/{patient.id}",
            token.value,
            content=[{"op": "add", "path": "/telecom", "value": telecom}],
            headers={"Content-Type": "application/json-patch+json", "If-Match": f'W/"{patient.version}"'},
        )
        return reading.patient(Node.of(answer.body))

    def confirm_contact(self, token: PatientToken, code: str) -> Patient:
        """The patient whose new contact is confirmed by the code that was sent there; '' has a new one sent to each that
        is not (api.md section 10)."""
        path = f"/fhir/Patient/{token.patient_id}/$confirm-contact"
        body = parameters(*([{"name": "code", "valueString": code}] if code else []))
        return reading.patient(self._connection.command(token.value, path, body))

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

    def join(self, wish: WaitingWish, identifier: str, token: PatientToken) -> WaitingEntry:
        """A place on the waiting list (api.md section 10); the same identifier again gives the same place."""
        target = (
            f"PractitionerRole/{wish.doctor.id}" if wish.doctor else f"HealthcareService/{wish.specialty.id}"
        )
        actors = (f"Patient/{token.patient_id}", target)
        body = {
            "resourceType": "Appointment",
            "status": "waitlist",
            "identifier": [{"system": URI, "value": identifier}],
            "requestedPeriod": [{"start": wish.first_day.isoformat(), "end": wish.last_day.isoformat()}],
            "participant": [{"actor": {"reference": actor}, "status": "needs-action"} for actor in actors],
        }
        entry = reading.waiting_entry(self._connection.command(token.value, "/fhir/Appointment", body))
        if entry is None:
            raise Refused(409, "void")
        return entry

    def move(self, move: Move, token: PatientToken) -> Appointment:
        """The booking at its new time, BOOKED or AWAITING; the same again gives the same (api.md section 7)."""
        asked = {
            "id": move.booked.id,
            "meta": {"versionId": move.booked.version},
            "status": "booked",
            "slot": [{"reference": move.time.slot}],
            "start": move.time.start.isoformat(timespec="seconds"),
            "end": move.time.end.isoformat(timespec="seconds"),
        }
        return _only(self._book(token.value, asked))

    def lookup(self, identifier: str) -> BookingRecord | None:
        """What was booked under an own identifier; None while the registry knows nothing of it (section 8)."""
        return self._record({"identifier": f"{URI}|{identifier}"})

    def attempted(self, id: str) -> BookingRecord | None:
        """What became of one that this terminal tried to change in the last 24 hours (section 8)."""
        return self._record({"_id": id})

    def _record(self, query: Mapping[str, str]) -> BookingRecord | None:
        bundle = self._connection.read(self._credential, "/fhir/Appointment", query)
        found = reading.resources(bundle, "Appointment")
        return reading.booking_record(found[0]) if found else None

    def cancel_booking(self, identifier: str) -> None:
        """Cancelled, or void for good where nothing was booked. Refused `already-known`: it stands (section 8)."""
        asked = {"identifier": [{"system": URI, "value": identifier}], "status": "cancelled"}
        left = reading.resources(self._book(self._credential, asked), "Appointment")
        if any(reading.booking_record(one).status is not AppointmentStatus.CANCELLED for one in left):
            raise BadReply("not cancelled")

    # --- the terminal itself -----------------------------------------------------------------------------------

    def report(self, events: tuple[TerminalEvent, ...]) -> None:
        """Events of the terminal, without a person (api.md section 10)."""
        self._connection.request(
            "POST", "/terminal/events", self._credential, content=[_event(one) for one in events]
        )


def _point(contact: Contact) -> dict[str, Any]:
    notices = {"url": reading.EXTENSION + "notices", "valueBoolean": contact.notices}
    return {"system": contact.system, "value": contact.value, "extension": [notices]}


def _event(event: TerminalEvent) -> dict[str, str]:
    given = {
        "id": event.id,
        "at": event.at.isoformat(timespec="seconds"),
        "kind": event.kind,
        "organization": f"Organization/{event.facility_id}" if event.facility_id else "",
        "specialty": event.specialty_code,
        "detail": event.detail,
    }
    return {name: value for name, value in given.items() if value}


def _together(first: Found[T], second: Found[T], count: int) -> Found[T]:
    """What two searches found, each thing once; what a slip was forgiven for only where there is nothing else."""
    exact = [found for found in (first, second) if found.items and found.exact]
    told = exact or [first, second]
    items = dict.fromkeys(item for found in told for item in found.items)
    twice = sum(len(found.items) for found in told) - len(items)
    return Found(tuple(items)[:count], sum(found.total for found in told) - twice, bool(exact) or not items)


def _each(bundles: list[Node], kind: str, read: Callable[[Node], T]) -> tuple[T, ...]:
    return tuple(read(node) for bundle in bundles for node in reading.resources(bundle, kind))


def _doctors(bundles: list[Node], buildings: frozenset[str]) -> tuple[Doctor, ...]:
    people = {one.text("id"): one for one in _each(bundles, "Practitioner", lambda node: node)}
    roles = (
        role for role in _each(bundles, "PractitionerRole", lambda node: node) if role.flag("active", True)
    )
    return tuple(reading.doctor(role, people, buildings) for role in roles)


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
