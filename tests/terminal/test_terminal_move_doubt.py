"""booking.py's fault table for moves: each fault at each point, restarts at each state of the journal (issue 4, item 2).

A move is not taken back; the promise checked after every row is that nothing was said that the registry does not hold,
and that the journal says in the end what became of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import booking_desk
import pytest
from booking_desk import UNKNOWN
from fake_registry import NOW, PETRENKO, SOKOLOVA

from kiosk.booking import PENDING_SECONDS, Request
from kiosk.errors import InDoubt, JournalFault, KioskError, Refused, Unreachable
from kiosk.journal import Journal, Paper, State
from kiosk.models import Appointment, AppointmentStatus, Move


class Desk(booking_desk.Desk):
    """With a booking, and the time to which it is to go."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.old = self.registry.book(self.hold(SOKOLOVA), "urn:uuid:first", self.token)
        self.new = self.hold(PETRENKO, replaces=self.old.id)

    def begin(self) -> Request:
        return self.booking.begin(Move(self.old, self.new), self.token)

    @property
    def is_moved(self) -> bool:
        """Where the one booking stands."""
        [booked] = self.registry.standing()
        return booked.appointment.doctor_id == PETRENKO.id


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


def test_a_move_keeps_the_ticket_and_is_noted_before_it_is_asked_for(desk: Desk) -> None:
    request, seen = desk.begin(), []
    move = desk.registry.move

    def spy(*arguments):
        entry = desk.journal.get(request.identifier)
        assert entry is not None
        seen.append((entry.state, entry.is_move, entry.appointment_id, entry.ticket_number))
        return move(*arguments)

    desk.registry.move = spy
    moved = desk.booking.ask(request)
    assert isinstance(moved, Appointment)
    assert seen == [(State.ASKED, True, desk.old.id, desk.old.ticket_number)]
    assert (moved.id, moved.ticket_number, moved.code) == (desk.old.id, desk.old.ticket_number, desk.old.code)
    assert (moved.start, moved.doctor_id) == (desk.new.start, PETRENKO.id)
    assert desk.state(request) is State.BOOKED
    assert desk.booking.shown(request)
    assert desk.booking.settle() == 0
    assert desk.state(request) is State.SHOWN
    assert desk.is_moved


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", UNKNOWN)
def test_a_lost_answer_is_found_out(desk: Desk, fault: KioskError, carried_out: bool) -> None:
    request = desk.begin()
    desk.registry.fail("move", fault, after=carried_out)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    assert desk.is_moved == carried_out
    moved = desk.booking.find_out(request)
    assert desk.is_moved
    assert isinstance(moved, Appointment)
    assert (moved.start, moved.ticket_number, moved.code) == (
        desk.new.start,
        desk.old.ticket_number,
        desk.old.code,
    )
    assert desk.registry.calls.count("move") == (1 if carried_out else 2)
    assert desk.booking.shown(request)
    assert desk.state(request) is State.SHOWN


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_answer_to_a_move_to_another_doctor_at_the_same_time(desk: Desk, carried_out: bool) -> None:
    """The start alone tells nothing then: the version does. The booking was to be changed from here before."""
    desk.new = desk.registry.hold(f"{PETRENKO.id}.{int(desk.old.start.timestamp())}", desk.token, desk.old.id)
    desk.registry.tried.add(desk.old.id)
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True), after=carried_out)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    assert desk.is_moved == carried_out
    desk.booking.find_out(request)
    assert desk.is_moved


def test_find_out_stays_in_doubt_while_the_registry_cannot_be_asked(desk: Desk) -> None:
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    for method in ("attempted", "move"):
        desk.registry.fail(method, Unreachable("down", sent=False))
        with pytest.raises(InDoubt):
            desk.booking.find_out(request)
    assert desk.state(request) is State.ASKED


def test_what_changed_meanwhile_is_never_overwritten(desk: Desk) -> None:
    """Not after a lost answer either: it was somebody else who moved it."""
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    elsewhere = desk.hold(SOKOLOVA, 5, replaces=desk.old.id).start
    desk.registry.change(desk.old.id, start=elsewhere)
    with pytest.raises(Refused) as refused:
        desk.booking.find_out(request)
    assert refused.value.code == "version-conflict"
    [booked] = desk.registry.standing()
    assert booked.appointment.start == elsewhere
    assert desk.booking.settle() == 0
    assert desk.state(request) is State.REFUSED


