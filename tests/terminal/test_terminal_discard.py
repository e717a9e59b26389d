"""What staff gives up or takes over: unfinished bookings and tickets not surely printed (issue 5, item 7; R36).

Whatever is given up here is given up at the registry first; the journal says when and why.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fake_registry import IVAN, NOW, SOKOLOVA, FakeRegistry
from kiosk_bench import Time

from kiosk.booking import Booking
from kiosk.errors import KioskError, Refused, ServerFault, Unreachable
from kiosk.journal import Journal, Paper, State
from kiosk.models import AppointmentStatus


class Left:
    """A booking that nobody was shown, from before the program started; and staff who looks into the journal."""

    def __init__(self, folder: Path) -> None:
        self.time = Time()
        self.registry = FakeRegistry(self.time.now)
        self.journal = Journal(folder / "journal.sqlite", self.time.now)
        before = Booking(self.registry, self.journal)
        token = self.registry.identify(IVAN.policy_number, IVAN.birth_date)
        free = self.registry.find(SOKOLOVA, NOW, NOW.replace(day=28), 1)[0]
        self.request = before.begin(self.registry.hold(free.id, token), token)
        self.identifier = self.request.identifier
        before.ask(self.request)
        self.while_there = before
        self.booking = Booking(self.registry, self.journal)

    @property
    def state(self) -> State:
        entry = self.journal.get(self.identifier)
        assert entry is not None
        return entry.state

    @property
    def stands(self) -> bool:
        """Whether the registry has it, and it stands."""
        return self.registry.bookings[self.identifier].appointment.status is not AppointmentStatus.CANCELLED

    def reasons(self) -> list[tuple[str, str]]:
        return [(discard.identifier, discard.reason) for discard in self.journal.discards()]


@pytest.fixture
def left(tmp_path: Path):
    left = Left(tmp_path)
    yield left
    left.journal.close()


def test_what_is_given_up_is_cancelled_at_the_registry(left: Left) -> None:
    assert [entry.identifier for entry in left.booking.unsettled()] == [left.identifier]
    left.booking.discard(left.identifier, "test booking")
    assert not left.stands
    assert left.state is State.CANCELLED
    assert left.booking.unsettled() == ()


@pytest.mark.parametrize(
    "error",
    [
        Unreachable("down", sent=False),
        Unreachable("lost", sent=True),
        ServerFault(503),
        Refused(401, "login"),
    ],
    ids=str,
)
def test_nothing_is_given_up_that_the_registry_did_not_hear_of(left: Left, error: KioskError) -> None:
    left.registry.fail("cancel_booking", error)
    with pytest.raises(type(error)):
        left.booking.discard(left.identifier, "patient has left")
    assert left.state is State.ABANDONED, "it is tried again"
    assert left.booking.settle() == 0
    assert not left.stands


def test_what_the_registry_refuses_to_cancel_is_taken_over_with_its_reason(left: Left) -> None:
    left.registry.fail("cancel_booking", Refused(403, "forbidden"), times=2)
    assert left.booking.settle() == 1, "it would be asked for ever"
    left.booking.discard(left.identifier, "told the registrar")
    assert left.state is State.HANDED_OVER
    assert left.stands, "and nobody says that it does not"
    assert left.reasons() == [(left.identifier, "told the registrar")]
    assert left.booking.settle() == 0


def test_what_stands_at_the_registry_stands_here(left: Left) -> None:
    left.registry.already_known.add(left.identifier)
    left.booking.discard(left.identifier, "patient has left")
    assert left.state is State.STANDS
    assert [entry.identifier for entry in left.booking.unprinted()] == [left.identifier]


def test_a_booking_whose_patient_stands_there_is_not_offered(left: Left) -> None:
    assert left.while_there.unsettled() == ()


def test_a_result_that_was_shown_meanwhile_is_not_given_up(left: Left) -> None:
    assert left.while_there.shown(left.request)
    left.booking.discard(left.identifier, "patient has left")
    assert left.stands
    assert left.state is State.SHOWN
    assert left.reasons() == []


@pytest.mark.parametrize("paper", [Paper.NONE, Paper.UNDER_WAY, Paper.NOT_PRINTED, Paper.UNSURE])
def test_a_ticket_that_staff_saw_to_is_listed_no_more(left: Left, paper: Paper) -> None:
    left.while_there.shown(left.request)
    left.while_there.paper(left.request, paper)
    assert len(left.booking.unprinted()) == 1
    left.booking.handled(left.identifier, "written by hand")
    assert left.booking.unprinted() == ()
    assert left.stands
    assert left.reasons() == [(left.identifier, "written by hand")]
    assert left.journal.counts() == {"shown, handled": 1}


def test_a_printed_ticket_needs_nobody(left: Left) -> None:
    left.while_there.shown(left.request)
    left.while_there.paper(left.request, Paper.PRINTED)
    left.booking.handled(left.identifier, "written by hand")
    assert left.reasons() == []


def test_the_printer_is_emptied_although_staff_saw_to_the_ticket(left: Left) -> None:
    """What it may still hold must not come out for the next patient."""
    left.while_there.shown(left.request)
    left.while_there.paper(left.request, Paper.UNSURE)
    left.booking.handled(left.identifier, "written by hand")
    assert left.journal.left_in_printer()


def test_a_journal_from_before_there_were_reasons_is_used_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    first = Journal(path)
    first.asked("urn:uuid:1")
    first.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE discard")
    second = Journal(path)
    assert second.hand_over("urn:uuid:1", "told the registrar")
    assert not second.hand_over("urn:uuid:1", "told the registrar"), "once"
    assert [discard.reason for discard in second.discards()] == ["told the registrar"]
    second.close()


def test_reasons_are_kept_as_long_as_bookings(tmp_path: Path) -> None:
    time = Time()
    journal = Journal(tmp_path / "journal.sqlite", time.now)
    journal.asked("urn:uuid:1")
    journal.hand_over("urn:uuid:1", "told the registrar")
    time.seconds += 31 * 86400
    journal.tidy()
    assert journal.discards() == ()
    assert journal.counts() == {}
    journal.close()
