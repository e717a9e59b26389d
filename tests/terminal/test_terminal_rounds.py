"""Devices that are asked how they are: kiosk/rounds.py (issue 5, item 5)."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import pytest
from cranked_jobs import CrankedJobs
from inline_jobs import InlineJobs
from wire_printer import PtyPrinter, WirePrinter

from kiosk.devices.health import Grade, Health
from kiosk.devices.printer_wire import SocketWire
from kiosk.devices.receipt_printer import AnsweringPrinter, FilePrinter, PrinterModel, PrinterState
from kiosk.devices.serial_wire import SerialWire
from kiosk.rounds import SILENT_SECONDS, Question, Rounds

MODEL = PrinterModel("TM-T20II")


class Bench:
    """Rounds over some devices, and a clock that passes a second with each tick."""

    def __init__(self, **asked: Callable[[], Enum]) -> None:
        self.seconds = 0.0
        self.health = Health(lambda: datetime.now(UTC))
        self.jobs = InlineJobs()
        self.rounds = self.over(self.jobs, {name: Question("printer", ask) for name, ask in asked.items()})

    def over(self, jobs: object, questions: dict[str, Question]) -> Rounds:
        return Rounds(questions, self.health, jobs, lambda: self.seconds)  # type: ignore[arg-type]

    def second(self) -> None:
        self.seconds += 1.0
        self.rounds.tick()

    def state(self, device: str) -> str:
        known = self.health.of(device)
        return known.state if known else ""


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[PtyPrinter]:
    with PtyPrinter(tmp_path) as printer:
        yield printer


def test_a_serial_printer_is_noticed_within_two_seconds(pty: PtyPrinter) -> None:
    printer = AnsweringPrinter(lambda: SerialWire(pty.path, 115200, "none"), model=MODEL, timeout=10.0)
    bench = Bench(printer=printer.state)
    for action, state in (
        (lambda: None, "ready"),
        (pty.unplug, "offline"),
        (pty.plug_in, "ready"),
        (lambda: pty.fault("cover_open"), "cover-open"),
        (pty.clear, "ready"),
    ):
        action()
        bench.second()
        bench.second()
        assert bench.state("printer") == state
    known = bench.health.of("printer")
    assert known is not None
    assert [change.state for change in known.changes] == ["ready", "cover-open", "ready", "offline", "ready"]


def test_a_device_file_is_noticed_within_two_seconds(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    bench = Bench(printer=FilePrinter(path=path, model=MODEL).state)
    bench.second()
    assert bench.state("printer") == "offline"
    path.touch()
    bench.second()
    bench.second()
    assert bench.state("printer") == "ready"


def test_a_network_printer_is_noticed_when_it_comes() -> None:
    with WirePrinter() as wire:
        printer = AnsweringPrinter(lambda: SocketWire(wire.host, wire.port, 10.0), model=MODEL, timeout=10.0)
        bench = Bench(printer=printer.state)
        bench.second()
        assert bench.state("printer") == "ready"
    bench.second()
    assert bench.state("printer") == "offline"


def test_a_device_that_hangs_holds_up_nobody_else() -> None:
    """Its lane waits for it; the clock, the other lanes and the loop do not, and it is called unknown."""
    bench, jobs, let_go = Bench(), CrankedJobs(), threading.Event()

    def hang() -> PrinterState:
        assert let_go.wait(30)
        return PrinterState.READY

    answers = iter([PrinterState.READY, PrinterState.OFFLINE, PrinterState.READY])
    bench.rounds = bench.over(
        jobs, {"printer": Question("printer", hang), "other": Question("commands", lambda: next(answers))}
    )
    for state in ("ready", "offline"):
        jobs.crank_until(lambda wanted=state: bench.state("other") == wanted, bench.second)  # type: ignore[misc]
    assert bench.state("printer") == ""
    bench.seconds += SILENT_SECONDS
    bench.rounds.tick()
    known = bench.health.of("printer")
    assert known is not None
    assert known.grade is Grade.UNKNOWN
    let_go.set()
    jobs.crank_until(lambda: bench.state("printer") == "ready", lambda: None)
    jobs.close()


def test_one_question_at_a_time() -> None:
    asked: list[int] = []
    bench = Bench(printer=lambda: asked.append(1) or PrinterState.READY)  # type: ignore[func-returns-value]
    for _ in range(5):
        bench.rounds.tick()
    assert len(asked) == 1, "no second has passed"
    for _ in range(5):
        bench.second()
    assert len(asked) == 6
