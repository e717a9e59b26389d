"""Holding and booking over HTTP (api.md sections 5 and 6)."""

from datetime import timedelta

import pytest
from booking_region import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    Hall,
    at,
    free_id,
    ids,
    moment,
    new_identifier,
    only,
    own,
    parameters,
    refused,
)
from running_registry import Clock
from sqlalchemy import Connection, select, update
from tiny_region import ANNA, CHILD, PAVEL, TWIN

from kiosk.central import holds, identity, lapsing, rules, schema, slots, tickets
from kiosk.central.call import Call, Refusal
from kiosk.central.store import Store
from kiosk.models import Online

TUESDAY = free_id("r-therapist", 1)
F1 = {"name": "organization", "valueReference": {"reference": "Organization/f1"}}


def hold_end(appointment: dict) -> str:
    [extension] = appointment["extension"]
    assert extension["url"] == "urn:electronic-registry:hold-end"
    return extension["valueDateTime"]


def test_a_patient_chooses_anonymously_and_books(hall: Hall, clock: Clock) -> None:
    """R7, R8, R22, R24: find, hold, identify, hold with rules, book: one id all the way."""
    terminal = hall.terminal()
    day = at(MONDAY, 24)
    [found, *_] = ids(terminal.find(day, day + DAY, {"name": "specialty", "valueString": "therapist"}, F1))
    held = only(terminal.hold(found))
    assert (held["id"], held["status"]) == (found, "pending")
    assert hold_end(held) == moment(clock.now + 3 * MINUTE)
    anna = terminal.identified(ANNA)
    assert only(anna.hold(found))["id"] == found
    identifier = new_identifier()
    booked = only(anna.book(found, identifier))
    assert (booked["id"], booked["status"], booked["meta"]["versionId"]) == (found, "booked", "1")
    assert "extension" not in booked
    assert [one["system"] for one in booked["identifier"]] == [
        "urn:ietf:rfc:3986",
        "urn:electronic-registry:ticket",
        "urn:electronic-registry:code",
    ]
    assert booked["identifier"][0]["value"] == identifier
    actors = {p["actor"]["reference"].split("/")[0]: p for p in booked["participant"]}
    assert set(actors) == {"PractitionerRole", "Location", "Patient"}
    assert {p["status"] for p in booked["participant"]} == {"accepted"}
    assert actors["Patient"]["actor"]["reference"] == f"Patient/{ANNA.id}"
    assert anna.get(f"Appointment/{found}").json() == booked
    assert found not in ids(terminal.find(day, day + DAY))


# --- $hold (section 5) -------------------------------------------------------------------------------------------


def test_a_hold_belongs_to_its_terminal_until_it_ends(hall: Hall, clock: Clock) -> None:
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    only(lobby.hold(TUESDAY))
    assert refused(hallway.hold(TUESDAY)) == (409, "slot-taken")
    assert refused(hallway.identified(PAVEL).book(TUESDAY)) == (409, "slot-taken")
    clock.forward(3 * MINUTE - 1)
    assert refused(hallway.hold(TUESDAY)) == (409, "slot-taken")
    clock.forward(1)
    only(hallway.hold(TUESDAY))
    assert refused(lobby.hold(TUESDAY)) == (409, "slot-taken")


def test_a_hold_that_went_to_another_meanwhile_is_not_prolonged(hall: Hall, clock: Clock) -> None:
    """Sections 5 and 12: a request that came in just before the end, and was carried out just after it."""
    one, other = hall.terminal(), hall.terminal("other")
    only(one.hold(TUESDAY))
    clock.forward(3 * MINUTE)
    only(other.hold(TUESDAY))
    clock.forward(-1)
    assert refused(one.hold(TUESDAY)) == (409, "slot-taken")
    clock.forward(1)
    only(other.hold(TUESDAY))


def test_a_new_hold_frees_the_one_before_and_a_refused_one_changes_nothing(hall: Hall) -> None:
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    second, third = free_id("r-therapist", 1, 1), free_id("r-therapist", 1, 2)
    only(hallway.hold(third))
    only(lobby.hold(TUESDAY))
    assert refused(lobby.hold(third)) == (409, "slot-taken")
    assert refused(hallway.hold(TUESDAY)) == (409, "slot-taken"), "lobby's hold is still there"
    only(lobby.hold(second))
    only(hallway.hold(TUESDAY))
    assert third in ids(lobby.find(at(MONDAY, 24), at(MONDAY, 48)))


