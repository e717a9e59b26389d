"""While a registry serves: offers that nobody answered go on, waits whose period is over end (api.md section 10), and holds
that ended over an hour ago are forgotten."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from kiosk.central import entries, holds, offers
from kiosk.central.store import Store

#: Offers are made by other processes too, and the clock may be set: it is looked at least this often.
LONGEST_WAIT = 5

_log = logging.getLogger(__name__)


@contextmanager
def watched(store: Store, clock: Callable[[], int]) -> Iterator[None]:
    """Look at once, and from then on in a thread of its own until the block ends."""
    stopped = threading.Event()
    thread = threading.Thread(target=_watch, args=(stopped, store, clock), name="waiting list")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _watch(stopped: threading.Event, store: Store, clock: Callable[[], int]) -> None:
    pause = 0
    while not stopped.wait(pause):
        pause = LONGEST_WAIT
        try:
            look(store, clock())
            pause = _pause(store, clock())
        except SQLAlchemyError as error:
            # Never its message: a database's message holds the values of a person (R39).
            _log.error("The waiting list could not be looked at (%s); tried again", type(error).__name__)


def look(store: Store, now: int) -> None:
    """Pass on every offer that has run out, and close every wait that is over: each once, in a transaction of its own.

    Holds are forgotten some at a time, so that no transaction takes long.
    """
    with store.read() as connection:
        lapsed, over = offers.lapsed(connection, now), entries.over(connection, now)
        old = holds.are_old(connection, now)
    for made in lapsed:
        store.write(partial(offers.pass_on_lapsed, made=made, now=now))
    for id in over:
        store.write(partial(offers.end_period, entry_id=id, now=now))
    while old:
        old = store.write(partial(holds.sweep, now=now))


def _pause(store: Store, now: int) -> int:
    with store.read() as connection:
        ends = offers.next_end(connection)
    return LONGEST_WAIT if ends is None else min(LONGEST_WAIT, max(1, ends - now))
