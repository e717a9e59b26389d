"""Booking that is never in doubt, as the patient sees it (issue 2, item 7): waiting, leaving, coming late, restarts."""

import pytest
from fake_registry import IVAN
from inline_jobs import HeldJobs
from kiosk_bench import Bench

from kiosk.errors import BadReply, JournalFault, KioskError, Refused, ServerFault, Unreachable
from kiosk.flow import Step
from kiosk.journal import Entry, State
from kiosk.views import Busy, Printing
from kiosk.visit import Detour

UNKNOWN = [Unreachable("timeout", sent=True), ServerFault(500), ServerFault(503), BadReply("half a JSON")]


def states(bench: Bench) -> list[str]:
    connection = bench.journal._connection
    assert connection is not None
    return [state for (state,) in connection.execute("SELECT state FROM booking ORDER BY asked_at")]


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", UNKNOWN, ids=lambda fault: repr(fault))
def test_a_lost_answer_is_waited_for_and_found(bench: Bench, fault: KioskError, carried_out: bool) -> None:
    bench.to_confirm()
    bench.registry.fail("book", fault, after=carried_out)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert bench.terminal.in_doubt
    assert bench.terminal.busy is Busy.BOOK
    assert bench.terminal.notice is not None
    assert "ещё не записаны" in bench.terminal.notice.title
    bench.wait(2)
    assert bench.terminal.step is Step.RESULT
    assert not bench.terminal.in_doubt
    assert bench.terminal.printing is Printing.PRINTED
    assert len(bench.registry.standing()) == 1
    assert states(bench) == [State.SHOWN.value]


def test_asking_goes_on_with_growing_pauses_until_the_registry_is_back(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.down = Unreachable("down", sent=True)
    bench.terminal.confirm()
    bench.wait(50)
    asked = bench.registry.calls.count("lookup")
    assert 5 <= asked <= 12
    assert bench.terminal.in_doubt
    bench.registry.down = None
    bench.wait(11)
    assert bench.terminal.step is Step.RESULT


def test_a_refusal_after_a_doubt_is_told_as_such(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True))
    bench.terminal.confirm()
    bench.registry.refuse_book = "overlap"
    bench.wait(2)
    assert bench.terminal.step is Step.TIME
    assert not bench.terminal.in_doubt
    assert not bench.registry.standing()
    bench.wait(1)
    assert len(bench.registry.void) == 1


@pytest.mark.parametrize("way", ["finish", "back", "change"])
def test_leaving_while_in_doubt_is_asked_about_first(bench: Bench, way: str) -> None:
    from kiosk.visit import Fact

    bench.to_confirm()
    bench.registry.down = Unreachable("down", sent=True)
    bench.terminal.confirm()
    {
        "finish": bench.terminal.finish,
        "back": bench.terminal.back,
        "change": lambda: bench.terminal.change(Fact.TIME),
    }[way]()
    assert bench.terminal.leaving
    assert bench.terminal.step is Step.CONFIRM
    bench.terminal.stay()
    assert not bench.terminal.leaving
    assert bench.terminal.in_doubt
    bench.registry.down = None
    bench.wait(3)
    assert bench.terminal.step is Step.RESULT


@pytest.mark.parametrize("carried_out", [True, False])
def test_who_leaves_in_doubt_is_not_booked_in_the_end(bench: Bench, carried_out: bool) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True), after=carried_out)
    bench.terminal.confirm()
    bench.registry.down = Unreachable("down", sent=False)
    bench.terminal.finish()
    bench.terminal.leave()
    assert bench.terminal.step in (Step.WELCOME, Step.OUT_OF_SERVICE)
    bench.wait(30)
    bench.registry.down = None
    bench.wait(61)
    assert not bench.registry.standing()
    assert states(bench) == [State.CANCELLED.value]
    assert bench.terminal.step is Step.WELCOME


def test_the_result_that_comes_while_the_dialog_is_open_is_shown(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True))
    bench.terminal.confirm()
    bench.terminal.finish()
    bench.wait(2)
    assert bench.terminal.step is Step.RESULT
    assert not bench.terminal.leaving


def test_the_result_that_comes_during_help_is_shown(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True))
    bench.terminal.confirm()
    bench.terminal.look_aside(Detour.HELP)
    bench.wait(2)
    assert bench.terminal.step is Step.RESULT


def test_walking_away_while_the_request_is_under_way(slow_bench: Bench) -> None:
    """The command finishes in the worker; what nobody saw is put right."""
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    assert bench.terminal.busy is Busy.BOOK
    bench.terminal.finish()
    assert bench.terminal.leaving
    bench.jobs.work("booking")
    bench.terminal.leave()
    bench.jobs.arrive()
    assert bench.terminal.step is Step.WELCOME
    bench.wait(2)
    assert not bench.registry.standing()
    assert bench.terminal.step is Step.WELCOME
    assert not bench.printer.printed


