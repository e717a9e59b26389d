"""Claims in the store: the assertions of fhir-contract.md 5.3, and threads that all want the same (R21)."""

import threading
from collections import Counter
from itertools import count

import pytest
from booking_region import MONDAY, at, free_id
from sqlalchemy import select

from kiosk.central import claims, rules, schema, slots
from kiosk.central.call import Refusal
from kiosk.central.claims import Owner
from kiosk.central.rules import Claim
from kiosk.central.store import Store

THREADS = 8
NOW = at(MONDAY, 9)


def ticks(first: int, after: int) -> list[Claim]:
    return [Claim("doctor:r#0", tick, "slot-taken") for tick in range(first, after)]


def take(store: Store, wanted: list[Claim], owner: Owner, now: int = NOW, spare: str = "") -> str:
    """'' where all were taken, else the code of the refusal."""
    try:
        store.write(lambda connection: claims.take(connection, wanted, owner, now, spare=spare))
    except Refusal as refusal:
        return refusal.code
    return ""


def owners(store: Store) -> dict[int, str]:
    with store.read() as connection:
        return {row.tick: row.appointment for row in connection.execute(select(schema.claim))}


def test_a_partial_overlap_is_refused_whole_and_neighbours_are_not(booking_store: Store) -> None:
    assert take(booking_store, ticks(3, 6), Owner("a", "t1")) == ""
    assert take(booking_store, ticks(1, 4), Owner("b", "t2")) == "slot-taken"
    assert take(booking_store, ticks(5, 8), Owner("b", "t2")) == "slot-taken"
    assert take(booking_store, ticks(0, 3), Owner("c", "t2")) == ""
    assert take(booking_store, ticks(6, 8), Owner("d", "t2")) == ""
    assert owners(booking_store) == {0: "c", 1: "c", 2: "c", 3: "a", 4: "a", 5: "a", 6: "d", 7: "d"}


def test_a_hold_is_taken_over_when_it_ends_and_a_booking_never(booking_store: Store) -> None:
    assert take(booking_store, ticks(0, 2), Owner("a", "t1", NOW + 10)) == ""
    assert take(booking_store, ticks(0, 2), Owner("a", "t2", NOW + 99), NOW + 9) == "slot-taken"
    assert take(booking_store, ticks(0, 2), Owner("a", "t2", NOW + 99), NOW + 10) == ""
    assert take(booking_store, ticks(0, 2), Owner("b", "t2"), NOW + 11) == "", "its own hold"
    for holder in ("t1", "t2"):
        assert take(booking_store, ticks(1, 2), Owner("c", holder), NOW + 10**9) == "slot-taken"


def test_what_is_to_be_moved_is_in_nobodys_way(booking_store: Store) -> None:
    assert take(booking_store, ticks(0, 3), Owner("a", "t1")) == ""
    assert take(booking_store, ticks(2, 5), Owner("b", "t1", NOW + 10), spare="a") == ""
    assert owners(booking_store) == {0: "a", 1: "a", 2: "a", 3: "b", 4: "b"}


def test_many_threads_that_want_every_time(booking_store: Store) -> None:
    """8 threads, 100 times, every thread wants every one: exactly one winner each, none in part."""
    wanted = [
        free_id(role, day, number)
        for role in ("r-therapist", "r-second")
        for day in range(5)
        for number in range(10)
    ]
    won: Counter[str] = Counter()
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        start.wait()
        for index in count(number * 13):
            if index == number * 13 + len(wanted):
                return
            id = wanted[index % len(wanted)]
            if booking_store.write(lambda connection, id=id: _book(connection, id, f"t{number}")):
                won[f"{id} {number}"] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key.split()[0] for key in won) == sorted(wanted)
    assert set(won.values()) == {1}
    with booking_store.read() as connection:
        rows = connection.execute(select(schema.claim)).all()
    assert len(rows) == 3 * len(wanted)
    assert all(row.appointment.rpartition("/")[2] == row.holder for row in rows)
    assert len({(row.resource, row.tick) for row in rows}) == len(rows)


def _book(connection, id: str, holder: str) -> bool:
    """Whether the time was won; what was taken of a lost one goes with its savepoint."""
    time = slots.proposed(connection, id)
    try:
        with connection.begin_nested():
            claims.take(connection, rules.claims_on_doctor(time), Owner(f"{id}/{holder}", holder), NOW)
    except Refusal:
        return False
    return True


def test_each_thread_reads_what_was_committed_only(booking_store: Store) -> None:
    """A snapshot does not change while it is read."""
    with booking_store.read() as connection:
        assert connection.execute(select(schema.claim)).all() == []
        assert take(booking_store, ticks(0, 2), Owner("a", "t1")) == ""
        assert connection.execute(select(schema.claim)).all() == []
    assert set(owners(booking_store)) == {0, 1}


def test_ticks_are_five_minutes_of_utc(booking_store: Store) -> None:
    with booking_store.read() as connection:
        time = slots.proposed(connection, free_id("r-therapist", 1))
    wanted = rules.claims_on_doctor(time)
    assert [one.tick * 300 for one in wanted] == [time.start, time.start + 300, time.start + 600]
    assert {one.resource for one in wanted} == {"doctor:r-therapist#0"}
    assert rules.claim_on_asking("p", "x", 7) == Claim("asked:p:x", 7, "one-per-day", "asked")
    assert rules.claim_on_visit("p", "x", 8) == Claim("visit:p:x", 8, "one-per-day", "visit")


@pytest.mark.parametrize("appointment", ["a", "b"])
def test_ending_a_booking_leaves_the_others(booking_store: Store, appointment: str) -> None:
    take(booking_store, [rules.claim_on_asking("p", "x", 1), *ticks(0, 2)], Owner("a", "t1"))
    take(booking_store, [rules.claim_on_asking("p", "y", 1), *ticks(2, 4)], Owner("b", "t1"))
    booking_store.write(lambda connection: claims.end_visit(connection, appointment))
    assert owners(booking_store)[1] in "ab", "the days of asking stay"
    booking_store.write(lambda connection: claims.end_booking(connection, appointment))
    assert set(owners(booking_store).values()) == {"a", "b"} - {appointment}
