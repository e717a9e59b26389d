"""How the devices are and were: kiosk/devices/health.py (issue 5, item 5)."""

import threading
from datetime import UTC, datetime, timedelta
from enum import Enum

import pytest

from kiosk.devices.code_scanner import ScannerState
from kiosk.devices.health import HISTORY, Change, Grade, Health, Silence, grade
from kiosk.devices.printer_status import PrinterState

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Clock:
    """A second passes with each look at it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def at(seconds: int) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_state_lasts_from_its_change_until_the_next() -> None:
    health = Health(Clock())
    assert health.of("printer") is None
    for state in (PrinterState.READY, PrinterState.READY, PrinterState.COVER_OPEN, PrinterState.COVER_OPEN):
        health.tell("printer", state)
    health.tell("scanner", ScannerState.ABSENT)
    printer, scanner = health.devices()
    assert printer.changes == (Change("cover-open", at(3)), Change("ready", at(1)))
    assert (printer.state, printer.since, printer.heard_at) == ("cover-open", at(3), at(4))
    assert printer.grade is Grade.BAD
    assert (scanner.device, scanner.state) == ("scanner", "absent")


def test_the_history_is_of_bounded_size() -> None:
    health = Health(Clock())
    for _ in range(HISTORY):
        health.tell("printer", PrinterState.OFFLINE)
        health.tell("printer", PrinterState.READY)
    known = health.of("printer")
    assert known is not None
    assert len(known.changes) == HISTORY
    assert known.changes[0] == Change("ready", at(2 * HISTORY))


@pytest.mark.parametrize("kind", [PrinterState, ScannerState, Silence])
def test_only_what_is_ready_or_not_meant_to_be_there_is_good(kind: type[Enum]) -> None:
    """Silence is unknown, never fine; nor is a state that a later device may bring."""
    for state in kind:
        assert (grade(state.value) is Grade.GOOD) == (state.value in ("ready", "none"))
    assert grade("unknown") is Grade.UNKNOWN
    assert grade("on-fire") is Grade.BAD


def test_told_from_many_threads_at_once() -> None:
    health = Health(Clock())

    def tell(device: str) -> None:
        for _ in range(200):
            health.tell(device, PrinterState.READY)
            health.tell(device, PrinterState.OFFLINE)
            assert all(len(one.changes) <= HISTORY for one in health.devices())

    threads = [threading.Thread(target=tell, args=(f"device {number % 3}",)) for number in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(health.devices()) == 3
    for known in health.devices():
        times = [change.at for change in known.changes]
        assert times == sorted(times, reverse=True)
        assert all(a.state != b.state for a, b in zip(known.changes, known.changes[1:], strict=False))
