"""Jobs for tests: inline ones, and ones that wait until the test lets them run."""

from collections.abc import Callable
from typing import Any

from kiosk.errors import KioskError


class InlineJobs:
    """Runs every job at once, as if the registry answered before the patient could blink."""

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        try:
            value = work()
        except KioskError as error:
            failed(error)
        else:
            done(value)

    def post(self, call: Callable[[], None]) -> None:
        call()

    def close(self) -> None:
        """Nothing is running."""


class HeldJobs:
    """Keeps jobs until the test lets them work, and their results until it lets them arrive.

    `work(lane)` does the oldest waiting job of a lane on the spot; its result arrives with `arrive()`.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[str, str, Callable[[], Any], Callable[[Any], None], Any]] = []
        self._results: list[tuple[str, Callable[[], None]]] = []
        #: Lanes that `settle` leaves waiting.
        self.stuck: set[str] = set()

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        if exclusive:
            self._waiting = [job for job in self._waiting if job[1] != exclusive]
            self._results = [result for result in self._results if result[0] != exclusive]
        self._waiting.append((lane, exclusive, work, done, failed))

    def post(self, call: Callable[[], None]) -> None:
        self._results.append(("", call))

    def close(self) -> None:
        """Nothing is running."""

    def waiting(self, lane: str) -> int:
        return sum(job[0] == lane for job in self._waiting)

    def work(self, lane: str) -> None:
        """Does the oldest waiting job of this lane; its result is on its way."""
        job = next(job for job in self._waiting if job[0] == lane)
        self._waiting.remove(job)
        _lane, exclusive, work, done, failed = job
        try:
            value = work()
        except KioskError as error:
            raised = error
            self._results.append((exclusive, lambda: failed(raised)))
        else:
            self._results.append((exclusive, lambda: done(value)))

    def arrive(self) -> None:
        """Every result that is on its way arrives."""
        while self._results:
            self._results.pop(0)[1]()

    def settle(self) -> None:
        """Works and arrives until nothing is left, but in lanes that are stuck."""
        while (free := [job[0] for job in self._waiting if job[0] not in self.stuck]) or self._results:
            if free:
                self.work(free[0])
            self.arrive()
