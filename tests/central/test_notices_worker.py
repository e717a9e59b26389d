"""The worker's threads: the database may be away for a while, any other fault of the program ends it (issue 4)."""

import threading

import pytest
from notice_bench import Bench
from running_registry import Clock
from sqlalchemy.exc import OperationalError

from kiosk.central.notices import deliveries, worker
from kiosk.central.store import Store


def test_a_database_that_is_away_is_looked_at_again(
    booking_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stopped, looked = threading.Event(), []

    def away(*_arguments: object) -> int:
        looked.append(True)
        if len(looked) > 1:
            stopped.set()
        raise OperationalError("INSERT ... anna@example.ru", None, Exception("away"))

    monkeypatch.setattr(deliveries, "address", away)
    monkeypatch.setattr(worker, "FAULT_SECONDS", 0.01)
    Bench(booking_store, clock).worker.run(stopped)
    assert len(looked) > 1
    assert "the database failed (OperationalError)" in caplog.text
    assert "anna@" not in caplog.text


def test_a_fault_that_nobody_foresaw_ends_all_threads_and_is_told(
    booking_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_arguments: object) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr(deliveries, "address", breaks)
    stopped = threading.Event()
    with pytest.raises(RuntimeError, match="broken"):
        Bench(booking_store, clock).worker.run(stopped)
    assert stopped.is_set()
