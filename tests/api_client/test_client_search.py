"""What the client makes of a search while somebody types (api.md section 2; R18, R19)."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from wire_registry import Asked, Say, wire_registry

from kiosk.api_client.client import RegistryClient
from kiosk.errors import Refused
from kiosk.models import Found

BUILDINGS = ("Лесная поликлиника", "Поликлиника на Лесной", "Заречная поликлиника")


def building(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Location",
        "id": f"loc-{number}",
        "name": BUILDINGS[number],
        "managingOrganization": {"reference": f"Organization/org-{number}"},
    }


def role(number: int, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "PractitionerRole",
        "id": f"r-{number}",
        "practitioner": {"reference": f"Practitioner/p-{number}"},
        "organization": {"reference": "Organization/org-0", "display": BUILDINGS[0]},
        "specialty": [{"coding": [{"code": "therapist", "display": "Терапевт"}]}],
        "location": [
            {"reference": "Location/loc-0"},
            {"reference": "Location/area-1", "display": "Участок 1"},
        ],
        **more,
    }


def person(number: int) -> dict[str, Any]:
    return {
        "resourceType": "Practitioner",
        "id": f"p-{number}",
        "name": [{"family": "Соколова", "given": ["Анна"]}],
    }


def found(*matches: tuple[dict[str, Any], float], total: int = 0, included: tuple[Any, ...] = ()) -> Say:
    entries = [
        {"resource": resource, "search": {"mode": "match", "score": score}} for resource, score in matches
    ]
    entries += [{"resource": resource, "search": {"mode": "include"}} for resource in included]
    return Say(body={"resourceType": "Bundle", "total": total or len(matches), "entry": entries})


class Answers:
    """What a registry answers to a search by name, by address, and for doctors; what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.by_name = self.by_address = self.doctors = found()

    def __call__(self, asked: Asked) -> Say:
        path, query = urlsplit(asked.path).path, parse_qs(urlsplit(asked.path).query)
        if "fuzzy" not in query:
            return found(*((building(number), 1) for number in range(3)))
        self.asked.append(query)
        if path.endswith("PractitionerRole"):
            return self.doctors
        return self.by_name if "name" in query else self.by_address


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def client(answers: Answers) -> Iterator[RegistryClient]:
    with ExitStack() as stack:
        wire = stack.enter_context(wire_registry(answers))
        session = stack.enter_context(requests.Session())
        yield RegistryClient(wire.base, "secret", session)


def ids(found: Found[Any]) -> list[str]:
    return [one.id for one in found.items]


def test_name_and_address_each_facility_once(client: RegistryClient, answers: Answers) -> None:
    answers.by_name = found((building(0), 1), (building(1), 1))
    answers.by_address = found((building(1), 1), (building(2), 1), total=7)
    both = client.search_facilities("лес", "d-1", 20)
    assert ids(both) == ["org-0", "org-1", "org-2"]
    assert (both.total, both.exact) == (8, True)
    assert answers.asked[0]["partof"] == ["d-1"]
    assert [query["_count"] for query in answers.asked] == [["20"], ["20"]]


def test_a_slip_is_forgiven_only_where_nothing_is_found_without(
    client: RegistryClient, answers: Answers
) -> None:
    answers.by_name = found((building(0), 0.6))
    answers.by_address = found((building(2), 1))
    assert ids(client.search_facilities("лес", "", 20)) == ["org-2"]
    answers.by_address = found((building(2), 0.5))
    forgiven = client.search_facilities("лес", "", 20)
    assert (ids(forgiven), forgiven.exact) == (["org-0", "org-2"], False)


def test_nothing_found_is_exact_and_no_error(client: RegistryClient) -> None:
    assert client.search_facilities("ъ", "", 20) == Found()
    assert client.search_doctors("ъ", "", "", 20) == Found()


def test_doctors_are_told_with_facility_and_specialty(client: RegistryClient, answers: Answers) -> None:
    """An inactive one is left out; of the locations the building is no area."""
    answers.doctors = found(
        (role(1), 1), (role(2, active=False), 1), total=40, included=(person(1), person(2))
    )
    told = client.search_doctors("сок", "org-0", "therapist", 20)
    [doctor] = told.items
    assert (doctor.full_name, doctor.areas) == ("Соколова Анна", ("Участок 1",))
    assert (doctor.specialty_name, doctor.facility_name) == ("Терапевт", BUILDINGS[0])
    assert told.total == 40
    assert answers.asked[0]["practitioner.name"] == ["сок"]
    assert (answers.asked[0]["organization"], answers.asked[0]["specialty"]) == (["org-0"], ["therapist"])
    client.search_doctors("сок", "", "", 20)
    assert "organization" not in answers.asked[1]


def test_a_registry_that_does_not_know_the_search_refuses(client: RegistryClient, answers: Answers) -> None:
    """An older one: said in its words, nothing breaks."""
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "details": {"text": "fuzzy?"}}],
    }
    answers.doctors = Say(400, outcome)
    with pytest.raises(Refused):
        client.search_doctors("сок", "", "", 20)
