"""The registry's database: snapshots to read, one retried transaction to write, the schema's migrations.

Only this module, engines.py and shared_commit.py know which database it is; all SQL elsewhere runs on SQLite and PostgreSQL alike.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DBAPIError

from kiosk.central import engines, schema
from kiosk.central.appended import gathered
from kiosk.central.prepared import Prepared
from kiosk.central.shared_commit import Outcome, part

T = TypeVar("T")
#: What is carried out with others: it looks up what it needs, and leaves what is to be done then.
Work = Callable[[], Callable[[], T]]

#: For how many seconds a transaction is tried again that came to nothing, and the longest pause between.
RETRY_SECONDS, LONGEST_PAUSE = 20.0, 0.25
#: How long an upgrade of PostgreSQL waits for tables that a running registry uses.
UPGRADE_LOCK_MS = 60_000

_BEGIN = Prepared(text("BEGIN"))

MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """One open database. Safe to use from many threads; `close` when done.

    `url` is `sqlite:///PATH` or `postgresql://...`. Opening makes no tables: see `create_schema`.
    """

    def __init__(self, url: str) -> None:
        self._engine = engines.opened(url)
        self._reader, self._transaction, self._upgrade = engines.views(self._engine)
        self._losers = threading.Lock()
        self._shared = threading.local()
        self._settings: dict[str, str] = {}
        self._remembered: dict[str, tuple[object, Any]] = {}

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one snapshot of the database from its first statement on, and only reads."""
        if (shared := self._of_thread()) is not None:
            yield shared
            return
        with self._reader.connect() as connection:
            if connection.dialect.name == "sqlite":
                _BEGIN.run(connection)
                yield connection
                return
            transaction = connection.begin()
            yield connection
            # With a rollback psycopg would forget what it has prepared on this connection.
            transaction.commit()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction and commit it; whatever it raises rolls everything back.

        Where the transaction lost against another one, or its connection was lost before the commit, `work` runs
        again from the start: it must have no effect but on its connection.
        """
        if (shared := self._of_thread()) is not None:
            return part(shared, work).told()
        end = time.monotonic() + RETRY_SECONDS
        try:
            return self._attempt(work)
        except _Undone:
            pass
        # Those who lost go on one by one: all at once they would lose against each other again and again.
        with self._losers:
            return self._again(work, end)

    def together(self, works: Sequence[Work[T]]) -> list[Outcome[T]]:
        """Carry out all of them in one transaction, and commit it: the disk is synced once for all.

        Before it each may look up what it likes, all in one snapshot; what it raises then is its outcome. What that leaves to
        be done is done in the transaction, one after the other: each may `read` and `write` as it would alone, and reads what
        those before it have left. Its outcome counts from the commit on: raises where that fails, and then nothing of
        any of them is there. What is done in the transaction runs again as in `write`.
        """
        with self.read() as connection, self._sharing(connection, deferring=True) as deferred:
            looked_up = [_outcome(one) for one in works]
        if not deferred and all(one.error for one in looked_up):
            return [Outcome(error=one.error) for one in looked_up]

        def work(connection: Connection) -> list[Outcome[T]]:
            engines.take_turns(connection)
            with self._sharing(connection), gathered(connection):
                for one in deferred:
                    part(connection, one).told()
                return [
                    _outcome(one.told()) if one.error is None else Outcome(error=one.error)
                    for one in looked_up
                ]

        return self.write(work)

    def write_soon(self, work: Callable[[Connection], None]) -> None:
        """Write something that nobody waits for: of those who look up `together`, with what they do then; else at once."""
        deferred = getattr(self._shared, "deferred", None)
        if deferred is None:
            self.write(work)
        else:
            deferred.append(work)

    @contextmanager
    def _sharing(
        self, connection: Connection, *, deferring: bool = False
    ) -> Iterator[list[Callable[[Connection], None]]]:
        """Have this thread read and write on this connection, or read and defer what it would `write_soon`."""
        deferred: list[Callable[[Connection], None]] = []
        self._shared.connection = connection
        self._shared.deferred = deferred if deferring else None
        try:
            yield deferred
        finally:
            self._shared.connection = self._shared.deferred = None

    def _of_thread(self) -> Connection | None:
        """The connection that what this thread carries out `together` shares."""
        return getattr(self._shared, "connection", None)

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

    def revision(self) -> str:
        """Of the tables that are there; '' where there are none."""
        with self.read() as connection:
            return _revision(connection)

    def upgrade(self, before: Callable[[str], None] | None = None, *, to: str = "") -> None:
        """Bring the tables to the newest revision, or to this one; an empty database gets all of them.

        One process does it, others that want the same wait for it. `before` is called with the present revision
        where there is something to lose; what it raises leaves everything as it is. Raises StoreUnfit.
        """

        def work(connection: Connection) -> None:
            _prepare_upgrade(connection)
            config = _alembic_config()
            config.attributes["connection"] = connection
            wanted, present = to or _newest(config), _revision(connection)
            _check_known(config, present, wanted)
            if present == wanted:
                return
            if present and before is not None:
                before(present)
            command.upgrade(config, wanted)

        self._upgrade(work)

    def sound(self) -> bool:
        """Whether a file of SQLite is whole, as far as SQLite can tell."""
        with self.read() as connection:
            return connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]

    def close(self) -> None:
        """Close every connection; repeatable."""
        self._engine.dispose()

    def _again(self, work: Callable[[Connection], T], end: float) -> T:
        pause = 0.002
        while True:
            time.sleep(random.uniform(0, pause))
            pause = min(2 * pause, LONGEST_PAUSE)
            try:
                return self._attempt(work)
            except _Undone as undone:
                if time.monotonic() > end:
                    raise undone.error from None

    def _attempt(self, work: Callable[[Connection], T]) -> T:
        """Once. Raises _Undone where nothing of it is there: that is not known of a connection lost in the commit."""
        through = False

        def watched(connection: Connection) -> T:
            nonlocal through
            value = work(connection)
            through = True
            return value

        try:
            value: T = self._transaction(watched)
            return value
        except DBAPIError as error:
            if engines.lost(error) or (error.connection_invalidated and not through):
                raise _Undone(error) from error
            raise


def _outcome(work: Callable[[], T]) -> Outcome[T]:
    """Raises where it is the transaction that failed, not this alone."""
    try:
        return Outcome(work())
    except DBAPIError as error:
        if engines.lost(error) or error.connection_invalidated:
            raise
        return Outcome(error=error)
    except Exception as error:  # noqa: BLE001 (it is told to who asked for it)
        return Outcome(error=error)


class _Undone(Exception):
    """A transaction that came to nothing and may run again."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(str(error))
        self.error = error


