"""Recovery of a lost answer over HTTP (api.md section 8)."""

import pytest
from booking_region import DAY, HOUR, Hall, free_id, new_identifier, only, own, refused, valid
from running_registry import Clock
from sqlalchemy import select, update
from tiny_region import ANNA, PAVEL

from kiosk.central import schema

TUESDAY = free_id("r-therapist", 1)
WEDNESDAY = free_id("r-therapist", 2)
SYSTEM = "urn:ietf:rfc:3986"


def look_up(terminal, identifier: str) -> list[dict]:
    answer = terminal.get("Appointment", identifier=f"{SYSTEM}|{identifier}")
    assert answer.status_code == 200
    bundle = valid(answer.json())
    found = [entry["resource"] for entry in bundle.get("entry", ())]
    assert bundle["total"] == len(found)
    return found


def is_void(answer) -> bool:
    assert answer.status_code == 200
    bundle = valid(answer.json())
    [entry] = bundle["entry"]
    issue = entry["resource"]["issue"][0]
    return (
        bundle["total"] == 0
        and entry["search"]["mode"] == "outcome"
        and issue["severity"] == "information"
        and issue["details"]["coding"] == [{"system": "urn:electronic-registry:refusal", "code": "void"}]
    )


def test_a_request_is_found_by_its_identifier_without_patient_and_doctor(hall: Hall, clock: Clock) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    assert look_up(lobby, identifier) == []
    booked = only(lobby.identified(ANNA).book(TUESDAY, identifier))
    clock.forward(40 * DAY)
    [found] = look_up(lobby, identifier)
    told = {"id", "meta", "status", "identifier"}
    assert {key: found[key] for key in told - {"meta"}} == {key: booked[key] for key in told - {"meta"}}
    assert found["meta"]["versionId"] == "1"
    assert set(found) - told == {"resourceType", "_start", "_end", "participant"}, "which only FHIR wants"
    assert not any("actor" in participant for participant in found["participant"])
    assert look_up(hall.terminal("hallway"), identifier) == [], "another terminal's is unknown here"


def test_a_token_recovers_as_its_terminal_does(hall: Hall) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    only(lobby.identified(ANNA).book(TUESDAY, identifier))
    [found] = look_up(lobby.identified(PAVEL), identifier)
    assert ANNA.id not in str(found)


def test_what_came_never_is_void_from_now_on(hall: Hall, clock: Clock) -> None:
    """A cancel that overtakes its booking."""
    lobby, identifier = hall.terminal(), new_identifier()
    assert is_void(lobby.take_back(identifier))
    assert is_void(lobby.take_back(identifier))
    assert look_up(lobby, identifier) == []
    assert refused(lobby.identified(ANNA).book(TUESDAY, identifier)) == (409, "void")
    assert refused(lobby.identified(ANNA).book("no-such-id", identifier)) == (409, "void"), (
        "before all others"
    )
    only(hall.terminal("hallway").identified(ANNA).book(TUESDAY, identifier))


def test_void_marks_are_kept_30_days(hall: Hall, clock: Clock) -> None:
    lobby, identifier, other = hall.terminal(), new_identifier(), new_identifier()
    lobby.take_back(identifier)
    clock.forward(30 * DAY)
    lobby.take_back(other)
    with hall.registry.store.read() as connection:
        assert len(connection.execute(select(schema.request)).all()) == 2
    clock.forward(1)
    lobby.take_back(new_identifier())
    with hall.registry.store.read() as connection:
        assert len(connection.execute(select(schema.request)).all()) == 2


