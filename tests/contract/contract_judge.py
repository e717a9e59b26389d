"""What holds for every answer of the registry: form, R4 by an independent validator, the IHE profile's own rules."""

import re
from collections.abc import Iterator
from typing import Any

import fhirkit
import requests

Json = Any
REFUSAL = "urn:electronic-registry:refusal"
EXTENSION = "urn:electronic-registry:"
#: api.md section 11, with the statuses it may come with.
REFUSALS = {
    "void": {409},
    "identifier-reused": {422},
    "version-conflict": {412},
    "already-known": {412},
    "not-known-here": {422},
    "not-for-this-patient": {422},
    "not-bookable-online": {422},
    "dispensary-only": {422},
    "too-late": {422},
    "one-per-day": {422},
    "overlap": {422},
    "slot-taken": {409},
    "hold-expired": {409},
    "login": {401},
    "forbidden": {403},
    "not-found": {404},
    "invalid": {400},
    "too-many": {429},
}
BY_STATUS = {401: "login", 403: "forbidden", 404: "not-found", 400: "invalid"}
#: The extensions of section 2 (and 10) with the value type each has.
EXTENSIONS = {
    "profile": "valueCoding",
    "dispensary": "valueCoding",
    "age-min": "valueInteger",
    "age-max": "valueInteger",
    "sex": "valueCode",
    "online": "valueCode",
    "approval": "valueBoolean",
    "discreet": "valueBoolean",
    "newcomers": "valueBoolean",
    "room": "valueString",
    "card": "valueReference",
    "hold-end": "valueDateTime",
    "substitute": "valueReference",
    "unconfirmed": "valueBoolean",
    "notices": "valueBoolean",
}
#: R4's required bindings that this API uses: the validator knows elements and types, not codes.
CODES = {
    "Appointment.status": "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist",
    "Appointment.participant.status": "accepted declined tentative needs-action",
    "Bundle.type": "searchset",
    "Bundle.entry.search.mode": "match include outcome",
    "OperationOutcome.issue.severity": "fatal error warning information",
    "OperationOutcome.issue.code": "invalid structure required value invariant security login unknown expired forbidden "
    "suppressed processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid extension "
    "too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled informational",
    "Communication.status": "preparation in-progress not-done on-hold stopped completed entered-in-error unknown",
    "Location.status": "active suspended inactive",
    "Patient.gender": "male female other unknown",
    "Patient.telecom.system": "phone fax email pager url sms other",
    "CapabilityStatement.status": "draft active retired unknown",
    "CapabilityStatement.kind": "instance capability requirements",
}
IHE_ACTORS = ("Location", "Patient", "Practitioner", "PractitionerRole", "HealthcareService")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


def judge(answer: requests.Response) -> None:
    """Everything that api.md promises of any answer under /fhir or beside it."""
    assert answer.status_code < 500, (
        f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text[:500]}"
    )
    if answer.request.method == "HEAD" or not answer.content:
        assert answer.request.method == "HEAD" or answer.status_code < 400, "a refusal without a body"
        return
    body = answer.json()
    if "/auth/" in answer.request.path_url or answer.request.path_url.split("?")[0] == "/auth":
        judge_auth(answer, body)
    elif answer.status_code >= 400:
        judge_content_type(answer)
        judge_refusal(answer.status_code, body)
    elif answer.request.path_url.startswith("/fhir"):
        judge_content_type(answer)
        judge_resource(body)


def judge_content_type(answer: requests.Response) -> None:
    kind = answer.headers.get("Content-Type", "")
    assert kind.split(";")[0].strip() == "application/fhir+json", f"{answer.url}: Content-Type {kind!r}"


def judge_auth(answer: requests.Response, body: Json) -> None:
    """Section 9: errors are RFC 6749 JSON; a path that is not there is refused like any other."""
    if answer.status_code < 400:
        return
    if body.get("resourceType") == "OperationOutcome":
        assert answer.status_code in (404, 405, 406, 413, 415), "RFC 6749 JSON is promised"
        judge_refusal(answer.status_code, body)
    else:
        assert isinstance(body["error"], str)
        assert body["error"]


