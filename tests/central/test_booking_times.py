"""`$find` and `$availability` over HTTP (api.md sections 3 and 4)."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from booking_region import (
    DAY,
    MINUTE,
    MONDAY,
    URALS,
    Hall,
    at,
    free_id,
    ids,
    moment,
    only,
    refused,
    valid,
)
from running_registry import Clock
from sqlalchemy import update
from tiny_region import ANNA

from kiosk.central import schema

TUESDAY = free_id("r-therapist", 1)
THERAPISTS = {"name": "specialty", "valueString": "therapist"}


def doctor(id: str) -> dict:
    return {"name": "practitioner", "valueReference": {"reference": id}}


def organization(id: str) -> dict:
    return {"name": "organization", "valueReference": {"reference": f"Organization/{id}"}}


def tuesday(hall: Hall, *parts: dict, **query) -> list[str]:
    return ids(hall.terminal().find(at(MONDAY, 24), at(MONDAY, 48), *parts, **query))


# --- $find -------------------------------------------------------------------------------------------------------


def test_a_proposal_is_whole(quiet_hall: Hall) -> None:
    """IHE Scheduling: profile ihe-sched-appt, and participants with display."""
    answer = quiet_hall.terminal().find(
        at(MONDAY, 34), at(MONDAY, 34, 15), doctor("PractitionerRole/r-therapist")
    )
    proposal = only(answer)
    assert proposal == {
        "resourceType": "Appointment",
        "id": TUESDAY,
        "status": "proposed",
        "specialty": [
            {
                "coding": [
                    {
                        "system": "urn:electronic-registry:specialty",
                        "code": "therapist",
                        "display": "Терапевт",
                    }
                ]
            }
        ],
        "start": "2026-03-03T10:00:00+03:00",
        "end": "2026-03-03T10:15:00+03:00",
        "slot": [{"reference": f"Slot/{TUESDAY}"}],
        "participant": [
            {
                "actor": {"reference": "PractitionerRole/r-therapist", "display": "Соколова Елена Андреевна"},
                "status": "needs-action",
            },
            {"actor": {"reference": "Location/l1", "display": "Поликлиника № 1"}, "status": "accepted"},
        ],
        "requestedPeriod": [{"start": "2026-03-03T10:00:00+03:00", "end": "2026-03-03T10:15:00+03:00"}],
    }
    assert answer.json()["entry"][0]["fullUrl"].endswith(f"/fhir/Appointment/{TUESDAY}")


def test_kinds_and_their_repeats(quiet_hall: Hall) -> None:
    """Different kinds AND, repeats of one kind OR (ITI-115)."""
    therapist = [free_id("r-therapist", 1, number) for number in range(12)]
    second = [free_id("r-second", 1, number) for number in range(12)]
    family = [free_id("r-family", 1, number) for number in range(12)]
    assert tuesday(quiet_hall, doctor("PractitionerRole/r-therapist")) == therapist
    assert tuesday(quiet_hall, doctor("Practitioner/d-therapist")) == therapist
    assert tuesday(quiet_hall, doctor("d-therapist"), doctor("r-second")) == sorted(
        therapist + second, key=order
    )
    assert tuesday(quiet_hall, THERAPISTS, organization("f1")) == sorted(therapist + second, key=order)
    code = {"name": "specialty", "valueString": "urn:electronic-registry:specialty|family"}
    assert tuesday(quiet_hall, code) == family
    assert tuesday(quiet_hall, code, organization("f2")) == []
    assert tuesday(quiet_hall, {"name": "specialty", "valueString": "http://snomed.info/sct|family"}) == []


def order(id: str) -> tuple[int, str]:
    role, start, _ = id.rsplit(".", 2)
    return int(start, 16), role


def test_the_end_is_not_included(quiet_hall: Hall) -> None:
    found = quiet_hall.terminal().find(at(MONDAY, 34), at(MONDAY, 34, 30), doctor("r-therapist"))
    assert ids(found) == [TUESDAY, free_id("r-therapist", 1, 1)]


def test_parts_of_a_second_count(quiet_hall: Hall) -> None:
    """Section 4: found when start <= its start < end, though the bounds fall between two seconds."""

    def found(start: str, end: str) -> list[str]:
        bounds = [{"name": n, "valueDateTime": v} for n, v in (("start", start), ("end", end))]
        return ids(quiet_hall.terminal().post("$find", *bounds, doctor("PractitionerRole/r-therapist")))

    before, after = "2026-03-03T09:59:59.9+03:00", "2026-03-03T10:00:00.001+03:00"
    assert found(before, "2026-03-03T10:00:00.000+03:00") == []
    assert found(before, after) == [TUESDAY]
    assert found(after, "2026-03-03T10:01:00+03:00") == []


def test_pages_in_order_of_start(hall: Hall, clock: Clock) -> None:
    """Section 4: `total` counts all, `next` is an opaque GET, good for 10 minutes."""
    terminal = hall.terminal()
    answer = terminal.find(at(MONDAY, 24), at(MONDAY, 48), THERAPISTS, _count=5)
    found, sizes, urls = [], [], []
    while True:
        bundle = valid(answer.json())
        assert bundle["total"] == 36
        found += ids(answer)
        sizes.append(len(bundle["entry"]))
        urls = [link["url"] for link in bundle.get("link", ()) if link["relation"] == "next"]
        if not urls:
            break
        parts = urlsplit(urls[0])
        path = f"{parts.path}?{parts.query}"
        answer = hall.registry.get(path)
    assert sizes == [5] * 7 + [1]
    assert found == sorted(found, key=order)
    assert len(set(found)) == 36
    clock.forward(10 * MINUTE + 1)
    assert refused(hall.registry.get(path)) == (400, "invalid")
    assert refused(hall.registry.get(path[:-3])) == (400, "invalid")
    assert refused(hall.registry.get("/fhir/Appointment/$found")) == (400, "invalid")


def test_count_as_part_and_as_query(quiet_hall: Hall) -> None:
    assert len(tuesday(quiet_hall)) == 50, "the default"
    assert len(tuesday(quiet_hall, {"name": "_count", "valueInteger": 3})) == 3
    assert len(tuesday(quiet_hall, {"name": "_count", "valueString": "200"})) == 120
    assert len(tuesday(quiet_hall, _count=120)) == 120
    assert len(tuesday(quiet_hall, _count=1000)) == 120, "more is cut to 200"
    for count in (0, -1, "x"):
        assert refused(quiet_hall.terminal().find(0, 1, _count=count)) == (400, "invalid")


def test_empty_says_so_in_words(quiet_hall: Hall) -> None:
    """ihe-sched-avail-bundle: at least one entry; outcomes do not count."""
    answer = quiet_hall.terminal().find(at(MONDAY, 48), at(MONDAY, 48))
    bundle = valid(answer.json())
    [entry] = bundle["entry"]
    assert (bundle["total"], entry["search"]["mode"], entry["resource"]["resourceType"]) == (
        0,
        "outcome",
        "OperationOutcome",
    )
    assert entry["resource"]["issue"][0]["severity"] == "information"
    assert entry["resource"]["issue"][0]["details"]["text"] == "В эти дни свободного времени нет."


def test_what_is_too_near_held_or_booked_is_not_shown(hall: Hall, clock: Clock) -> None:
    """R28, and `Held times, also one's own, are not in it`."""
    today = [doctor("r-therapist")]
    assert ids(hall.terminal().find(clock.now, at(MONDAY, 24), *today)) == [
        free_id("r-therapist", 0, number) for number in range(8, 12)
    ]
    only(hall.terminal().hold(TUESDAY))
    assert TUESDAY not in tuesday(hall, *today)
    clock.forward(3 * MINUTE)
    assert TUESDAY in tuesday(hall, *today)
    only(hall.terminal().identified(ANNA).book(TUESDAY))
    assert TUESDAY not in tuesday(hall, *today)


def test_a_doctor_who_left_is_not_shown(hall: Hall) -> None:
    gone = update(schema.role).where(schema.role.c.id == "r-therapist").values(active=False)
    hall.registry.store.write(lambda connection: connection.execute(gone) and None)
    assert tuesday(hall, doctor("r-therapist")) == []
    assert refused(hall.terminal().hold(TUESDAY)) == (404, "not-found")


def value(name: str, **element) -> dict:
    return {"name": name, **element}


@pytest.mark.parametrize(
    ("parts", "named"),
    [
        ([value("end", valueDateTime="2026-03-03T10:00:00Z")], "start"),
        ([value("start", valueDateTime="2026-03-03T10:00:00Z")], "end"),
        (
            [value("start", valueDateTime="2026-03-03"), value("end", valueDateTime="2026-03-04T00:00:00Z")],
            "start",
        ),
        (
            [
                value("start", valueDateTime="0001-01-01T00:00:00+14:00"),
                value("end", valueDateTime="9999-12-31T23:59:59Z"),
            ],
            "end",
        ),
        (
            [
                value("start", valueDateTime="2026-03-02T00:00:00Z"),
                value("end", valueDateTime="2026-04-02T00:00:01Z"),
            ],
            "end",
        ),
    ],
)
def test_a_period_that_is_none_or_too_long(quiet_hall: Hall, parts: list[dict], named: str) -> None:
    answer = quiet_hall.terminal().post("$find", *parts)
    assert refused(answer) == (400, "invalid")
    assert answer.json()["issue"][0]["diagnostics"] == named


def test_31_days_of_24_hours_are_allowed(quiet_hall: Hall) -> None:
    assert quiet_hall.terminal().find(at(MONDAY, 0), at(MONDAY, 0) + 31 * DAY).json()["total"] > 1000
    edges = [
        ("0001-01-01T00:00:00+14:00", "0001-01-02T00:00:00Z"),
        ("9999-12-31T00:00:00Z", "9999-12-31T23:59:59-14:00"),
    ]
    for start, end in edges:
        answer = quiet_hall.terminal().post(
            "$find", value("start", valueDateTime=start), value("end", valueDateTime=end)
        )
        assert ids(answer) == []


@pytest.mark.parametrize(
    "part",
    [
        value("practitioner", valueReference={"identifier": {"value": "1"}}),
        value("practitioner", valueReference={"reference": "Patient/1"}),
        value("organization", valueString="f1"),
        value("specialty", valueString=5),
        value("visit-type", valueString="x"),
        value("patient-reference", valueReference={"reference": "Patient/1"}),
        value("start", valueDateTime="2026-03-03T10:00:00Z"),
    ],
)
def test_what_is_not_understood_is_refused(quiet_hall: Hall, part: dict) -> None:
    assert refused(quiet_hall.terminal().find(at(MONDAY, 24), at(MONDAY, 48), part)) == (400, "invalid")


def test_many_doctors_are_one_question_and_too_many_none(quiet_hall: Hall) -> None:
    some = [doctor(f"r-{number}") for number in range(198)]
    assert tuesday(quiet_hall, *some) == []
    answer = quiet_hall.terminal().find(0, 1, *some, doctor("r-therapist"))
    assert refused(answer) == (400, "invalid")


def test_find_is_post_only(quiet_hall: Hall) -> None:
    assert quiet_hall.registry.get("/fhir/Appointment/$find").status_code == 405


# --- $availability -----------------------------------------------------------------------------------------------


def availability(hall: Hall, **query: str) -> list[dict]:
    """Every parameter of the answer as a plain dict; `day`, `time` are lists."""
    path = "/fhir/PractitionerRole/$availability"
    answer = hall.registry.get(path, params={name.rstrip("_"): text for name, text in query.items()})
    assert answer.status_code == 200, answer.text
    return [plain(one) for one in valid(answer.json()).get("parameter", ())]


def plain(parameter: dict) -> dict:
    result: dict = {"name": parameter["name"]}
    for part in parameter["part"]:
        if "part" in part:
            result.setdefault(part["name"] + "s", []).append(plain(part))
        else:
            [found] = [part[key] for key in part if key.startswith("value")]
            result[part["name"]] = found["reference"] if isinstance(found, dict) else found
    return result


def test_doctors_of_a_list_with_a_week_strip(hall: Hall, clock: Clock) -> None:
    only(hall.terminal().hold(free_id("r-therapist", 0, 8)))
    only(hall.terminal("hallway").identified(ANNA).book(TUESDAY))
    found = availability(hall, organization="f1", specialty="therapist", from_="2026-03-02", to="2026-03-08")
    assert [one["reference"] for one in found] == [
        "PractitionerRole/r-second",
        "PractitionerRole/r-therapist",
    ]
    second, therapist = found
    assert second["nearest"] == moment(at(MONDAY, 12))
    assert therapist["nearest"] == moment(at(MONDAY, 12, 15))
    assert therapist["free"] == 3 + 11 + 5 * 12
    assert [(day["date"], day["free"], day["busy"]) for day in therapist["days"]][:3] == [
        ("2026-03-02", 3, 9),
        ("2026-03-03", 11, 1),
        ("2026-03-04", 12, 0),
    ]
    assert len(therapist["days"]) == 7
    assert "times" not in therapist["days"][0]


def test_one_doctor_with_single_times(hall: Hall, clock: Clock) -> None:
    only(hall.terminal().hold(free_id("r-therapist", 0, 8)))
    clock.forward(MINUTE)
    [found] = availability(hall, role="PractitionerRole/r-therapist", from_="2026-03-02", to="2026-03-08")
    times = found["days"][0]["times"]
    assert [time["state"] for time in times] == ["busy"] * 9 + ["free"] * 3, "past, near, held: all busy"
    assert times[9] == {
        "name": "time",
        "start": moment(at(MONDAY, 12, 15)),
        "end": moment(at(MONDAY, 12, 30)),
        "state": "free",
    }
    [longer] = availability(hall, role="r-therapist", from_="2026-03-02", to="2026-03-09")
    assert "times" not in longer["days"][0]


def test_days_are_the_facilitys_local_ones(quiet_hall: Hall) -> None:
    [found] = availability(quiet_hall, role="r-urals", from_="2026-03-03", to="2026-03-03")
    assert found["nearest"] == "2026-03-03T10:00:00+05:00"
    assert found["free"] == 12
    assert at(MONDAY + timedelta(1), 10, zone=URALS) == at(MONDAY, 32)


def test_a_doctor_without_times_is_there_without_nearest(quiet_hall: Hall) -> None:
    [found] = availability(quiet_hall, role="r-therapist", from_="2027-01-01", to="2027-01-01")
    assert found == {
        "name": "role",
        "reference": "PractitionerRole/r-therapist",
        "free": 0,
        "days": [{"name": "day", "date": "2027-01-01", "free": 0, "busy": 0}],
    }


def test_doctors_of_a_place(hall: Hall) -> None:
    area = schema.role_area.insert().values(role_id="r-second", area_id="a1")
    hall.registry.store.write(lambda connection: connection.execute(area) and None)
    days = {"from_": "2026-03-03", "to": "2026-03-03"}
    of_area = availability(hall, organization="f1", location="a1", **days)
    assert [one["reference"] for one in of_area] == ["PractitionerRole/r-second"]
    assert len(availability(hall, organization="f1", location="Location/l1", **days)) == 9
    assert availability(hall, organization="f1", location="l2", **days) == []


def test_facilities_of_a_district(quiet_hall: Hall) -> None:
    days = {"from_": "2026-03-02", "to": "2026-03-03"}
    assert availability(quiet_hall, district="Location/d1", specialty="therapist", **days) == [
        {
            "name": "facility",
            "reference": "Location/l1",
            "organization": "Organization/f1",
            "nearest": moment(at(MONDAY, 12)),
            "free": 32,
        },
        {
            "name": "facility",
            "reference": "Location/l2",
            "organization": "Organization/f2",
            "nearest": "2026-03-03T10:00:00+05:00",
            "free": 12,
        },
    ]
    [none_free] = availability(
        quiet_hall, district="d1", specialty="family", from_="2027-01-01", to="2027-01-01"
    )
    assert "nearest" not in none_free
    assert availability(quiet_hall, district="d2", specialty="therapist", **days) == []


DAYS = {"from": "2026-03-02", "to": "2026-03-03"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"role": "r-therapist"}, "from"),
        ({"role": "r-therapist", "from": "2026-03-02"}, "to"),
        ({"role": "r-therapist", "from": "2026-03-03", "to": "2026-03-02"}, "to"),
        ({"role": "r-therapist", "from": "2026-03-01", "to": "2026-04-01"}, "to"),
        ({"role": "r-therapist", "from": "2026-02-30", "to": "2026-04-01"}, "from"),
        ({"role": "r-therapist", "from": "0000-01-01", "to": "0000-01-01"}, "from"),
        ({"role": "r-therapist", "from": "20260302", "to": "20260302"}, "from"),
        (DAYS, "organization"),
        ({"specialty": "therapist", **DAYS}, "organization"),
        ({"district": "d1", **DAYS}, "specialty"),
        ({"district": "d1", "specialty": "therapist", "role": "r-therapist", **DAYS}, "district"),
        ({"role": "", **DAYS}, "role"),
        ({"role": ["a", "b"], **DAYS}, "role"),
        ({"organization": "Location/f1", **DAYS}, "organization"),
        ({"doctor": "r-therapist", **DAYS}, "doctor"),
    ],
)
def test_availability_that_is_not_understood(quiet_hall: Hall, query: dict, named: str) -> None:
    answer = quiet_hall.registry.get("/fhir/PractitionerRole/$availability", params=query)
    assert refused(answer) == (400, "invalid")
    assert answer.json()["issue"][0]["diagnostics"] == named


@pytest.mark.parametrize("edge", ["0001-01-01", "9999-12-31"])
def test_edges_of_the_calendar(quiet_hall: Hall, edge: str) -> None:
    [found] = availability(quiet_hall, role="r-therapist", from_=edge, to=edge)
    assert found["free"] == 0
