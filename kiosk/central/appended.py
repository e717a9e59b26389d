"""Rows that nobody reads in the transaction which writes them, as lines of the audit: those of several requests that are
carried out together go to the database in one statement for each table, before the commit."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, bindparam, insert

from kiosk.central.prepared import Prepared

#: Where a connection has those that wait, as long as they do.
_WAITING = "rows to be appended"

Row = dict[str, Any]


def append(connection: Connection, table: Table, row: Row) -> None:
    """Write this row, which has a value for each column; at once, or where rows are `gathered` with the others."""
    waiting = connection.info.get(_WAITING)
    if waiting is None:
        _write(connection, table, [row])
    else:
        waiting.append((table, row))


@contextmanager
def gathered(connection: Connection) -> Iterator[None]:
    """Let what is appended wait until the block ends."""
    info = connection.info
    waiting: list[tuple[Table, Row]] = []
    info[_WAITING] = waiting
    try:
        yield
        _write_all(connection, waiting)
    finally:
        del info[_WAITING]


@contextmanager
def taken_back_with_it(connection: Connection) -> Iterator[None]:
    """Drop what was appended in a block that raises."""
    waiting = connection.info.get(_WAITING, [])
    there = len(waiting)
    try:
        yield
    except BaseException:
        del waiting[there:]
        raise


def _write_all(connection: Connection, waiting: list[tuple[Table, Row]]) -> None:
    of_tables = defaultdict(list)
    for table, row in waiting:
        of_tables[table].append(row)
    for table, rows in of_tables.items():
        _write(connection, table, rows)


def _write(connection: Connection, table: Table, rows: list[Row]) -> None:
    values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
    _insert(table, len(rows)).run(connection, **values)


@cache
def _insert(table: Table, rows: int) -> Prepared:
    names = table.columns.keys()
    values: list[Row] = [{name: bindparam(f"{name}_{number}") for name in names} for number in range(rows)]
    return Prepared(insert(table).values(values))
