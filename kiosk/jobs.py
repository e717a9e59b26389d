"""Background work in, result on the UI thread out: the only threads of the terminal."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from kiosk.errors import KioskError

T = TypeVar("T")

#: How many threads work in a lane. One thread serves its work in the order in which it came.
LANES = {"registry": 4, "commands": 1, "booking": 1, "printer": 1, "sound": 1}


class LaneJobs:
    """ports.Jobs with a pool of threads for each lane. `run` is called on the UI thread, `post` anywhere.

    `hand_over` takes a call from any thread and makes it on the UI thread, in the order in which it got them.
    """

    def __init__(self, hand_over: Callable[[Callable[[], None]], None]) -> None:
        self._hand_over = hand_over
        self._pools = {
            lane: ThreadPoolExecutor(size, thread_name_prefix=lane) for lane, size in LANES.items()
        }
        self._latest: dict[str, object] = {}

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        """Does the work in its lane, then calls `done` or `failed` unless a later job of this name was started."""
        ticket = object()
        if exclusive:
            self._latest[exclusive] = ticket

        def finish(outcome: Callable[[], None]) -> None:
            if not exclusive or self._latest.get(exclusive) is ticket:
                outcome()

        def worker() -> None:
            outcome = _carry_out(work, done, failed)
            self._hand_over(lambda: finish(outcome))

        self._pools[lane].submit(worker)

    def post(self, call: Callable[[], None]) -> None:
        """Calls this on the UI thread, in the order in which it is posted; from any thread."""
        self._hand_over(call)

    def close(self) -> None:
        """No more work; reads that wait are dropped, commands and printing are finished. May be called again."""
        for lane, pool in self._pools.items():
            pool.shutdown(wait=lane != "registry", cancel_futures=lane == "registry")


def _carry_out(
    work: Callable[[], T], done: Callable[[T], None], failed: Callable[[KioskError], None]
) -> Callable[[], None]:
    """What is to be called on the UI thread. A failure that nobody foresaw is raised there again."""
    try:
        result = work()
    except KioskError as error:
        foreseen = error
        return lambda: failed(foreseen)
    except BaseException as error:  # noqa: BLE001  the worker must not swallow it: the UI thread decides
        unforeseen: Any = error
        return lambda: _raise(unforeseen)
    return lambda: done(result)


def _raise(error: BaseException) -> None:
    raise error
