"""Reading FHIR is total: whatever JSON comes, the answer is a model or BadReply."""

from contextlib import suppress
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.api_client import reading
from kiosk.api_client.node import Node
from kiosk.errors import BadReply
from kiosk.models import AppointmentStatus, OwnBooking, OwnPlace

APPOINTMENT: dict[str, Any] = {
    "resourceType": "Appointment",
    "id": "a-1",
    "meta": {"versionId": "2"},
    "extension": [{"url": "urn:electronic-registry:hold-end", "valueDateTime": "2026-11-25T15:43:00+03:00"}],
    "identifier": [
        {"system": "urn:electronic-registry:ticket", "value": "T-214"},
        {"system": "urn:electronic-registry:code", "value": "7K2M94QD"},
    ],
    "status": "pending",
    "start": "2026-11-25T15:40:00+03:00",
    "end": "2026-11-25T16:00:00+03:00",
    "participant": [
        {"actor": {"reference": "Location/loc-5"}},
        {"actor": {"reference": "PractitionerRole/r-1", "display": "Соколова"}},
    ],
}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p-1",
    "meta": {"versionId": "3"},
    "extension": [
        {"url": "urn:electronic-registry:card", "valueReference": {"reference": "Organization/org-5"}},
        {"url": "urn:electronic-registry:dispensary", "valueCoding": {"code": "cardiologist"}},
    ],
    "name": [{"family": "Петров", "given": ["Иван", "Михайлович"]}],
    "telecom": [{"system": "phone", "value": "+7 *** ***-12-34"}],
    "gender": "male",
    "birthDate": "1960",
    "managingOrganization": {"reference": "Organization/org-5"},
    "generalPractitioner": [{"reference": "PractitionerRole/r-1"}],
}
ROLE: dict[str, Any] = {
    "resourceType": "PractitionerRole",
    "id": "r-1",
    "practitioner": {"reference": "Practitioner/pr-1"},
    "organization": {"reference": "Organization/org-5"},
    "specialty": [{"coding": [{"code": "therapist"}]}],
    "location": [{"reference": "Location/loc-5"}, {"reference": "Location/ar-12", "display": "Участок № 12"}],
    "extension": [{"url": "urn:electronic-registry:room", "valueString": "214"}],
    "notAvailable": [
        {
            "during": {"start": "2026-11-20", "end": "2026-12-01"},
            "extension": [
                {
                    "url": "urn:electronic-registry:substitute",
                    "valueReference": {"reference": "PractitionerRole/r-2", "display": "Цой М. С."},
                }
            ],
        }
    ],
}
PRACTITIONER = {
    "resourceType": "Practitioner",
    "id": "pr-1",
    "name": [{"family": "Соколова", "given": ["Елена", "Андреевна"]}],
}
LOADS: dict[str, Any] = {
    "resourceType": "Parameters",
    "parameter": [
        {
            "name": "role",
            "part": [
                {"name": "reference", "valueReference": {"reference": "PractitionerRole/r-1"}},
                {"name": "nearest", "valueDateTime": "2026-11-25T15:40:00+03:00"},
                {"name": "free", "valueInteger": 1},
                {
                    "name": "day",
                    "part": [
                        {"name": "date", "valueDate": "2026-11-25"},
                        {"name": "free", "valueInteger": 1},
                        {"name": "busy", "valueInteger": 0},
                        {
                            "name": "time",
                            "part": [
                                {"name": "start", "valueDateTime": "2026-11-25T15:40:00+03:00"},
                                {"name": "end", "valueDateTime": "2026-11-25T16:00:00+03:00"},
                                {"name": "state", "valueCode": "free"},
                            ],
                        },
                    ],
                },
            ],
        }
    ],
}
LOCATION: dict[str, Any] = {
    "resourceType": "Location",
    "id": "loc-5",
    "name": "Поликлиника № 5",
    "managingOrganization": {"reference": "Organization/org-5"},
    "partOf": {"reference": "Location/d-1"},
    "address": {"text": "ул. Садовая, 14"},
    "telecom": [{"system": "phone", "value": "+7 000 555-01-01"}],
    "hoursOfOperation": [{"daysOfWeek": ["mon"], "openingTime": "08:00:00", "closingTime": "20:00:00"}],
}
SERVICE: dict[str, Any] = {
    "resourceType": "HealthcareService",
    "id": "s-1",
    "name": "Терапевт",
    "providedBy": {"reference": "Organization/org-5"},
    "specialty": [{"coding": [{"code": "therapist"}]}],
    "extension": [{"url": "urn:electronic-registry:online", "valueCode": "dispensary"}],
}

