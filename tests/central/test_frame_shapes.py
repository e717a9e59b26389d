"""FHIR shapes in and out, negotiation, the capability statement: pure."""

from datetime import date

import fhirkit
import pytest

from kiosk.central import fhir, negotiation
from kiosk.central.app import FHIR_ROUTES
from kiosk.central.call import Refusal
from kiosk.central.capability import capability
from kiosk.central.local import is_loopback


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T03:00:00+03:00", 0),
        ("1970-01-01T03:00:00 03:00", 0),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2026-03-02T09:00:00.5+03:00", 1_772_431_200),
        ("0001-01-01T00:00:00+14:00", -62_135_647_200),
        ("9999-12-31T23:59:59-14:00", 253_402_351_199),
    ],
)
def test_instants(text: str, seconds: int) -> None:
    assert fhir.instant(text) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "",
        "2026-03-02",
        "2026-03-02T09:00",
        "2026-03-02T09:00Z",
        "2026-03-02T09:00:00",
        "2026-03-02T24:00:00Z",
        "2026-03-02T23:59:60Z",
        "2026-02-29T09:00:00Z",
        "0000-01-01T00:00:00Z",
        "2026-03-02T09:00:00+3:00",
        "2026-03-02T09:00:00+25:00",
        "2026-03-02T09:00:00Z ",
        "２026-03-02T09:00:00Z",
        ["2026-03-02T09:00:00Z"],
    ],
)
def test_what_is_no_instant_is_refused_by_name(value: object) -> None:
    with pytest.raises(Refusal, match="invalid: start"):
        fhir.instant(value, "start")


def test_days() -> None:
    assert fhir.day("0001-01-01") == date.min
    assert fhir.day("9999-12-31") == date.max
    for value in (
        "20260302",
        "2026-W10-1",
        "2026-02-30",
        "26-03-02",
        "",
        None,
        20260302,
        "2026-03-02T00:00:00Z",
    ):
        with pytest.raises(Refusal, match="invalid: from"):
            fhir.day(value, "from")


def test_instants_of_a_zone() -> None:
    assert fhir.instant_text(1_772_431_200, "Europe/Moscow") == "2026-03-02T09:00:00+03:00"


@pytest.mark.parametrize("value", ["7", "Organization/7", {"reference": "Organization/7", "display": "x"}])
def test_references(value: object) -> None:
    assert fhir.reference_id(value, "Organization") == "7"


@pytest.mark.parametrize(
    "value",
    ["", "/7", "Patient/7", "Organization/", "a b", "x" * 65, "http://a/Organization/7", None, 7, {}, []],
)
def test_what_is_no_reference_is_refused_by_name(value: object) -> None:
    with pytest.raises(Refusal, match="invalid: organization"):
        fhir.reference_id(value, "Organization", "organization")


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("therapist", "therapist"),
        ("urn:s|therapist", "therapist"),
        ("|therapist", ""),
        ("urn:o|therapist", ""),
    ],
)
def test_tokens(value: str, code: str) -> None:
    assert fhir.token_code(value, "specialty", "urn:s") == code


def test_versions() -> None:
    assert fhir.match_versions('W/"3", "4"') == {"3", "4"}
    for header in ("3", '"3', "", 'W/"3",'):
        with pytest.raises(Refusal, match="If-Match"):
            fhir.match_versions(header)


def test_parameters_are_read_by_name_and_type() -> None:
    body = fhir.parameters(
        [
            fhir.part("start", valueDateTime="1970-01-01T00:00:01Z"),
            fhir.part("specialty", valueString="a"),
            fhir.part("specialty", valueCode="b"),
            fhir.part("practitioner", valueReference={"reference": "PractitionerRole/1"}),
            fhir.part("appointment-resource", resource={"resourceType": "Appointment"}),
        ]
    )
    given = fhir.parse_parameters(body)
    assert given.bound("start") == 1
    assert given.texts("specialty") == ["a", "b"]
    assert given.references("practitioner", "Practitioner", "PractitionerRole") == [("PractitionerRole", "1")]
    assert given.resource("appointment-resource", "Appointment") == {"resourceType": "Appointment"}
    assert given.reference("organization", "Organization") is None


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"resourceType": "Bundle"},
        {"resourceType": "Parameters", "parameter": {}},
        {"resourceType": "Parameters", "parameter": [1]},
        {"resourceType": "Parameters", "parameter": [{}]},
        {"resourceType": "Parameters", "parameter": [{"name": 1}]},
    ],
)
def test_what_is_no_parameters_is_refused(body: object) -> None:
    with pytest.raises(Refusal):
        fhir.parse_parameters(body)


@pytest.mark.parametrize(
    "part",
    [
        {"name": "start"},
        {"name": "start", "valueDateTime": None},
        {"name": "start", "valueString": "1970-01-01T00:00:01Z"},
        {"name": "start", "valueDateTime": "1970-01-01T00:00:01Z", "valueString": "x"},
        {"name": "start", "part": []},
    ],
)
def test_a_wrong_part_is_refused_by_name(part: dict) -> None:
    with pytest.raises(Refusal, match="invalid: start"):
        fhir.parse_parameters(fhir.parameters([part])).bound("start")


def test_what_occurs_once_may_not_repeat_and_the_unknown_is_named() -> None:
    given = fhir.parse_parameters(fhir.parameters([fhir.part("a", valueString="1")] * 2))
    with pytest.raises(Refusal, match="invalid: a"):
        given.one("a", "valueString")
    with pytest.raises(Refusal, match="invalid: a"):
        given.only("b")


@pytest.mark.parametrize(
    ("accept", "format_parameter", "json"),
    [
        ("", None, True),
        ("application/fhir+json;fhirVersion=4.0", None, True),
        ("application/json;q=0", None, False),
        ("text/html", None, False),
        ("application/fhir+xml", "json", True),
        ("application/json", "application/fhir+xml", False),
        ("", "application/fhir json", True),
        ("", "", False),
        (";;q=,,;", None, False),
    ],
)
def test_formats(accept: str, format_parameter: str | None, json: bool) -> None:
    assert negotiation.answers_in_json(accept, format_parameter) is json


@pytest.mark.parametrize("header", ["", "*", "ru", "q=1", "en;q=nan", "en;q=2", ",,;;==", "RU-ru"])
def test_russian_unless_english_is_wanted(header: str) -> None:
    assert negotiation.language(header) == "ru"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.1", False),
        ("registry.example", False),
        ("localhost.example", False),
    ],
)
def test_who_can_reach_an_address(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_the_capability_statement_is_what_is_registered() -> None:
    statement = capability(FHIR_ROUTES, "http://localhost/fhir", 0)
    assert fhirkit.validate(statement) == []
    kinds = {resource["type"]: resource for resource in statement["rest"][0]["resource"]}
    assert set(kinds) == {
        "Appointment",
        "Communication",
        "HealthcareService",
        "Location",
        "Organization",
        "Patient",
        "Practitioner",
        "PractitionerRole",
    }
    operations = {operation["name"] for operation in kinds["Appointment"]["operation"]}
    assert operations == {"find", "hold", "book"}
    assert all(operation["definition"] for kind in kinds.values() for operation in kind.get("operation", []))
    assert {"code": "patch"} in kinds["Patient"]["interaction"]
    assert "name:contains" not in {parameter["name"] for parameter in kinds["Location"]["searchParam"]}
    assert kinds["PractitionerRole"]["searchInclude"]
