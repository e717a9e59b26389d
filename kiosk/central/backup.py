"""Backups of a registry (R38, R39): one form for both engines, a SQLite file with every row as it stood at one moment.

What was taken from PostgreSQL can be restored into SQLite, and the other way round. Beside the tables of the registry, at the
revision that they had, the file holds how many rows each has and the sum of their digests; a file without it is no backup.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, insert, select
from sqlalchemy.exc import DatabaseError

from kiosk.central.store import Store, file_url

#: So many rows are in memory at a time.
BATCH = 2000
#: Tables that are not copied: the one is written by the upgrade that makes the others, the other is the backup's own.
_OWN = ("alembic_version", "backup")
_MODULUS = 1 << 256

#: What makes a file a backup: the tables that it holds, with the number of rows and the sum of their digests.
_contents = Table(
    "backup",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("rows", BigInteger, nullable=False),
    Column("digest", Text, nullable=False),
)


class BackupUnfit(Exception):
    """The file is no backup, or not what was written; the words are for the person at the keyboard."""


@dataclass(frozen=True)
class Content:
    """How much of a table there is. Sums do not depend on the order of rows, which engines choose."""

    rows: int = 0
    digest: int = 0

    def with_row(self, row: Any) -> "Content":
        one = int.from_bytes(hashlib.sha256(orjson.dumps(list(row))).digest())
        return Content(self.rows + 1, (self.digest + one) % _MODULUS)


Contents = dict[str, Content]


def write(store: Store, path: Path) -> int:
    """Write a backup, also while the registry serves; the number of rows.

    It has its name only when it is on the disk, whole and read once more. Its owner alone may read it. Raises
    FileExistsError where there is something of this name, BackupUnfit where the disk gives back something else.
    """
    if path.exists():
        raise FileExistsError(f"{path} is there already")
    with TemporaryDirectory(prefix=".unfinished-", dir=path.parent) as folder:
        aside = Path(folder) / path.name
        aside.touch(mode=0o600)
        written = _write(store, aside)
        if read(aside) != written:
            raise BackupUnfit(f"{path}: what was written is not what is read")
        _sync(aside)
        aside.rename(path)
    _sync(path.parent)
    return sum(content.rows for content in written.values())


def read(path: Path) -> Contents:
    """What is in a backup, every row of it read. Raises BackupUnfit."""
    with _opened(path) as backup, backup.read() as connection:
        return _copied(connection, None)


def restore(path: Path, store: Store) -> int:
    """Fill an empty database with a backup: all of it or nothing; the number of rows. Raises BackupUnfit, StoreUnfit.

    The tables are made as they were, filled, and brought to the newest revision then.
    """
    with _opened(path) as backup, backup.read() as connection:
        store.upgrade(to=backup.revision())
        expected = _told(connection)

        def work(target: Connection) -> int:
            if _copied(connection, target) != expected:
                raise BackupUnfit(f"{path} is damaged")
            return sum(content.rows for content in expected.values())

        rows = store.write(work)
    store.upgrade()
    return rows


def upgrade(store: Store, folder: Path | None, now: int) -> Path | None:
    """Bring the tables to the newest revision, a backup in `folder` first; its path, or None where nothing was to be done.

    Raises BackupUnfit where there is something to be done, and no folder.
    """
    made: list[Path] = []

    def before(revision: str) -> None:
        if folder is None:
            raise BackupUnfit(
                "the tables are older than this program, and no folder for a backup is set: "
                "see `backups` in the settings, or `kiosk central upgrade --no-backup`"
            )
        moment = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
        made.append(folder / f"registry-{revision}-{moment}.backup")
        write(store, made[0])

    store.upgrade(before)
    return made[0] if made else None


def _write(store: Store, path: Path) -> Contents:
    target = Store(f"sqlite:///{path}")
    try:
        target.upgrade(to=store.revision())
        with store.read() as source:

            def work(connection: Connection) -> Contents:
                contents = _copied(source, connection)
                _contents.create(connection)
                rows = [
                    {"name": name, "rows": content.rows, "digest": f"{content.digest:064x}"}
                    for name, content in contents.items()
                ]
                connection.execute(insert(_contents), rows)
                return contents

            return target.write(work)
    finally:
        target.close()


def _copied(source: Connection, target: Connection | None) -> Contents:
    """What the tables of the registry hold, copied on the way where there is a target."""
    known = MetaData()
    known.reflect(source)
    tables = [table for table in known.sorted_tables if table.name not in _OWN]
    return {table.name: _copied_table(table, source, target) for table in tables}


def _copied_table(table: Table, source: Connection, target: Connection | None) -> Content:
    content = Content()
    query = select(*sorted(table.c, key=lambda column: column.name))
    for batch in source.execute(query, execution_options={"yield_per": BATCH}).mappings().partitions():
        for row in batch:
            content = content.with_row(row.values())
        if target is not None:
            target.execute(insert(table), [dict(row) for row in batch])
    return content


def _told(connection: Connection) -> Contents:
    rows = connection.execute(select(_contents))
    return {row.name: Content(row.rows, int(row.digest, 16)) for row in rows}


@contextmanager
def _opened(path: Path) -> Iterator[Store]:
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    backup = Store(file_url(path))
    try:
        if not _is_backup(backup):
            raise BackupUnfit(f"{path} is not a backup of a registry, or damaged")
        yield backup
    finally:
        backup.close()


def _is_backup(store: Store) -> bool:
    try:
        return _contents.name in store.tables() and store.sound()
    except DatabaseError:
        return False


def _sync(path: Path) -> None:
    """Returns when the file, or the folder's list of names, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
