"""Whatever is sent to any route, the answer is none of 5xx, and every refusal is what the contract says."""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import booking_region
import pytest
import staff_desk
import tiny_region
from booking_region import free_id
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running_registry import Clock, Registry, running

from kiosk.central import identity
from kiosk.central.app import FHIR_ROUTES, PLAIN_ROUTES
from kiosk.central.staff.account import StaffRole
from kiosk.central.staff.office import ROUTES as OFFICE_ROUTES
from kiosk.central.staff.sign_in import ROUTES as SIGN_IN_ROUTES
from kiosk.central.store import Store

ROUTES = [("/fhir", route) for route in FHIR_ROUTES] + [("", route) for route in PLAIN_ROUTES]
OF_STAFF = [("", route) for route in (*SIGN_IN_ROUTES, *OFFICE_ROUTES)]
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
        "requestedPeriod",
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


# --- aimed: what is nearly right reaches deeper ------------------------------------------------------------------

FREE = [
    free_id(role, day, 0, again)
    for role in ("r-therapist", "r-second")
    for day in (0, 1)
    for again in (0, 1, 2)
]
INSTANTS = [
    *(
        "2026-03-02T00:00:00+03:00",
        "2026-03-03T12:00:00+03:00",
        "2026-03-30T00:00:00Z",
        "2026-03-03T07:00:00Z",
    ),
    *(
        "0001-01-01T00:00:00+14:00",
        "0001-01-02T00:00:00Z",
        "9999-12-30T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
    ),
]
DATES = ["2026-03-02", "2026-03-04", "2026-04-01", "0001-01-01", "0001-01-05", "9999-12-25", "9999-12-31"]
IDENTIFIERS = [f"urn:uuid:6f9619ff-8b86-4d01-b42d-00cf4fc964f{digit}" for digit in "0123456789"]
#: Good values by the name of a parameter.
POOLS = {
    "from": DATES,
    "to": DATES,
    "date": [prefix + at for prefix in ("", "ge", "lt", "eb", "sa") for at in (*DATES, *INSTANTS)],
    "patient": ["p-anna", "Patient/p-pavel"],
    "recipient": ["p-anna", "Patient/p-pavel"],
    "organization": ["f1", "Organization/f2", "unknown"],
    "location": ["l1", "Location/a1"],
    "partof": ["d1", "Location/l1"],
    "district": ["d1", "Location/d1"],
    "role": ["r-therapist", "PractitionerRole/r-urals"],
    "practitioner": ["PractitionerRole/r-therapist", "Practitioner/d-therapist", "d-r-urals"],
    "specialty": ["therapist", "|surgeon", "urn:electronic-registry:specialty|therapist"],
    "identifier": [f"urn:ietf:rfc:3986|{identifier}" for identifier in IDENTIFIERS],
    "_id": ["l1", *FREE],
    "_count": ["0", "1", "2", "200", "201", "9" * 30],
    "_sort": ["date", "-date", "sent", "-sent"],
    "_include": ["PractitionerRole:practitioner", "PractitionerRole:location", "*"],
    "status": ["booked", "pending,cancelled", "noshow", "waitlist", "booked,waitlist"],
    "physical-type": ["bu", "jdn", "area"],
    "active": ["true", "false"],
}


def aimed_query(names: list[str]) -> st.SearchStrategy:
    one = st.sampled_from(names).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(POOLS.get(name, ["поликлиника лесная", "a-b"])))
    )
    return st.lists(one, max_size=5, unique_by=lambda pair: pair[0])


def aimed_part(name: str) -> st.SearchStrategy:
    """A parameter of an operation with a value of its kind."""
    if name in ("start", "end"):
        return st.sampled_from(INSTANTS).map(lambda value: {"name": name, "valueDateTime": value})
    if name == "appointment-resource":
        return AIMED_APPOINTMENT.map(lambda value: {"name": name, "resource": value})
    if name == "_count":
        return st.integers(-1, 300).map(lambda value: {"name": name, "valueInteger": value})
    if name == "specialty":
        return st.sampled_from(POOLS[name]).map(lambda value: {"name": name, "valueString": value})
    references = POOLS.get(name) or ["Appointment/" + id for id in FREE]
    return st.sampled_from(references).map(
        lambda value: {"name": name, "valueReference": {"reference": value}}
    )