def judge_refusal(status: int, body: Json) -> None:
    """Answers: a bare OperationOutcome, error first, coded where section 11 has a code, in words."""
    assert body["resourceType"] == "OperationOutcome", body
    judge_resource(body)
    first = body["issue"][0]
    assert first["severity"] == "error", body
    assert first["details"]["text"].strip(), body
    codings = first["details"].get("coding", [])
    if status in BY_STATUS:
        assert codings, f"{status} without a code of section 11: {body}"
    if codings:
        assert codings[0]["system"] == REFUSAL
        assert status in REFUSALS[codings[0]["code"]], f"{status} with {codings[0]['code']}"


def judge_resource(resource: Json) -> None:
    """R4, this API's extensions and codes, and for Bundles and Appointments the rules of the IHE profile."""
    assert problems(resource) == [], problems(resource)
    judge_codes(resource, resource["resourceType"])
    judge_extensions(resource)
    judge_references(resource)
    if resource["resourceType"] == "Bundle":
        judge_bundle(resource)
    if resource["resourceType"] == "Appointment":
        judge_appointment(resource)
    if resource["resourceType"] == "OperationOutcome":
        assert resource["issue"], resource


def problems(resource: Json) -> list[str]:
    """What fhirkit finds wrong with it as R4."""
    return [str(issue) for issue in fhirkit.validate(resource) if issue.severity == "error"]


def subsetted(resource: Json) -> bool:
    """Whether it says of itself that it is not whole, as a recovery's answer (section 8) has to."""
    return "SUBSETTED" in [tag["code"] for tag in resource.get("meta", {}).get("tag", [])]


def elements(node: Json, path: str) -> Iterator[tuple[str, Json]]:
    """Every leaf with its path, array indexes left out; a contained resource starts a path of its own."""
    if isinstance(node, dict):
        path = node.get("resourceType", path)
        for key, child in node.items():
            yield from elements(child, f"{path}.{key}")
    elif isinstance(node, list):
        for child in node:
            yield from elements(child, path)
    else:
        yield path, node


def objects(node: Json) -> Iterator[dict[str, Json]]:
    """Every JSON object inside, the outermost first."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from objects(child)


def judge_codes(resource: Json, root: str) -> None:
    for path, value in elements(resource, root):
        if path in CODES:
            assert value in CODES[path].split(), f"{path}: {value!r}"


def judge_extensions(resource: Json) -> None:
    """Section 2: the extensions of this API have the names and the value types listed there."""
    for node in objects(resource):
        for extension in node.get("extension", []):
            url = extension["url"]
            if url.startswith(EXTENSION):
                name = url.removeprefix(EXTENSION)
                assert name in EXTENSIONS, f"unknown extension {url}"
                assert EXTENSIONS[name] in extension, f"{url} without {EXTENSIONS[name]}"


def judge_references(resource: Json) -> None:
    for node in objects(resource):
        reference = node.get("reference")
        if isinstance(reference, str):
            kind, _, found = reference.rpartition("/")
            assert kind, f"{reference!r} is not Type/ID"
            assert ID.fullmatch(found), f"{found!r} is no FHIR id"


def judge_bundle(bundle: Json) -> None:
    """Answers: `searchset`, `total` always, outcomes not counted (ihe-sched-avail-bundle: entry 1..*)."""
    assert bundle["type"] == "searchset"
    assert isinstance(bundle["total"], int)
    matches = [entry for entry in bundle.get("entry", []) if entry["search"]["mode"] == "match"]
    assert len(matches) <= bundle["total"]
    for entry in bundle.get("entry", []):
        outcome = entry["resource"]["resourceType"] == "OperationOutcome"
        assert (entry["search"]["mode"] == "outcome") == outcome, entry["search"]
        judge_resource(entry["resource"])


def judge_appointment(appointment: Json) -> None:
    """ihe-sched-appt: start, end, requestedPeriod 1..1, actors known; not for a part of an Appointment.

    R4 app-3: one on the waiting list may be without a time (section 10), as may one that has ended.
    """
    assert ID.fullmatch(appointment["id"])
    if subsetted(appointment):
        return
    if "start" in appointment or appointment["status"] not in ("waitlist", "cancelled"):
        judge_time(appointment)
    assert len(appointment["requestedPeriod"]) == 1, appointment
    for participant in appointment["participant"]:
        assert participant["actor"]["reference"].split("/")[0] in IHE_ACTORS


def judge_time(appointment: Json) -> None:
    assert INSTANT.fullmatch(appointment["start"]), appointment["start"]
    assert INSTANT.fullmatch(appointment["end"])
