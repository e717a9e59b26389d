"""The head of api.md and section 1: form of answers, languages, limits, and who may do what."""

from typing import Any

import pytest
from contract_people import Person
from contract_wire import FHIR_JSON, Answer, Terminal, Visitor, Wire, new_identifier, parameters, part, window

XML = "application/fhir+xml"
WRONG = "not-a-credential"
LIMIT = 256 * 1024


def cyrillic(answer: Answer) -> bool:
    return any("а" <= letter.lower() <= "я" for letter in answer.body["issue"][0]["details"]["text"])


def test_metadata_needs_no_credential_and_tells_what_is_served(wire: Wire) -> None:
    """Section 1: nothing may read `/fhir/metadata`; head: FHIR R4 4.0.1, JSON."""
    statement = wire.send("GET", "/fhir/metadata").ok().body
    assert statement["resourceType"] == "CapabilityStatement"
    assert statement["fhirVersion"] == "4.0.1"
    assert set(statement["format"]) <= {"json", FHIR_JSON, "application/json"}
    assert statement["rest"][0]["mode"] == "server"


def test_metadata_lists_the_resources_searches_and_operations_of_the_contract(wire: Wire) -> None:
    """Sections 2 to 6 and 10 as a client would discover them."""
    rest = wire.send("GET", "/fhir/metadata").ok().body["rest"][0]
    resources = {item["type"]: item for item in rest["resource"]}
    searches = {
        "Location": {"_id", "name", "address", "partof", "physical-type"},
        "Organization": {"_id", "name", "district"},
        "HealthcareService": {"organization", "specialty", "active"},
        "PractitionerRole": {"organization", "specialty", "location", "practitioner"},
        "Appointment": {"patient", "date", "status", "identifier"},
        "Communication": {"recipient"},
    }
    for kind, names in searches.items():
        told = {parameter["name"].removesuffix(":contains") for parameter in resources[kind]["searchParam"]}
        assert names <= told, kind
    operations = {operation["name"] for item in rest["resource"] for operation in item.get("operation", [])}
    operations |= {operation["name"] for operation in rest.get("operation", [])}
    assert {"find", "hold", "book", "availability"} <= {name.removeprefix("$") for name in operations}


def test_health_needs_no_credential(wire: Wire) -> None:
    assert wire.send("GET", "/health").status == 200


@pytest.mark.parametrize("accept", [None, "*/*", FHIR_JSON, "application/json", f"{XML};q=0.5, {FHIR_JSON}"])
def test_json_is_served_to_whoever_takes_json(terminal: Terminal, accept: str | None) -> None:
    terminal.send("GET", "/fhir/Organization", headers={"Accept": accept}).ok()


@pytest.mark.parametrize("wanted", ["json", FHIR_JSON])
def test_format_json_is_accepted(terminal: Terminal, wanted: str) -> None:
    terminal.get("Organization", _format=wanted).ok()


@pytest.mark.parametrize("wanted", ["xml", XML])
def test_format_xml_is_406(terminal: Terminal, wanted: str) -> None:
    terminal.get("Organization", _format=wanted).refused(406)


@pytest.mark.parametrize("path", ["Organization", "metadata", "Organization/nobody"])
def test_xml_asked_for_is_406(terminal: Terminal, path: str) -> None:
    terminal.send("GET", f"/fhir/{path}", headers={"Accept": XML}).refused(406)


@pytest.mark.parametrize("path", ["/fhir/Appointment/$find", "/auth/token", "/terminal/events"])
@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_over_256_kb_are_413(terminal: Terminal, path: str, chunked: bool) -> None:
    body = b'{"x": "' + b"y" * LIMIT + b'"}'
    pieces = (body[at : at + 10_000] for at in range(0, len(body), 10_000))
    data: Any = pieces if chunked else body
    terminal.send("POST", path, data=data, headers={"Content-Type": FHIR_JSON}).refused(413)


def test_bodies_below_256_kb_are_read(terminal: Terminal) -> None:
    start, end = window()
    filler = part("reason", "y" * (LIMIT - 2_000))
    answer = terminal.post("Appointment/$find", parameters(part("start", start), part("end", end), filler))
    assert answer.status != 413


@pytest.mark.parametrize(
    ("language", "russian"), [(None, True), ("ru", True), ("en", False), ("en-GB,en;q=0.9", False)]
)
def test_refusals_are_in_the_language_asked_for_russian_by_default(
    terminal: Terminal, language: str | None, russian: bool
) -> None:
    answer = terminal.send("GET", "/fhir/Organization/nobody", headers={"Accept-Language": language})
    answer.refused(404, "not-found")
    assert cyrillic(answer) == russian


