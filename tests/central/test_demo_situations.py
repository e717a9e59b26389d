"""The demo region against the running registry: every situation shows what it is there to show (api.md section 13)."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import tiny_region
from databases import Databases, copied
from r4_validator import problems
from running_registry import Clock, Registry, running

from kiosk.central.demo import DEMO_CREDENTIAL, HOME_FACILITY, listing
from kiosk.central.demo.places import PLACES
from kiosk.central.store import Store

WELCOMING = next(place.id for place in PLACES if place.key == "up1")


@pytest.fixture(scope="module")
def town(
    databases: Databases, demo_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """The demo region, open for bookings."""
    with copied(databases, demo_database, tmp_path_factory.mktemp("town")) as url:
        store = Store(url)
        with running(store, Clock(tiny_region.NOW), DEMO_CREDENTIAL) as registry:
            yield registry
        store.close()


def example(registry: Registry, situation: str) -> list[Any]:
    return [
        SimpleNamespace(**vars(one)) for one in listing.examples(registry.store) if one.situation == situation
    ]


def hold(registry: Registry, situation: str, specialty: str, facility: str = HOME_FACILITY) -> httpx.Response:
    """What a patient of this situation is told who holds the first free time of the specialty."""
    token = registry.sign_in(example(registry, situation)[0])
    asked = [
        {"name": "start", "valueDateTime": "2026-03-02T00:00:00+03:00"},
        {"name": "end", "valueDateTime": "2026-03-16T00:00:00+03:00"},
        {"name": "organization", "valueReference": {"reference": f"Organization/{facility}"}},
        {"name": "specialty", "valueString": specialty},
    ]
    proposed = operate(registry, "$find", asked).json()
    assert proposed["total"], f"no free time of {specialty}"
    id = proposed["entry"][0]["resource"]["id"]
    reference = {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{id}"}}
    answer = operate(registry, "$hold", [reference], token)
    assert problems(answer.json()) == []
    return answer


def operate(
    registry: Registry, name: str, parts: list[dict[str, Any]], token: str | None = ""
) -> httpx.Response:
    body = {"resourceType": "Parameters", "parameter": parts}
    return registry.post(f"/fhir/Appointment/{name}", json=body, token=token)


@pytest.mark.parametrize(
    ("situation", "specialty", "facility"),
    [
        ("adult", "therapist", HOME_FACILITY),
        ("adult", "endocrinologist", HOME_FACILITY),
        ("adult", "dermatovenerologist", HOME_FACILITY),
        ("adult", "cardiologist", WELCOMING),
        ("child", "paediatrician", HOME_FACILITY),
        ("dispensary", "cardiologist", HOME_FACILITY),
        ("no-attachment", "therapist", HOME_FACILITY),
        ("no-card", "therapist", HOME_FACILITY),
        ("newcomer", "therapist", WELCOMING),
        ("same-policy-and-birth-date", "dentist", HOME_FACILITY),
    ],
)
def test_who_may_book(town: Registry, situation: str, specialty: str, facility: str) -> None:
    answer = hold(town, situation, specialty, facility)
    assert answer.status_code == 200, answer.text
    assert answer.json()["entry"][0]["resource"]["status"] == "pending"


@pytest.mark.parametrize(
    ("situation", "specialty", "code"),
    [
        ("child", "therapist", "not-for-this-patient"),
        ("adult", "paediatrician", "not-for-this-patient"),
        ("adult", "cardiologist", "dispensary-only"),
        ("adult", "otolaryngologist", "not-bookable-online"),
        ("newcomer", "therapist", "not-known-here"),
    ],
)
def test_who_may_not(town: Registry, situation: str, specialty: str, code: str) -> None:
    """R10, R30, R42."""
    answer = hold(town, situation, specialty)
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == code


def test_r9_two_are_told_apart_by_the_document(town: Registry) -> None:
    first, second = example(town, "same-policy-and-birth-date")
    without = town.identify(policy_number=first.policy_number, birth_date=first.birth_date)
    assert (without.status_code, without.json()) == (400, {"error": "document_required"})
    assert town.sign_in(first) != town.sign_in(second)


def test_r11_the_unknown_are_not_identified(town: Registry) -> None:
    (nobody,) = example(town, "unknown")
    papers = {"policy_number": nobody.policy_number, "birth_date": nobody.birth_date}
    assert town.identify(**papers).json() == {"error": "document_required"}
    with_document = town.identify(**papers, document_number=nobody.document_number)
    assert (with_document.status_code, with_document.json()) == (400, {"error": "invalid_grant"})


def test_every_adult_is_identified_without_the_document(town: Registry) -> None:
    for one in example(town, "adult"):
        answer = town.identify(policy_number=one.policy_number, birth_date=one.birth_date)
        assert answer.status_code == 200


# --- cabinets ----------------------------------------------------------------------------------------------------


def own(registry: Registry, one: Any, path: str, **query: str) -> list[dict[str, Any]]:
    """What a patient finds of their own."""
    papers = {"policy_number": one.policy_number, "birth_date": one.birth_date}
    known = registry.identify(**papers, document_number=one.document_number).json()
    name = "recipient" if path == "Communication" else "patient"
    asked = {name: known["patient"], "_count": 200, **query}
    answer = registry.get(f"/fhir/{path}", token=known["access_token"], params=asked)
    assert problems(answer.json()) == []
    return [entry["resource"] for entry in answer.json().get("entry", ())]


def test_a_full_cabinet(town: Registry) -> None:
    """R15, R25, R31: visits to come, a request to be approved, pages of history, a wait, one message not read."""
    one = example(town, "cabinet")
    full = max(one, key=lambda person: len(own(town, person, "Appointment")))
    bookings = own(town, full, "Appointment")
    now = datetime.fromtimestamp(tiny_region.NOW, UTC)
    coming = [found["status"] for found in bookings if datetime.fromisoformat(found["start"]) > now]
    assert coming == ["booked", "booked", "pending"]
    assert Counter(found["status"] for found in bookings if found["status"] not in ("booked", "pending")) == {
        "fulfilled": 18,
        "cancelled": 3,
        "noshow": 3,
    }
    assert len(own(town, full, "Appointment", status="waitlist")) == 1
    messages = own(town, full, "Communication")
    assert len(messages) > 30
    assert ["received" in message for message in messages[:3]] == [False, True, True]


def test_a_cabinet_of_a_visit_that_the_clinic_called_off(town: Registry) -> None:
    """R26, R45: a doctor who is away, and it is not read yet."""
    found = [
        (visit, message)
        for person in example(town, "cabinet")
        for visit in own(town, person, "Appointment", status="cancelled")
        if "prov" in str(visit.get("cancelationReason"))
        for message in own(town, person, "Communication")
        if message.get("about") == [{"reference": f"Appointment/{visit['id']}"}]
    ]
    ((_visit, message),) = found
    assert "received" not in message
    assert "отменить" in message["payload"][0]["contentString"]
