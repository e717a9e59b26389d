"""Statements that are compiled once and handed to the driver as they are.

Whenever SQLAlchemy executes a statement it works out anew what it asks of the driver, which takes several times as long as
SQLite needs to answer. What every hold and every booking asks goes this way; everything else goes SQLAlchemy's own.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement

Values = dict[str, Any]


class Prepared:
    """One statement, whose parameters are named. A parameter with many values (`IN`) cannot be among them.

    Rows are tuples, with the names of their columns where a SELECT has some. Errors are SQLAlchemy's.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[tuple[str, ...], _Compiled] = {}

    def all(self, connection: Connection, **values: Any) -> list[Any]:
        """Every row."""
        cursor, compiled = self._sent(connection, values)
        return list(map(compiled.row, cursor.fetchall()))

    def first(self, connection: Connection, **values: Any) -> Any:
        """The first row; None where there is none."""
        cursor, compiled = self._sent(connection, values)
        row = cursor.fetchone()
        cursor.close()
        return None if row is None else compiled.row(row)

    def run(self, connection: Connection, **values: Any) -> int:
        """Carry it out, and how many rows it has written; it gives none."""
        cursor, _ = self._sent(connection, values)
        written: int = cursor.rowcount
        return written

    def _sent(self, connection: Connection, values: Values) -> "tuple[Any, _Compiled]":
        key = (connection.dialect.name, *values)
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, connection.dialect, values)
        driver: Any = connection.connection.dbapi_connection
        parameters = compiled.parameters(values)
        try:
            return driver.execute(compiled.text, parameters, **compiled.options), compiled
        except connection.dialect.loaded_dbapi.Error as error:
            lost = connection.dialect.is_disconnect(error, driver, None)
            if lost:
                connection.invalidate(error)
            raise DBAPIError.instance(
                compiled.text,
                None,
                error,
                connection.dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=lost,
                dialect=connection.dialect,
            ) from error


class _Compiled:
    """A statement as a driver takes it, with parameters of these names."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, names: Iterable[str]) -> None:
        names = list(names)
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)
        self.text: str = compiled.string
        self._constants: Values = {
            name: value for name, value in compiled.params.items() if name not in set(names)
        }
        self._order: list[str] | None = compiled.positiontup
        #: psycopg would have the server plan it anew some times before it is kept there.
        self.options: Values = {"prepare": True} if dialect.driver == "psycopg" else {}
        self.row = _row_maker(list(getattr(statement, "selected_columns", ())), dialect)

    def parameters(self, values: Values) -> Any:
        """Those given, and the constants that the statement itself has, as the driver wants them."""
        named = {**self._constants, **values} if self._constants else values
        return named if self._order is None else [named[name] for name in self._order]


def _row_maker(columns: list[Any], dialect: Dialect) -> Callable[[Any], Any]:
    """Names the columns of a row, and reads those that the driver gives otherwise (SQLite: 0 and 1 for booleans)."""
    if not columns:
        return tuple
    names = [str(getattr(one, "key", None)) for one in columns]
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    named: Callable[[Any], Any] = kind._make
    readers = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
    if not any(readers):
        return named
    return lambda row: named(
        [value if read is None else read(value) for read, value in zip(readers, row, strict=True)]
    )
