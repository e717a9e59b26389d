"""The window's jobs on their real threads, their results cranked by the test as a window's loop would."""

import time
from collections.abc import Callable
from queue import Empty, Queue

from kiosk.jobs import LaneJobs

PATIENCE = 30.0


class CrankedJobs(LaneJobs):
    """Results wait for `crank_until`."""

    def __init__(self) -> None:
        self._calls: Queue[Callable[[], None]] = Queue()
        super().__init__(self._calls.put)

    def crank_until(self, condition: Callable[[], bool], tick: Callable[[], None]) -> None:
        """The loop: results as they arrive, a tick now and then, until the condition holds."""
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "it did not happen"
            try:
                self._calls.get(timeout=0.01)()
            except Empty:
                tick()
