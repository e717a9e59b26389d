"""Move, cancel and release over HTTP (api.md section 7)."""

import pytest
from booking_region import DAY, HOUR, MINUTE, MONDAY, Hall, at, free_id, ids, moment, only, refused
from running_registry import Clock
from sqlalchemy import select
from tiny_region import ANNA, PAVEL

from kiosk.central import schema

TUESDAY = free_id("r-therapist", 1)
WEDNESDAY = free_id("r-therapist", 2)


def claims_of(hall: Hall, id: str) -> set[tuple[str, int]]:
    """Resource and tick of every claim of a booking."""
    with hall.registry.store.read() as connection:
        rows = connection.execute(select(schema.claim).where(schema.claim.c.appointment == id)).all()
    assert all(row.expires is None for row in rows)
    return {(row.resource, row.tick) for row in rows}


# --- move --------------------------------------------------------------------------------------------------------


def test_a_move_frees_the_old_time_and_takes_the_new_one(hall: Hall, clock: Clock) -> None:
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    clock.forward(5)
    target = free_id("r-second", 2, 3)
    moved = only(anna.move(booked, target))
    assert (moved["id"], moved["status"], moved["meta"]["versionId"]) == (TUESDAY, "booked", "2")
    assert moved["identifier"] == booked["identifier"]
    assert moved["start"] == moment(at(MONDAY, 58, 45))
    assert moved["slot"] == [{"reference": f"Slot/{target}"}]
    assert moved["participant"][0]["actor"]["reference"] == "PractitionerRole/r-second"
    freed = free_id("r-therapist", 1, generation=1)
    assert freed in ids(anna.find(at(MONDAY, 24), at(MONDAY, 48)))
    assert target not in ids(anna.find(at(MONDAY, 48), at(MONDAY, 72)))
    pavel = hall.terminal("hallway").identified(PAVEL)
    assert refused(pavel.hold(TUESDAY)) == (409, "slot-taken"), "an old id (section 4)"
    assert refused(pavel.book(TUESDAY)) == (409, "slot-taken")
    only(pavel.book(freed))


def test_a_move_keeps_the_day_of_asking_and_takes_none_for_today(hall: Hall, clock: Clock) -> None:
    """R27: the visit's day moves, the day of asking stays."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(free_id("r-therapist", 3)))
    clock.forward(DAY)
    anna = hall.terminal().identified(ANNA)
    only(anna.move(booked, free_id("r-therapist", 4)))
    days = {
        resource: tick
        for resource, tick in claims_of(hall, booked["id"])
        if resource[:5] in ("asked", "visit")
    }
    monday = MONDAY.toordinal()
    assert days == {f"asked:{ANNA.id}:therapist": monday, f"visit:{ANNA.id}:therapist": monday + 4}
    only(anna.book(free_id("r-family", 3)))


def test_within_the_same_day_and_over_its_own_time(hall: Hall) -> None:
    """Rules are judged as if the old visit were gone."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    moved = only(anna.move(booked, free_id("r-second", 1)))
    assert moved["start"] == booked["start"]
    assert len(claims_of(hall, booked["id"])) == 2 + 3 + 3


def test_a_move_repeated_is_answered_before_its_version_is_looked_at(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    moved = only(anna.move(booked, WEDNESDAY))
    assert only(anna.move(booked, WEDNESDAY)) == moved
    assert refused(anna.move(booked, free_id("r-therapist", 3))) == (412, "version-conflict")


def test_a_refused_move_changes_nothing(hall: Hall) -> None:
    anna, pavel = hall.terminal().identified(ANNA), hall.terminal("hallway").identified(PAVEL)
    booked = only(anna.book(TUESDAY))
    only(pavel.hold(WEDNESDAY))
    before = claims_of(hall, TUESDAY)
    assert refused(anna.move(booked, WEDNESDAY)) == (409, "slot-taken")
    assert claims_of(hall, TUESDAY) == before
    assert anna.get(f"Appointment/{TUESDAY}").json() == booked


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        (free_id("r-family", 2), 400, "invalid"),
        (free_id("r-urals", 2), 400, "invalid"),
        (free_id("r-therapist", 0, 7), 422, "too-late"),
        (free_id("r-therapist", 2, generation=1), 404, "not-found"),
        (free_id("r-therapist", 20), 404, "not-found"),
    ],
)
def test_targets_that_are_refused(hall: Hall, target: str, status: int, code: str) -> None:
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    assert refused(anna.move(booked, target)) == (status, code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"meta": {}},
        {"meta": "2"},
        {"meta": {"versionId": 1}},
        {"slot": []},
        {"slot": [{"reference": "Slot/1"}] * 2},
        {"slot": [{"reference": "Schedule/1"}]},
        {"start": None},
        {"start": moment(at(MONDAY, 1))},
        {"end": None},
    ],
)
def test_a_move_that_is_not_right_is_refused(hall: Hall, wrong: dict) -> None:
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    assert refused(anna.move(booked, WEDNESDAY, **wrong)) == (400, "invalid")


