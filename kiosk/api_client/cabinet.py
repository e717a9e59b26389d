"""What the patient has at the registry, and what they change of it (api.md sections 7, 8 and 10)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from kiosk.api_client import reading
from kiosk.api_client.connection import Connection
from kiosk.api_client.node import Node
from kiosk.errors import BadReply, NotYours
from kiosk.models import (
    STANDING,
    AppointmentStatus,
    Message,
    OwnBooking,
    OwnPlace,
    PatientToken,
    Sought,
)

#: So many of the latest messages, and of what is to come, are shown.
LATEST = "100"
#: Of bookings in one answer, where all are asked for.
PAGE = "200"
#: By HL7's own list, the patient is why.
REASON = {
    "coding": [
        {
            "system": "http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason",
            "code": "pat",
            "display": "Patient",
        }
    ]
}
PATCH = "application/json-patch+json"


class CabinetClient:
    """The part of the registry's client that the cabinet needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def own_bookings(self, token: PatientToken, first: date) -> tuple[OwnBooking, ...]:
        """Those that stand, from this local day on, in order of their time."""
        asked = {"status": "booked,pending", "date": f"ge{first.isoformat()}", "_sort": "date"}
        return tuple(map(reading.own_booking, self._own(token, {**asked, "_count": LATEST})))

    def history(self, token: PatientToken) -> tuple[OwnBooking, ...]:
        """All bookings of all times and states, latest first."""
        query = self._of(token, {"_sort": "-date", "_count": PAGE})
        pages = self._connection.pages(token.value, "/fhir/Appointment", query)
        found = (node for page in pages for node in reading.resources(page, "Appointment"))
        return tuple(map(reading.own_booking, found))

    def own_places(self, token: PatientToken) -> tuple[OwnPlace, ...]:
        """The places on the waiting list that stand."""
        return tuple(map(reading.own_place, self._own(token, {"status": "waitlist", "_count": LATEST})))

    def own(self, token: PatientToken, sought: Sought) -> OwnBooking | OwnPlace:
        """One of the patient's own as it is now. NotYours where a code or number, Refused `not-found` where an id is of none.

        A number is each clinic's own and is used again: of several that have it one that stands is meant, or the latest.
        """
        if sought.id:
            return reading.own(self._connection.read(token.value, f"/fhir/Appointment/{sought.id}"))
        system, value = (reading.CODE, sought.code) if sought.code else (reading.TICKET, sought.number)
        paper = {"identifier": f"{system}|{value}"}
        # Places are found only where the status names them, bookings of every state only where it names none.
        bookings = list(map(reading.own_booking, self._own(token, {**paper, "_sort": "-date"})))
        standing = [one for one in bookings if one.appointment.status in STANDING]
        places = () if standing else self._own(token, {**paper, "status": "waitlist"})
        found: tuple[OwnBooking | OwnPlace, ...] = (*standing, *map(reading.own_place, places), *bookings)
        if not found:
            raise NotYours
        return found[0]

    def messages(self, token: PatientToken) -> tuple[Message, ...]:
        """The latest messages, latest first."""
        query = {"recipient": f"Patient/{token.patient_id}", "_sort": "-sent", "_count": LATEST}
        bundle = self._connection.read(token.value, "/fhir/Communication", query)
        return tuple(map(reading.message, reading.resources(bundle, "Communication")))

    def mark_read(self, message_id: str, at: datetime, token: PatientToken) -> None:
        """The message was shown; repeatable."""
        self._connection.request(
            "PATCH",
            f"/fhir/Communication/{message_id}",
            token.value,
            content=[{"op": "add", "path": "/received", "value": at.isoformat(timespec="seconds")}],
            headers={"Content-Type": PATCH},
        )

    def cancel(self, id: str, version: str, token: PatientToken) -> None:
        """A booking is cancelled, or a place on the waiting list left; one that is already is no error (R16)."""
        asked = {
            "id": id,
            **({"meta": {"versionId": version}} if version else {}),
            "status": "cancelled",
            "cancelationReason": REASON,
        }
        left = reading.resources(self._book(token.value, asked), "Appointment")
        if len(left) != 1 or reading.booking_record(left[0]).status is not AppointmentStatus.CANCELLED:
            raise BadReply("not cancelled")

    def _own(self, token: PatientToken, query: Mapping[str, str]) -> tuple[Node, ...]:
        bundle = self._connection.read(token.value, "/fhir/Appointment", self._of(token, query))
        return reading.resources(bundle, "Appointment")

    def _of(self, token: PatientToken, query: Mapping[str, str]) -> dict[str, str]:
        return {"patient": f"Patient/{token.patient_id}", **query}

    def _book(self, bearer: str, appointment: Mapping[str, Any]) -> Node:
        resource = {"resourceType": "Appointment", **appointment}
        body = parameters({"name": "appointment-resource", "resource": resource})
        return self._connection.command(bearer, "/fhir/Appointment/$book", body)


def parameters(*parts: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an operation."""
    return {"resourceType": "Parameters", "parameter": list(parts)}
