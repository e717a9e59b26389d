"""Writers who wait for SQLite's one write lock, in one transaction: the disk is synced once for all of them.

A commit that is durable takes as long as all that a booking writes. So whoever gets the lock carries out what everybody wanted
who waits for it, one after the other, and nobody is answered before the commit that has it all.
"""

from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

T = TypeVar("T")


class _Turn:
    """What one writer wants, and what it came to: valid once it is `over`."""

    def __init__(self, work: Callable[[Connection], Any]) -> None:
        self.work = work
        self.over = False
        self.value: Any = None
        self.error: BaseException | None = None


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
            if not mine.over:
                self._carry_out()
        if mine.error is not None:
            raise mine.error
        value: T = mine.value
        return value

    def _carry_out(self) -> None:
        """All that waits now; the one who has the lock is among them."""
        together = [self._waiting.popleft() for _ in range(len(self._waiting))]
        try:
            with self._engine.begin() as connection:
                # The lock at once: upgrading a read lock can deadlock.
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                for one in together:
                    _carry_out(connection, one, alone=len(together) == 1)
        except BaseException as error:  # noqa: BLE001 (it is raised again where each of them waits)
            for one in together:
                one.error = error
        for one in together:
            one.over = True


def _carry_out(connection: Connection, one: _Turn, *, alone: bool) -> None:
    if alone:
        one.value = one.work(connection)
        return
    connection.exec_driver_sql("SAVEPOINT turn")
    try:
        one.value = one.work(connection)
    except Exception as error:  # noqa: BLE001 (it is raised again where its writer waits)
        one.error = error
        # Fails where SQLite has given up the whole transaction: then nobody's work is done.
        connection.exec_driver_sql("ROLLBACK TO turn")
    connection.exec_driver_sql("RELEASE turn")
