"""Hypothesis on the booking routes: right requests with a few elements spoilt; never a 500 (issue 2)."""

from collections import Counter

import pytest
from booking_region import Hall, free_id, new_identifier, own, parameters, valid
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tiny_region import ANNA

#: The hall stays the same through all examples: whatever state they leave is a state to answer from.
MANY = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

IDENTIFIERS = [new_identifier() for _ in range(3)]
times = st.sampled_from([free_id("r-therapist", day) for day in range(3)] + [free_id("r-women", 2)])
edges = st.sampled_from(
    [
        "",
        "0001-01-01",
        "9999-12-31",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-03-03T10:00:00.5Z",
        "eq2026",
        "urn:ietf:rfc:3986|",
        "Patient/p-pavel",
        "r-therapist.ffffffffff.999999",
        "\U0010ffff",
        "9" * 400,
    ]
)
texts = st.text(max_size=20) | edges
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["reference", "value", "text"]) | texts, inner, max_size=3)
    ),
    max_leaves=6,
)


def spoilt(right: dict[str, st.SearchStrategy]) -> st.SearchStrategy[dict]:
    """Elements as they should be, up to two of them replaced by anything or left out."""
    names = st.lists(st.sampled_from(sorted(right)), max_size=2, unique=True)

    def spoil(chosen: list[str]) -> st.SearchStrategy[dict]:
        kept = {name: strategy for name, strategy in right.items() if name not in chosen}
        return st.fixed_dictionaries(kept, optional=dict.fromkeys(chosen, junk))

    return names.flatmap(spoil)


identifiers = st.sampled_from(IDENTIFIERS).map(own)
new = spoilt(
    {
        "resourceType": st.just("Appointment"),
        "id": times,
        "status": st.just("pending"),
        "identifier": identifiers,
        "participant": st.just([{"actor": {"reference": f"Patient/{ANNA.id}"}}]),
    }
)
moves = spoilt(
    {
        "resourceType": st.just("Appointment"),
        "id": times,
        "status": st.just("booked"),
        "meta": st.sampled_from(["1", "2", "3"]).map(lambda version: {"versionId": version}),
        "slot": times.map(lambda id: [{"reference": f"Slot/{id}"}]),
        "start": st.just("2026-03-03T10:00:00+03:00"),
        "end": st.just("2026-03-03T10:15:00+03:00"),
    }
)
cancels = spoilt(
    {
        "resourceType": st.just("Appointment"),
        "id": times,
        "status": st.just("cancelled"),
        "cancelationReason": st.just({"text": "x"}),
    }
)
take_backs = spoilt(
    {"resourceType": st.just("Appointment"), "status": st.just("cancelled"), "identifier": identifiers}
)
wishes = (new | moves | cancels | take_backs).map(
    lambda wish: [{"name": "appointment-resource", "resource": wish}]
)
holds = spoilt(
    {"name": st.just("appointment-reference"), "valueReference": times.map(lambda id: {"reference": id})}
)
#: Asked for first: once a time is booked, chance may never find one that can be held.
RIGHT_HOLD = {
    "name": "appointment-reference",
    "valueReference": {"reference": free_id("r-therapist", 0)},
}
instants = st.sampled_from(["2026-03-03T00:00:00Z", "2026-03-04T00:00:00+03:00"]) | edges
searches = st.tuples(
    spoilt({"name": st.just("start"), "valueDateTime": st.just("2026-03-02T00:00:00Z")}),
    spoilt({"name": st.just("end"), "valueDateTime": instants}),
    spoilt({"name": st.just("practitioner"), "valueReference": st.just({"reference": "r-therapist"})}),
)
requests = st.one_of(
    wishes.map(lambda parts: ("$book", parameters(*parts))),
    holds.map(lambda part: ("$hold", parameters(part))),
    searches.map(lambda parts: ("$find", parameters(*parts))),
    junk.map(lambda body: ("$book", body)),
)
values = st.sampled_from([ANNA.id, "booked", "date", "2026-03-03", "r-therapist", "f1", "1"]) | texts
queries = st.tuples(
    st.sampled_from(
        [
            ("Appointment", ("patient", "date", "status", "identifier", "_id", "_sort", "_count")),
            (
                "PractitionerRole/$availability",
                ("role", "from", "to", "organization", "specialty", "location"),
            ),
        ]
    ),
    st.dictionaries(st.sampled_from(range(7)), values, max_size=3),
)
RIGHT = {"patient": ANNA.id, "role": "r-therapist", "from": "2026-03-03", "to": "2026-03-04"}


@pytest.fixture
def tally() -> Counter[tuple[str, int]]:
    """How often each route answered with each status: a test that only meets 400 tests nothing."""
    return Counter()


def test_operations(hall: Hall, tally: Counter) -> None:
    terminal = hall.terminal()
    token = terminal.identified(ANNA).token

    @MANY
    @given(requests, st.booleans())
    @example(("$hold", parameters(RIGHT_HOLD)), True)
    def any_request(request: tuple[str, object], anonymous: bool) -> None:
        operation, body = request
        bearer = terminal.credential if anonymous else token
        answer = hall.registry.post(f"/fhir/Appointment/{operation}", token=bearer, json=body)
        assert answer.status_code < 500, answer.text
        valid(answer.json())
        tally[operation, answer.status_code] += 1

    any_request()
    assert {("$book", 200), ("$hold", 200), ("$find", 200), ("$book", 400), ("$book", 403)} <= set(tally)


def test_searches(hall: Hall, tally: Counter) -> None:
    token = hall.terminal().identified(ANNA).token

    @MANY
    @given(queries)
    def any_query(query: tuple) -> None:
        (path, names), chosen = query
        asked = {name: value for name, value in RIGHT.items() if name in names}
        asked |= {names[index]: value for index, value in chosen.items() if index < len(names)}
        answer = hall.registry.get(f"/fhir/{path}", token=token, params=asked)
        assert answer.status_code < 500, answer.text
        valid(answer.json())
        tally[path, answer.status_code] += 1

    any_query()
    assert {
        (path, status) for path in ("Appointment", "PractitionerRole/$availability") for status in (200, 400)
    } <= set(tally)