class StoreUnfit(Exception):
    """This program cannot work on that database; the words are for the person at the keyboard."""


def create_schema(store: Store) -> None:
    """Make or upgrade all tables. A new registry also needs `regional.write_settings`, once."""
    store.upgrade()


def file_url(path: Path) -> str:
    """Of a SQLite file that nobody writes any more: it is only read, and nothing is put beside it."""
    return f"sqlite:///{path.absolute().as_uri()}?immutable=1&uri=true"


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _newest(config: Config) -> str:
    return ScriptDirectory.from_config(config).get_current_head() or ""


def _check_known(config: Config, *revisions: str) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if unknown := {*revisions} - known - {""}:
        raise StoreUnfit(f"the data are those of a newer program (revision {', '.join(unknown)})")


def _prepare_upgrade(connection: Connection) -> None:
    """SQLite's write lock is taken already. PostgreSQL locks no schema as a whole, so its upgrades agree on a lock."""
    if connection.dialect.name == "sqlite":
        return
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('clinic-registry schema'))")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {UPGRADE_LOCK_MS}")
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    # As SQLite does: by code point, Z before a, я before ё. Lists have one order then, whatever the engine.
    ordered = "SELECT 'Z' < 'a' AND chr(1103) < chr(1105)"
    if encoding != "UTF8" or not connection.exec_driver_sql(ordered).scalar_one():
        raise StoreUnfit(
            "the database must keep texts in UTF-8 and sort them by code point: "
            "createdb --template=template0 --encoding=UTF8 --locale=C NAME"
        )


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
