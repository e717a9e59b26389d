"""A clock of what a thread waits for, which other programs on the machine lengthen as little as can be."""

import os
import time


class WaitClock:
    """Seconds in which the thread that made it neither ran nor stood in line for a processor (Linux)."""

    def __init__(self) -> None:
        self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)

    def now(self) -> float:
        """Since an arbitrary moment."""
        ran, stood_in_line, _ = os.pread(self._file, 100, 0).split()
        return time.perf_counter() - (int(ran) + int(stood_in_line)) / 1e9