def test_a_cancelled_booking_is_not_moved(desk: Desk) -> None:
    desk.registry.change(desk.old.id, status=AppointmentStatus.CANCELLED)
    request = desk.begin()
    with pytest.raises(Refused) as refused:
        desk.booking.ask(request)
    assert refused.value.code == "version-conflict"
    assert desk.state(request) is State.REFUSED
    assert desk.booking.settle() == 0


@pytest.mark.parametrize("code", ["slot-taken", "too-late", "one-per-day"])
def test_a_refused_move_leaves_the_old_time(desk: Desk, code: str) -> None:
    request = desk.begin()
    desk.registry.fail("move", Refused(409, code))
    with pytest.raises(Refused):
        desk.booking.ask(request)
    assert desk.state(request) is State.REFUSED
    assert not desk.is_moved
    assert desk.booking.settle() == 0
    assert "cancel_booking" not in desk.registry.calls


# --- the patient has gone, or the terminal ------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [True, False])
def test_a_move_that_nobody_was_shown_stands_and_the_staff_sees_its_ticket(
    desk: Desk, restarted: bool
) -> None:
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True), after=True)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    if restarted:
        desk.restart()
    else:
        desk.booking.abandon(request)
    assert desk.booking.recover() == 0
    assert desk.is_moved
    assert desk.state(request) is State.STANDS
    assert [entry.ticket_number for entry in desk.booking.unprinted()] == [desk.old.ticket_number]
    assert "cancel_booking" not in desk.registry.calls


def test_a_move_that_was_answered_and_not_shown_stands_after_a_restart(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.restart()
    assert desk.booking.recover() == 0
    assert desk.state(request) is State.STANDS


def test_that_a_move_was_not_carried_out_is_final_once_its_request_can_no_longer_arrive(desk: Desk) -> None:
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.restart()
    assert desk.booking.recover() == 1
    desk.time.seconds += PENDING_SECONDS - 1
    assert desk.booking.settle() == 1
    assert desk.state(request) is State.ABANDONED
    desk.time.seconds += 1
    assert desk.booking.settle() == 0
    assert desk.state(request) is State.REFUSED


def test_a_request_that_arrives_late_is_found(desk: Desk) -> None:
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.booking.abandon(request)
    assert desk.booking.settle() == 1
    desk.registry.move(Move(desk.old, desk.new), desk.token)
    assert desk.booking.settle() == 0
    assert desk.state(request) is State.STANDS


def test_a_shown_move_stays_shown_over_a_restart(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.shown(request)
    desk.booking.paper(request, Paper.UNDER_WAY)
    desk.restart()
    assert desk.booking.recover() == 0
    assert desk.state(request) is State.SHOWN
    [entry] = desk.booking.unprinted()
    assert entry.paper is Paper.UNSURE


def test_nothing_is_asked_where_the_intent_cannot_be_noted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise JournalFault("disk full")

    monkeypatch.setattr(desk.journal, "asked", full)
    with pytest.raises(JournalFault):
        desk.booking.ask(desk.begin())
    assert "move" not in desk.registry.calls


def test_staff_takes_a_move_over_without_the_registry(desk: Desk) -> None:
    """There is nothing that could be cancelled."""
    request = desk.begin()
    desk.registry.fail("move", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.booking.abandon(request)
    asked = len(desk.registry.calls)
    desk.booking.discard(request.identifier, "desk")
    assert desk.state(request) is State.HANDED_OVER
    assert len(desk.registry.calls) == asked


def test_a_journal_of_before_the_moves_goes_on(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "journal.sqlite"
    with sqlite3.connect(path) as old:
        old.execute(
            "CREATE TABLE booking (identifier TEXT PRIMARY KEY, state TEXT NOT NULL, appointment_id TEXT NOT NULL "
            "DEFAULT '', ticket_number TEXT NOT NULL DEFAULT '', paper TEXT NOT NULL DEFAULT 'none', "
            "asked_at TEXT NOT NULL, changed_at TEXT NOT NULL)"
        )
        at = NOW.isoformat()
        old.execute("INSERT INTO booking VALUES ('urn:uuid:1', 'asked', '', '', 'none', ?, ?)", (at, at))
    old.close()
    journal = Journal(path)
    [entry] = journal.unsettled()
    assert (entry.identifier, entry.is_move) == ("urn:uuid:1", False)
    journal.asked("urn:uuid:2", Move(_appointment("3"), _appointment("4")))
    assert [one.is_move for one in journal.unsettled()] == [False, True]
    journal.close()


def _appointment(version: str) -> Appointment:
    time = Appointment("app-1", AppointmentStatus.BOOKED, NOW, NOW)
    return replace(time, version=version)
