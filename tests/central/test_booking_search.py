"""The patient's own Appointments over HTTP (api.md section 10, ITI-118)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from booking_region import (
    DAY,
    HOUR,
    MONDAY,
    Hall,
    Terminal,
    at,
    free_id,
    ids,
    new_identifier,
    only,
    refused,
    valid,
)
from running_registry import Clock, running
from tiny_region import ANNA, NOW, PAVEL

from kiosk.central import identity
from kiosk.central.store import Store

#: Visits of the tests: Tuesday the 3rd at 10:00, Wednesday at 10:15, Thursday at 10:30 (cancelled).
VISITS = [free_id("r-therapist", 1), free_id("r-women", 2, 1), free_id("r-discreet", 3, 2)]


@pytest.fixture(scope="module")
def visits_hall(module_booking_store: Store) -> Iterator[Hall]:
    """A hall with Anna's visits, for tests that only ask."""
    store = module_booking_store
    with running(store, Clock(NOW), identity.enroll(store, "lobby", NOW)) as registry:
        yield Hall(registry)


@pytest.fixture(scope="module")
def anna(visits_hall: Hall) -> Terminal:
    """Anna's terminal, with three visits of which the last is cancelled; and a visit of somebody else."""
    hall = visits_hall
    only(hall.terminal("hallway").identified(PAVEL).book(free_id("r-therapist", 1, 1)))
    anna = hall.terminal().identified(ANNA)
    for id in reversed(VISITS):
        only(anna.book(id))
    only(anna.cancel(VISITS[2]))
    return anna


def found(anna, **query) -> list[int]:
    """Which of the visits are found, by number, in the order of the answer."""
    return [VISITS.index(id) for id in ids(anna.get("Appointment", patient=ANNA.id, **query))]


def test_all_of_the_patients_and_nobody_elses(anna, visits_hall: Hall) -> None:
    assert found(anna) == [0, 1, 2]
    bundle = anna.get("Appointment", patient=f"Patient/{ANNA.id}").json()
    assert bundle["total"] == 3
    assert bundle["entry"][0]["resource"] == anna.get(f"Appointment/{VISITS[0]}").json()


def test_post_search_is_the_same(anna, visits_hall: Hall) -> None:
    form = {"patient": ANNA.id, "status": "booked", "_sort": "-date"}
    answer = visits_hall.registry.post("/fhir/Appointment/_search", token=anna.token, data=form)
    assert ids(answer) == [VISITS[1], VISITS[0]]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-03-03", [0]),
        ("eq2026-03-03", [0]),
        ("ne2026-03-03", [1, 2]),
        ("ge2026-03-04", [1, 2]),
        ("gt2026-03-04", [2]),
        ("sa2026-03-03", [1, 2]),
        ("le2026-03-04", [0, 1]),
        ("lt2026-03-04", [0]),
        ("eb2026-03-04", [0]),
        ("2026-03", [0, 1, 2]),
        ("gt2026-02", [0, 1, 2]),
        ("2026", [0, 1, 2]),
        ("2025-12", []),
        ("gt2025", [0, 1, 2]),
        ("2026-03-03,2026-03-05", [0, 2]),
        ("ge2026-03-03T10:00:00+03:00", [0, 1, 2]),
        ("gt2026-03-03T10:00:00+03:00", [1, 2]),
        ("lt2026-03-03T07:00:01Z", [0]),
        ("2026-03-04T10:15:00+03:00", [1]),
        ("ge0001-01-01", [0, 1, 2]),
        ("le9999-12", [0, 1, 2]),
        ("gt9999", []),
    ],
)
def test_date_and_its_prefixes(anna, date: str, expected: list[int]) -> None:
    assert found(anna, date=date) == expected


def test_dates_from_and_to(anna) -> None:
    assert found(anna, date=["ge2026-03-03", "lt2026-03-05"]) == [0, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"status": "booked"}, [0, 1]),
        ({"status": "booked,cancelled"}, [0, 1, 2]),
        ({"status": "http://hl7.org/fhir/appointmentstatus|cancelled"}, [2]),
        ({"status": "urn:other|cancelled"}, []),
        ({"status": "fulfilled"}, []),
        ({"_sort": "date"}, [0, 1, 2]),
        ({"_sort": "-date"}, [2, 1, 0]),
        ({"_id": VISITS[1]}, [1]),
        ({"_id": f"{VISITS[1]},{VISITS[0]}"}, [0, 1]),
        ({"_id": "other"}, []),
        ({"identifier": "urn:unknown|1"}, []),
        ({"identifier": "|1"}, []),
        ({"status": "booked", "date": "gt2026-03-03"}, [1]),
    ],
)
def test_other_parameters(anna, query: dict, expected: list[int]) -> None:
    assert found(anna, **query) == expected


