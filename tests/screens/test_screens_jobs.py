"""Background work: off the UI thread and back on it (architecture.md, "Background work")."""

import threading
from collections.abc import Callable, Iterator

import pytest
from screens_stage import turn

from kiosk.app import on_ui_thread
from kiosk.errors import KioskError, Unreachable
from kiosk.jobs import LaneJobs


@pytest.fixture
def jobs() -> Iterator[LaneJobs]:
    jobs = LaneJobs(on_ui_thread)
    yield jobs
    jobs.close()


def until(condition: Callable[[], bool]) -> None:
    """Turns the loop until it holds; the test's own time limit ends it otherwise."""
    while not condition():
        turn()


def never(_result: object) -> None:
    raise AssertionError("this was not to be called")


def test_work_is_done_elsewhere_and_its_result_comes_home(jobs: LaneJobs) -> None:
    results: list[tuple[int, int]] = []
    jobs.run(threading.get_ident, lambda ident: results.append((ident, threading.get_ident())), never)
    until(lambda: bool(results))
    worker, home = results[0]
    assert worker != home == threading.get_ident()


def test_a_foreseen_failure_comes_home_too(jobs: LaneJobs) -> None:
    failures: list[KioskError] = []

    def work() -> None:
        raise Unreachable("cut", sent=True)

    jobs.run(work, never, failures.append)
    until(lambda: bool(failures))
    assert isinstance(failures[0], Unreachable)


def test_an_unforeseen_failure_is_raised_in_the_loop(jobs: LaneJobs) -> None:
    def work() -> None:
        raise ZeroDivisionError

    jobs.run(work, never, never)
    with pytest.raises(ZeroDivisionError):
        until(lambda: False)


def test_a_later_job_of_the_same_name_makes_the_older_one_stale(jobs: LaneJobs) -> None:
    results: list[str] = []
    gate = threading.Event()

    def slow() -> str:
        gate.wait(10)
        return "old"

    jobs.run(slow, results.append, never, exclusive="list")
    jobs.run(lambda: "new", results.append, never, exclusive="list")
    until(lambda: results == ["new"])
    gate.set()
    marks: list[str] = []
    jobs.run(lambda: "after", marks.append, never, lane="printer")
    until(lambda: bool(marks))
    jobs.close()
    turn()
    assert results == ["new"]


def test_commands_keep_their_order(jobs: LaneJobs) -> None:
    results: list[int] = []
    for number in range(20):
        jobs.run(lambda number=number: number, results.append, never, lane="commands")  # type: ignore[misc]
    until(lambda: len(results) == 20)
    assert results == list(range(20))


def test_closing_finishes_commands_and_may_be_called_again() -> None:
    jobs = LaneJobs(on_ui_thread)
    finished: list[int] = []
    for number in range(3):
        jobs.run(lambda number=number: finished.append(number), lambda _none: None, never, lane="commands")  # type: ignore[misc]
    jobs.close()
    jobs.close()
    assert finished == [0, 1, 2]