def test_an_unknown_language_gets_russian(terminal: Terminal) -> None:
    assert cyrillic(terminal.send("GET", "/fhir/Organization/nobody", headers={"Accept-Language": "fi"}))


@pytest.mark.parametrize(
    "path", ["Nothing", "Organization/x/y/z", "Observation", "Patient/$match2", "Appointment/$steal"]
)
def test_a_path_that_is_not_there_is_refused_with_an_outcome(terminal: Terminal, path: str) -> None:
    assert terminal.get(path).status in (400, 403, 404, 405)


@pytest.mark.parametrize("operation", ["$find", "$hold", "$book"])
def test_the_operations_are_post_only(terminal: Terminal, operation: str) -> None:
    """fhir-contract.md 1.1: GET answers 405."""
    terminal.get(f"Appointment/{operation}").refused(405)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b'{"resourceType":"Patient"}', b"\xff\xfe", b"{}"]
)
@pytest.mark.parametrize("operation", ["$find", "$hold", "$book"])
def test_a_broken_body_is_400(visitor_token: str, terminal: Terminal, operation: str, body: bytes) -> None:
    path = f"/fhir/Appointment/{operation}"
    headers = {"Content-Type": FHIR_JSON}
    terminal.send("POST", path, bearer=visitor_token, data=body, headers=headers).refused(400, "invalid")


@pytest.fixture(scope="module")
def visitor_token(terminals: list[Terminal], fresh_adults: Any) -> str:
    return str(terminals[0].sign_in(next(fresh_adults)).credential)


DIRECTORY = ["Location", "Organization", "HealthcareService", "PractitionerRole", "Practitioner"]
TERMINAL_ROUTES = [
    ("GET", "/fhir/Location"),
    ("GET", "/fhir/Organization"),
    ("GET", "/fhir/Organization/nobody"),
    ("GET", "/fhir/HealthcareService"),
    ("GET", "/fhir/PractitionerRole"),
    ("GET", "/fhir/Practitioner/nobody"),
    ("POST", "/fhir/Organization/_search"),
    ("GET", "/fhir/PractitionerRole/$availability"),
    ("POST", "/fhir/Appointment/$find"),
    ("POST", "/fhir/Appointment/$hold"),
    ("POST", "/fhir/Appointment/$book"),
    ("GET", "/fhir/Appointment"),
    ("GET", "/fhir/Appointment/nobody"),
    ("GET", "/fhir/Communication"),
    ("GET", "/fhir/Patient/nobody"),
    ("PATCH", "/fhir/Patient/nobody"),
    ("PATCH", "/fhir/Communication/nobody"),
    ("POST", "/terminal/events"),
]


@pytest.mark.parametrize("bearer", [None, WRONG, ""])
@pytest.mark.parametrize(("method", "path"), TERMINAL_ROUTES)
def test_no_or_a_wrong_credential_is_401(wire: Wire, method: str, path: str, bearer: str | None) -> None:
    wire.send(method, path, bearer).refused(401, "login")


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
def test_another_scheme_is_401(wire: Wire, terminal: Terminal, scheme: str) -> None:
    header = f"{scheme} {terminal.credential}".strip()
    wire.send("GET", "/fhir/Organization", headers={"Authorization": header}).refused(401, "login")


@pytest.mark.parametrize("kind", DIRECTORY[:4])
def test_a_terminal_and_a_patient_read_the_directory(
    terminal: Terminal, visitor_token: str, kind: str
) -> None:
    terminal.get(kind, _count=1).ok()
    terminal.send("GET", f"/fhir/{kind}", bearer=visitor_token, params={"_count": 1}).ok()


@pytest.mark.parametrize("kind", DIRECTORY)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_directory_is_read_only_for_terminals(terminal: Terminal, method: str, kind: str) -> None:
    path = f"/fhir/{kind}" if method == "POST" else f"/fhir/{kind}/x"
    answer = terminal.send(method, path, json={"resourceType": kind})
    assert answer.status in (403, 404, 405)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "Patient?name=a"),
        ("GET", "Patient"),
        ("POST", "Patient/_search"),
        ("POST", "Patient/$match"),
        ("GET", "Patient/someone"),
        ("GET", "Communication?recipient=Patient/someone"),
        ("GET", "Appointment?patient=someone"),
    ],
)
def test_a_terminal_on_a_patient_route_is_403(terminal: Terminal, method: str, path: str) -> None:
    """Section 1: terminal credential on a patient route, `$match`, Patient search: 403."""
    body = {"json": {"resourceType": "Parameters"}} if method == "POST" and "$" in path else {}
    terminal.send(method, f"/fhir/{path}", **body).refused(403, "forbidden")


