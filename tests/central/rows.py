"""Rows of a registry as plain data: all of them, to be compared; and made up, two in each table at whatever revision."""

from typing import Any

from sqlalchemy import Boolean, Integer, MetaData, Table, insert, select

from kiosk.central.store import Store

Rows = dict[str, list[dict[str, Any]]]


def everything(store: Store) -> Rows:
    """Every row of every table that there is, in one order; without what Alembic and a backup note for themselves."""
    with store.read() as connection:
        return {
            table.name: sorted((dict(row) for row in connection.execute(select(table)).mappings()), key=str)
            for table in _tables(store)
        }


def fill(store: Store) -> None:
    """Two rows in each table, whatever its columns: texts are the row's own name, to which foreign keys lead."""
    tables = _tables(store)
    rows = [(table, [_row(table, number) for number in (1, 2)]) for table in tables]
    store.write(lambda connection: [connection.execute(insert(table), two) for table, two in rows] and None)


def _tables(store: Store) -> list[Table]:
    known = MetaData()
    with store.read() as connection:
        known.reflect(connection)
    return [table for table in known.sorted_tables if table.name not in ("alembic_version", "backup")]


def _row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: _value(column.type, number) for column in table.c}


def _value(kind: Any, number: int) -> Any:
    if isinstance(kind, Boolean):
        return number == 1
    return number if isinstance(kind, Integer) else f"Ёлка {number}"
