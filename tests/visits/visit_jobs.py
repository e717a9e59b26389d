"""Background work for a terminal without a window: real threads, results delivered on the driver's thread."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from queue import Empty, Queue
from threading import Lock
from typing import Any

from kiosk.errors import KioskError

#: As many threads in a lane as the window's own jobs have.
LANES = {"registry": 4, "commands": 1, "booking": 1, "printer": 1, "sound": 1}


class DrivenJobs:
    """ports.Jobs: work runs at once on its lane, its result waits for `deliver`."""

    def __init__(self) -> None:
        self._pools = {lane: ThreadPoolExecutor(size, lane) for lane, size in LANES.items()}
        self._results: Queue[tuple[str, object, Callable[[], None]]] = Queue()
        self._latest: dict[str, object] = {}
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
        ticket = object()
        if exclusive:
            self._latest[exclusive] = ticket
        with self._lock:
            self._under_way += 1
            self._working[lane] += 1

        def worker() -> None:
            outcome = _outcome(work, done, failed)
            with self._lock:
                self._working[lane] -= 1
            self._results.put((exclusive, ticket, outcome))

        self._pools[lane].submit(worker)

    def post(self, call: Callable[[], None]) -> None:
        with self._lock:
            self._under_way += 1
        self._results.put(("", None, call))

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
            result = self._results.get(timeout=seconds)
            while True:
                self._hand_over(*result)
                result = self._results.get_nowait()
        except Empty:
            return

    def _hand_over(self, exclusive: str, ticket: object, outcome: Callable[[], None]) -> None:
        with self._lock:
            self._under_way -= 1
        if not exclusive or self._latest[exclusive] is ticket:
            outcome()

    def close(self) -> None:
        """Waits for what is under way; what has not begun is dropped. Nothing is delivered any more."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._pools.values():
            pool.shutdown()


def _outcome(
    work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[KioskError], None]
) -> Callable[[], None]:
    try:
        value = work()
    except KioskError as error:
        foreseen = error
        return lambda: failed(foreseen)
    except BaseException as error:  # noqa: BLE001  the driver's thread has to see it
        unforeseen: BaseException = error
        return lambda: _raise(unforeseen)
    return lambda: done(value)


def _raise(error: BaseException) -> None:
    raise error
