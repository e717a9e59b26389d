"""Backup and restore, from either engine into either (R38, R39; docs/registry.md)."""

import itertools
import signal
import sqlite3
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import rows
from booking_region import Hall, free_id, only
from databases import Databases, Files
from registry_process import command
from running_registry import Clock, running
from sqlalchemy import select
from tiny_region import ANNA, PAVEL

from kiosk.central import backup, cli, schema
from kiosk.central.store import Store, create_schema

PATIENCE = 60


@pytest.fixture
def full(new_database: str) -> Iterator[Store]:
    """A registry with something in every table."""
    store = Store(new_database)
    create_schema(store)
    rows.fill(store)
    yield store
    store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "monday.backup"


def test_every_row_comes_back_on_either_engine(full: Store, file: Path, databases: Databases) -> None:
    """There and back: its own engine, SQLite, and from there its own engine again."""
    folder = file.parent
    before = rows.everything(full)
    assert set(before) == set(schema.metadata.tables)
    assert all(len(two) == 2 for two in before.values())
    assert backup.write(full, file) == 2 * len(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = folder / "again.backup"
    for new in (databases.new, Files().new, databases.new):
        store = Store(new(folder))
        assert backup.restore(again if again.exists() else file, store) == 2 * len(before)
        assert rows.everything(store) == before
        if not again.exists():
            backup.write(store, again)
        store.close()
    assert sorted(path.name for path in folder.iterdir() if "backup" in path.name) == [again.name, file.name]


def test_a_restored_registry_books(
    hall: Hall, file: Path, databases: Databases, tmp_path: Path, clock: Clock
) -> None:
    """Who has a time has it there as well, with the same terminal, token and tickets; what is free can be had."""
    anna = hall.terminal().identified(ANNA)
    booked = only(anna.book(free_id("r-therapist", 3)))
    backup.write(hall.registry.store, file)
    only(anna.cancel(booked["id"]))
    restored = Store(databases.new(tmp_path))
    backup.restore(file, restored)
    with running(restored, clock, hall.registry.credential) as there:
        pavel = Hall(there).terminal("second").identified(PAVEL)
        assert pavel.book(booked["id"]).status_code == 409
        only(pavel.book(free_id("r-therapist", 3, 1)))
        token = there.sign_in(ANNA)
        found = there.get(f"/fhir/Appointment/{booked['id']}", token=token).json()
        assert (found["status"], found["start"]) == ("booked", booked["start"])
    restored.close()


def test_it_is_one_moment_while_the_registry_serves(hall: Hall, file: Path, tmp_path: Path) -> None:
    """Bookings go on all the time: in the backup each has all its claims, and its message."""
    stopped = threading.Event()
    anna, generation = hall.terminal().identified(ANNA), itertools.count()

    def book() -> None:
        """One time again and again: with each cancelling it has a new id."""
        while not stopped.is_set():
            id = free_id("r-therapist", 3)
            only(anna.cancel(only(anna.book(f"{id.rpartition('.')[0]}.{next(generation)}"))["id"]))

    busy = threading.Thread(target=book)
    busy.start()
    try:
        files = [tmp_path / f"{number}.backup" for number in range(5)]
        for one in files:
            backup.write(hall.registry.store, one)
    finally:
        stopped.set()
        busy.join(PATIENCE)
    for number, one in enumerate(files):
        store = Store(f"sqlite:///{tmp_path}/{number}.sqlite")
        backup.restore(one, store)
        check_whole(store)
        store.close()


def check_whole(store: Store) -> None:
    with store.read() as connection:
        bookings = connection.execute(select(schema.appointment)).all()
        claimed = set(connection.execute(select(schema.claim.c.appointment)).scalars())
        told = set(connection.execute(select(schema.message.c.appointment)).scalars())
    assert bookings
    assert {one.id for one in bookings if one.status == "booked"} == claimed & {one.id for one in bookings}
    assert {one.id for one in bookings} <= told


def test_a_backup_that_was_broken_off_is_none(demo_copy: str, tiny_copy: str, file: Path) -> None:
    """SIGKILL in the middle of it: there is no file of that name, and what is left is taken for nothing else."""
    running = subprocess.Popen(command("backup", str(file), "--database", demo_copy))
    left = wait_for_file(file, running)
    running.send_signal(signal.SIGKILL)
    assert running.wait(PATIENCE) == -signal.SIGKILL
    assert not file.exists()
    with pytest.raises(backup.BackupUnfit):
        backup.read(left)
    assert cli.main(["backup", str(file), "--database", tiny_copy]) == 0
    assert backup.read(file)


def wait_for_file(file: Path, process: "subprocess.Popen[bytes]") -> Path:
    """The unfinished one, as soon as something is in it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None
        found = [path for path in file.parent.glob(f".unfinished-*/{file.name}") if path.stat().st_size]
        if found:
            return found[0]
        time.sleep(0.005)
    raise AssertionError("the backup was not begun")


@pytest.mark.parametrize("harm", ["changed", "cut", "emptied", "letter"])
def test_what_is_damaged_is_not_restored(
    full: Store, file: Path, harm: str, databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    """A row that is not what it was is found as well as a file that is none; the database stays empty, and can be filled."""
    backup.write(full, file)
    good = file.with_name("good.backup")
    good.write_bytes(file.read_bytes())
    HARMS[harm](file)
    url = databases.new(file.parent)
    assert cli.main(["restore", str(file), "--database", url]) == cli.EXIT_ERROR
    assert str(file) in capsys.readouterr().err
    assert cli.main(["restore", str(good), "--database", url]) == 0


def changed(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE patient SET birth_date = '1970-01-01' WHERE version = 1")


def emptied(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM event")


HARMS = {
    "changed": changed,
    "emptied": emptied,
    "cut": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "letter": lambda file: file.write_text("a letter to the editor" * 100),
}


def test_a_database_in_use_is_not_overwritten(full: Store, file: Path, booking_copy: str) -> None:
    backup.write(full, file)
    before = file.read_bytes()
    assert cli.main(["restore", str(file), "--database", booking_copy]) == cli.EXIT_ERROR
    assert cli.main(["backup", str(file), "--database", booking_copy]) == cli.EXIT_ERROR
    assert file.read_bytes() == before


def test_the_commands(
    booking_copy: str, file: Path, databases: Databases, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["backup", str(file), "--database", booking_copy]) == 0
    assert str(file) in capsys.readouterr().out
    there = databases.new(file.parent)
    assert cli.main(["restore", str(file), "--database", there]) == 0
    first, second = Store(booking_copy), Store(there)
    assert rows.everything(first) == rows.everything(second)
    first.close()
    second.close()
