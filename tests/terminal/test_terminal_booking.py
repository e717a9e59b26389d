"""booking.py's fault table: each fault at each point, late answers, void, restart at each state of the journal.

The promise checked after every row (architecture.md, "What may never happen", 2): what the patient was told last is
what the registry holds, as soon as the registry can be asked.
"""

from pathlib import Path

import booking_desk
import pytest
from booking_desk import UNKNOWN
from fake_registry import IVAN

from kiosk.booking import Request
from kiosk.errors import (
    BadReply,
    InDoubt,
    JournalFault,
    KioskError,
    Refused,
    RegistryError,
    ServerFault,
    Unreachable,
)
from kiosk.journal import Entry, Paper, State
from kiosk.models import AppointmentStatus


class Desk(booking_desk.Desk):
    """With a time to be booked."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.time_held = self.hold()

    def begin(self) -> Request:
        return self.booking.begin(self.time_held, self.token)

    def holds(self, request: Request) -> bool:
        """Whether the registry has this booking, and it stands."""
        booked = self.registry.bookings.get(request.identifier)
        return booked is not None and booked.appointment.status is not AppointmentStatus.CANCELLED


@pytest.fixture
def desk(tmp_path: Path):
    desk = Desk(tmp_path)
    yield desk
    desk.journal.close()


def test_the_intent_is_in_the_journal_before_the_registry_is_asked(desk: Desk) -> None:
    request = desk.begin()
    seen = []
    book = desk.registry.book

    def spy(*arguments):
        seen.append(desk.state(request))
        return book(*arguments)

    desk.registry.book = spy
    booked = desk.booking.ask(request)
    assert seen == [State.ASKED]
    assert booked.status is AppointmentStatus.BOOKED
    assert desk.state(request) is State.BOOKED
    assert desk.booking.shown(request)
    assert desk.state(request) is State.SHOWN
    assert desk.booking.settle() == 0
    assert desk.holds(request)


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", UNKNOWN)
def test_an_unknown_outcome_is_found_out_while_the_patient_waits(
    desk: Desk, fault: KioskError, carried_out: bool
) -> None:
    request = desk.begin()
    desk.registry.fail("book", fault, after=carried_out)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    assert desk.state(request) is State.ASKED
    booked = desk.booking.find_out(request)
    assert booked.ticket_number
    assert booked.start == desk.time_held.start
    assert len(desk.registry.bookings) == 1
    assert desk.booking.shown(request)
    assert desk.holds(request)


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", UNKNOWN)
def test_an_unknown_outcome_is_cancelled_when_the_patient_leaves(
    desk: Desk, fault: KioskError, carried_out: bool
) -> None:
    request = desk.begin()
    desk.registry.fail("book", fault, after=carried_out)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.booking.abandon(request)
    assert desk.booking.settle() == 0
    assert not desk.holds(request)
    assert desk.state(request) is State.CANCELLED
    assert carried_out != (request.identifier in desk.registry.void)


def test_a_request_that_surely_did_not_arrive_is_not_in_doubt(desk: Desk) -> None:
    request = desk.begin()
    desk.registry.fail("book", Unreachable("refused", sent=False))
    with pytest.raises(Unreachable):
        desk.booking.ask(request)
    assert desk.state(request) is State.REFUSED
    assert desk.booking.settle() == 0
    assert "cancel_booking" not in desk.registry.calls


@pytest.mark.parametrize(
    "refusal",
    [Refused(409, "slot-taken"), Refused(422, "overlap"), Refused(401, "login"), Refused(409, "void")],
)
def test_a_refusal_is_not_in_doubt(desk: Desk, refusal: Refused) -> None:
    request = desk.begin()
    desk.registry.fail("book", refusal)
    with pytest.raises(Refused):
        desk.booking.ask(request)
    assert desk.state(request) is State.REFUSED
    assert not desk.holds(request)


@pytest.mark.parametrize(
    "fault", [Unreachable("x", sent=False), Unreachable("x", sent=True), ServerFault(500)]
)
@pytest.mark.parametrize("at", ["lookup", "book"])
def test_a_doubt_stays_a_doubt_while_the_registry_cannot_be_asked(
    desk: Desk, at: str, fault: KioskError
) -> None:
    request = desk.begin()
    desk.registry.fail("book", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.registry.fail(at, fault, times=2)
    for _ in range(2):
        with pytest.raises(InDoubt):
            desk.booking.find_out(request)
    assert desk.booking.settle() == 0, "what is in care is left alone"
    assert not desk.registry.void
    assert desk.booking.find_out(request).ticket_number
    assert desk.holds(request)


def test_a_refusal_after_a_doubt_is_made_final_by_a_void_mark(desk: Desk) -> None:
    """The first request may still be on its way: it must find the door closed."""
    request = desk.begin()
    desk.registry.fail("book", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.registry.fail("book", Refused(422, "overlap"))
    with pytest.raises(Refused):
        desk.booking.find_out(request)
    assert desk.booking.settle() == 0
    with pytest.raises(Refused) as late:
        desk.registry.book(request.wanted, request.identifier, request.token)
    assert late.value.code == "void"


def test_a_late_request_finds_the_void_mark(desk: Desk) -> None:
    """A cancel that overtakes its booking (api.md section 8)."""
    request = desk.begin()
    desk.registry.fail("book", Unreachable("timeout", sent=True))
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.booking.abandon(request)
    desk.booking.settle()
    with pytest.raises(Refused):
        desk.registry.book(request.wanted, request.identifier, request.token)
    assert not desk.holds(request)


def test_an_answer_that_comes_after_the_patient_left_is_cancelled(desk: Desk) -> None:
    request = desk.begin()
    book = desk.registry.book

    def slow(*arguments):
        booked = book(*arguments)
        desk.booking.abandon(request)
        return booked

    desk.registry.book = slow
    desk.booking.ask(request)
    assert not desk.booking.shown(request), "nothing may be painted"
    assert desk.booking.settle() == 0
    assert not desk.holds(request)


def test_a_patient_who_left_before_the_request_was_sent(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.abandon(request)
    with pytest.raises(Refused):
        desk.booking.ask(request)
    assert "book" not in desk.registry.calls
    assert desk.state(request) is None


def test_shown_but_not_painted_can_still_be_abandoned(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    assert desk.booking.shown(request)
    desk.booking.abandon(request)
    assert desk.booking.settle() == 0
    assert not desk.holds(request)


@pytest.mark.parametrize("carried_out", [True, False])
def test_restart_while_asked(desk: Desk, carried_out: bool) -> None:
    request = desk.begin()
    desk.registry.fail("book", Unreachable("killed", sent=True), after=carried_out)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.restart()
    assert desk.booking.recover() == 0
    assert not desk.holds(request)
    assert desk.state(request) is State.CANCELLED


def test_restart_while_booked_and_not_shown(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.restart()
    assert desk.booking.recover() == 0
    assert not desk.holds(request)


def test_restart_after_shown_leaves_the_booking_and_lists_the_ticket(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.shown(request)
    desk.booking.paper(request, Paper.UNDER_WAY)
    desk.restart()
    assert desk.booking.recover() == 0
    assert desk.holds(request)
    assert [(entry.paper, entry.ticket_number) for entry in desk.booking.unprinted()] == [
        (Paper.UNSURE, "T-214")
    ]


def test_what_is_shown_while_the_journal_is_being_read_is_not_cancelled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """architecture.md, "What may never happen", 2: `settle` read it as not shown, and by now it is."""
    request = desk.begin()
    desk.booking.ask(request)
    read = desk.journal.unsettled

    def shown_meanwhile() -> tuple[Entry, ...]:
        entries = read()
        assert desk.booking.shown(request)
        return entries

    monkeypatch.setattr(desk.journal, "unsettled", shown_meanwhile)
    assert desk.booking.settle() == 0
    assert len(desk.registry.standing()) == 1
    assert desk.state(request) is State.SHOWN


def test_restart_while_abandoned(desk: Desk) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.abandon(request)
    desk.registry.down = Unreachable("down", sent=False)
    assert desk.booking.settle() == 1
    desk.restart()
    assert desk.booking.recover() == 1
    desk.registry.down = None
    assert desk.booking.settle() == 0
    assert not desk.holds(request)


@pytest.mark.parametrize("state", [State.CANCELLED, State.REFUSED, State.STANDS])
def test_restart_with_a_settled_booking_asks_nothing(desk: Desk, state: State) -> None:
    desk.journal.asked("urn:uuid:old")
    desk.journal.move("urn:uuid:old", state, only_from=(State.ASKED,))
    before = list(desk.registry.calls)
    desk.restart()
    assert desk.booking.recover() == 0
    assert desk.registry.calls == before


def test_what_the_registry_has_told_to_somebody_stands(desk: Desk) -> None:
    """412 `already-known` (api.md section 8): the terminal stops."""
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.abandon(request)
    desk.registry.already_known.add(request.identifier)
    assert desk.booking.settle() == 0
    assert desk.state(request) is State.STANDS
    assert desk.booking.settle() == 0
    assert desk.registry.calls.count("cancel_booking") == 1


@pytest.mark.parametrize(
    "error", [ServerFault(500), BadReply("x"), Refused(401, "login"), Refused(429, "too-many")]
)
def test_a_cancel_is_repeated_until_it_is_answered(desk: Desk, error: RegistryError) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.abandon(request)
    desk.registry.fail("cancel_booking", error, after=isinstance(error, ServerFault))
    assert desk.booking.settle() == 1
    assert desk.booking.settle() == 0
    assert not desk.holds(request)


def test_a_visit_that_has_begun_stands_and_keeps_no_other_waiting(desk: Desk) -> None:
    """422 `too-late` (api.md section 7) after a long time without the registry."""
    begun, other = desk.begin(), desk.begin()
    for request in (begun, other):
        desk.journal.asked(request.identifier)
        desk.booking.abandon(request)
    desk.registry.fail("cancel_booking", Refused(422, "too-late"), after=False)
    assert desk.booking.settle() == 0
    assert {desk.state(begun), desk.state(other)} == {State.STANDS, State.CANCELLED}


def test_a_refused_cancel_keeps_no_other_waiting(desk: Desk) -> None:
    for request in (desk.begin(), desk.begin()):
        desk.journal.asked(request.identifier)
        desk.booking.abandon(request)
    desk.registry.fail("cancel_booking", Refused(400, "invalid"), after=False)
    assert desk.booking.settle() == 1
    assert len(desk.journal.unsettled()) == 1


def test_without_a_journal_nothing_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments):
        raise JournalFault("disk full")

    monkeypatch.setattr(desk.journal, "asked", full)
    with pytest.raises(JournalFault):
        desk.booking.ask(desk.begin())
    assert "book" not in desk.registry.calls


def test_a_note_of_the_answer_that_fails_does_not_lose_the_booking(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments):
        raise JournalFault("disk full")

    request = desk.begin()
    monkeypatch.setattr(desk.journal, "booked", full)
    assert desk.booking.ask(request).ticket_number
    assert desk.booking.shown(request)
    assert desk.state(request) is State.SHOWN


def test_a_booking_cancelled_behind_our_back_is_told_as_not_booked(desk: Desk) -> None:
    request = desk.begin()
    desk.registry.fail("book", Unreachable("timeout", sent=True), after=True)
    with pytest.raises(InDoubt):
        desk.booking.ask(request)
    desk.registry.cancel_booking(request.identifier)
    with pytest.raises(Refused) as told:
        desk.booking.find_out(request)
    assert told.value.code == "void"


def test_there_is_no_person_in_the_journal(desk: Desk, tmp_path: Path) -> None:
    request = desk.begin()
    desk.booking.ask(request)
    desk.booking.shown(request)
    desk.journal.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (
        IVAN.policy_number,
        IVAN.document_number,
        IVAN.patient.id,
        IVAN.patient.initials,
        desk.token.value,
    ):
        assert secret.encode() not in written