def test_the_same_again_prolongs_to_ten_minutes_and_not_beyond(hall: Hall, clock: Clock) -> None:
    terminal, first = hall.terminal(), clock.now
    ends = []
    for _ in range(6):
        ends.append(hold_end(only(terminal.hold(TUESDAY))))
        clock.forward(99)
    assert ends == [moment(first + seconds) for seconds in (180, 279, 378, 477, 576, 600)]
    assert refused(hall.terminal("hallway").hold(TUESDAY)) == (409, "slot-taken")
    clock.forward(600 - 6 * 99)
    only(hall.terminal("hallway").hold(TUESDAY))


def test_a_hold_that_ended_is_simply_taken_again(hall: Hall, clock: Clock) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(TUESDAY))
    clock.forward(4 * MINUTE)
    assert only(anna.book(TUESDAY))["status"] == "booked"


def test_hold_expired_tells_that_it_was_kept_and_went_to_somebody_else(hall: Hall, clock: Clock) -> None:
    """Section 11: for an hour; an anonymous hold knows `slot-taken` alone."""
    lobby, pavel = hall.terminal(), hall.terminal("hallway").identified(PAVEL)
    only(lobby.hold(TUESDAY))
    clock.forward(4 * MINUTE)
    only(pavel.book(TUESDAY))
    assert refused(lobby.hold(TUESDAY)) == (409, "slot-taken")
    anna = lobby.identified(ANNA)
    assert refused(anna.hold(TUESDAY)) == (409, "hold-expired")
    assert refused(anna.book(TUESDAY)) == (409, "hold-expired")
    clock.forward(HOUR)
    assert refused(lobby.identified(ANNA).book(TUESDAY)) == (409, "slot-taken")


