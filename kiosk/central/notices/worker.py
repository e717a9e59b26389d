"""The worker of notices: finds out who is told, reminds, and sends on every way, until it is stopped.

Each way has threads of its own, so that a mail server which does not answer holds up no SMS. Whatever fails is
logged by kind and id, never with a person's data (R39).
"""

import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from kiosk.central.faults import told
from kiosk.central.notices import deliveries, reminders
from kiosk.central.notices.deliveries import DEAD, WAITING, Due, Ending, Outcome, Patience
from kiosk.central.notices.settings import Notices
from kiosk.central.notices.ticket import ticket_of
from kiosk.central.store import Store
from kiosk.ticket import Ticket

#: How often it is looked for something to send, in seconds: R26 leaves ten.
LOOK_SECONDS = 1.0
#: The longest pause before a closed way is tried again.
LONGEST_PAUSE = 30.0
#: The pause after a fault of the database.
FAULT_SECONDS = 5.0
#: How many attempts are made on one way at a time: a doctor's day that is called off is told within ten seconds, though
#: the mail server may take half a second for each letter.
SENDERS = 4
#: How often it is looked for reminders.
REMIND_SECONDS = 60

_log = logging.getLogger(__name__)

_LEVELS = {WAITING: logging.WARNING, DEAD: logging.ERROR}

Clock = Callable[[], int]


class Way(Protocol):
    """What sends to the contacts of one system."""

    way: str

    def send(self, due: Due, ticket: Ticket | None) -> Outcome:
        """Make one attempt; what fails outside this program is its outcome."""


class Worker:
    """Sends what is due. Any number of them may work on one database."""

    def __init__(self, store: Store, settings: Notices, ways: Sequence[Way], clock: Clock) -> None:
        self._store = store
        self._settings = settings
        self._ways = ways
        self._clock = clock
        self._patience = Patience(settings.attempt_seconds, settings.give_up_hours * 3600)
        self._reminded = 0

    def run(self, stopped: threading.Event) -> None:
        """Work until `stopped`; attempts under way end first. A fault that nobody foresaw ends it and is raised."""
        rounds = [self.plan, *(_Sender(self, way).round for way in self._ways for _ in range(SENDERS))]
        with ThreadPoolExecutor(len(rounds), thread_name_prefix="notices") as threads:
            running = [threads.submit(_repeat, stopped, one) for one in rounds]
            wait(running, return_when=FIRST_COMPLETED)
            stopped.set()
        for one in running:
            one.result()

    def plan(self) -> float:
        """Find out who is told what is due, and remind of tomorrow; the seconds until it is to be looked again."""
        now, most = self._clock(), deliveries.BATCH
        ways = [way.way for way in self._ways]
        full = deliveries.address(self._store, ways, now) == most or self._remind(now, most)
        return 0 if full else LOOK_SECONDS

    def _remind(self, now: int, most: int) -> bool:
        """Remind once a minute; whether there is more to be done at once."""
        if self._reminded <= now < self._reminded + REMIND_SECONDS:
            return False
        count = reminders.remind(self._store, self._settings.reminder_hour, now, most)
        if count:
            _log.info("%d reminders of tomorrow's visits", count)
        if count == most:
            return True
        self._reminded = now
        return False

    def attempt(self, way: Way) -> Ending | None:
        """Make the next attempt on this way; None where nothing is due."""
        due = deliveries.claim(self._store, way.way, self._clock(), self._patience)
        if due is None:
            return None
        outcome = self._sent(way, due)
        state = deliveries.end(self._store, due, outcome, self._clock(), self._patience)
        level = _LEVELS.get(state, logging.INFO)
        again = ", repeated" if due.repeated else ""
        _log.log(level, "%s %s by %s: %s, %s%s", due.said.kind, due.id, way.way, state, outcome.words, again)
        return outcome.ending

    def _sent(self, way: Way, due: Due) -> Outcome:
        try:
            return way.send(due, self._ticket(due))
        except SQLAlchemyError:
            raise
        except Exception as error:  # noqa: BLE001  one notice that cannot be made must not stop all others
            _log.error("%s %s failed: %s", due.said.kind, due.id, told(error))
            return Outcome(Ending.UNKNOWN, f"fault {type(error).__name__}")

    def _ticket(self, due: Due) -> Ticket | None:
        if due.booking is None:
            return None
        with self._store.read() as connection:
            return ticket_of(connection, due.booking, due.language, self._clock())


class _Sender:
    """One way and the pause before it is tried again, which grows while it is closed."""

    def __init__(self, worker: Worker, way: Way) -> None:
        self._attempt = partial(worker.attempt, way)
        self._pause = LOOK_SECONDS

    def round(self) -> float:
        """One attempt; the seconds until the next."""
        ending = self._attempt()
        if ending is Ending.CLOSED:
            pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
            return pause
        if ending is None:
            return LOOK_SECONDS
        self._pause = LOOK_SECONDS
        return 0


def _repeat(stopped: threading.Event, one: Callable[[], float]) -> None:
    """Do one round after the other; the database may be away for a while."""
    pause = 0.0
    while not stopped.wait(pause):
        try:
            pause = one()
        except SQLAlchemyError as error:
            # Never its message: a database's message holds the values of a person (R39).
            _log.error("Notices: the database failed (%s); tried again", type(error).__name__)
            pause = FAULT_SECONDS
