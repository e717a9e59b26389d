"""The two engines below the store (R38): how each is opened, reads, writes, upgrades, and says that a transaction was lost.

PostgreSQL reads one snapshot (REPEATABLE READ) and writes SERIALIZABLE: what two bookings do at once is what they would have
done one after the other, or one of them is told that it lost. SQLite has one writer at a time.
"""

import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from kiosk.central.shared_commit import SharedCommit

#: Carries out work in one transaction and commits it.
Transaction = Callable[[Callable[[Connection], Any]], Any]

#: How long SQLite waits for its one write lock.
BUSY_TIMEOUT_MS = 10_000
#: What is kept open: as many as there are threads that answer, or each request would open a file and close it.
CONNECTIONS = 16
#: How long PostgreSQL works at one statement, waits for a lock, and lets a transaction stand idle (ms); and how long
#: a connection to it may take (s): nothing hangs for ever, whatever hangs on the other side.
STATEMENT_MS, LOCK_MS, IDLE_MS, CONNECT_SECONDS = 60_000, 10_000, 60_000, 5
#: The same of a transaction that others wait for.
TURN_IDLE_MS = 5_000

#: Nobody writes settings while a registry serves. No statement of a booking takes long, so nor does a pause between two.
_TURN = f"""
SET LOCAL idle_in_transaction_session_timeout = {TURN_IDLE_MS};
LOCK TABLE setting IN SHARE ROW EXCLUSIVE MODE"""

_SQLITE_LOST = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
#: Serialization failure, deadlock.
_POSTGRESQL_LOST = ("40001", "40P01")


class Views(NamedTuple):
    """Three ways to use the connections of one pool."""

    reader: Engine
    write: Transaction
    upgrade: Transaction


def opened(url: str) -> Engine:
    """A pool of connections to `sqlite:///PATH` or `postgresql://...`; the first is made when one is needed."""
    return _sqlite(url) if url.startswith("sqlite") else _postgresql(url)


def views(engine: Engine) -> Views:
    if engine.dialect.name == "sqlite":
        # SQLite polls for its one write lock; the threads of this process share it instead.
        shared = SharedCommit(engine).run
        return Views(engine, shared, shared)
    return Views(
        engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        _transactions(engine.execution_options(isolation_level="SERIALIZABLE")),
        # Who upgrades has to see what was done while it waited for its lock.
        _transactions(engine.execution_options(isolation_level="READ COMMITTED")),
    )


def take_turns(connection: Connection) -> None:
    """First of all in a transaction of several bookings: of PostgreSQL's clients one at a time has such a transaction.

    Any two of them read and write the same pages, and for SERIALIZABLE one would have to run again. LOCK comes before the
    snapshot. Whoever stops in the middle is thrown out, so that the others go on; SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_TURN)


def lost(error: DBAPIError) -> bool:
    """Whether the transaction lost against another one: nothing of it is there, and it may run again."""
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) in _SQLITE_LOST
    return getattr(error.orig, "sqlstate", None) in _POSTGRESQL_LOST


def is_away(error: BaseException) -> bool:
    """Whether the database cannot be had at the moment, and the same may be asked again soon."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error.orig) in (*_SQLITE_LOST, sqlite3.SQLITE_CANTOPEN)
    # Of PostgreSQL: not there, starting, stopping, out of connections, too slow, lost against others again and again.
    return isinstance(error, OperationalError) or error.connection_invalidated


def _sqlite_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=CONNECTIONS, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own idea of when to begin is not ours: the store and SharedCommit say when.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _postgresql(url: str) -> Engine:
    limits = {
        "statement_timeout": STATEMENT_MS,
        "lock_timeout": LOCK_MS,
        "idle_in_transaction_session_timeout": IDLE_MS,
    }
    given = {
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        "connect_timeout": CONNECT_SECONDS,
        "client_encoding": "utf8",
        "application_name": "clinic-registry",
        # A server that is gone without a word is noticed, not waited for.
        "tcp_user_timeout": 1000 * CONNECT_SECONDS,
    }
    # Connections are looked at before each use: after a restart of the server the next request finds a new one.
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args=given,
        pool_size=CONNECTIONS,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def _transactions(writer: Engine) -> Transaction:
    def transaction(work: Callable[[Connection], Any]) -> Any:
        with writer.begin() as connection:
            return work(connection)

    return transaction