def test_holds_are_forgotten_an_hour_after_their_end(
    hall: Hall, booking_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some at a time until none is left, and their claims with them."""
    monkeypatch.setattr(holds, "SWEPT", 2)
    for number in range(5):
        only(hall.terminal().hold(free_id("r-therapist", number)))
    clock.forward(MINUTE)
    only(hall.terminal("hallway").hold(TUESDAY))
    clock.forward(HOUR + 2 * MINUTE)
    lapsing.look(booking_store, clock())
    assert left_of_holds(booking_store) == (6, 2), "all of them: the first ended an hour ago, and not more"
    clock.forward(MINUTE)
    lapsing.look(booking_store, clock())
    assert left_of_holds(booking_store) == (1, 1), "that of the hallway"


def left_of_holds(store: Store) -> tuple[int, int]:
    """How many holds are remembered, and of how many times there are claims."""
    with store.read() as connection:
        holds_left = connection.execute(select(schema.hold)).all()
        return len(holds_left), len(set(connection.scalars(select(schema.claim.c.appointment))))


def test_a_hold_given_up_is_no_expired_hold(hall: Hall) -> None:
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(TUESDAY))
    only(anna.hold(free_id("r-therapist", 2)))
    only(hall.terminal("hallway").identified(PAVEL).book(TUESDAY))
    assert refused(anna.book(TUESDAY)) == (409, "slot-taken")


def test_a_patients_hold_keeps_every_claim_of_the_booking(hall: Hall, clock: Clock) -> None:
    """R27, R44: two terminals cannot hold two such times for one patient; the anonymous hold could."""
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    only(lobby.identified(ANNA).hold(TUESDAY))
    anna = hallway.identified(ANNA)
    assert refused(anna.hold(free_id("r-second", 2))) == (422, "one-per-day"), "the day of asking"
    assert refused(anna.hold(free_id("r-women", 1))) == (422, "overlap")
    only(hallway.hold(free_id("r-women", 1)))
    clock.forward(3 * MINUTE)
    only(hallway.identified(ANNA).hold(free_id("r-women", 1)))


def test_the_next_patients_hold_of_the_same_time_drops_the_claims_of_the_one_before(hall: Hall) -> None:
    lobby = hall.terminal()
    only(lobby.identified(ANNA).hold(TUESDAY))
    only(lobby.identified(PAVEL).hold(TUESDAY))
    only(hall.terminal("hallway").identified(ANNA).hold(free_id("r-second", 1)))


def test_an_anonymous_repeat_prolongs_what_was_judged(hall: Hall, clock: Clock) -> None:
    lobby, hallway = hall.terminal(), hall.terminal("hallway")
    anna = lobby.identified(ANNA)
    only(anna.hold(TUESDAY))
    clock.forward(2 * MINUTE)
    only(lobby.hold(TUESDAY))
    clock.forward(2 * MINUTE)
    other = hallway.identified(ANNA)
    assert refused(other.hold(free_id("r-women", 1))) == (422, "overlap")


@pytest.mark.parametrize(
    "id",
    [
        free_id("r-therapist", 1, generation=1),
        free_id("r-therapist", 14),
        free_id("r-nobody", 1),
        "r-therapist",
        "r-therapist.69A4.0",
        "r-therapist..0",
        "x" * 64,
    ],
)
def test_an_id_never_given_is_not_found(hall: Hall, id: str) -> None:
    assert refused(hall.terminal().hold(id)) == (404, "not-found")
    assert refused(hall.terminal().identified(ANNA).book(id)) == (404, "not-found")


def test_a_time_that_has_begun_is_held_by_nobody(hall: Hall, clock: Clock) -> None:
    clock.forward(at(MONDAY, 10) - clock.now)
    assert refused(hall.terminal().hold(free_id("r-therapist", 0))) == (409, "slot-taken")
    only(hall.terminal().hold(free_id("r-therapist", 0, 1)))


def test_a_terminal_that_is_revoked_holds_nothing(hall: Hall, clock: Clock) -> None:
    """Section 1: the hold ends with the terminal."""
    only(hall.terminal().hold(TUESDAY))
    hallway = hall.terminal("hallway")
    identity.revoke(hall.registry.store, "lobby", clock.now)
    only(hallway.hold(TUESDAY))


def test_a_request_under_way_does_not_outlive_the_revocation(hall: Hall, clock: Clock) -> None:
    """Section 1: the hold of a terminal that was let in when it asked, and no more when its turn came."""
    store = hall.registry.store
    caller = identity.caller(store, hall.registry.credential, clock.now)
    identity.revoke(store, "lobby", clock.now)
    wish = {"name": "appointment-reference", "valueReference": {"reference": f"Appointment/{TUESDAY}"}}
    with pytest.raises(Refusal, match="login"):
        holds.place_hold(Call(store, caller, clock.now, "ru", "", body=parameters(wish)))
    only(hall.terminal("hallway").hold(TUESDAY))


# --- the rules (section 11) --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "id", "code"),
    [
        (PAVEL, free_id("r-women", 1), "not-for-this-patient"),
        (CHILD, free_id("r-women", 1), "not-for-this-patient"),
        (ANNA, free_id("r-child", 1), "not-for-this-patient"),
        (ANNA, free_id("r-desk", 1), "not-bookable-online"),
        (PAVEL, free_id("r-cardiologist", 1), "dispensary-only"),
        (ANNA, free_id("r-therapist", 0, 7), "too-late"),
        (CHILD, free_id("r-child", 1), ""),
        (ANNA, free_id("r-cardiologist", 1), ""),
        (ANNA, free_id("r-therapist", 0, 8), ""),
        (PAVEL, free_id("r-urals", 1), ""),
    ],
)
def test_rules_are_judged_when_a_patient_holds_or_books(hall: Hall, person, id: str, code: str) -> None:
    """R10 (newcomers welcome at the second facility), R28, R30, R42."""
    patient = hall.terminal().identified(person)
    only(hall.terminal().hold(id))
    if not code:
        only(patient.hold(id))
        only(patient.book(id))
    else:
        assert refused(patient.hold(id)) == (422, code)
        assert refused(patient.book(id)) == (422, code)


def test_a_patient_unknown_in_a_facility_is_refused_there(hall: Hall) -> None:
    """R10: neither attachment nor card."""
    table = schema.patient
    detach = table.update().where(table.c.id == TWIN.id).values(facility_id=None)
    hall.registry.store.write(lambda connection: connection.execute(detach) and None)
    twin = hall.terminal().identified(TWIN)
    assert refused(twin.book(free_id("r-desk", 0))) == (422, "not-known-here"), "before the other rules"
    only(twin.book(free_id("r-urals", 1)))
    card = schema.card.insert().values(patient_id=TWIN.id, facility_id="f1")
    hall.registry.store.write(lambda connection: connection.execute(card) and None)
    only(twin.book(free_id("r-women", 2)))


def test_the_three_hours_count_from_the_start_of_the_unbroken_hold(hall: Hall, clock: Clock) -> None:
    """R28, section 5: also from an anonymous one; afresh where there is none."""
    noon = free_id("r-therapist", 0, 8)
    lobby = hall.terminal()
    only(lobby.hold(noon))
    clock.forward(2 * MINUTE)
    anna = lobby.identified(ANNA)
    assert refused(hall.terminal("hallway").identified(PAVEL).hold(noon)) == (422, "too-late")
    only(anna.hold(noon))
    clock.forward(2 * MINUTE)
    only(anna.book(noon))


def test_a_broken_hold_does_not_keep_the_three_hours(hall: Hall, clock: Clock) -> None:
    noon = free_id("r-therapist", 0, 8)
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(noon))
    clock.forward(3 * MINUTE)
    assert refused(anna.book(noon)) == (422, "too-late")
    assert refused(anna.hold(noon)) == (422, "too-late")


def test_one_request_a_day_with_one_profile(hall: Hall, clock: Clock) -> None:
    """R27: the day of asking and the day of the visit, whoever the doctor; another profile is free."""
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    assert refused(anna.book(free_id("r-family", 2))) == (422, "one-per-day"), "asked today"
    only(anna.book(free_id("r-women", 1, 4)))
    clock.forward(15 * HOUR)
    anna = hall.terminal().identified(ANNA)
    assert refused(anna.book(free_id("r-family", 1, 6))) == (422, "one-per-day"), "visits that day"
    only(anna.book(free_id("r-family", 2)))


def test_the_words_say_which_of_the_two_days_it_is(hall: Hall) -> None:
    """R27: «сегодня уже записывались» is not «в этот день вы уже идёте»."""
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    words = anna.book(free_id("r-family", 2)).json()["issue"][0]["details"]["text"]
    assert words.startswith("Сегодня")


def test_a_mandatory_specialty_cannot_be_switched_off(booking_store: Store) -> None:
    """R29: whatever a row says."""
    with booking_store.read() as connection:
        assert rules.opened(slots.proposed(connection, TUESDAY).role) is Online.YES

    def switch_off(connection: Connection) -> None:
        connection.execute(update(schema.specialty).values(mandatory=True))
        connection.execute(update(schema.service).values(online="no"))

    booking_store.write(switch_off)
    with booking_store.read() as connection:
        assert rules.opened(slots.proposed(connection, TUESDAY).role) is Online.YES


def test_the_day_of_asking_is_that_of_the_hold(hall: Hall, clock: Clock) -> None:
    """R27, section 5: judged when held, honoured when booked after midnight."""
    clock.forward(at(MONDAY, 24) - MINUTE - clock.now)
    anna = hall.terminal().identified(ANNA)
    only(anna.hold(free_id("r-therapist", 3)))
    clock.forward(2 * MINUTE)
    only(anna.hold(free_id("r-therapist", 3)))
    only(anna.book(free_id("r-therapist", 3)))
    only(anna.book(free_id("r-family", 4)))


def test_a_patient_is_never_in_two_rooms(hall: Hall) -> None:
    """R44."""
    anna = hall.terminal().identified(ANNA)
    only(anna.book(TUESDAY))
    assert refused(anna.book(free_id("r-women", 1))) == (422, "overlap")
    only(anna.book(free_id("r-women", 1, 1)))


def test_refusals_come_in_the_order_of_section_11(hall: Hall) -> None:
    """One time that breaks one more rule at each step."""
    anna, pavel = hall.terminal().identified(ANNA), hall.terminal("hallway").identified(PAVEL)
    only(pavel.book(TUESDAY))
    assert refused(anna.book(TUESDAY)) == (409, "slot-taken")
    only(anna.book(free_id("r-women", 1)))
    assert refused(anna.book(TUESDAY)) == (422, "overlap")
    only(anna.book(free_id("r-second", 2)))
    assert refused(anna.book(TUESDAY)) == (422, "one-per-day")
    assert refused(anna.book(free_id("r-therapist", 0))) == (422, "too-late")


# --- $book (section 6) -------------------------------------------------------------------------------------------


def test_a_booked_time_is_taken_for_good(hall: Hall, clock: Clock) -> None:
    only(hall.terminal().identified(ANNA).book(TUESDAY))
    pavel = hall.terminal("hallway").identified(PAVEL)
    for days in (0, 1):
        clock.forward(days * 12 * HOUR)
        pavel = hall.terminal("hallway").identified(PAVEL)
        assert refused(pavel.hold(TUESDAY)) == (409, "slot-taken")
        assert refused(pavel.book(TUESDAY)) == (409, "slot-taken")


def test_the_same_identifier_again_is_answered_with_the_present_state(hall: Hall, clock: Clock) -> None:
    anna, identifier = hall.terminal().identified(ANNA), new_identifier()
    booked = only(anna.book(TUESDAY, identifier))
    clock.forward(2)
    assert only(anna.book(TUESDAY, identifier)) == booked
    only(anna.cancel(TUESDAY))
    again = only(anna.book(TUESDAY, identifier))
    assert (again["status"], again["meta"]["versionId"]) == ("cancelled", "2")


def test_an_identifier_used_for_something_else_is_refused(hall: Hall) -> None:
    lobby, identifier = hall.terminal(), new_identifier()
    anna = lobby.identified(ANNA)
    only(anna.book(TUESDAY, identifier))
    assert refused(anna.book(free_id("r-women", 3), identifier)) == (422, "identifier-reused")
    assert refused(anna.book("no-such-id", identifier)) == (422, "identifier-reused"), "before existence"
    pavel = lobby.identified(PAVEL)
    answer = pavel.book(TUESDAY, identifier)
    assert refused(answer) == (422, "identifier-reused")
    assert ANNA.id not in answer.text
    assert "r-therapist" not in answer.text


def test_a_refused_request_leaves_its_identifier_free(hall: Hall) -> None:
    anna, identifier = hall.terminal().identified(ANNA), new_identifier()
    assert refused(anna.book(free_id("r-desk", 1), identifier)) == (422, "not-bookable-online")
    only(anna.book(TUESDAY, identifier))


def test_identifiers_of_two_terminals_are_two(hall: Hall) -> None:
    identifier = new_identifier()
    only(hall.terminal().identified(ANNA).book(TUESDAY, identifier))
    only(hall.terminal("hallway").identified(PAVEL).book(free_id("r-therapist", 2), identifier))


def test_where_the_facility_approves_the_booking_awaits(hall: Hall, clock: Clock) -> None:
    """R31: pending without hold-end, the practitioner's participant needs-action, claims for good."""
    booked = only(hall.terminal().identified(ANNA).book(free_id("r-approved", 1)))
    assert booked["status"] == "pending"
    assert "extension" not in booked
    answers = {p["actor"]["reference"].split("/")[0]: p["status"] for p in booked["participant"]}
    assert answers == {"PractitionerRole": "needs-action", "Location": "accepted", "Patient": "accepted"}
    assert len(booked["identifier"]) == 3
    clock.forward(HOUR)
    assert refused(hall.terminal("hallway").hold(free_id("r-approved", 1))) == (409, "slot-taken")


def test_booking_leaves_message_notice_and_event(hall: Hall, clock: Clock) -> None:
    """R25, R35: in the booking's transaction; the notice waits 60 s."""
    only(hall.terminal().identified(ANNA).book(TUESDAY))
    with hall.registry.store.read() as connection:
        [message] = connection.execute(select(schema.message)).all()
        [notice] = connection.execute(select(schema.notice)).all()
        [event] = connection.execute(select(schema.event)).all()
        lobby = connection.execute(select(schema.terminal.c.id)).scalar_one()
    assert (message.patient_id, message.kind, message.sent) == (ANNA.id, "booked", clock.now)
    assert "3 марта, 10:00" in message.text
    assert "кабинет 214" in message.text
    assert (notice.kind, notice.appointment, notice.not_before) == ("booked", TUESDAY, clock.now + 60)
    assert (notice.patient_id, notice.language, notice.sent) == (ANNA.id, "ru", None)
    assert (event.kind, event.channel, event.terminal_id) == ("booked", "kiosk", lobby)
    assert (event.asked_at, event.visit_at) == (clock.now, at(MONDAY, 34))
    assert (event.facility_id, event.specialty_code, event.role_id) == ("f1", "therapist", "r-therapist")


def test_a_refused_booking_leaves_nothing(hall: Hall) -> None:
    refused(hall.terminal().identified(ANNA).book(free_id("r-desk", 1)))
    with hall.registry.store.read() as connection:
        for table in (schema.message, schema.notice, schema.event, schema.claim, schema.request):
            assert connection.execute(select(table)).all() == []


def test_a_discreet_specialty_is_not_named_in_the_message(hall: Hall) -> None:
    """R47."""
    only(hall.terminal().identified(ANNA).book(free_id("r-discreet", 1)))
    with hall.registry.store.read() as connection:
        text = connection.execute(select(schema.message.c.text)).scalar_one()
    assert "приём" in text
    assert "Discreet" not in text
    assert "Venereologist" not in text


def test_ticket_numbers_are_unique_in_a_facility(hall: Hall) -> None:
    booked = [
        only(hall.terminal().identified(person).book(free_id(role, 1, number)))
        for number, person in enumerate((ANNA, PAVEL, TWIN))
        for role in ("r-therapist",)
    ]
    tickets = {appointment["identifier"][1]["value"] for appointment in booked}
    codes = {appointment["identifier"][2]["value"] for appointment in booked}
    assert len(tickets) == len(codes) == 3
    assert all(ticket.isdecimal() and len(ticket) == 4 for ticket in tickets)


def test_a_number_is_given_again_once_its_visit_is_over(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Section 6: unique among bookings whose visit is not over, and only among those."""
    drawn = iter([7, 7, 8, 7])
    monkeypatch.setattr(tickets.secrets, "randbelow", lambda _: next(drawn))
    first = only(hall.terminal().identified(ANNA).book(free_id("r-therapist", 1)))
    second = only(hall.terminal().identified(PAVEL).book(free_id("r-therapist", 1, 1)))
    hall.registry.clock.now = at(MONDAY + timedelta(days=1), 10, 15)
    third = only(hall.terminal().identified(TWIN).book(free_id("r-therapist", 2)))
    numbers = [booked["identifier"][1]["value"] for booked in (first, second, third)]
    assert numbers == ["1007", "1008", "1007"]


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"identifier": []}, 400, "invalid"),
        ({"identifier": own(new_identifier()) * 2}, 400, "invalid"),
        ({"identifier": own("urn:uuid:1")}, 400, "invalid"),
        ({"identifier": [{"value": new_identifier()}]}, 400, "invalid"),
        ({"identifier": {"system": "x"}}, 400, "invalid"),
        ({"id": None}, 400, "invalid"),
        ({"id": "a/b"}, 400, "invalid"),
        ({"start": moment(at(MONDAY, 34, 15))}, 400, "invalid"),
        ({"end": "2026-03-03T10:15:00"}, 400, "invalid"),
        ({"start": 5}, 400, "invalid"),
        ({"participant": "all"}, 400, "invalid"),
        ({"participant": [{"actor": {"reference": 5}}]}, 400, "invalid"),
        ({"participant": [{"actor": {"reference": f"Patient/{PAVEL.id}"}}]}, 404, "not-found"),
        (
            {"participant": [{"actor": {"reference": f"https://x.ru/fhir/Patient/{PAVEL.id}"}}]},
            404,
            "not-found",
        ),
        ({"status": "proposed"}, 400, "invalid"),
        ({"status": ["pending"]}, 400, "invalid"),
        ({"status": "arrived"}, 400, "invalid"),
        ({"resourceType": "Slot"}, 400, "invalid"),
    ],
)
def test_a_request_that_is_not_right_is_refused(hall: Hall, wish: dict, status: int, code: str) -> None:
    right = {"id": TUESDAY, "status": "pending", "identifier": own(new_identifier())}
    answer = hall.terminal().identified(ANNA).send(**right | wish)
    assert refused(answer) == (status, code)


def test_start_end_and_patient_may_be_told_rightly(hall: Hall) -> None:
    only(
        hall.terminal()
        .identified(ANNA)
        .book(
            TUESDAY,
            start="2026-03-03T07:00:00Z",
            end=moment(at(MONDAY, 34, 15)),
            participant=[
                {"actor": {"reference": f"Patient/{ANNA.id}"}, "status": "accepted"},
                {"actor": {"reference": "PractitionerRole/r-therapist"}, "status": "accepted"},
                {"type": [], "status": "accepted"},
            ],
        )
    )


def test_only_a_patients_token_books_and_moves(hall: Hall) -> None:
    terminal = hall.terminal()
    assert refused(terminal.book(TUESDAY)) == (403, "forbidden")
    assert refused(terminal.send(id=TUESDAY, status="booked")) == (403, "forbidden")


@pytest.mark.parametrize("part", ["comment", "appointment-reference", "patient-resource"])
def test_what_is_not_understood_is_refused_by_name(hall: Hall, part: str) -> None:
    answer = hall.terminal().identified(ANNA).post("$book", {"name": part, "valueString": "x"})
    assert refused(answer) == (400, "invalid")
    assert answer.json()["issue"][0]["diagnostics"] == part