def test_a_booking_that_nobody_saw_is_taken_back(hall: Hall, clock: Clock) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    anna = lobby.identified(ANNA)
    only(anna.book(TUESDAY, identifier))
    clock.forward(DAY // 2)
    taken_back = only(lobby.take_back(identifier))
    assert (taken_back["id"], taken_back["status"], taken_back["meta"]["versionId"]) == (
        TUESDAY,
        "cancelled",
        "2",
    )
    assert not any("actor" in participant for participant in taken_back["participant"])
    assert only(lobby.take_back(identifier)) == taken_back
    with hall.registry.store.read() as connection:
        assert connection.execute(select(schema.notice)).all() == [], "in silence (section 6)"
        assert connection.execute(select(schema.claim)).all() == []
        kinds = connection.execute(select(schema.message.c.kind)).scalars().all()
    assert sorted(kinds) == ["booked", "cancelled"], "the cabinet says what is so"
    anna = lobby.identified(ANNA)
    again = only(anna.book(TUESDAY, identifier))
    assert again["status"] == "cancelled", "the request that was accepted is not void"


def seen_by_patient(hall: Hall, clock: Clock) -> None:
    anna = hall.terminal("cabinet").identified(ANNA)
    assert anna.get("Appointment", patient=ANNA.id).json()["total"] == 1


def older_than_a_day(hall: Hall, clock: Clock) -> None:
    clock.forward(DAY + 1)


def told_by_notice(hall: Hall, clock: Clock) -> None:
    sent = update(schema.notice).values(sent=clock.now)
    hall.registry.store.write(lambda connection: connection.execute(sent) and None)


def moved(hall: Hall, clock: Clock) -> None:
    anna = hall.terminal("cabinet").identified(ANNA)
    only(anna.move(anna.get(f"Appointment/{WEDNESDAY}").json(), free_id("r-therapist", 4)))


@pytest.mark.parametrize("happens", [seen_by_patient, older_than_a_day, told_by_notice, moved])
def test_a_booking_that_somebody_counts_on_stands(hall: Hall, clock: Clock, happens) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    only(lobby.identified(ANNA).book(WEDNESDAY, identifier))
    happens(hall, clock)
    assert refused(lobby.take_back(identifier)) == (412, "already-known")
    [found] = look_up(lobby, identifier)
    assert found["status"] == "booked"


def test_anothers_identifier_is_unknown_and_made_void_for_oneself_only(hall: Hall) -> None:
    identifier = new_identifier()
    only(hall.terminal().identified(ANNA).book(TUESDAY, identifier))
    assert is_void(hall.terminal("hallway").take_back(identifier))
    [found] = look_up(hall.terminal(), identifier)
    assert found["status"] == "booked"


def test_the_outcome_of_a_move_or_cancel_is_found_for_a_day(hall: Hall, clock: Clock) -> None:
    lobby = hall.terminal()
    anna = lobby.identified(ANNA)
    booked = only(anna.book(TUESDAY))
    assert lobby.get("Appointment", _id=TUESDAY).json()["total"] == 0, "not tried yet"
    moved = only(anna.move(booked, WEDNESDAY))
    found = only(lobby.get("Appointment", _id=TUESDAY))
    assert (found["meta"]["versionId"], found["status"], found["start"]) == ("2", "booked", moved["start"])
    assert not {"identifier", "slot", "specialty", "end"} & set(found)
    assert hall.terminal("hallway").get("Appointment", _id=TUESDAY).json()["total"] == 0
    clock.forward(DAY)
    only(lobby.get("Appointment", _id=TUESDAY))
    clock.forward(1)
    assert lobby.get("Appointment", _id=TUESDAY).json()["total"] == 0


def test_a_refused_try_is_found_too(hall: Hall) -> None:
    """The terminal that lost the refusal learns that nothing changed."""
    lobby = hall.terminal()
    anna = lobby.identified(ANNA)
    booked = only(anna.book(TUESDAY))
    only(hall.terminal("hallway").hold(WEDNESDAY))
    assert refused(anna.move(booked, WEDNESDAY)) == (409, "slot-taken")
    assert only(lobby.get("Appointment", _id=TUESDAY))["meta"]["versionId"] == "1"


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"identifier": "urn:electronic-registry:ticket|1234"},
        {"identifier": "x"},
        {"identifier": f"{SYSTEM}|{new_identifier()}", "_id": "x"},
        {"identifier": f"{SYSTEM}|{new_identifier()}", "status": "booked"},
        {"_id": "a b"},
        {"status": "booked"},
        {"date": "2026-03-03"},
    ],
)
def test_a_wider_search_needs_a_patient(hall: Hall, query: dict) -> None:
    for terminal in (hall.terminal(), hall.terminal().identified(ANNA)):
        assert refused(terminal.get("Appointment", **query)) == (400, "invalid")


@pytest.mark.parametrize("identifier", [None, [], own("x"), own(new_identifier()) * 2])
def test_a_take_back_names_one_identifier(hall: Hall, identifier) -> None:
    assert refused(hall.terminal().send(status="cancelled", identifier=identifier)) == (400, "invalid")


def test_a_visit_that_has_begun_is_not_taken_back(hall: Hall, clock: Clock) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    only(lobby.identified(ANNA).book(free_id("r-therapist", 0, 8), identifier))
    clock.forward(4 * HOUR)
    assert refused(lobby.take_back(identifier)) == (422, "too-late")
