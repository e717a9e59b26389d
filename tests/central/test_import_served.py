"""A registry that was made of the sample files alone serves a booking from a terminal (R21, R24, R32), over HTTP."""

from datetime import timedelta

from booking_region import Terminal, at, ids, only, refused, valid
from import_office import Office
from running_registry import Clock, Registry, running
from tiny_region import MONDAY, NOW, Person

from kiosk.central import identity
from kiosk.central.proposals import proposal_id

ANNA = Person("", "7787 5997 6800 0015", "1980-05-17", "123456")
PAVEL = Person("", "980000002", "1955-11-02", "012345")
CHILD = Person("", "980000003", "2019-08-30", "333333")
TUESDAY = MONDAY + timedelta(days=1)


def found(registry: Registry, path: str) -> list[dict]:
    """The resources of a search."""
    bundle = valid(registry.get(f"/fhir/{path}").json())
    return [entry["resource"] for entry in bundle.get("entry", ())]


def test_from_the_first_question_to_the_ticket(office: Office) -> None:
    credential = identity.enroll(office.store, "lobby", NOW)
    with running(office.store, Clock(NOW), credential) as registry:
        districts = found(registry, "Location?physical-type=jdn")
        assert [one["name"] for one in districts] == ["Центральный"]
        (clinic,) = found(registry, "Organization?name=поликлиника 5")
        (doctor,) = found(registry, "PractitionerRole?practitioner.name=ибрагимов")
        assert doctor["organization"]["reference"] == f"Organization/{clinic['id']}"
        assert doctor["availableTime"][0]["availableStartTime"] == "08:30:00"
        assert doctor["notAvailable"][0]["during"] == {"start": "2026-03-16", "end": "2026-03-29"}
        (service,) = found(registry, f"HealthcareService?organization={clinic['id']}&specialty=therapist")
        assert service["extraDetails"] == "Полис ОМС и паспорт"

        terminal = Terminal(registry, credential).identified(PAVEL)
        part = {"name": "practitioner", "valueReference": {"reference": f"PractitionerRole/{doctor['id']}"}}
        free, *_ = ids(terminal.find(at(TUESDAY, 0), at(TUESDAY, 23), part))
        taken = proposal_id(office.id("doctors", "gp5-101"), at(MONDAY + timedelta(days=2), 9), 0)
        assert refused(terminal.hold(taken)) == (409, "slot-taken")
        only(terminal.hold(free))
        booked = only(terminal.book(free))
        assert booked["status"] == "booked"
        assert booked["start"] == "2026-03-03T08:30:00+03:00"
        assert booked["identifier"][1]["value"]
        assert free not in ids(terminal.find(at(TUESDAY, 0), at(TUESDAY, 23), part))

        other = Terminal(registry, registry.enroll("hall")).identified(CHILD)
        nearest, *_ = ids(terminal.find(at(TUESDAY, 0), at(TUESDAY, 23), part))
        assert refused(other.hold(nearest)) == (422, "not-known-here")
        anna = Terminal(registry, registry.enroll("desk")).identified(ANNA)
        (visit,) = ids(anna.get("Appointment", patient=patient_of(anna)))
        assert anna.get(f"Appointment/{visit}").json()["start"] == "2026-03-04T09:00:00+03:00"
        assert only(anna.cancel(visit))["status"] == "cancelled"


def patient_of(terminal: Terminal) -> str:
    answer = terminal.registry.identify(
        policy_number=ANNA.policy_number, birth_date=ANNA.birth_date, token=terminal.credential
    )
    terminal.token = answer.json()["access_token"]
    return str(answer.json()["patient"])
