"""Whatever is sent to any route, the answer is none of 5xx, and every refusal is what the contract says."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import booking_region
import pytest
import tiny_region
from booking_region import free_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_registry import Clock, Registry, running

from kiosk.central import identity
from kiosk.central.app import FHIR_ROUTES, PLAIN_ROUTES
from kiosk.central.store import Store

ROUTES = [("/fhir", route) for route in FHIR_ROUTES] + [("", route) for route in PLAIN_ROUTES]
PARAMETERS = sorted(
    {name for _, route in ROUTES for name in route.searches} | {"_count", "_include", "_format"}
)
MINE = "urn:uuid:6f9619ff-8b86-4d01-b42d-00cf4fc964ff"

#: Values that mean something here, or sit at an edge.
TELLING = st.sampled_from(
    [
        *(
            f"{prefix}{id}"
            for prefix in ("", "Patient/", "PractitionerRole/")
            for id in ("p-anna", "r-therapist")
        ),
        "f1",
        "Organization/f1",
        "Location/l1",
        "d1",
        free_id("r-therapist", 1),
        "Appointment/" + free_id("r-cardiologist", 2, 3),
        free_id("r-therapist", 1, 0, 9),
        f"urn:ietf:rfc:3986|{MINE}",
        MINE,
        "2026-03-02",
        "2026-03-15",
        "0001-01-01",
        "9999-12-31",
        "ge2026-03-02",
        "eb0001-01-01T00:00:00+14:00",
        "sa9999-12-31T23:59:59-14:00",
        "2026-03-02T00:00:00+03:00",
        "2026-03-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999-14:00",
        "therapist",
        "|therapist",
        "booked",
        "pending",
        "cancelled",
        "waitlist",
        "date",
        "-sent",
        "true",
        "0",
        "200",
        "-1",
        "9" * 40,
        "",
        " ",
        "*",
        "%",
        "_",
        "\\",
        "'",
        "\0",
        "\ufffd",
        "Поликлиника",
        "policy",
        "a" * 5000,
    ]
)
TEXT = TELLING | st.text(max_size=20)
NAMES = st.sampled_from(
    [
        *(
            "resourceType",
            "parameter",
            "name",
            "id",
            "status",
            "identifier",
            "system",
            "value",
            "participant",
        ),
        *("actor", "reference", "start", "end", "slot", "meta", "versionId", "cancelationReason", "coding"),
        *("op", "path", "extension", "url", "valueBoolean", "at", "kind", "organization", "detail", "text"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=8), inner, max_size=5)
    ),
    max_leaves=12,
)


def part(name: str) -> st.SearchStrategy:
    reference = st.fixed_dictionaries({"reference": TEXT}) | JSON
    values = {
        "valueReference": reference,
        "valueDateTime": TEXT | JSON,
        "valueString": TEXT | JSON,
        "valueInteger": st.integers() | JSON,
        "resource": APPOINTMENT | JSON,
    }
    one = st.sampled_from(sorted(values)).flatmap(lambda key: st.fixed_dictionaries({key: values[key]}))
    return one.map(lambda value: {"name": name, **value})


APPOINTMENT = st.fixed_dictionaries(
    {"resourceType": st.just("Appointment") | TEXT},
    optional={
        "id": TEXT | JSON,
        "status": TEXT | JSON,
        "meta": st.fixed_dictionaries({"versionId": TEXT | JSON}) | JSON,
        "identifier": st.lists(
            st.fixed_dictionaries({"system": st.just("urn:ietf:rfc:3986") | TEXT, "value": TEXT | JSON}),
            max_size=2,
        )
        | JSON,
        "participant": st.lists(
            st.fixed_dictionaries({"actor": st.fixed_dictionaries({"reference": TEXT})}), max_size=2
        )
        | JSON,
        "slot": JSON,
        "start": TEXT | JSON,
        "end": TEXT | JSON,
        "cancelationReason": JSON,
    },
)
PARTS = (
    *("start", "end", "practitioner", "organization", "specialty", "_count"),
    *("replaces", "appointment-reference", "appointment-resource"),
)
OPERATION = st.fixed_dictionaries(
    {
        "resourceType": st.just("Parameters"),
        "parameter": st.lists(st.sampled_from(PARTS).flatmap(part), max_size=5),
    }
)
STEP = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["add", "replace", "remove", "test"]) | JSON,
        "path": st.sampled_from(["/telecom", "/received"]) | TEXT,
        "value": TEXT | st.lists(st.fixed_dictionaries({"system": TEXT, "value": TEXT})) | JSON,
    }
)
EVENT = st.fixed_dictionaries(
    {"id": TEXT, "at": TEXT, "kind": TEXT}, optional={"organization": JSON, "detail": JSON}
)
BODY = (
    OPERATION.map(json.dumps)
    | st.lists(STEP, min_size=1, max_size=2).map(json.dumps)
    | st.lists(EVENT, max_size=3).map(json.dumps)
    | JSON.map(json.dumps)
    | st.lists(st.tuples(st.sampled_from(["token", "grant_type", "policy_number", "birth_date"]), TEXT)).map(
        urlencode
    )
    | st.text(max_size=40)
).map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=40)
QUERY = st.lists(st.tuples(st.sampled_from(PARAMETERS) | TEXT, TEXT), max_size=4)
HEADERS = st.fixed_dictionaries(
    {
        "Content-Type": st.sampled_from(
            ["application/fhir+json", "application/json-patch+json", "application/x-www-form-urlencoded", "x"]
        )
    },
    optional={
        "If-Match": st.sampled_from(['W/"1"', 'W/"2"', "*", "", '"'] * 2 + ["x" * 1000]),
        "Accept": st.sampled_from(["*/*", "application/fhir+json", "text/xml", ";q=", ""]),
        "Accept-Language": st.sampled_from(["en", "ru", ";;", "en;q=1e999"]),
    },
)


@pytest.fixture(scope="module")
def open_house(booking_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One registry for everything that is thrown at it."""
    path = tmp_path_factory.mktemp("fuzz") / "registry.sqlite"
    path.write_bytes(booking_database.read_bytes())
    store = Store(f"sqlite:///{path}")
    clock = Clock(tiny_region.NOW)
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield registry
    store.close()


