"""What is common to all kinds of files: a line that was read, and what a kind has to know of its lines."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, Table, bindparam, insert, update

from kiosk.central.imports import keys
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.report import Findings, Place, Report

Row = dict[str, Any]


@dataclass
class Entry:
    """One line, or the lines of one doctor together: what its cells mean, by column, and where it stands.

    `id` is that of the thing, `refs` are what it names as the kind has found it, `known` is what the registry has of
    it. With `skipped` among `refs` the line is passed over.
    """

    values: Row
    place: Place
    key: str = ""
    id: str = ""
    facility_id: str = ""
    known: Known | None = None
    refs: Row = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """The same for lines that mean the same."""
        said = orjson.dumps(self.values, default=vars, option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(said).hexdigest()[:32]


class Desk:
    """What one import works with: its transaction, what it knows, and what it has found so far."""

    def __init__(self, connection: Connection, now: int, defaults: Mapping[str, str]) -> None:
        self.connection = connection
        self.now = now
        self.defaults = defaults
        self.mistakes = Findings()
        self.report = Report()
        #: Doctors whose times, and bookings outside of them, have to be looked at.
        self.touched: set[str] = set()
        self._known: dict[str, dict[str, Known]] = {}

    def known(self, kind: str) -> dict[str, Known]:
        """Everything of a kind by key; not for patients and bookings, of whom there are too many."""
        if kind not in self._known:
            self._known[kind] = keys.all_of(self.connection, kind)
        return self._known[kind]

    def mistake(self, entry: Entry, column: Column | None, words: str) -> None:
        """Something is wrong with a line: nothing will be imported."""
        self.mistakes.add(self._at(entry, column), words)

    def warn(self, entry: Entry, column: Column | None, words: str) -> None:
        """Something is odd about a line, and is taken as it is."""
        self.report.warnings.add(self._at(entry, column), words)

    def named(self, entry: Entry, column: Column, kind: str, key: str | None) -> Known | None:
        """What a cell names by its key; a mistake where it is not there."""
        if key is None:
            return None
        found = self.known(kind).get(key)
        if found is None or not found.digest:
            self.mistake(entry, column, f"is not known: import it with the {kind} first")
            return None
        return found

    def touch(self, role_ids: Iterable[str]) -> None:
        """Have the times of these doctors looked at."""
        self.touched.update(role_ids)

    @staticmethod
    def _at(entry: Entry, column: Column | None) -> Place:
        return Place(entry.place.file, entry.place.line, title(column) if column else "")


def title(column: Column) -> str:
    """A column as it is told of: by its heading in either language."""
    return f"«{column.heading}» ({column.name})"


class Kind:
    """A kind of file. Everything happens in the transaction of the desk; lines come in batches."""

    name = ""
    columns: tuple[Column, ...] = ()
    #: Whether withdrawn things are no more, so that their keys are free again.
    forgets = False
    #: Whether its things are of no facility, so that a full file is of the whole region.
    regional = False

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)

    def entries(self, desk: Desk, lines: Iterator[Entry]) -> Iterator[Entry]:
        """The lines, those that belong together as one."""
        return lines

    def key(self, values: Row) -> str:
        """The key of the source."""
        return str(values["code"])

    def check(self, desk: Desk, entry: Entry) -> None:
        """Tell what is wrong with the line in itself."""

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        """Find what new or changed lines name, and tell what is wrong with it."""

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        """Write lines in which nothing is wrong."""
        raise NotImplementedError

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        """Withdraw what its source no longer has; those of which that can be done."""
        return ()


def new_id() -> str:
    """An id that says nothing, and is short enough for a doctor's: ids of times are made of it."""
    return secrets.token_hex(8)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, none or many."""
    if rows:
        connection.execute(insert(table), rows)


def update_rows(connection: Connection, table: Table, rows: Sequence[Row], key: str = "id") -> None:
    """Write these columns of rows that are there; every row has the same."""
    if not rows:
        return
    names = [name for name in rows[0] if name != key]
    statement = (
        update(table)
        .where(table.c[key] == bindparam(f"the_{key}"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    bound = [{f"the_{key}": row[key], **{f"new_{name}": row[name] for name in names}} for row in rows]
    connection.execute(statement, bound)


def json(value: Any) -> str:
    """As the columns hold it."""
    return orjson.dumps(value).decode()
