"""The store: transactions and their retries, settings, migrations, portable SQL."""

import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, insert, select
from sqlalchemy.exc import OperationalError

import kiosk.central
from kiosk.central import regional, schema
from kiosk.central.call import Refusal
from kiosk.central.store import Store, create_schema

FIRST_SCHEMA = Path(__file__).parent / "data" / "first-schema.sql"


@pytest.fixture
def empty(new_database: str) -> Iterator[Store]:
    store = Store(new_database)
    yield store
    store.close()


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Iterator[Store]:
    """For what SQLite alone does."""
    store = Store(f"sqlite:///{tmp_path}/only.sqlite")
    yield store
    store.close()


def add(connection, name: str) -> None:
    connection.execute(insert(schema.district).values(id=name, name=name))


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.execute(select(schema.district.c.id).order_by(schema.district.c.id)).scalars())


def test_a_refusal_rolls_everything_back(empty: Store) -> None:
    create_schema(empty)

    def work(connection) -> None:
        add(connection, "a")
        raise Refusal("slot-taken")

    with pytest.raises(Refusal, match="slot-taken"):
        empty.write(work)
    assert names(empty) == []
    assert empty.write(lambda connection: add(connection, "b") or 5) == 5
    assert names(empty) == ["b"]


def test_a_lost_transaction_runs_again_and_others_do_not(empty: Store) -> None:
    create_schema(empty)
    tries = []

    def busy(connection) -> int:
        add(connection, "a")
        tries.append(1)
        if len(tries) < 3:
            raise _operational_error(sqlite3.SQLITE_BUSY)
        return len(tries)

    assert empty.write(busy) == 3
    assert names(empty) == ["a"]

    def full(connection) -> None:
        tries.append(1)
        raise _operational_error(sqlite3.SQLITE_FULL)

    with pytest.raises(OperationalError):
        empty.write(full)
    assert len(tries) == 4


def _operational_error(code: int) -> OperationalError:
    cause = sqlite3.OperationalError("x")
    cause.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, cause)


def test_writers_of_two_processes_wait_for_each_other(empty: Store, new_database: str) -> None:
    """Two stores on one database have no queue in common: its own locks keep them apart."""
    create_schema(empty)
    other = Store(new_database)
    inside, written = threading.Event(), []

    def slow(connection) -> None:
        add(connection, "first")
        inside.set()
        written.append("first")

    def later() -> None:
        inside.wait(10)
        other.write(lambda connection: add(connection, "second"))
        written.append("second")

    thread = threading.Thread(target=later)
    thread.start()
    empty.write(slow)
    thread.join(20)
    other.close()
    assert written == ["first", "second"]
    assert names(empty) == ["first", "second"]


def test_writers_who_wait_share_a_commit_and_a_refusal_touches_no_other(sqlite_file: Store) -> None:
    """Six wait while one writes: they are one transaction, and the third of them has written nothing."""
    create_schema(sqlite_file)
    commits, outcomes = [], {}
    event.listen(sqlite_file._engine, "commit", lambda _: commits.append(1))

    def work(number: int, connection) -> int:
        add(connection, str(number))
        if number == 3:
            raise Refusal("slot-taken")
        return number

    def wants(number: int) -> None:
        try:
            outcomes[number] = sqlite_file.write(partial(work, number))
        except Refusal as refusal:
            outcomes[number] = refusal.code

    threads = [threading.Thread(target=wants, args=(number,)) for number in range(1, 7)]

    def first(connection) -> None:
        add(connection, "first")
        start_all(sqlite_file, threads)

    sqlite_file.write(first)
    for thread in threads:
        thread.join(20)
    assert outcomes == {1: 1, 2: 2, 3: "slot-taken", 4: 4, 5: 5, 6: 6}
    assert names(sqlite_file) == ["1", "2", "4", "5", "6", "first"]
    assert len(commits) == 2


def start_all(store: Store, threads: list[threading.Thread]) -> None:
    """Start them and wait until every one waits for its turn, in this order."""
    shared = store._transaction.__self__
    for waiting, thread in enumerate(threads, 1):
        thread.start()
        while shared.waiting < waiting:
            threading.Event().wait(0.001)