def test_a_terminal_books_nothing_new(terminal: Terminal, times: Any) -> None:
    made = {
        "id": next(times)["id"],
        "status": "pending",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": new_identifier()}],
    }
    terminal.book_resource(made).refused(403, "forbidden")


@pytest.mark.parametrize(("method", "path"), [("GET", "Patient"), ("POST", "Patient/$match")])
def test_only_staff_may_search_patients(
    terminal: Terminal, visitor_token: str, method: str, path: str
) -> None:
    body = {"json": {"resourceType": "Parameters"}} if method == "POST" else {}
    terminal.send(method, f"/fhir/{path}", bearer=visitor_token, **body).refused(403, "forbidden")


def test_appointments_without_a_patient_are_400(visitor: Visitor) -> None:
    """Section 1: `Appointment?` without `patient` (and not section 8): 400."""
    visitor.get("Appointment").refused(400, "invalid")
    visitor.get("Appointment", status="booked").refused(400, "invalid")
    visitor.terminal.get("Appointment", status="booked").refused(400, "invalid")


@pytest.fixture
def strange_booking(stranger: Visitor, times: Any) -> Any:
    """What somebody else has booked at another terminal."""
    return stranger.book(next(times)["id"]).appointment()


class TestEverythingOfAnotherPatientIs404:
    """Section 1."""

    def test_record(self, visitor: Visitor, stranger: Visitor) -> None:
        visitor.get(f"Patient/{stranger.patient}").refused(404, "not-found")
        patch = [{"op": "remove", "path": "/telecom"}]
        headers = {"If-Match": 'W/"1"', "Content-Type": "application/json-patch+json"}
        path = f"/fhir/Patient/{stranger.patient}"
        visitor.send("PATCH", path, json=patch, headers=headers).refused(404, "not-found")

    def test_appointments(self, visitor: Visitor, stranger: Visitor, strange_booking: Any) -> None:
        visitor.get("Appointment", patient=stranger.patient).refused(404, "not-found")
        visitor.get(f"Appointment/{strange_booking['id']}").refused(404, "not-found")

    def test_messages(self, visitor: Visitor, stranger: Visitor, strange_booking: Any) -> None:
        visitor.get("Communication", recipient=f"Patient/{stranger.patient}").refused(404, "not-found")
        message = stranger.get("Communication", recipient=stranger.patient).matches()[0]
        patch = [{"op": "add", "path": "/received", "value": "2025-01-01T00:00:00Z"}]
        headers = {"Content-Type": "application/json-patch+json"}
        path = f"/fhir/Communication/{message['id']}"
        visitor.send("PATCH", path, json=patch, headers=headers).refused(404, "not-found")

    def test_cancel_and_move(self, visitor: Visitor, strange_booking: Any, times: Any) -> None:
        visitor.cancel(strange_booking["id"]).refused(404, "not-found")
        visitor.move(strange_booking, next(times)).refused(404, "not-found")

    def test_a_patient_named_in_a_booking(self, visitor: Visitor, stranger: Visitor, times: Any) -> None:
        somebody = {"actor": {"reference": f"Patient/{stranger.patient}"}, "status": "accepted"}
        visitor.book(next(times)["id"], participant=[somebody]).refused(404, "not-found")

    def test_its_time_is_slot_taken(self, visitor: Visitor, strange_booking: Any) -> None:
        visitor.hold(strange_booking["id"]).refused(409, "slot-taken")
        visitor.terminal.hold(strange_booking["id"]).refused(409, "slot-taken")
        visitor.book(strange_booking["id"]).refused(409, "slot-taken")

    def test_a_hold_of_another_terminal(self, visitor: Visitor, other: Terminal, times: Any) -> None:
        proposal = next(times)
        other.hold(proposal["id"]).appointment()
        visitor.terminal.release(proposal["id"]).refused(404, "not-found")
        visitor.hold(proposal["id"]).refused(409, "slot-taken")
        visitor.book(proposal["id"]).refused(409, "slot-taken")


def test_a_patient_token_serves_everything_of_its_own(visitor: Visitor, adult: Person, times: Any) -> None:
    """Section 1: `$hold` with rules, `$book`, this patient's Appointments, Communications and Patient."""
    proposal = next(times)
    visitor.hold(proposal["id"]).appointment()
    booked = visitor.book(proposal["id"]).appointment()
    assert visitor.get(f"Appointment/{booked['id']}").ok().body["id"] == booked["id"]
    assert [one["id"] for one in visitor.mine().matches()] == [booked["id"]]
    assert visitor.get("Communication", recipient=f"Patient/{visitor.patient}").total == 1
    assert visitor.get(f"Patient/{visitor.patient}").ok().body["id"] == visitor.patient
