"""Jobs on real threads, their results cranked by the test as a window's loop would."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from typing import Any

from kiosk.errors import KioskError

PATIENCE = 30.0


class ThreadJobs:
    """One thread for commands, one for bookings, one for the printer, a small pool for the rest."""

    def __init__(self) -> None:
        self._lanes = {
            "registry": ThreadPoolExecutor(4),
            "commands": ThreadPoolExecutor(1),
            "booking": ThreadPoolExecutor(1),
            "printer": ThreadPoolExecutor(1),
            "sound": ThreadPoolExecutor(1),
        }
        self._results: Queue[Callable[[], None]] = Queue()
        self._newest: dict[str, object] = {}

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        mine = object()
        if exclusive:
            self._newest[exclusive] = mine

        def arrive(callback: Callable[[Any], None], value: Any) -> None:
            if not exclusive or self._newest[exclusive] is mine:
                callback(value)

        def job() -> None:
            try:
                value = work()
            except KioskError as error:
                told = error
                self._results.put(lambda: arrive(failed, told))
            else:
                self._results.put(lambda: arrive(done, value))

        self._lanes[lane].submit(job).add_done_callback(self._reraise)

    def post(self, call: Callable[[], None]) -> None:
        self._results.put(call)

    def close(self) -> None:
        for lane in self._lanes.values():
            lane.shutdown()

    def crank_until(self, condition: Callable[[], bool], tick: Callable[[], None]) -> None:
        """The loop: results as they arrive, a tick now and then, until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            try:
                self._results.get(timeout=0.01)()
            except Empty:
                tick()

    def _reraise(self, job: Any) -> None:
        error = job.exception()
        if error is not None:
            self._results.put(lambda: _raise(error))


def _raise(error: BaseException) -> None:
    raise error
