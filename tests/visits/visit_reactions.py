"""How long the UI thread was kept by each call: all of it, and what of it was waiting for anything but a processor."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.wait_clock import WaitClock


class Reactions:
    """Seconds of each call, in the thread that made this."""

    def __init__(self) -> None:
        self.whole: list[float] = []
        self.waited: list[float] = []
        self._clock = WaitClock()

    @contextmanager
    def call(self) -> Iterator[None]:
        """One call of the UI thread."""
        began, waiting = time.perf_counter(), self._clock.now()
        yield
        self.whole.append(time.perf_counter() - began)
        self.waited.append(max(0.0, self._clock.now() - waiting))
