"""Tomorrow's visits are reminded of on the eve, once (issue 4, 4)."""

import pytest
from booking_region import DAY, HOUR, MONDAY, at, free_id
from notice_bench import Bench
from running_registry import Clock
from tiny_region import ANNA, PAVEL

from kiosk.central import schema
from kiosk.central.contacts import Contact
from kiosk.central.store import Store

TUESDAY, WEDNESDAY = free_id("r-therapist", 1), free_id("r-therapist", 2)


@pytest.fixture
def bench(booking_store: Store, clock: Clock) -> Bench:
    bench = Bench(booking_store, clock)
    bench.has_contacts(ANNA, Contact("email", "anna@example.ru"))
    return bench


def until(bench: Bench, hour: float, day: int = 0) -> None:
    """Work once at that local time in Moscow, counted from Monday."""
    bench.later(at(MONDAY, 0) + day * DAY + int(hour * HOUR) - bench.clock.now)


def test_on_the_eve_in_the_evening_once(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    until(bench, 17.99)
    assert bench.mail.kinds == ["booked"]
    for hour in (18, 18.1, 20, 23.9):
        until(bench, hour)
    assert bench.mail.kinds == ["booked", "reminder"]
    reminder = bench.mail.came[1]
    for said in ("3 марта, 10:00", "Соколова Елена Андреевна", "кабинет 214", "Поликлиника № 1"):
        assert said in reminder.text
    kinds = [message.kind for message in bench.rows(schema.message)]
    assert sorted(kinds) == ["booked", "reminder"], "the cabinet says it too"


def test_two_workers_remind_once(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.clock.forward(9 * HOUR)
    for worker in (bench.worker, bench.another_worker()):
        worker.plan()
    assert [notice.kind for notice in bench.rows(schema.notice)].count("reminder") == 1


def test_the_day_is_that_of_the_facility(bench: Bench) -> None:
    """In Yekaterinburg it is two hours later than in Moscow."""
    bench.has_contacts(PAVEL, Contact("email", "pavel@example.ru"))
    bench.store.write(
        lambda connection: connection.execute(
            schema.card.insert().values(patient_id=PAVEL.id, facility_id="f2")
        )
    )
    bench.book(PAVEL, free_id("r-urals", 1))
    bench.book(ANNA, TUESDAY)
    until(bench, 16)
    assert [due.address for due in bench.mail.came if due.said.kind == "reminder"] == ["pavel@example.ru"]


def test_no_reminder_of_what_was_told_that_evening_or_is_not_sure(bench: Bench) -> None:
    bench.has_contacts(PAVEL, Contact("email", "pavel@example.ru"))
    bench.book(PAVEL, free_id("r-approved", 1))
    until(bench, 18.5)
    bench.book(ANNA, TUESDAY)
    until(bench, 20)
    assert sorted(bench.mail.kinds) == ["awaiting", "booked"]


def test_a_visit_moved_to_another_day_is_reminded_of_on_that_eve(bench: Bench) -> None:
    booking = bench.book(ANNA, TUESDAY)
    until(bench, 19)
    bench.move(ANNA, booking, WEDNESDAY)
    until(bench, 19, 1)
    assert bench.mail.kinds == ["booked", "reminder", "moved", "reminder"]


def test_a_visit_cancelled_before_the_reminder_went_is_not_reminded_of(bench: Bench) -> None:
    bench.book(ANNA, TUESDAY)
    bench.clock.forward(9 * HOUR)
    bench.worker.plan()
    bench.cancel(ANNA, TUESDAY)
    bench.work()
    assert bench.mail.kinds == ["cancelled"]


def test_a_discreet_specialty_is_not_named(bench: Bench) -> None:
    """R47."""
    bench.book(ANNA, free_id("r-discreet", 1))
    until(bench, 18)
    reminder = bench.mail.came[-1]
    assert reminder.said.kind == "reminder"
    assert "приём" in reminder.text
    for hidden in ("Venereologist", "Discreet"):
        assert hidden not in reminder.text


def test_reminders_can_be_left_out(bench: Bench) -> None:
    bench.worker = bench.another_worker(reminder_hour=24)
    bench.book(ANNA, TUESDAY)
    until(bench, 23.5)
    assert bench.mail.kinds == ["booked"]
