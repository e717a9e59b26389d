"""What a booking leaves for others (api.md section 6, issue 2; R25, R26, R35): a notice and a statistics event each time."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from contract_people import Service
from contract_process import Server
from contract_store import columns, rows
from contract_wire import Terminal, Visitor, actor, instant, new_identifier

Json = Any
#: The `booked` notice alone waits, so that a cancel by identifier can remove it unseen.
WAIT = 60


@pytest.fixture
def url(server: Server) -> str:
    return server.database.url


def notices(url: str, appointment: str) -> list[tuple[Any, ...]]:
    """Kind, patient, language and the seconds from now until it may go out."""
    question = "SELECT kind, patient_id, language, not_before FROM notice WHERE appointment = ?"
    return [(*row[:3], row[3] - int(time.time())) for row in rows(url, question, appointment)]


def events(url: str, role: str, start: int) -> list[tuple[Any, ...]]:
    question = "SELECT kind, facility_id, specialty_code, channel, terminal_id FROM event WHERE role_id = ? AND visit_at = ?"
    return rows(url, question, role, start)


def test_a_booking_leaves_a_notice_that_waits(visitor: Visitor, url: str, times: Iterator[Json]) -> None:
    booked = visitor.book(next(times)["id"]).appointment()
    ((_, patient, language, left),) = notices(url, booked["id"])
    assert patient == visitor.patient
    assert language == "ru"
    assert WAIT - 10 <= left <= WAIT


def test_a_move_and_a_cancel_are_told_at_once(visitor: Visitor, url: str, times: Iterator[Json]) -> None:
    booked = visitor.book(next(times)["id"]).appointment()
    visitor.move(booked, next(times)).appointment()
    visitor.cancel(booked["id"]).appointment()
    kinds = [kind for kind, *_ in notices(url, booked["id"])]
    assert len(set(kinds)) == 3
    assert all(left <= 0 for kind, *_, left in notices(url, booked["id"]) if kind != "booked")


def test_a_cancel_by_identifier_is_silent(visitor: Visitor, url: str, times: Iterator[Json]) -> None:
    """Section 6: it removes the notice that waits; nobody is told of what nobody saw."""
    made = new_identifier()
    booked = visitor.book(next(times)["id"], made).appointment()
    visitor.terminal.cancel_by_identifier(made).appointment()
    assert notices(url, booked["id"]) == []


def test_a_repeated_request_is_told_once(visitor: Visitor, url: str, times: Iterator[Json]) -> None:
    proposal, made = next(times), new_identifier()
    for _ in range(3):
        visitor.book(proposal["id"], made).appointment()
    assert len(notices(url, proposal["id"])) == 1
    assert visitor.get("Communication", recipient=visitor.patient).total == 1


def test_a_refused_request_leaves_nothing(
    visitor: Visitor, other: Terminal, url: str, times: Iterator[Json]
) -> None:
    theirs = next(times)
    other.hold(theirs["id"]).appointment()
    visitor.book(theirs["id"]).refused(409, "slot-taken")
    assert notices(url, theirs["id"]) == []
    assert visitor.get("Communication", recipient=visitor.patient).total == 0


def test_events_count_bookings_without_a_person(
    visitor: Visitor, service: Service, url: str, times: Iterator[Json]
) -> None:
    """R35: kind, facility, specialty, doctor, channel, terminal."""
    booked = visitor.book(next(times)["id"]).appointment()
    role = actor(booked, "PractitionerRole")["actor"]["reference"].rpartition("/")[2]
    start = int(instant(booked["start"]).timestamp())
    ((kind, facility, specialty, channel, terminal),) = events(url, role, start)
    assert (facility, specialty) == (service.facility, service.specialty)
    assert kind
    assert channel
    assert terminal
    visitor.cancel(booked["id"]).appointment()
    assert len({kind for kind, *_ in events(url, role, start)}) == 2
    assert not [name for name in columns(url, "event") if "patient" in name]