@pytest.mark.parametrize("version", ["2", "0", "01", "x", "99999999999"])
def test_another_version_is_a_conflict(hall: Hall, version: str) -> None:
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    assert refused(anna.move(booked, WEDNESDAY, meta={"versionId": version})) == (412, "version-conflict")


def test_what_is_awaited_moves_and_awaits_again(hall: Hall) -> None:
    """R31."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(free_id("r-approved", 1)))
    moved = only(anna.move(booked, free_id("r-approved", 2)))
    assert (moved["status"], moved["participant"][0]["status"]) == ("pending", "needs-action")
    with hall.registry.store.read() as connection:
        words = connection.scalars(
            select(schema.message.c.text).where(schema.message.c.kind == "moved")
        ).one()
    assert "Новое время должна подтвердить поликлиника" in words


def test_a_visit_that_has_begun_is_neither_moved_nor_cancelled(hall: Hall, clock: Clock) -> None:
    booked = only(hall.terminal().identified(ANNA).book(TUESDAY))
    clock.forward(at(MONDAY, 34) - clock.now)
    anna = hall.terminal().identified(ANNA)
    assert refused(anna.move(booked, free_id("r-therapist", 4))) == (422, "too-late")
    assert refused(anna.cancel(TUESDAY)) == (422, "too-late")


def test_a_cancelled_booking_does_not_move(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    cancelled = only(anna.cancel(TUESDAY))
    assert refused(anna.move(cancelled, WEDNESDAY)) == (412, "version-conflict")


def test_a_hold_for_a_move_is_judged_as_if_the_old_visit_were_gone(hall: Hall, clock: Clock) -> None:
    """Section 5, `replaces`: and what was held is honoured."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    target = free_id("r-second", 1)
    assert refused(anna.hold(target)) == (422, "one-per-day")
    only(anna.hold(target, replaces=TUESDAY))
    assert refused(anna.book(target)) == (422, "one-per-day"), "for a move only"
    only(anna.hold(target, replaces=TUESDAY))
    only(anna.move(booked, target))
    assert len(claims_of(hall, TUESDAY)) == 2 + 3 + 3


def test_a_hold_for_a_move_keeps_the_three_hours(hall: Hall, clock: Clock) -> None:
    anna, noon = hall.terminal().identified(ANNA), free_id("r-therapist", 0, 8)
    booked = only(anna.book(TUESDAY))
    only(anna.hold(noon, replaces=TUESDAY))
    clock.forward(2 * MINUTE)
    only(anna.move(booked, noon))


def test_only_what_one_may_move_is_replaced(hall: Hall, clock: Clock) -> None:
    anna, pavel = hall.terminal().identified(ANNA), hall.terminal("hallway").identified(PAVEL)
    only(pavel.book(TUESDAY))
    assert refused(anna.hold(WEDNESDAY, replaces=TUESDAY)) == (404, "not-found")
    only(anna.book(WEDNESDAY))
    assert refused(anna.hold(free_id("r-family", 3), replaces=WEDNESDAY)) == (400, "invalid")
    only(anna.cancel(WEDNESDAY))
    assert refused(anna.hold(free_id("r-therapist", 3), replaces=WEDNESDAY)) == (412, "version-conflict")


def test_anothers_booking_is_not_found(hall: Hall) -> None:
    booked = only(hall.terminal().identified(ANNA).book(TUESDAY))
    pavel = hall.terminal("hallway").identified(PAVEL)
    for answer in (pavel.move(booked, WEDNESDAY), pavel.cancel(TUESDAY), pavel.get(f"Appointment/{TUESDAY}")):
        assert refused(answer) == (404, "not-found")
    assert pavel.get("Appointment", _id=TUESDAY).json()["total"] == 0, "and not remembered as tried"


# --- cancel ------------------------------------------------------------------------------------------------------


def test_cancelling_frees_the_time_under_a_new_id_and_both_days(hall: Hall) -> None:
    """R16, R27."""
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    reason = {"coding": [{"system": "x", "code": "patient-cancel", "id": "y"}], "text": "Не смогу"}
    cancelled = only(anna.cancel(TUESDAY, cancelationReason=reason))
    assert (cancelled["status"], cancelled["meta"]["versionId"]) == ("cancelled", "2")
    assert cancelled["cancelationReason"] == {
        "coding": [{"system": "x", "code": "patient-cancel"}],
        "text": "Не смогу",
    }
    assert claims_of(hall, TUESDAY) == set()
    only(anna.book(free_id("r-second", 1)))
    pavel = hall.terminal("hallway").identified(PAVEL)
    assert refused(pavel.book(TUESDAY)) == (409, "slot-taken")
    only(pavel.book(free_id("r-therapist", 1, generation=1)))


