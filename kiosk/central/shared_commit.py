"""Writers who wait for SQLite's one write lock, in one transaction: the disk is synced once for all of them.

A commit that is durable takes as long as all that a booking writes. So whoever gets the lock carries out what everybody wanted
who waits for it, one after the other, and nobody is answered before the commit that has it all.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, text

from kiosk.central.appended import taken_back_with_it
from kiosk.central.prepared import Prepared

T = TypeVar("T")

_BEGIN, _SAVE, _TAKE_BACK = (
    Prepared(text(words)) for words in ("BEGIN IMMEDIATE", "SAVEPOINT turn", "ROLLBACK TO turn")
)


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of a piece of work: its value, or what it raised."""

    _value: T | None = None
    error: BaseException | None = None

    def told(self) -> T:
        """The value; raises the error."""
        if self.error is not None:
            raise self.error
        value: T = self._value  # type: ignore[assignment]
        return value


def part(connection: Connection, work: Callable[[Connection], T]) -> Outcome[T]:
    """Carry out a part of a transaction: what it raises takes back what it wrote, and nothing else.

    A savepoint hides the one before of its name; the commit releases all of them, and nobody pays for each.

    Raises SQLAlchemy's error where the whole transaction is lost, with the connection or by itself: then nobody's work is done.
    """
    _SAVE.run(connection)
    try:
        with taken_back_with_it(connection):
            outcome = Outcome(work(connection))
    except Exception as error:
        if connection.invalidated:
            raise
        outcome = Outcome(error=error)
        _TAKE_BACK.run(connection)
    return outcome


class _Turn:
    """What one writer wants, and what it came to: None until it is over."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.outcome: Outcome[Any] | None = None


class SharedCommit:
    """Transactions of one process on one SQLite database. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._waiting: deque[_Turn] = deque()

    @property
    def waiting(self) -> int:
        """How many wait whose turn has not begun."""
        return len(self._waiting)

    def run(self, work: Callable[[Connection], T]) -> T:
        """Carry out `work` in a transaction and commit it; what it raises takes back what it wrote, and nothing else.

        Where the transaction itself fails, everybody in it gets that error, and nothing of it is there.
        """
        mine = _Turn(work)
        self._waiting.append(mine)
        with self._lock:
            outcome = mine.outcome or self._carry_out(mine)
        value: T = outcome.told()
        return value

    def _carry_out(self, mine: _Turn) -> Outcome[Any]:
        """All that waits now; `mine` is among it."""
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]
        outcomes: list[Outcome[Any]]
        try:
            with self._engine.begin() as connection:
                # The lock at once: upgrading a read lock can deadlock.
                _BEGIN.run(connection)
                if len(together) == 1:
                    outcomes = [Outcome(mine.work(connection))]
                else:
                    outcomes = [part(connection, one.work) for one in together]
        except BaseException as error:  # noqa: BLE001 (it is raised again where each of them waits)
            outcomes = [Outcome(error=error)] * len(together)
        for one, outcome in zip(together, outcomes, strict=True):
            one.outcome = outcome
        return outcomes[together.index(mine)]