@pytest.fixture(scope="module")
def bearers(open_house: Registry) -> dict[str, str | None]:
    """A token at each of two terminals, a credential without a token, and what is none."""
    anna = open_house.sign_in(tiny_region.ANNA)
    other = open_house.enroll("second floor")
    pavel = open_house.sign_in(tiny_region.PAVEL, token=other)
    return {"anna": anna, "pavel": pavel, "terminal": open_house.credential, "wrong": "pt.x", "none": None}


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    place=st.sampled_from(ROUTES),
    who=st.sampled_from(["anna", "anna", "anna", "terminal", "terminal", "pavel", "wrong", "none"]),
    method=st.none() | st.none() | st.none() | st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    id=TEXT,
    query=QUERY,
    body=BODY,
    headers=HEADERS,
)
def test_no_fault_whatever_is_sent(
    open_house: Registry, bearers: dict, place, who: str, method, id: str, query, body: bytes, headers: dict
) -> None:
    prefix, route = place
    path = prefix + route.path.replace("{id}", quote(id, safe="") or "x")
    if query:
        path += "?" + urlencode(query)
    answer = open_house.request(
        method or route.method, path, token=bearers[who], headers=headers, content=body
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code < 400 or not answer.content:
        return
    if path.startswith("/auth/") and answer.headers["content-type"] == "application/json":
        assert answer.json()["error"]
    else:
        booking_region.valid(answer.json())
        assert answer.json()["resourceType"] == "OperationOutcome"
