"""api.md section 10: the waiting list, joined, repeated, left, taken back (R10, R30, R39, R42)."""

from datetime import timedelta
from typing import Any

import pytest
from contract_people import Person, Region, Service
from contract_store import rows
from contract_wire import (
    CODE,
    TICKET,
    URI,
    Answer,
    Terminal,
    Visitor,
    actor,
    identifiers,
    new_identifier,
    reference,
    window,
)

Json = Any


@pytest.fixture
def target(service: Service) -> Json:
    """Any doctor of the specialty that all adults may book."""
    return reference("HealthcareService", service.id)


@pytest.fixture
def doctor(region: Region, service: Service) -> Json:
    return reference("PractitionerRole", region.roles_of(service)[0]["id"])


def entry(answer: Answer, status: int = 201) -> Json:
    """The bare Appointment (Answers)."""
    assert answer.status == status, repr(answer)
    assert answer.body["resourceType"] == "Appointment"
    return answer.body


def test_joined(visitor: Visitor, target: Json) -> None:
    made = new_identifier()
    answer = visitor.wait(target, made)
    joined = entry(answer)
    assert joined["status"] == "waitlist"
    assert "start" not in joined
    told = identifiers(joined)
    assert told[URI] == made
    assert told[TICKET].isdecimal()
    assert told[CODE]
    assert actor(joined, "HealthcareService")["actor"]["reference"] == target["reference"]
    assert actor(joined, "Patient")["actor"]["reference"] == f"Patient/{visitor.patient}"
    assert answer.headers["Location"].endswith(f"/Appointment/{joined['id']}")
    assert answer.headers["ETag"] == f'W/"{joined["meta"]["versionId"]}"'


def test_for_one_doctor(visitor: Visitor, doctor: Json) -> None:
    assert actor(entry(visitor.wait(doctor)), "PractitionerRole")["actor"]["reference"] == doctor["reference"]


def test_read_by_its_patient_alone(visitor: Visitor, stranger: Visitor, target: Json) -> None:
    joined = entry(visitor.wait(target))
    assert visitor.get(f"Appointment/{joined['id']}").ok().body == joined
    assert visitor.waits().matches() == [joined]
    stranger.get(f"Appointment/{joined['id']}").refused(404, "not-found")
    assert stranger.waits().total == 0
    stranger.cancel(joined["id"]).refused(404, "not-found")


def test_only_a_search_that_names_it_finds_it(visitor: Visitor, target: Json) -> None:
    """It has no time, which who asks for visits counts on."""
    joined = entry(visitor.wait(target))
    assert visitor.mine().total == 0
    assert visitor.mine(status="booked").total == 0
    assert [one["id"] for one in visitor.mine(status="booked,waitlist").matches()] == [joined["id"]]
    assert visitor.waits(date="ge2020-01-01").total == 0
    assert visitor.waits(identifier=f"{CODE}|{identifiers(joined)[CODE]}").total == 1


def test_the_same_again_is_the_same(visitor: Visitor, target: Json) -> None:
    made = new_identifier()
    period = dict(zip(("start", "end"), window(0, 20), strict=True))
    first = entry(visitor.wait(target, made, requestedPeriod=[period]))
    assert entry(visitor.wait(target, made, requestedPeriod=[period])) == first
    assert visitor.waits().total == 1


def test_another_request_under_the_identifier(visitor: Visitor, target: Json, doctor: Json) -> None:
    made = new_identifier()
    entry(visitor.wait(target, made))
    visitor.wait(doctor, made).refused(422, "identifier-reused")
    later = dict(zip(("start", "end"), window(5, 9), strict=True))
    visitor.wait(target, made, requestedPeriod=[later]).refused(422, "identifier-reused")


def test_nobody_waits_twice(visitor: Visitor, other: Terminal, target: Json, doctor: Json) -> None:
    first = entry(visitor.wait(target))
    elsewhere = other.sign_in(visitor.person)
    assert entry(elsewhere.wait(target), 200) == first
    assert entry(elsewhere.wait(doctor))["id"] != first["id"]


def test_left(visitor: Visitor, target: Json) -> None:
    joined = entry(visitor.wait(target))
    left = visitor.cancel(joined["id"]).appointment()
    assert (left["id"], left["status"]) == (joined["id"], "cancelled")
    assert visitor.cancel(joined["id"]).appointment() == left
    assert visitor.waits().total == 0
    assert entry(visitor.wait(target))["id"] != joined["id"]


def test_left_by_its_patient_only(visitor: Visitor, target: Json) -> None:
    joined = entry(visitor.wait(target))
    visitor.terminal.release(joined["id"]).refused(403, "forbidden")
    assert visitor.waits().total == 1


