"""Whatever is sent to any route: never a 5xx, always what api.md promises of an answer.

CONTRACT_FUZZ_EXAMPLES=5000 makes longer runs of another seed each time; without it the examples are always the same.
"""

import json
import os
import string
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from contract_judge import judge
from contract_people import Region, Service
from contract_wire import FHIR_JSON, Terminal, Visitor, Wire, identifier, new_identifier, reference
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Json = Any
EXAMPLES = int(os.environ.get("CONTRACT_FUZZ_EXAMPLES", "0"))
# A longer run takes as long as was asked for.
pytestmark = pytest.mark.timeout(120 + EXAMPLES)
FORM = "application/x-www-form-urlencoded"
PATCH = "application/json-patch+json"
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"]
BESIDE = ["/auth/token", "/auth/revoke", "/health", "/terminal/events", "/fhir/metadata", "/fhir", "/"]


def profile(examples: int) -> Any:
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.function_scoped_fixture,
            HealthCheck.data_too_large,
        ],
    )


@dataclass(repr=False)
class Ground:
    """A running registry, who calls it, and ids that exist in it."""

    wire: Wire
    visitor: Visitor
    routes: list[tuple[str, str]]
    parameters: dict[str, list[str]]
    known: list[str]
    booked: Json
    statuses: set[int] = field(default_factory=set)

    def send(
        self, method: str, path: str, bearer: str | None, headers: dict[str, str], body: bytes | None
    ) -> int:
        """One request, its answer judged; Hypothesis shrinks what fails."""
        sent = {name: value for name, value in headers.items() if value}
        if bearer is not None:
            sent["Authorization"] = f"Bearer {bearer}"
        raw = self.wire.session.request(
            method, self.wire.base + path, headers=sent, data=body, timeout=20, allow_redirects=False
        )
        judge(raw)
        self.statuses.add(raw.status_code)
        return raw.status_code

    def bearers(self) -> st.SearchStrategy[str | None]:
        """Right ones mostly: behind them is more to break."""
        right = st.sampled_from([self.visitor.credential, self.visitor.terminal.credential])
        return st.one_of(right, right, right, st.none(), visible(20))


@pytest.fixture(scope="module")
def ground(terminals: list[Terminal], wire: Wire, region: Region, service: Service) -> Ground:
    """A patient with a booking at a terminal that no other test of this module uses."""
    terminal = terminals[6]
    visitor = terminal.sign_in(region.allowed(service)[0])
    wish = {"organization": reference("Organization", service.facility), "specialty": service.specialty}
    first, second = terminal.find(**wish).matches()[:2]
    booked = visitor.book(first["id"]).appointment()
    statement = wire.send("GET", "/fhir/metadata").ok().body
    known = [first["id"], second["id"], visitor.patient, service.facility, service.id, service.specialty]
    known += [region.roles[0]["id"], region.practitioners[0]["id"], region.locations[0]["id"]]
    return Ground(wire, visitor, list(routes_of(statement)), parameters_of(statement), known, booked)


def routes_of(statement: Json) -> Any:
    """Method and path of everything that `metadata` says is there, and of what stands beside /fhir."""
    yield from (("GET" if path in ("/health", "/fhir/metadata") else "POST", path) for path in BESIDE)
    ways = {
        "read": [("GET", "/{id}")],
        "search-type": [("GET", ""), ("POST", "/_search")],
        "create": [("POST", "")],
        "patch": [("PATCH", "/{id}")],
        "update": [("PUT", "/{id}")],
    }
    for resource in statement["rest"][0]["resource"]:
        base = f"/fhir/{resource['type']}"
        for interaction in resource.get("interaction", []):
            yield from ((method, base + rest) for method, rest in ways.get(interaction["code"], []))
        for operation in resource.get("operation", []):
            name = operation["name"].removeprefix("$")
            yield "GET" if name == "availability" else "POST", f"{base}/${name}"


def parameters_of(statement: Json) -> dict[str, list[str]]:
    return {
        resource["type"]: [parameter["name"] for parameter in resource.get("searchParam", [])]
        for resource in statement["rest"][0]["resource"]
    }


def visible(size: int) -> st.SearchStrategy[str]:
    return st.text(string.ascii_letters + string.digits + string.punctuation, max_size=size)


