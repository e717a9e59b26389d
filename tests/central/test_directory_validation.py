"""Every resource of the demo region's directory is valid FHIR R4 (an independent validator) and fits mCSD."""

from typing import Any

import pytest
from r4_validator import problems
from running_registry import Registry


def pages(registry: Registry, path: str) -> list[dict[str, Any]]:
    bundles = [registry.get(path).json()]
    while following := [link["url"] for link in bundles[-1]["link"] if link["relation"] == "next"]:
        bundles.append(registry.get(following[0].removeprefix(registry.base)).json())
    return bundles


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/fhir/Location?_count=200", 5 + 20 + 121),
        ("/fhir/Organization", 20),
        ("/fhir/HealthcareService?_count=200", 161),
        ("/fhir/Practitioner?_count=200", 300),
        (
            "/fhir/PractitionerRole?_count=200&_include=PractitionerRole:practitioner"
            "&_include=PractitionerRole:organization&_include=PractitionerRole:location",
            300,
        ),
    ],
)
def test_searches_answer_valid_bundles(demo_registry: Registry, path: str, count: int) -> None:
    for bundle in pages(demo_registry, path):
        assert problems(bundle) == []
        assert bundle["total"] == count


def test_a_refusal_is_a_valid_outcome(demo_registry: Registry) -> None:
    assert problems(demo_registry.get("/fhir/Location?colour=blue").json()) == []


def test_every_reference_leads_somewhere(demo_registry: Registry) -> None:
    kinds = ("Location", "Organization", "HealthcareService", "Practitioner", "PractitionerRole")
    entries = [
        entry["resource"]
        for kind in kinds
        for bundle in pages(demo_registry, f"/fhir/{kind}?_count=200")
        for entry in bundle["entry"]
    ]
    known = {f"{one['resourceType']}/{one['id']}" for one in entries}
    assert set(references(entries)) <= known


def references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [reference for item in value for reference in references(item)]
    if isinstance(value, dict):
        own = [value["reference"]] if isinstance(value.get("reference"), str) else []
        return own + references(list(value.values()))
    return []


def test_the_validator_finds_what_is_wrong() -> None:
    wrong = {
        "resourceType": "Location",
        "id": "with_underscore",
        "status": "closed",
        "partOf": {"reference": "nowhere"},
        "hoursOfOperation": [{"openingTime": "07:30"}],
    }
    assert len(problems(wrong)) >= 6