def test_a_lost_answer(visitor: Visitor, target: Json) -> None:
    """Section 8: looked up and taken back by identifier, nothing of a person told."""
    made = new_identifier()
    joined = entry(visitor.wait(target, made))
    found = visitor.terminal.recover(made).appointment()
    assert (found["id"], found["status"]) == (joined["id"], "waitlist")
    assert visitor.patient not in str(found)
    taken = visitor.terminal.cancel_by_identifier(made).appointment()
    assert (taken["id"], taken["status"]) == (joined["id"], "cancelled")
    assert visitor.waits().total == 0


def test_given_up_before_it_was_asked_for(visitor: Visitor, target: Json) -> None:
    made = new_identifier()
    assert visitor.terminal.cancel_by_identifier(made).total == 0
    visitor.wait(target, made).refused(409, "void")


def test_what_its_patient_saw_stands(visitor: Visitor, target: Json) -> None:
    made = new_identifier()
    entry(visitor.wait(target, made))
    assert visitor.waits().total == 1
    visitor.terminal.cancel_by_identifier(made).refused(412, "already-known")


def test_days_are_the_facilitys(visitor: Visitor, target: Json, region: Region) -> None:
    first, last = region.today + timedelta(days=2), region.today + timedelta(days=3)
    days = {"start": first.isoformat(), "end": last.isoformat()}
    (period,) = entry(visitor.wait(target, requestedPeriod=[days]))["requestedPeriod"]
    assert period["start"].startswith(f"{first}T00:00:00")
    assert period["end"].startswith(f"{last + timedelta(days=1)}T00:00:00")


@pytest.mark.parametrize(
    "more",
    [
        {"status": "proposed"},
        {"identifier": []},
        {"identifier": [{"system": URI, "value": "4711"}]},
        {"requestedPeriod": []},
        {"requestedPeriod": [{"start": "2020-01-01", "end": "2020-01-02"}]},
        {"requestedPeriod": [{"start": "2020-01-01", "end": "9999-12-31"}]},
        {"requestedPeriod": [{"start": "2020-01-01"}]},
        {"participant": []},
        {"participant": [{"actor": {"reference": "Location/x"}}]},
    ],
)
def test_another_shape_is_400(anybody: Visitor, target: Json, more: dict[str, Any]) -> None:
    anybody.wait(target, **more).refused(400, "invalid")


def test_a_terminal_alone_waits_for_nobody(visitor: Visitor, target: Json) -> None:
    Visitor(visitor.terminal, visitor.terminal.credential, visitor.patient, visitor.person).wait(
        target
    ).refused(403, "forbidden")


def test_what_is_not_there(anybody: Visitor) -> None:
    anybody.wait(reference("HealthcareService", "none")).refused(404, "not-found")
    anybody.wait(reference("PractitionerRole", "none")).refused(404, "not-found")


def test_for_somebody_else(anybody: Visitor, target: Json, region: Region) -> None:
    participants = [{"actor": target}, {"actor": reference("Patient", region.adults[-1].record["id"])}]
    anybody.wait(target, participant=participants).refused(404, "not-found")


@pytest.mark.parametrize(
    ("code", "fits"),
    [
        ("not-known-here", lambda one, who, today: not one.known(who)),
        ("not-for-this-patient", lambda one, who, today: one.known(who) and not one.suits(who, today)),
        (
            "not-bookable-online",
            lambda one, who, today: one.known(who) and one.suits(who, today) and one.online == "no",
        ),
        (
            "dispensary-only",
            lambda one, who, today: one.known(who) and one.suits(who, today) and one.online == "dispensary",
        ),
    ],
)
def test_the_rules(anybody: Visitor, region: Region, code: str, fits: Any) -> None:
    """R10, R42, R30, as for a booking."""
    person: Person = anybody.person
    wanted = next(one for one in region.services if fits(one, person, region.today))
    anybody.wait(reference("HealthcareService", wanted.id)).refused(422, code)


def test_it_is_told_and_counted(visitor: Visitor, target: Json, server: Any) -> None:
    """Communication, notice, event, as a booking leaves them."""
    joined = entry(visitor.wait(target))
    visitor.cancel(joined["id"]).appointment()
    messages = visitor.get("Communication", recipient=visitor.patient).matches()
    assert [one["about"][0]["reference"] for one in messages] == [f"Appointment/{joined['id']}"] * 2
    url: str = server.database.url
    told = rows(url, "SELECT kind FROM notice WHERE appointment = ?", joined["id"])
    assert sorted(told) == [("waiting-left",), ("waitlisted",)]
    assert rows(url, "SELECT count(*) FROM event WHERE kind = 'waitlisted'") >= [(1,)]
