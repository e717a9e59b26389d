"""Adds the demo region's next day at every local midnight while a demo registry runs (api.md section 13)."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from kiosk.central.demo import times
from kiosk.central.demo.days import ZONE, extend
from kiosk.central.store import Store

#: The clock may be set: midnight is looked for again at least this often.
_LONGEST_WAIT = 600

_log = logging.getLogger(__name__)


@contextmanager
def extended_daily(store: Store, clock: Callable[[], int]) -> Iterator[None]:
    """Have all days now, and from then on in a thread of its own until the block ends."""
    extend(store, clock())
    stopped = threading.Event()
    thread = threading.Thread(target=_extend_until, args=(stopped, store, clock), name="demo days")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _extend_until(stopped: threading.Event, store: Store, clock: Callable[[], int]) -> None:
    while not stopped.wait(min(_LONGEST_WAIT, seconds_to_midnight(clock()))):
        try:
            extend(store, clock())
        except SQLAlchemyError as error:
            # Never its message: a database's message holds the values of a person (R39).
            _log.error(
                "The demo region's next day could not be added (%s); tried again", type(error).__name__
            )


def seconds_to_midnight(now: int) -> int:
    """How long the local day still lasts; at least 1."""
    tomorrow = times.local_day(now, ZONE) + timedelta(days=1)
    return max(1, times.midnight(tomorrow, ZONE) - now)