OWN: dict[str, Any] = {
    **{name: value for name, value in APPOINTMENT.items() if name != "extension"},
    "status": "booked",
    "specialty": [{"coding": [{"code": "therapist", "display": "Терапевт"}]}],
    "participant": [
        {"actor": {"reference": "Location/loc-5", "display": "Поликлиника № 5"}},
        {"actor": {"reference": "PractitionerRole/r-1", "display": "Соколова Елена Андреевна"}},
    ],
}
PLACE: dict[str, Any] = {
    **APPOINTMENT,
    "status": "waitlist",
    "specialty": [{"coding": [{"code": "therapist", "display": "Терапевт"}]}],
    "slot": [{"reference": "Slot/free-1"}],
    "participant": [
        {"actor": {"reference": "HealthcareService/s-1", "display": "Терапевт"}},
        {"actor": {"reference": "Location/loc-5", "display": "Поликлиника № 5"}},
    ],
    "requestedPeriod": [{"start": "2026-11-20T00:00:00+03:00", "end": "2026-12-20T00:00:00+03:00"}],
}
MESSAGE: dict[str, Any] = {
    "resourceType": "Communication",
    "id": "m-1",
    "sent": "2026-11-25T15:40:00+03:00",
    "about": [{"reference": "Appointment/a-1"}],
    "payload": [{"contentString": "Вы записаны: 25 ноября"}],
}
READERS = {
    "own_booking": (OWN, reading.own),
    "own_place": (PLACE, reading.own),
    "message": (MESSAGE, reading.message),
    "appointment": (APPOINTMENT, reading.appointment),
    "booking_record": (APPOINTMENT, reading.booking_record),
    "patient": (PATIENT, reading.patient),
    "doctor": (ROLE, lambda node: reading.doctor(node, {"pr-1": Node(PRACTITIONER)}, {"loc-5"})),
    "loads": (LOADS, reading.loads),
    "facility": (LOCATION, reading.facility),
    "district": (LOCATION, reading.district),
    "specialty": (SERVICE, reading.specialty),
    "refusal": ({"resourceType": "OperationOutcome", "issue": [{"details": {"text": "x"}}]}, reading.refusal),
}

ANY = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-11-25", "Patient/", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value in a resource."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, child in inner for place in places(child, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@pytest.mark.parametrize("name", READERS)
def test_what_is_right_is_read(name: str) -> None:
    resource, read = READERS[name]
    assert read(Node.of(resource)) is not None


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_reading_is_total(name: str, data: st.DataObject) -> None:
    resource, read = READERS[name]
    path = data.draw(st.sampled_from(places(resource)))
    changed = replaced(resource, path, data.draw(ANY))
    with suppress(BadReply):
        read(Node.of(changed))


def test_what_a_patient_is_shown_of_themselves_is_initials() -> None:
    patient = reading.patient(Node.of(PATIENT))
    assert patient.initials == "И. М. П."
    assert "Петров" not in repr(patient)
    assert (patient.birth_year, patient.dispensary_codes, patient.area_doctor_id) == (
        1960,
        ("cardiologist",),
        "r-1",
    )


def test_pending_is_held_with_an_end_and_awaits_approval_without() -> None:
    """R31, api.md section 6."""
    assert reading.appointment(Node.of(APPOINTMENT)).status is AppointmentStatus.HELD
    bare = {name: value for name, value in APPOINTMENT.items() if name != "extension"}
    assert reading.appointment(Node.of(bare)).status is AppointmentStatus.AWAITING


def test_an_offered_time_has_the_id_by_which_it_is_booked() -> None:
    """api.md section 10: the slot, until the end of the hold."""
    place = reading.own_place(Node.of(PLACE))
    assert place.offer is not None
    assert (place.offer.id, place.offer.held_until) == (
        "free-1",
        datetime.fromisoformat("2026-11-25T15:43:00+03:00"),
    )
    assert (place.last_day, place.doctor_id, place.stands) == (date(2026, 12, 19), "", True)


def test_a_place_that_ended_is_no_booking() -> None:
    """It has no time, which every booking has."""
    bare = {name: value for name, value in PLACE.items() if name not in ("extension", "slot", "start", "end")}
    ended = reading.own(Node.of({**bare, "status": "cancelled"}))
    assert isinstance(ended, OwnPlace)
    assert not ended.stands
    assert isinstance(reading.own(Node.of({**OWN, "status": "cancelled"})), OwnBooking)


def test_a_message_is_unread_until_the_registry_says_otherwise() -> None:
    assert not reading.message(Node.of(MESSAGE)).read
    assert reading.message(Node.of({**MESSAGE, "received": "2026-11-25T16:00:00+03:00"})).read
    assert "Вы записаны" not in repr(reading.message(Node.of(MESSAGE)))


def test_a_doctor_with_areas_and_a_substitute() -> None:
    """R45."""
    doctor = reading.doctor(Node.of(ROLE), {"pr-1": Node(PRACTITIONER)}, {"loc-5"})
    assert (doctor.full_name, doctor.room, doctor.areas) == (
        "Соколова Елена Андреевна",
        "214",
        ("Участок № 12",),
    )
    assert (doctor.absences[0].substitute_id, doctor.absences[0].substitute_name) == ("r-2", "Цой М. С.")


def test_instants_without_an_offset_or_out_of_this_world_are_refused() -> None:
    for text in ("2026-11-25T15:40:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "tomorrow"):
        with pytest.raises(BadReply):
            Node({"start": text}).instant("start")
