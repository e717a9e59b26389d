"""Notices on their way: who is told, once, by whom, and what came of it (R25, R26, issue 4)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from booking_region import DAY, HOUR, MINUTE, MONDAY, free_id, new_identifier
from notice_bench import Bench
from running_registry import Clock, url_of
from sqlalchemy import insert
from tiny_region import ANNA, PAVEL, TWIN

from kiosk.central import absences, clinic, outbox, records, schema
from kiosk.central.call import Refusal
from kiosk.central.clinic import Hand
from kiosk.central.contacts import Contact
from kiosk.central.notices import deliveries
from kiosk.central.notices.deliveries import Ending
from kiosk.central.outbox import Told
from kiosk.central.store import Store

TUESDAY, WEDNESDAY = free_id("r-therapist", 1), free_id("r-therapist", 2)
PHONE, MAIL = Contact("phone", "+79161234567"), Contact("email", "anna@example.ru")


@pytest.fixture
def bench(booking_store: Store, clock: Clock) -> Bench:
    return Bench(booking_store, clock)


@pytest.fixture
def booked(bench: Bench) -> Bench:
    """Anna is booked, and the notice of it may go."""
    bench.book(ANNA, TUESDAY)
    bench.clock.forward(60)
    bench.worker.plan()
    return bench


# --- who is told -------------------------------------------------------------------------------------------------


def test_every_address_is_told_once_with_the_words_of_the_cabinet(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.later(59)
    assert bench.mail.came + bench.sms.came == [], "it waits 60 s (api.md section 6)"
    bench.later(1)
    bench.later(HOUR)
    [letter], [sms] = bench.mail.came, bench.sms.came
    assert (letter.address, sms.address) == (MAIL.value, PHONE.value)
    [message] = bench.rows(schema.message)
    assert letter.text == sms.text == message.text
    assert letter.booking is not None
    assert letter.booking.version == 1
    assert not letter.repeated
    [notice] = bench.rows(schema.notice)
    assert (notice.state, notice.sent) == ("addressed", bench.clock.now - HOUR)
    assert bench.states() == [("booked", "sent"), ("booked", "sent")]


def test_who_has_no_contact_is_told_in_the_cabinet_alone(bench: Bench) -> None:
    bench.book(PAVEL, TUESDAY)
    bench.later(60)
    [notice] = bench.rows(schema.notice)
    assert (notice.state, notice.reason) == ("dropped", deliveries.NOBODY)


@pytest.mark.parametrize("change", [{"notices": False}, {"unconfirmed": True}])
def test_who_wants_none_or_is_not_confirmed_gets_none(bench: Bench, change: dict[str, bool]) -> None:
    bench.has_contacts(ANNA, Contact("phone", PHONE.value, **change), MAIL)
    bench.book(ANNA, TUESDAY)
    bench.later(60)
    assert (len(bench.mail.came), bench.sms.came) == (1, [])


def test_who_opts_out_meanwhile_gets_none(booked: Bench) -> None:
    booked.has_contacts(ANNA, Contact("phone", PHONE.value, notices=False))
    booked.work()
    assert booked.mail.came + booked.sms.came == []
    assert booked.states() == [("booked", "dropped")] * 2


def test_what_names_its_address_goes_there_alone(bench: Bench) -> None:
    """The old contact that is told of its change; the new one that gets a code (R23)."""
    told = [
        Told("contacts-changed", ANNA.id, "", "Ваши данные изменены.", "ru", bench.clock.now),
        Told("code", ANNA.id, "", "Код {code}.", "ru", bench.clock.now),
    ]
    old, new = Contact("email", "old@example.ru"), Contact("phone", "+79160000000", unconfirmed=True)
    bench.store.write(lambda connection: outbox.send_notice(connection, told[0], only_to=old))
    bench.store.write(lambda connection: outbox.send_notice(connection, told[1], only_to=new))
    bench.work()
    assert [(due.said.kind, due.address) for due in bench.mail.came] == [("contacts-changed", old.value)]
    ((text, address),) = [(due.text, due.address) for due in bench.sms.came]
    assert address == new.value
    assert re.fullmatch("Код [0-9]{6}.", text)
    texts = {notice.kind: notice.text for notice in bench.rows(schema.notice)}
    assert texts["code"] == "Код {code}.", "a code is not kept"


# --- attempts ----------------------------------------------------------------------------------------------------


def test_a_retry_sends_what_is_missing_alone(booked: Bench) -> None:
    booked.sms.will(Ending.LATER)
    booked.work()
    assert booked.states() == [("booked", "sent"), ("booked", "waiting")]
    booked.later(deliveries.FIRST_PAUSE - 1)
    assert len(booked.sms.came) == 1
    booked.later(1)
    assert (len(booked.mail.came), len(booked.sms.came)) == (1, 2)
    assert not booked.sms.came[1].repeated, "the gateway had refused the first"
    assert booked.states() == [("booked", "sent")] * 2


def test_an_attempt_whose_worker_died_is_made_again_and_marked(booked: Bench) -> None:
    begun = booked.claim()
    assert begun is not None
    booked.later(149)
    assert booked.mail.came == [], "it may be under way yet"
    booked.later(1)
    [again] = booked.mail.came
    assert (again.id, again.repeated) == (begun.id, True)
    assert not booked.sms.came[0].repeated


def test_what_ended_unknown_is_marked_from_then_on(booked: Bench) -> None:
    booked.mail.will(Ending.UNKNOWN, Ending.LATER)
    booked.work()
    booked.later(10)
    booked.later(30)
    assert [due.repeated for due in booked.mail.came] == [False, True, True]


def test_a_late_ending_of_a_lost_attempt_changes_nothing_but_that_it_came(booked: Bench) -> None:
    lost, patience = booked.claim(), deliveries.Patience(150, DAY)
    assert lost is not None
    booked.clock.forward(150)
    second = booked.claim()
    assert second is not None
    refused = deliveries.Outcome(Ending.NEVER, "no")
    deliveries.end(booked.store, lost, refused, booked.clock.now, patience)
    assert ("booked", "dead") not in booked.states(), "the second attempt is under way"
    came = deliveries.Outcome(Ending.ACCEPTED, "yes")
    deliveries.end(booked.store, lost, came, booked.clock.now, patience)
    assert ("booked", "sent") in booked.states()
    deliveries.end(booked.store, second, refused, booked.clock.now, patience)
    assert ("booked", "sent") in booked.states()


def test_two_workers_make_no_attempt_twice(bench: Bench) -> None:
    count = 40
    rows = [_row(bench, f"n{number}") for number in range(count)]
    bench.store.write(lambda connection: connection.execute(insert(schema.notice), rows) and None)
    stores = [Store(url_of(bench.store)) for _ in range(2)]

    def drain(store: Store) -> list[str]:
        claimed = []
        deliveries.address(store, ("email",), bench.clock.now)
        while due := deliveries.claim(store, "email", bench.clock.now, deliveries.Patience(150, DAY)):
            claimed.append(due.notice_id)
        return claimed

    with ThreadPoolExecutor(2) as threads:
        both = [id for claimed in threads.map(drain, stores) for id in claimed]
    for store in stores:
        store.close()
    assert sorted(both) == sorted(row["id"] for row in rows)


def test_what_has_just_happened_goes_before_a_flood_of_reminders(bench: Bench) -> None:
    """R26."""
    rows = [{**_row(bench, f"n{number}"), "kind": "reminder"} for number in range(60)]
    bench.store.write(lambda connection: connection.execute(insert(schema.notice), rows) and None)
    bench.worker.plan()
    bench.clock.forward(5)
    told = Told("waiting-over", ANNA.id, "w", "Ожидание закончилось.", "ru", bench.clock.now)
    bench.store.write(lambda connection: outbox.send_notice(connection, told))
    bench.worker.plan()
    bench.worker.attempt(bench.mail)
    bench.worker.attempt(bench.mail)
    assert bench.mail.kinds == ["waiting-over", "reminder"]


def test_an_address_is_kept_as_long_as_it_is_needed(booked: Bench) -> None:
    """R39: what was sent or dropped keeps a mask."""
    booked.mail.will(Ending.NEVER)
    booked.work()
    values = {row.state: row.value for row in booked.rows(schema.delivery)}
    assert values == {"dead": MAIL.value, "sent": "+7 *** ***-45-67"}
    booked.cancel(ANNA, TUESDAY)
    deliveries.retry(
        booked.store, [dead.id for dead in deliveries.dead_letters(booked.store)], booked.clock.now
    )
    booked.work()
    assert {row.value for row in booked.rows(schema.delivery)} == {"a***@example.ru", "+7 *** ***-45-67"}


def test_an_attempt_that_kills_its_worker_each_time_ends_in_a_dead_letter(bench: Bench) -> None:
    bench.book(ANNA, free_id("r-therapist", 9))
    bench.clock.forward(60)
    bench.worker.plan()
    while bench.claim() is not None:
        bench.clock.forward(HOUR)
    [dead] = deliveries.dead_letters(bench.store)
    assert (dead.attempts, dead.outcome) == (24, deliveries.TOO_LONG)


def test_a_closed_way_costs_no_attempt_and_goes_on_at_once(booked: Bench) -> None:
    booked.mail.will(*[Ending.CLOSED] * 20)
    for _ in range(20):
        assert booked.worker.attempt(booked.mail) is Ending.CLOSED
    assert booked.worker.attempt(booked.mail) is Ending.ACCEPTED
    assert not booked.mail.came[-1].repeated
    assert booked.mail.came[-1].attempts == 1


# --- what is still true (R26) ------------------------------------------------------------------------------------


def test_what_was_overtaken_before_it_went_is_not_told(bench: Bench) -> None:
    booking = bench.book(ANNA, TUESDAY)
    bench.clock.forward(10)
    booking = bench.move(ANNA, booking, WEDNESDAY)
    bench.clock.forward(10)
    bench.cancel(ANNA, booking["id"])
    bench.later(60)
    assert bench.mail.kinds == bench.sms.kinds == ["cancelled"]
    assert bench.states() == [
        ("booked", "dropped"),
        ("booked", "dropped"),
        ("cancelled", "sent"),
        ("cancelled", "sent"),
        ("moved", "dropped"),
        ("moved", "dropped"),
    ]


def test_what_is_overtaken_between_two_attempts_is_not_told_again(booked: Bench) -> None:
    booked.mail.will(Ending.LATER)
    booked.work()
    booked.cancel(ANNA, TUESDAY)
    booked.later(DAY // 24)
    assert booked.mail.kinds == ["booked", "cancelled"]


def test_what_the_clinic_decides_is_told_at_once_and_overtakes(bench: Bench) -> None:
    """R31: within the 60 s for which the request itself waits."""
    bench.has_contacts(PAVEL, Contact("email", "pavel@example.ru"))
    hers, his = bench.book(ANNA, free_id("r-approved", 1)), bench.book(PAVEL, free_id("r-approved", 2))
    hand = Hand(bench.clock.now)
    for ruled, asked in ((clinic.approved, hers), (clinic.refused, his)):
        bench.store.write(lambda c, ruled=ruled, id=asked["id"]: ruled(c, records.by_id(c, id), hand))
    bench.work()
    bench.later(60)
    told = {(due.address, due.said.kind) for due in bench.mail.came}
    assert told == {(MAIL.value, "approved"), ("pavel@example.ru", "refused")}
    assert bench.sms.kinds == ["approved"]


def test_a_substitute_is_told_with_the_visit_as_it_is_now(bench: Bench) -> None:
    """R45."""
    bench.book(ANNA, TUESDAY)
    role = absences.doctor(bench.store, "r-therapist")
    off = absences.DayOff(role, MONDAY + timedelta(days=1), absences.doctor(bench.store, "r-second"))
    absences.call_off(bench.store, off, Hand(bench.clock.now))
    bench.work()
    assert bench.mail.kinds == ["moved-by-clinic"]
    [ticket] = bench.mail.tickets
    assert ticket is not None
    assert ticket.doctor_name == "Second Елена Андреевна"
    assert bench.mail.came[0].booking is not None
    assert bench.mail.came[0].booking.version == 2


def test_a_visit_that_has_begun_is_not_announced(booked: Bench) -> None:
    booked.mail.will(Ending.CLOSED)
    booked.worker.attempt(booked.mail)
    booked.later(2 * DAY)
    assert booked.mail.kinds == ["booked"]
    assert ("booked", "dropped") in booked.states()


def test_an_offer_is_told_while_it_stands(bench: Bench) -> None:
    bench.has_contacts(TWIN, Contact("email", "twin@example.ru"))
    bench.book(PAVEL, TUESDAY)
    bench.wait(ANNA)
    bench.wait(TWIN)
    bench.later(60)
    bench.cancel(PAVEL, TUESDAY)
    bench.work()
    assert [(due.said.kind, due.address) for due in bench.mail.came][-1] == ("offer", MAIL.value)
    bench.later(HOUR + 1)
    assert [(due.said.kind, due.address) for due in bench.mail.came][-1] == ("offer", "twin@example.ru")
    assert ("offer", "dropped") not in bench.states(), "both were told in time"


def test_an_offer_that_is_gone_is_not_told(bench: Bench) -> None:
    bench.book(PAVEL, TUESDAY)
    bench.wait(ANNA)
    bench.cancel(PAVEL, TUESDAY)
    bench.clock.forward(HOUR + 1)
    bench.work()
    assert bench.mail.kinds == ["waitlisted"]
    assert ("offer", "dropped") in bench.states()


def test_a_code_is_not_sent_when_it_is_of_no_use_any_more(bench: Bench) -> None:
    told = Told("code", ANNA.id, "", "Код 123456.", "ru", bench.clock.now)
    bench.store.write(lambda connection: outbox.send_notice(connection, told, only_to=PHONE))
    bench.later(15 * MINUTE)
    assert bench.sms.came == []


def test_what_was_left_for_days_is_told_where_there_is_a_visit_ahead(bench: Bench) -> None:
    """A worker that was away for long, or is there for the first time."""
    bench.book(ANNA, free_id("r-therapist", 9))
    bench.clock.forward(DAY)
    bench.book(ANNA, WEDNESDAY)
    bench.cancel(ANNA, WEDNESDAY)
    told = Told("contacts-changed", ANNA.id, "", "Ваши данные изменены.", "ru", bench.clock.now)
    bench.store.write(lambda connection: outbox.send_notice(connection, told, only_to=MAIL))
    bench.later(4 * DAY)
    assert bench.mail.kinds == ["booked"]


def test_a_booking_of_which_a_notice_may_be_out_stands(bench: Bench) -> None:
    """Section 8: nobody is told of what is taken back."""
    identifier = new_identifier()
    bench.book(ANNA, TUESDAY, identifier)
    bench.clock.forward(60)
    bench.worker.plan()
    assert bench.claim() is not None, "the letter is under way"
    with pytest.raises(Refusal, match="already-known"):
        bench.take_back(identifier)


def test_a_booking_of_which_surely_none_is_out_is_taken_back_with_its_deliveries(booked: Bench) -> None:
    identifier = new_identifier()
    booked.book(PAVEL, WEDNESDAY, identifier)
    booked.has_contacts(PAVEL, Contact("email", "pavel@example.ru"))
    booked.clock.forward(60)
    booked.worker.plan()
    booked.mail.will(Ending.ACCEPTED, Ending.CLOSED)
    booked.worker.attempt(booked.mail)
    booked.worker.attempt(booked.mail)
    booked.take_back(identifier)
    booked.work()
    assert [due.address for due in booked.mail.came] == [MAIL.value, "pavel@example.ru"]
    assert all(notice.appointment == TUESDAY for notice in booked.rows(schema.notice))
    assert len(booked.rows(schema.delivery)) == 2


# --- dead letters ------------------------------------------------------------------------------------------------


def test_what_no_server_takes_is_a_dead_letter_and_can_be_tried_again(booked: Bench) -> None:
    booked.mail.will(Ending.NEVER)
    booked.work()
    [dead] = deliveries.dead_letters(booked.store)
    assert (dead.kind, dead.about, dead.address) == ("booked", TUESDAY, "a***@example.ru")
    assert (dead.attempts, dead.outcome) == (1, "never")
    booked.later(HOUR)
    assert len(booked.mail.came) == 1
    assert deliveries.retry(booked.store, [dead.id], booked.clock.now) == 1
    assert deliveries.dead_letters(booked.store) == []
    booked.work()
    assert booked.mail.kinds == ["booked", "booked"]
    assert booked.states() == [("booked", "sent")] * 2


def test_attempts_grow_rare_and_end(bench: Bench) -> None:
    bench.book(ANNA, free_id("r-therapist", 9))
    bench.clock.forward(60)
    bench.mail.will(*[Ending.LATER] * 1000)
    moments = []
    bench.worker.plan()
    while bench.worker.attempt(bench.mail) is not None:
        moments.append(bench.clock.now)
        [next_at] = [row.next_at for row in bench.rows(schema.delivery) if row.system == "email"]
        bench.clock.forward(next_at - bench.clock.now)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses[:6] == [10, 30, 90, 270, 810, 2430]
    assert set(pauses[6:]) == {HOUR}
    assert moments[-1] - moments[0] < DAY
    [dead] = deliveries.dead_letters(bench.store)
    assert dead.attempts == len(moments)


def test_a_way_that_stays_closed_ends_in_dead_letters_too(bench: Bench) -> None:
    bench.book(ANNA, free_id("r-therapist", 9))
    bench.later(60)
    bench.cancel(ANNA, free_id("r-therapist", 9))
    bench.mail.will(*[Ending.CLOSED] * 2)
    bench.worker.plan()
    bench.worker.attempt(bench.mail)
    bench.clock.forward(DAY)
    bench.worker.attempt(bench.mail)
    assert [dead.kind for dead in deliveries.dead_letters(bench.store)] == ["cancelled"]


def test_one_letter_that_cannot_be_made_stops_no_other(
    booked: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_arguments: object) -> None:
        raise ValueError("anna@example.ru")

    booked.mail.send = breaks  # type: ignore[method-assign, assignment]
    assert booked.worker.attempt(booked.mail) is Ending.UNKNOWN
    assert "ValueError at worker.py" in caplog.text
    assert "anna@" not in caplog.text
    assert booked.worker.attempt(booked.sms) is Ending.ACCEPTED


def _row(bench: Bench, id: str) -> dict[str, object]:
    """A notice that is about nothing which could change."""
    told = {"kind": "contacts-changed", "language": "ru", "not_before": bench.clock.now}
    return {"id": id, "patient_id": ANNA.id, **told}
