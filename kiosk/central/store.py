"""The registry's database: snapshots to read, one retried transaction to write, the schema's migrations.

The only module that knows which database it is, with shared_commit.py; all SQL elsewhere runs on SQLite and PostgreSQL alike.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import DBAPIError

from kiosk.central import schema
from kiosk.central.shared_commit import SharedCommit

T = TypeVar("T")

#: How often a transaction is tried that lost against another one; the pause between grows to about a second.
TRIES = 10
BUSY_TIMEOUT_MS = 10_000
#: What is kept open: as many as there are threads that answer, or each request would open a file and close it.
CONNECTIONS = 16

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """One open database. Safe to use from many threads; `close` when done.

    `url` is `sqlite:///PATH` or `postgresql://...`. Opening makes no tables: see `create_schema`.
    """

    def __init__(self, url: str) -> None:
        self._engine = _sqlite_engine(url) if url.startswith("sqlite") else _postgresql_engine(url)
        self._reader, self._writer = _reader_and_writer(self._engine)
        self._transaction = _transactions(self._writer)
        self._settings: dict[str, str] = {}
        self._remembered: dict[str, tuple[object, Any]] = {}

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one snapshot of the database from its first statement on, and only reads."""
        with self._reader.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit it; whatever it raises rolls everything back.

        Where the database says that the transaction lost against another one, `work` runs again from the
        start: it must have no effect but on its connection.
        """
        for attempt in range(TRIES - 1):
            try:
                return self._transaction(work)
            except DBAPIError as error:
                if not _worth_retrying(error):
                    raise
            time.sleep(random.uniform(0, 0.002 * 2**attempt))
        return self._transaction(work)

    def setting(self, name: str) -> str:
        """A regional setting (regional.py), read once. Raises KeyError for one that the registry lacks."""
        if name not in self._settings:
            with self.read() as connection:
                rows = connection.execute(select(schema.setting.c.name, schema.setting.c.value))
                self._settings = {row.name: row.value for row in rows}
        return self._settings[name]

    def remembered(self, name: str, version: object, make: Callable[[], T]) -> T:
        """What `make` gives for this version of what it is made of; the last one of each name is kept in memory."""
        known = self._remembered.get(name)
        if known is None or known[0] != version:
            known = self._remembered[name] = (version, make())
        made: T = known[1]
        return made

    def tables(self) -> list[str]:
        """Names of the tables that are there: empty for a new database."""
        return inspect(self._reader).get_table_names()

    def size(self) -> int:
        """How many bytes the database takes."""
        query = (
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            if self._engine.dialect.name == "sqlite"
            else "SELECT pg_database_size(current_database())"
        )
        with self.read() as connection:
            return int(connection.exec_driver_sql(query).scalar_one())

    def upgrade(self) -> None:
        """Bring the tables to the newest revision; an empty database gets all of them."""
        self._transaction(_upgrade)

    def close(self) -> None:
        """Close every connection; repeatable."""
        self._engine.dispose()


def create_schema(store: Store) -> None:
    """Make or upgrade all tables. A new registry also needs `regional.write_settings`, once."""
    store.upgrade()


def _upgrade(connection: Connection) -> None:
    config = _alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000}, pool_size=CONNECTIONS, hide_parameters=True
    )
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = (
        None  # The driver's own idea of when to begin is not ours: `read` and SharedCommit say when.
    )
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _postgresql_engine(url: str) -> Engine:
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True
    )


def _reader_and_writer(engine: Engine) -> tuple[Engine, Engine]:
    """Two views of one pool."""
    if engine.dialect.name == "sqlite":
        return engine, engine
    reader = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return reader, engine.execution_options(isolation_level="SERIALIZABLE")


def _transactions(writer: Engine) -> Callable[[Callable[[Connection], T]], T]:
    """What carries out one transaction. SQLite polls for its one write lock; threads of this process share it instead."""
    if writer.dialect.name == "sqlite":
        return SharedCommit(writer).run

    def transaction(work: Callable[[Connection], T]) -> T:
        with writer.begin() as connection:
            return work(connection)

    return transaction


def _worth_retrying(error: DBAPIError) -> bool:
    cause = error.orig
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    return getattr(cause, "sqlstate", None) in ("40001", "40P01")