ANYTHING = st.text(max_size=40)
DATES = st.one_of(
    st.sampled_from(
        [
            "2026-02-30",
            "0001-01-01",
            "9999-12-31",
            "10000-01-01",
            "2026",
            "2026-01",
            "-1",
            "ge",
            "ge9999-12-31",
        ]
    ),
    st.sampled_from(
        [
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "2026-11-22T24:00:00Z",
            "2026-11-22T10:00:60Z",
        ]
    ),
    st.datetimes().map(lambda when: when.isoformat() + "Z"),
    st.dates().map(str),
    st.dates().map(lambda day: f"ge{day}"),
)
NUMBERS = st.sampled_from(["0", "1", "200", "-1", "1e3", "99999999999999999999", "NaN", "١"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING | DATES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.one_of(ANYTHING, st.sampled_from(["resourceType", "id", "parameter", "name"])),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def encoded(value: Json) -> bytes:
    """As JSON text; lone surrogates and NaN as Python writes them."""
    return json.dumps(value).encode()


def broken(value: Json) -> st.SearchStrategy[bytes]:
    text = encoded(value)
    return st.integers(0, max(len(text) - 1, 0)).map(lambda cut: text[:cut])


BODIES = st.one_of(
    st.none(),
    JSON.map(encoded),
    JSON.flatmap(broken),
    st.binary(max_size=60),
    st.sampled_from(
        [
            b"[" * 5000,
            b'{"a":' * 5000,
            b'"\\ud800"',
            b'{"id":"\\u0000"}',
            b"1e999999",
            b"\xef\xbb\xbf{}",
            b"NaN",
        ]
    ),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.one_of(
            st.sampled_from([FHIR_JSON, "*/*", "text/html", "application/fhir+xml", ";;;q=", "*/*;q=x"]),
            visible(30),
        ),
        "Content-Type": st.one_of(
            st.sampled_from([FHIR_JSON, PATCH, FORM, "text/xml", "application/json; charset=nonsense"]),
            visible(30),
        ),
        "Accept-Language": st.one_of(
            st.sampled_from(["ru", "en", "en;q=2", "*", "xx-YY-" * 20]), visible(30)
        ),
        "If-Match": st.one_of(
            st.sampled_from(['W/"1"', '"1"', "*", "W/", 'W/"99999999999999999999"']), visible(20)
        ),
        "Prefer": visible(20),
        "Authorization": visible(30),
        "Content-Encoding": st.sampled_from(["gzip", "identity"]),
    },
)


def query(pairs: list[tuple[str, str]]) -> str:
    return "?" + "&".join(
        f"{quote(name, safe='')}={quote(value, safe='', errors='replace')}" for name, value in pairs
    )


@profile(250)
@given(data=st.data())
def test_anything_to_any_path(ground: Ground, data: st.DataObject) -> None:
    """Any method, known and unknown paths and ids, any query, headers, body, credential."""
    _, path = data.draw(st.sampled_from(ground.routes))
    method = data.draw(st.sampled_from(METHODS))
    found = data.draw(st.one_of(st.sampled_from(ground.known), ANYTHING))
    path = path.replace("{id}", quote(found, safe="", errors="replace"))
    path += data.draw(st.sampled_from(["", "", "", "/", "/x", "//", "/$", "%00", "/..%2f", "/_history"]))
    pairs = data.draw(st.lists(st.tuples(ANYTHING, ANYTHING), max_size=3))
    ground.send(
        method,
        path + (query(pairs) if pairs else ""),
        data.draw(ground.bearers()),
        data.draw(HEADERS),
        data.draw(BODIES),
    )


@profile(300)
@given(data=st.data())
def test_any_search(ground: Ground, data: st.DataObject) -> None:
    """Parameters that exist with values that are wrong, repeated, too long, of another kind."""
    searches = [
        path
        for method, path in ground.routes
        if method == "GET" and "{id}" not in path and path.startswith("/fhir/")
    ]
    path = data.draw(st.sampled_from(searches))
    kind = path.split("/")[2]
    special = [
        "_count",
        "_sort",
        "_include",
        "_id",
        "_format",
        "_page",
        "name:contains",
        "name:exact",
        "practitioner.name",
        "district",
        "role",
        "from",
        "to",
    ]
    names = st.sampled_from([*ground.parameters.get(kind, []), *special])
    form = st.sampled_from(["{}", "Patient/{}", "urn:ietf:rfc:3986|{}", "{},{}", "|{}", "x" * 3000 + "{}"])
    known = st.tuples(form, st.sampled_from(ground.known)).map(lambda pair: pair[0].replace("{}", pair[1]))
    values = st.one_of(
        known, DATES, NUMBERS, ANYTHING, st.sampled_from(["PractitionerRole:practitioner", "date", "-sent"])
    )
    pairs = data.draw(st.lists(st.tuples(names, values), max_size=5))
    by_post = data.draw(st.booleans()) and "$" not in path and path != "/fhir/metadata"
    bearer = data.draw(st.sampled_from([ground.visitor.credential, ground.visitor.terminal.credential]))
    if by_post:
        ground.send("POST", path + "/_search", bearer, {"Content-Type": FORM}, query(pairs)[1:].encode())
    else:
        ground.send("GET", path + query(pairs), bearer, {}, None)


def spoilt(data: st.DataObject, value: Json, chance: int = 6) -> Json:
    """The same with some of its parts gone, doubled or replaced by anything."""
    if data.draw(st.integers(0, chance)) == 0:
        return data.draw(st.one_of(JSON, DATES, st.just([value]), st.just([value, value]), st.none()))
    if isinstance(value, dict):
        return {
            key: spoilt(data, child, chance) for key, child in value.items() if data.draw(st.integers(0, 9))
        }
    if isinstance(value, list):
        return [spoilt(data, child, chance) for child in value]
    return value


def operations(ground: Ground) -> dict[str, list[Json]]:
    """Requests that would be understood, to be spoilt."""
    first, second = ground.known[:2]
    start, end = ground.booked["start"], ground.booked["end"]
    new = {
        "resourceType": "Appointment",
        "id": second,
        "status": "pending",
        "identifier": [identifier(new_identifier())],
    }
    move = {**ground.booked, "status": "booked", "slot": [{"reference": f"Slot/{second}"}]}
    cancel = {
        "resourceType": "Appointment",
        "id": first,
        "status": "cancelled",
        "cancelationReason": {"text": "x"},
    }
    withdraw = {
        "resourceType": "Appointment",
        "status": "cancelled",
        "identifier": [identifier(new_identifier())],
    }
    find = [
        {"name": "start", "valueDateTime": start},
        {"name": "end", "valueDateTime": end},
        {"name": "organization", "valueReference": {"reference": f"Organization/{ground.known[3]}"}},
        {"name": "specialty", "valueString": ground.known[5]},
        {"name": "_count", "valueInteger": 10},
    ]
    hold = [
        {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{second}"}},
        {"name": "replaces", "valueReference": {"reference": f"Appointment/{first}"}},
    ]
    books = [
        [{"name": "appointment-resource", "resource": resource}] for resource in (new, move, cancel, withdraw)
    ]
    return {"$find": [find], "$hold": [hold], "$book": books}


@profile(400)
@given(data=st.data())
def test_spoilt_operations(ground: Ground, data: st.DataObject) -> None:
    """`$find`, `$hold` and `$book` with parts of their request gone or of another shape."""
    name, requests = data.draw(st.sampled_from(sorted(operations(ground).items(), key=lambda pair: pair[0])))
    parameters = data.draw(st.sampled_from(requests))
    body = {"resourceType": "Parameters", "parameter": spoilt(data, parameters)}
    bearer = data.draw(st.sampled_from([ground.visitor.credential, ground.visitor.terminal.credential]))
    ground.send("POST", f"/fhir/Appointment/{name}", bearer, {"Content-Type": FHIR_JSON}, encoded(body))


@profile(150)
@given(data=st.data())
def test_spoilt_patches(ground: Ground, data: st.DataObject) -> None:
    """Section 10: contacts and received messages."""
    contacts = [
        {"system": "phone", "value": "+7 912 345-67-89"},
        {"system": "email", "value": "i***@example.ru"},
    ]
    patch = data.draw(
        st.sampled_from(
            [
                [{"op": "replace", "path": "/telecom", "value": contacts}],
                [{"op": "add", "path": "/received", "value": ground.booked["start"]}],
            ]
        )
    )
    path = data.draw(
        st.sampled_from(
            [
                f"/fhir/Patient/{ground.visitor.patient}",
                "/fhir/Communication/x",
                f"/fhir/Patient/{ground.known[0]}",
            ]
        )
    )
    version = data.draw(st.sampled_from(['W/"1"', 'W/"2"', '"1"', "1", "*", 'W/"x"']))
    headers = {"Content-Type": PATCH, "If-Match": version}
    ground.send("PATCH", path, ground.visitor.credential, headers, encoded(spoilt(data, patch)))


@profile(200)
@given(data=st.data())
def test_any_identification(ground: Ground, terminals: list[Terminal], data: st.DataObject) -> None:
    """Section 9: RFC 6749 JSON whatever is typed; at another terminal, whose failures do not touch the patient's."""
    names = st.sampled_from(
        ["grant_type", "policy_number", "birth_date", "document_number", "token", "scope"]
    )
    values = st.one_of(
        st.sampled_from(["policy", "9854300836000101", "1980-01-01", ""]), DATES, NUMBERS, ANYTHING
    )
    pairs = data.draw(st.lists(st.tuples(names, values), max_size=6))
    body = data.draw(st.one_of(st.just(query(pairs)[1:].encode()), BODIES))
    path = data.draw(st.sampled_from(["/auth/token", "/auth/revoke"]))
    kind = data.draw(
        st.sampled_from([FORM, FORM, FORM, "multipart/form-data", FHIR_JSON, FORM + "; charset=x"])
    )
    bearer = data.draw(st.one_of(st.just(terminals[5].credential), st.none(), visible(10)))
    ground.send("POST", path, bearer, {"Content-Type": kind}, body)


@profile(150)
@given(data=st.data())
def test_any_events(ground: Ground, data: st.DataObject) -> None:
    """Section 10, end."""
    event = {
        "id": "e-1",
        "at": ground.booked["start"],
        "kind": "step",
        "organization": "x",
        "specialty": "y",
        "detail": "z",
    }
    body = (
        data.draw(st.one_of(st.just(None), JSON))
        if data.draw(st.integers(0, 4)) == 0
        else [spoilt(data, event)]
    )
    headers = {"Content-Type": "application/json"}
    ground.send("POST", "/terminal/events", ground.visitor.terminal.credential, headers, encoded(body))


def test_the_server_still_serves_and_nobody_was_harmed(ground: Ground, wire: Wire) -> None:
    """After all that: healthy, and the patient's token and data in place."""
    assert wire.send("GET", "/health").status == 200
    assert ground.visitor.mine().status == 200
    assert {200, 400, 401, 403, 404, 405} <= ground.statuses
