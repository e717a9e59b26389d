"""Background work for a terminal without a window: the window's own lanes, results delivered on the driver's thread."""

from collections import Counter
from collections.abc import Callable
from queue import Empty, Queue
from threading import Lock
from typing import Any

from kiosk.errors import KioskError
from kiosk.jobs import LaneJobs


class DrivenJobs(LaneJobs):
    """Work runs at once on its lane, its result waits for `deliver`."""

    def __init__(self) -> None:
        self._calls: Queue[Callable[[], None]] = Queue()
        super().__init__(self._calls.put)
        self._lock = Lock()
        self._under_way = 0
        self._working: Counter[str] = Counter()

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        with self._lock:
            self._under_way += 1
            self._working[lane] += 1

        def counted() -> Any:
            try:
                return work()
            finally:
                with self._lock:
                    self._working[lane] -= 1

        super().run(counted, done, failed, lane=lane, exclusive=exclusive)

    def post(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._under_way += 1
        super().post(call)

    @property
    def under_way(self) -> int:
        """How many results have not been delivered."""
        with self._lock:
            return self._under_way

    def working(self, lane: str) -> int:
        """How many jobs of a lane are waiting or at work."""
        with self._lock:
            return self._working[lane]

    def deliver(self, seconds: float) -> None:
        """Hands over what has come; waits up to `seconds` for the first. Raises what no work should raise."""
        try:
            call = self._calls.get(timeout=seconds)
            while True:
                with self._lock:
                    self._under_way -= 1
                self.make(call)
                call = self._calls.get_nowait()
        except Empty:
            return

    def make(self, call: Callable[[], None]) -> None:
        """One of the calls, on the driver's thread."""
        call()

    def close(self) -> None:
        """As by a kill: waits for what is under way, drops what has not begun. Nothing is delivered any more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown()