def test_cancelled_again_is_the_present_state_whatever_the_version(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    cancelled = only(anna.cancel(TUESDAY, meta={"versionId": "1"}))
    assert only(anna.cancel(TUESDAY, meta={"versionId": "1"})) == cancelled
    assert only(anna.cancel(TUESDAY)) == cancelled


def test_a_cancel_may_name_the_version_it_saw(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.move(only(anna.book(TUESDAY)), WEDNESDAY))
    assert refused(anna.cancel(TUESDAY, meta={"versionId": "1"})) == (412, "version-conflict")
    only(anna.cancel(TUESDAY, meta={"versionId": "2"}))
    assert free_id("r-therapist", 2, generation=1) in ids(anna.find(at(MONDAY, 48), at(MONDAY, 72)))


@pytest.mark.parametrize(
    "reason", ["x", {"coding": "x"}, {"coding": [5]}, {"text": 5}, {"text": ""}, {"coding": [{"code": " x"}]}]
)
def test_a_reason_that_is_none_is_refused(hall: Hall, reason: object) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    assert refused(anna.cancel(TUESDAY, cancelationReason=reason)) == (400, "invalid")


@pytest.mark.parametrize("reason", [None, {}, {"coding": [{}]}, {"coding": [{"id": "x"}], "extension": []}])
def test_a_reason_need_not_be_given(hall: Hall, reason: object) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    assert "cancelationReason" not in only(anna.cancel(TUESDAY, cancelationReason=reason))


def test_move_and_cancel_leave_message_notice_and_event(hall: Hall, clock: Clock) -> None:
    """R25, R35: their notices do not wait."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(TUESDAY))
    clock.forward(5)
    only(anna.move(booked, WEDNESDAY))
    clock.forward(5)
    only(anna.cancel(TUESDAY))
    kinds = ["booked", "moved", "cancelled"]
    with hall.registry.store.read() as connection:
        events = connection.execute(select(schema.event).order_by(schema.event.c.asked_at)).all()
        messages = connection.execute(select(schema.message).order_by(schema.message.c.sent)).all()
        notices = connection.execute(select(schema.notice)).all()
    assert [event.kind for event in events] == kinds
    assert [event.visit_at for event in events] == [at(MONDAY, 34), at(MONDAY, 58), at(MONDAY, 58)]
    assert [message.kind for message in messages] == kinds
    waits = {notice.kind: notice.not_before - clock.now for notice in notices}
    assert waits == {"booked": 50, "moved": -5, "cancelled": 0}


# --- release -----------------------------------------------------------------------------------------------------


def test_a_released_time_returns_under_the_same_id(hall: Hall) -> None:
    """Section 4."""
    lobby = hall.terminal()
    only(lobby.hold(TUESDAY))
    released = only(lobby.cancel(TUESDAY))
    assert (released["id"], released["status"]) == (TUESDAY, "cancelled")
    assert TUESDAY in ids(lobby.find(at(MONDAY, 24), at(MONDAY, 48)))
    only(lobby.cancel(TUESDAY))
    only(hall.terminal("hallway").hold(TUESDAY))


def test_a_patients_hold_is_released_with_all_its_claims(hall: Hall) -> None:
    lobby = hall.terminal()
    only(lobby.identified(ANNA).hold(TUESDAY))
    only(lobby.cancel(TUESDAY))
    with hall.registry.store.read() as connection:
        assert connection.execute(select(schema.claim)).all() == []


def test_a_patients_token_releases_too(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(TUESDAY))
    only(anna.cancel(TUESDAY))
    only(hall.terminal("hallway").hold(TUESDAY))


def test_a_release_does_not_reach_what_was_booked_meanwhile(hall: Hall, clock: Clock) -> None:
    lobby = hall.terminal()
    anna = lobby.identified(ANNA)
    only(lobby.hold(TUESDAY))
    booked = only(anna.book(TUESDAY))
    assert refused(lobby.cancel(TUESDAY)) == (403, "forbidden")
    assert anna.get(f"Appointment/{TUESDAY}").json() == booked


def test_a_release_does_not_reach_what_is_anothers(hall: Hall, clock: Clock) -> None:
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    only(lobby.hold(TUESDAY))
    assert refused(hallway.cancel(TUESDAY)) == (404, "not-found")
    only(lobby.identified(ANNA).book(TUESDAY))
    assert refused(hallway.cancel(TUESDAY)) == (404, "not-found")
    assert refused(hallway.cancel("nothing")) == (404, "not-found")


def test_a_hold_long_gone_is_as_good_as_released(hall: Hall, clock: Clock) -> None:
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    only(lobby.hold(TUESDAY))
    clock.forward(4 * MINUTE)
    only(hallway.hold(TUESDAY))
    only(lobby.cancel(TUESDAY))
    assert refused(lobby.hold(TUESDAY)) == (409, "slot-taken"), "the other's hold is untouched"
    clock.forward(2 * HOUR)
    only(lobby.cancel(TUESDAY))
