"""One activity-aware timer with a warning that restores everything; out of service and back by itself."""

import pytest
from fake_registry import HOME
from kiosk_bench import Bench

from kiosk.errors import BadReply, Refused, ServerFault, Unreachable
from kiosk.flow import Step
from kiosk.idle import IdleTimer
from kiosk.views import Printing
from kiosk.visit import Intent


def test_the_timer_warns_and_ends() -> None:
    now = [100.0]
    timer = IdleTimer(60, 20, lambda: now[0])
    assert timer.warning_left is None
    now[0] = 159.9
    assert timer.warning_left is None
    now[0] = 160.0
    assert timer.warning_left == 20
    now[0] = 179.5
    assert timer.warning_left == 1
    assert not timer.is_over
    now[0] = 180.0
    assert timer.is_over
    timer.touched()
    assert timer.warning_left is None


@pytest.mark.parametrize("back", ["stay", "touched"])
def test_the_warning_restores_everything(bench: Bench, back: str) -> None:
    bench.to_identify()
    bench.type_identity()
    before = bench.terminal.visit
    bench.wait(61)
    assert bench.terminal.idle_left == 19
    getattr(bench.terminal, back)()
    assert bench.terminal.idle_left is None
    assert bench.terminal.visit.draft == before.draft
    assert bench.terminal.step is Step.IDENTIFY
    bench.wait(59)
    assert bench.terminal.step is Step.IDENTIFY


STEPS = ("to_specialty", "to_time", "to_identify", "to_contacts", "to_confirm", "to_result")


@pytest.mark.parametrize("where", STEPS)
def test_who_walks_away_is_forgotten(bench: Bench, where: str) -> None:
    """From each step; the token is revoked and the hold freed."""
    getattr(bench, where)()
    bench.wait(81)
    assert bench.terminal.step is Step.WELCOME
    assert bench.terminal.visit.known == ()
    assert not bench.registry.tokens
    assert not bench.registry.holds
    assert len(bench.registry.standing()) == (1 if where == "to_result" else 0)


def test_nobody_is_sent_away_while_something_is_done_for_them(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.terminal.confirm()
    for _ in range(200):
        bench.time.seconds += 1
        bench.terminal.tick()
    assert bench.terminal.idle_left is None
    bench.jobs.work("booking")
    bench.jobs.arrive()
    while bench.terminal.printing is not Printing.UNDER_WAY:
        bench.jobs.work("booking")
        bench.jobs.arrive()
    for _ in range(200):
        bench.time.seconds += 1
        bench.terminal.tick()
    assert bench.terminal.idle_left is None
    assert bench.terminal.step is Step.RESULT


def test_who_walks_away_in_doubt_is_not_waited_for_forever(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", Unreachable("timeout", sent=True), after=True)
    bench.terminal.confirm()
    bench.registry.down = Unreachable("down", sent=True)
    bench.wait(85)
    assert not bench.terminal.visit.started
    bench.registry.down = None
    bench.wait(61)
    assert not bench.registry.standing()


def test_there_is_no_timer_on_the_welcome_screen(bench: Bench) -> None:
    key = bench.terminal.visit.key
    bench.wait(200)
    assert bench.terminal.idle_left is None
    assert bench.terminal.visit.key == key


@pytest.mark.parametrize(
    "error", [Unreachable("x", sent=False), ServerFault(503), BadReply("HTML"), Refused(401, "login")]
)
def test_out_of_service_is_said_and_ends_by_itself(
    bench: Bench, error: Unreachable | ServerFault | BadReply | Refused
) -> None:
    bench.registry.down = error
    bench.wait(62)
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    assert bench.terminal.out_of_service is not None
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK)
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    bench.registry.down = None
    bench.wait(21)
    assert bench.terminal.step is Step.WELCOME
    bench.terminal.start()
    assert bench.terminal.step is Step.HOME


def test_a_visit_is_not_interrupted_by_the_watch(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.time.seconds += 61
    bench.registry.down = ServerFault(503)
    bench.terminal.tick()
    bench.terminal.start()
    bench.settle()
    assert bench.terminal.step is Step.HOME
    bench.terminal.finish()
    bench.wait(1)
    assert bench.terminal.step is Step.OUT_OF_SERVICE


def test_a_home_facility_that_nobody_knows_is_a_setting_to_mend(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.terminal.home == HOME
    monkeypatch.setattr(bench.registry, "facilities", lambda: ())
    bench.wait(61)
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    assert bench.terminal.out_of_service is not None
    assert "не настроен" in bench.terminal.out_of_service.title


def test_a_journal_that_cannot_be_read_does_not_stop_the_terminal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kiosk.errors import JournalFault

    def broken() -> int:
        raise JournalFault("locked")

    with monkeypatch.context() as patch:
        patch.setattr(bench.journal, "unsettled", broken)
        bench.wait(400)
    assert bench.terminal.step is Step.WELCOME
    bench.to_result()
    assert bench.terminal.step is Step.RESULT