@pytest.mark.parametrize("ends", ["commit fails", "transaction is given up"])
def test_nobody_is_answered_whose_transaction_came_to_nothing(sqlite_file: Store, ends: str) -> None:
    """A full disk: SQLite rolls all of it back by itself, or says so at the commit."""
    create_schema(sqlite_file)
    errors = []

    def work(number: int, connection) -> None:
        add(connection, str(number))
        if number == 2 and ends == "transaction is given up":
            connection.exec_driver_sql("ROLLBACK")
            raise _operational_error(sqlite3.SQLITE_FULL)

    def wants(number: int) -> None:
        try:
            sqlite_file.write(partial(work, number))
        except OperationalError as error:
            errors.append(error)

    threads = [threading.Thread(target=wants, args=(number,)) for number in range(1, 4)]

    def first(connection) -> None:
        add(connection, "first")
        start_all(sqlite_file, threads)

    def full(_connection) -> None:
        if names(sqlite_file) == ["first"]:
            raise _operational_error(sqlite3.SQLITE_FULL)

    if ends == "commit fails":
        event.listen(sqlite_file._engine, "commit", full)
    sqlite_file.write(first)
    for thread in threads:
        thread.join(20)
    assert len(errors) == 3
    assert names(sqlite_file) == ["first"]
    event.remove(sqlite_file._engine, "commit", full) if ends == "commit fails" else None
    sqlite_file.write(lambda connection: add(connection, "later"))
    assert names(sqlite_file) == ["first", "later"]


def test_the_file_is_durable_and_checked(sqlite_file: Store) -> None:
    """WAL, synchronous FULL, foreign keys, and the lock taken at the beginning."""
    with sqlite_file.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_settings_are_rows_with_a_secret_of_their_own(empty: Store, tmp_path: Path) -> None:
    create_schema(empty)
    empty.write(lambda connection: regional.write_settings(connection, demo=True, zone="Asia/Omsk"))
    found = {name: empty.setting(name) for name in ("zone", "demo", "hold_seconds", "hold_limit_seconds")}
    assert found == {"zone": "Asia/Omsk", "demo": "yes", "hold_seconds": "180", "hold_limit_seconds": "600"}
    assert len(empty.setting("secret")) == 64
    with pytest.raises(KeyError):
        empty.setting("colour")
    with pytest.raises(KeyError):
        empty.write(lambda connection: regional.write_settings(connection, colour="red"))


# --- migrations --------------------------------------------------------------------------------------------------


def differences(store: Store) -> list[Any]:
    """Of the tables from those in the code; what a comment says may change without a revision."""
    with store.read() as connection:
        found: list[Any] = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    return [one for one in found if not (isinstance(one, list) and one[0][0] == "modify_comment")]


def test_the_revisions_make_the_schema_that_the_code_has(empty: Store) -> None:
    assert empty.tables() == []
    create_schema(empty)
    create_schema(empty)
    assert differences(empty) == []


def test_a_database_of_the_first_schema_is_upgraded_with_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    old = sqlite3.connect(path)
    old.executescript(FIRST_SCHEMA.read_text(encoding="utf-8"))
    old.close()
    store = Store(f"sqlite:///{path}")
    create_schema(store)
    assert differences(store) == []
    with store.read() as connection:
        booked = connection.execute(select(schema.appointment)).one()
        claimed = connection.execute(select(schema.claim.c.resource)).scalars().all()
    assert (booked.status, booked.patient_id, booked.ticket) == ("booked", "p-anna", "4711")
    assert sorted(set(claimed)) == [
        "asked:p-anna:therapist",
        "doctor:r-therapist#0",
        "patient:p-anna",
        "visit:p-anna:therapist",
    ]
    assert [store.setting(name) for name in ("hold_seconds", "offer_minutes")] == ["180", "60"]
    store.close()


# --- portable SQL ------------------------------------------------------------------------------------------------


#: What only one of the two would understand.
SPEAKERS = ("store.py", "engines.py", "shared_commit.py")
DIALECTS = (
    "sqlalchemy.dialects",
    "exec_driver_sql",
    "import sqlite3",
    "PRAGMA",
    "ROWID",
    "INSERT OR ",
    "julianday(",
    "json_extract",
    "::text",
    "FOR UPDATE",
    "sqlstate",
)


def test_only_the_store_speaks_a_dialect() -> None:
    """fhir-contract.md, section 6: the same SQL on SQLite and PostgreSQL."""
    package = Path(kiosk.central.__file__).parent
    modules = [path for path in package.rglob("*.py") if path.name not in SPEAKERS]
    assert len(modules) > 20
    found = [
        (path.name, word) for path in modules for word in DIALECTS if word in path.read_text(encoding="utf-8")
    ]
    assert found == []