def test_identifiers_of_each_system(hall: Hall) -> None:
    anna, identifier = hall.terminal().identified(ANNA), new_identifier()
    booked = only(anna.book(VISITS[0], identifier))
    for one in booked["identifier"]:
        assert found(anna, identifier=f"{one['system']}|{one['value']}") == [0]
        assert found(anna, identifier=one["value"]) == [0]
    code = booked["identifier"][2]["value"]
    assert found(anna, identifier=f"urn:electronic-registry:ticket|{code}") == []


def test_pages(anna, visits_hall: Hall) -> None:
    answer = anna.get("Appointment", patient=ANNA.id, _count=2, _sort="-date")
    assert ids(answer) == [VISITS[2], VISITS[1]]
    bundle = valid(answer.json())
    assert bundle["total"] == 3
    [link] = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
    parts = urlsplit(link)
    path = f"{parts.path}?{parts.query}"
    last = visits_hall.registry.get(path, token=anna.token)
    assert ids(last) == [VISITS[0]]
    assert "link" not in last.json()
    assert refused(visits_hall.registry.get(path)) == (403, "forbidden")
    pavel = visits_hall.terminal("hallway").identified(PAVEL)
    assert refused(visits_hall.registry.get(path, token=pavel.token)) == (404, "not-found")
    counted = anna.get("Appointment", patient=ANNA.id, _count=0).json()
    assert counted["total"] == 3
    assert "entry" not in counted


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"patient": PAVEL.id}, 404, "not-found"),
        ({"patient": [ANNA.id, PAVEL.id]}, 404, "not-found"),
        ({"patient": "Group/1"}, 400, "invalid"),
        ({"patient": ANNA.id, "date": "gt20231021"}, 400, "invalid"),
        ({"patient": ANNA.id, "date": ""}, 400, "invalid"),
        ({"patient": ANNA.id, "date": "2026-02-30"}, 400, "invalid"),
        ({"patient": ANNA.id, "date": "0000"}, 400, "invalid"),
        ({"patient": ANNA.id, "date": "2026-03-03T10:00:00"}, 400, "invalid"),
        ({"patient": ANNA.id, "date": "ap2026-03-03"}, 400, "invalid"),
        ({"patient": ANNA.id, "_sort": "status"}, 400, "invalid"),
        ({"patient": ANNA.id, "status": "," * 200}, 400, "invalid"),
        ({"patient": ANNA.id, "date": ["2026"] * 201}, 400, "invalid"),
        ({"patient": ANNA.id, "_count": "x"}, 400, "invalid"),
        ({"patient": ANNA.id, "practitioner": "x"}, 400, "invalid"),
    ],
)
def test_what_is_refused(quiet_hall: Hall, query: dict, status: int, code: str) -> None:
    assert refused(quiet_hall.terminal().identified(ANNA).get("Appointment", **query)) == (status, code)


def test_as_many_values_as_are_allowed(quiet_hall: Hall) -> None:
    anna = quiet_hall.terminal().identified(ANNA)
    for query in ({"status": "," * 199}, {"date": ["ne2026"] * 200}, {"identifier": "," * 199}):
        assert ids(anna.get("Appointment", patient=ANNA.id, **query)) == []


def test_a_terminal_alone_sees_nobodys(hall: Hall) -> None:
    assert refused(hall.terminal().get("Appointment", patient=ANNA.id)) == (403, "forbidden")
    assert refused(hall.terminal().get(f"Appointment/{VISITS[0]}")) == (403, "forbidden")


def test_holds_are_not_in_it(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(VISITS[0]))
    assert found(anna) == []
    assert refused(anna.get(f"Appointment/{VISITS[0]}")) == (404, "not-found")


def test_a_day_is_the_facilitys_own(hall: Hall, clock: Clock) -> None:
    """10:00 in the Urals is 8:00 in Moscow: the same day, another instant."""
    anna = hall.terminal().identified(ANNA)
    visit = free_id("r-urals", 1)
    only(anna.book(visit))
    assert ids(anna.get("Appointment", patient=ANNA.id, date="2026-03-03")) == [visit]
    assert ids(anna.get("Appointment", patient=ANNA.id, date="lt2026-03-03T08:00:01+03:00")) == [visit]
    assert at(MONDAY, 32) - clock.now == DAY - HOUR
