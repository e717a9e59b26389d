"""Adds the next day's times at every local midnight while a registry runs (R32, api.md section 13)."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError

from kiosk.central.schedule import shifts, timetable

#: The clock may be set, facilities have zones of their own, and hours are imported by other processes: it is looked
#: again at least this often.
LONGEST_WAIT = 600

#: Adds what is missing at an instant, step by step: after each it may be broken off.
Extend = Callable[[int], Iterable[int]]

_log = logging.getLogger(__name__)


@contextmanager
def kept_ahead(extend: Extend, clock: Callable[[], int], zone: ZoneInfo) -> Iterator[None]:
    """Add what is missing at once and after every midnight, in a thread of its own, until the block ends."""
    stopped = threading.Event()
    thread = threading.Thread(target=_watch, args=(stopped, extend, clock, zone), name="days ahead")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _watch(stopped: threading.Event, extend: Extend, clock: Callable[[], int], zone: ZoneInfo) -> None:
    pause = 0
    while not stopped.wait(pause):
        try:
            for _ in extend(clock()):
                if stopped.wait(timetable.BREATH_SECONDS):
                    return
        except SQLAlchemyError as error:
            # Never its message: a database's message holds the values of a person (R39).
            _log.error("The next day's times could not be added (%s); tried again", type(error).__name__)
        pause = min(LONGEST_WAIT, seconds_to_midnight(clock(), zone))


def seconds_to_midnight(now: int, zone: ZoneInfo) -> int:
    """How long the local day still lasts; at least 1."""
    tomorrow = shifts.local_day(now, zone) + timedelta(days=1)
    return max(1, shifts.midnight(tomorrow, zone) - now)