def test_walking_away_before_the_request_is_sent(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    bench.terminal.leave()
    assert isinstance(bench.jobs, HeldJobs)
    bench.jobs.work("registry")
    bench.settle()
    assert "book" not in bench.registry.calls


def test_walking_away_just_before_the_intent_is_written(
    slow_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass after their leaving finds nothing in the journal yet: the late answer calls for another one."""
    bench, write = slow_bench, slow_bench.journal.asked
    assert isinstance(bench.jobs, HeldJobs)

    def left_meanwhile(identifier: str, move: None) -> None:
        bench.terminal.leave()
        while bench.jobs.waiting("registry"):
            bench.jobs.work("registry")
        bench.jobs.arrive()
        bench.terminal.tick()
        bench.jobs.work("registry")
        bench.jobs.arrive()
        write(identifier, move)

    bench.to_confirm()
    monkeypatch.setattr(bench.journal, "asked", left_meanwhile)
    bench.terminal.confirm()
    bench.jobs.work("booking")
    assert len(bench.registry.standing()) == 1
    bench.settle()
    bench.wait(2)
    assert not bench.registry.standing()
    assert bench.terminal.step is Step.WELCOME


def test_a_booking_left_while_a_pass_is_under_way_is_put_right_by_the_next_one_at_once(
    slow_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, read = slow_bench, slow_bench.journal.unsettled
    assert isinstance(bench.jobs, HeldJobs)

    def left_meanwhile() -> tuple[Entry, ...]:
        monkeypatch.undo()
        entries = read()
        bench.jobs.work("booking")
        bench.terminal.leave()
        while bench.jobs.waiting("registry"):
            bench.jobs.work("registry")
        bench.jobs.arrive()
        return entries

    bench.to_confirm()
    bench.time.seconds += 301
    bench.terminal.touched()
    bench.terminal.tick()
    bench.terminal.confirm()
    monkeypatch.setattr(bench.journal, "unsettled", left_meanwhile)
    while bench.jobs.waiting("registry"):
        bench.jobs.work("registry")
    assert len(bench.registry.standing()) == 1
    bench.settle()
    bench.wait(1)
    assert not bench.registry.standing()


def test_the_next_patient_does_not_wait_for_the_answer_that_the_last_one_left_behind(
    slow_bench: Bench,
) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    bench.terminal.leave()
    assert isinstance(bench.jobs, HeldJobs)
    assert bench.jobs.waiting("booking") == 1
    assert bench.jobs.waiting("commands") <= 2, (
        "release and revoke: quick ones, and nothing behind the booking"
    )


def test_walking_away_between_shown_and_painted(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    bench.jobs.work("booking")
    bench.jobs.arrive()
    bench.jobs.work("booking")
    bench.terminal.leave()
    bench.wait(2)
    assert bench.terminal.step is Step.WELCOME
    assert not bench.registry.standing()


def test_a_journal_that_cannot_be_written_books_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise JournalFault("disk full")

    bench.to_confirm()
    monkeypatch.setattr(bench.journal, "asked", full)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert bench.terminal.notice is not None
    assert "не может" in bench.terminal.notice.title
    assert "book" not in bench.registry.calls


def test_what_cannot_be_noted_as_shown_is_not_painted_and_cancelled(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> bool:
        raise JournalFault("disk full")

    bench.to_confirm()
    with monkeypatch.context() as patch:
        patch.setattr(bench.booking, "shown", full)
        bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert bench.terminal.notice is not None
    assert bench.terminal.notice.retry
    assert bench.terminal.busy is None
    bench.wait(1)
    assert not bench.registry.standing()
    bench.terminal.retry()
    assert bench.terminal.step is Step.RESULT
    assert len(bench.registry.standing()) == 1


@pytest.mark.parametrize("killed_before_shown", [True, False])
def test_a_restart_in_the_middle(slow_bench: Bench, killed_before_shown: bool) -> None:
    """After a restart what was not shown is cancelled, what was shown stands."""
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    bench.jobs.work("booking")
    if not killed_before_shown:
        bench.settle()
    bench.jobs = HeldJobs()
    bench.restart()
    bench.wait(1)
    assert len(bench.registry.standing()) == (0 if killed_before_shown else 1)


def test_no_booking_while_one_is_under_way(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    bench.terminal.confirm()
    bench.settle()
    bench.terminal.confirm()
    bench.settle()
    assert bench.registry.calls.count("book") == 1


def test_the_clinic_is_never_told_of_a_cancel_that_is_not_ours(bench: Bench) -> None:
    """A finished visit with a shown booking is left alone for good."""
    bench.to_result()
    bench.terminal.finish()
    bench.wait(400)
    assert "cancel_booking" not in bench.registry.calls
    assert len(bench.registry.standing()) == 1
    assert bench.registry.standing()[0].patient_id == IVAN.patient.id


def test_already_known_stops_the_terminal(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True), after=True)
    bench.terminal.confirm()
    bench.registry.fail("cancel_booking", Refused(412, "already-known"))
    bench.terminal.leave()
    bench.wait(30)
    assert bench.registry.calls.count("cancel_booking") == 1
    assert states(bench) == [State.STANDS.value]