AIMED_APPOINTMENT = st.fixed_dictionaries(
    {"resourceType": st.just("Appointment"), "status": st.sampled_from(["pending", "booked", "cancelled"])},
    optional={
        "id": st.sampled_from(FREE),
        "meta": st.sampled_from([{"versionId": number} for number in "123"]),
        "identifier": st.sampled_from(IDENTIFIERS).map(
            lambda value: [{"system": "urn:ietf:rfc:3986", "value": value}]
        ),
        "participant": st.sampled_from(["p-anna", "p-pavel"]).map(
            lambda id: [{"actor": {"reference": f"Patient/{id}"}, "status": "accepted"}]
        ),
        "slot": st.sampled_from(FREE).map(lambda id: [{"reference": f"Slot/{id}"}]),
        "start": st.sampled_from(INSTANTS),
        "end": st.sampled_from(INSTANTS),
        "cancelationReason": st.just({"text": "x"}),
    },
)
#: For whom one may wait, and when.
AIMED_WAIT = st.fixed_dictionaries(
    {
        "resourceType": st.just("Appointment"),
        "status": st.just("waitlist"),
        "identifier": st.sampled_from(IDENTIFIERS).map(
            lambda value: [{"system": "urn:ietf:rfc:3986", "value": value}]
        ),
        "participant": st.sampled_from(
            ["HealthcareService/s-therapist", "PractitionerRole/r-child", "Patient/p-pavel", "Location/l1"]
        ).map(lambda reference: [{"actor": {"reference": reference}}]),
        "requestedPeriod": st.tuples(*2 * (st.sampled_from([*INSTANTS, "2026-03-05", "9999-12-31"]),)).map(
            lambda ends: [{"start": ends[0], "end": ends[1]}]
        ),
    },
)
#: Questions of `$availability` that can be answered, before more is asked.
DAYS = [
    {"from": "2026-03-02", "to": "2026-03-08", "organization": "f1"},
    {"from": "2026-03-02", "to": "2026-04-01", "role": "r-therapist"},
    {"from": "2026-03-03", "to": "2026-03-03", "district": "d1", "specialty": "therapist"},
    {"from": "0001-01-01", "to": "0001-01-05", "organization": "f2"},
    {"from": "9999-12-25", "to": "9999-12-31", "role": "r-urals"},
]
#: Required and other parameters of each operation.
OPERATIONS = {
    "/Appointment/$find": (["start", "end"], ["practitioner", "organization", "specialty", "_count"]),
    "/Appointment/$hold": (["appointment-reference"], ["replaces"]),
    "/Appointment/$book": (["appointment-resource"], []),
}


def aimed(place) -> st.SearchStrategy:
    """(prefix, route, path, query, body) of a request that its route can nearly take."""
    prefix, route = place
    ids = st.sampled_from(["p-anna", "f1", "l1", "s-therapist", "d-therapist", "r-therapist", *FREE[:3]])
    also = {"_count", "_include"} if route.interaction == "search-type" else set()
    names = sorted({*route.searches} - {"_page"} | also)
    body = st.just({})
    if route.path in OPERATIONS:
        required, optional = OPERATIONS[route.path]
        more = st.lists(st.sampled_from(optional), max_size=2) if optional else st.just([])
        parts = more.flatmap(lambda names: st.tuples(*map(aimed_part, [*required, *names])))
        body = parts.map(lambda items: {"resourceType": "Parameters", "parameter": list(items)})
    elif route.method == "PATCH":
        body = st.lists(STEP, min_size=1, max_size=2)
    elif route.interaction == "create":
        body = AIMED_WAIT
    elif route.path == "/terminal/events":
        body = st.lists(EVENT, max_size=2)
    query = aimed_query(names) if names else st.just([])
    if route.path.endswith("$availability"):
        query = st.tuples(st.sampled_from(DAYS), query).map(
            lambda given: list((given[0] | dict(given[1])).items())
        )
    return st.tuples(
        st.just(prefix), st.just(route), ids.map(lambda id: route.path.replace("{id}", id)), query, body
    )


@pytest.fixture(scope="module")
def open_house(module_booking_store: Store) -> Iterator[Registry]:
    """One registry for everything that is thrown at it."""
    store, clock = module_booking_store, Clock(tiny_region.NOW)
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield registry


@pytest.fixture(scope="module")
def bearers(open_house: Registry) -> dict[str, str | None]:
    """A token at each of two terminals, a credential without a token, and what is none."""
    anna = open_house.sign_in(tiny_region.ANNA)
    other = open_house.enroll("second floor")
    pavel = open_house.sign_in(tiny_region.PAVEL, token=other)
    chief = staff_desk.hire(open_house, StaffRole.ADMINISTRATOR)
    known = {"anna": anna, "pavel": pavel, "terminal": open_house.credential, "chief": chief}
    return {**known, "wrong": "pt.x", "none": None}


def check(answer, path: str) -> None:
    """No fault; a refusal is a valid OperationOutcome, or an error of RFC 6749; what is given is valid R4."""
    assert answer.status_code < 500, answer.text
    if not answer.content:
        return
    if answer.headers["content-type"] == "application/json":
        assert path.startswith(("/auth/", "/health", "/staff/"))
        return
    resource = booking_region.valid(answer.json())
    assert (resource["resourceType"] == "OperationOutcome") == (answer.status_code >= 400)


QUIET = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@settings(QUIET, max_examples=250)
@given(
    place=st.sampled_from([*ROUTES, *OF_STAFF]),
    who=st.sampled_from(["anna", "anna", "anna", "terminal", "terminal", "pavel", "chief", "wrong", "none"]),
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
    path = prefix + re.sub(r"\{(id|login)\}", quote(id, safe="") or "x", route.path)
    if query:
        path += "?" + urlencode(query)
    answer = open_house.request(
        method or route.method, path, token=bearers[who], headers=headers, content=body
    )
    check(answer, path)


@settings(QUIET, max_examples=500)
@given(
    request=st.sampled_from([place for place in ROUTES if not place[1].path.startswith("/auth/")]).flatmap(
        aimed
    ),
    who=st.sampled_from(["anna", "anna", "terminal", "pavel"]),
    match=st.sampled_from([f'W/"{number}"' for number in "123"]),
)
def test_no_fault_where_all_is_nearly_right(
    open_house: Registry, bearers: dict, request, who: str, match: str
) -> None:
    prefix, route, path, query, body = request
    options: dict = {"headers": {"If-Match": match}}
    if route.path.endswith("/_search"):
        options["data"] = dict(query)
    else:
        options["params"] = query
        if route.method != "GET":
            options["content"] = json.dumps(body)
    answer = open_house.request(route.method, prefix + path, token=bearers[who], **options)
    check(answer, path)
