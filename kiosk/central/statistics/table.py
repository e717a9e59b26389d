"""A table of figures: grouped and named by the database, told as JSON or CSV with small counts kept back."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Label, Select, Subquery, select

from kiosk.central.schema import facility, practitioner, role, specialty, terminal
from kiosk.central.statistics.question import DISCREET, FEWEST_OF_DISCREET, BadQuestion, Question

#: More rows than these are nothing to be looked at: a question for so many is refused.
MOST_ROWS = 50_000

Cell = str | int | float | None


@dataclass(frozen=True)
class Share:
    """A figure made of two counts; absent where the whole is 0. Counts that begin with `_` are there for it alone."""

    name: str
    part: str
    whole: str
    digits: int = 3


@dataclass(frozen=True)
class Table:
    """Rows of keys and then counts, in order of the keys' names."""

    keys: tuple[str, ...]
    counts: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    shares: tuple[Share, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns as they are told."""
        keys = (name for key in self.keys for name in ((key, f"{key}_name") if key in _NAMES else (key,)))
        told = (name for name in self.counts if not name.startswith("_"))
        return (*keys, *told, *(share.name for share in self.shares))


# --- made by the database ----------------------------------------------------------------------------------------


_NAMES: dict[str, tuple[ColumnElement[Any], ...]] = {
    "facility": (facility.c.name,),
    "specialty": (specialty.c.name,),
    "doctor": (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic),
}
_ORDER: dict[str, ColumnElement[Any]] = {
    "facility": facility.c.name_words,
    "specialty": specialty.c.name_words,
    "doctor": role.c.name_words,
}


def counted(
    connection: Connection,
    facts: Subquery,
    keys: tuple[str, ...],
    counts: Sequence[Label[Any]],
    shares: tuple[Share, ...] = (),
) -> Table:
    """The facts (a column for each key) grouped by these keys, with these counts. Raises BadQuestion("by") for too many rows.

    Names are looked up for the groups, not for the facts. Without keys it is one row, of zeros where there is nothing.
    """
    grouped = select(*(facts.c[key] for key in keys), *counts).group_by(*(facts.c[key] for key in keys))
    rows = connection.execute(_named(grouped.subquery(), keys).limit(MOST_ROWS + 1)).all()
    if len(rows) > MOST_ROWS:
        raise BadQuestion("by")
    names = tuple(count.name for count in counts)
    return Table(keys, names, [tuple(_cells(row, keys, names)) for row in rows], shares)


def _named(grouped: Subquery, keys: tuple[str, ...]) -> Select[Any]:
    source: Any = grouped
    if "facility" in keys:
        source = source.outerjoin(facility, facility.c.id == grouped.c.facility)
    if "specialty" in keys:
        source = source.outerjoin(specialty, specialty.c.code == grouped.c.specialty)
    if "doctor" in keys:
        source = source.outerjoin(role, role.c.id == grouped.c.doctor)
        source = source.outerjoin(practitioner, practitioner.c.id == role.c.practitioner_id)
    if "terminal" in keys:
        source = source.outerjoin(terminal, terminal.c.id == grouped.c.terminal)
    names = [name.label(f"{key}_{name.name}") for key in keys for name in _NAMES.get(key, ())]
    columns = [
        terminal.c.name.label("terminal") if column.name == "terminal" else column for column in grouped.c
    ]
    # NULLs first or last is the database's own habit: what has no key is put last for everybody.
    order = [
        one
        for key in keys
        for one in (grouped.c[key].is_(None), *((_ORDER[key],) if key in _ORDER else ()), grouped.c[key])
    ]
    return select(*columns, *names).select_from(source).order_by(*order)


def _cells(row: Any, keys: tuple[str, ...], counts: tuple[str, ...]) -> Iterator[Any]:
    values = row._mapping
    for key in keys:
        value = values[key]
        yield date.fromordinal(value).isoformat() if key == "day" else value
        if key in _NAMES:
            named = (values[f"{key}_{name.name}"] for name in _NAMES[key])
            yield " ".join(filter(None, named)) or None
    # A sum of PostgreSQL is a Decimal, one of nothing is none.
    yield from (int(values[name] or 0) for name in counts)


# --- told --------------------------------------------------------------------------------------------------------


def told(table: Table, question: Question) -> list[dict[str, Cell]]:
    """The rows as they are told: a count that is kept back is None, and so is what is made of it."""
    return [_told(table, row, question) for row in table.rows]


def _told(table: Table, row: tuple[Any, ...], question: Question) -> dict[str, Cell]:
    width = len(row) - len(table.counts)
    named = dict(zip(table.columns[:width], row[:width], strict=True))
    counts = dict(zip(table.counts, row[width:], strict=True))
    least = _least(named, question)
    hidden = {name for name, count in counts.items() if 0 < abs(count) < least}
    shown = {
        name: None if name in hidden else count for name, count in counts.items() if not name.startswith("_")
    }
    return {**named, **shown, **{share.name: _share(share, counts, hidden) for share in table.shares}}


def _least(named: dict[str, Cell], question: Question) -> int:
    discreet = DISCREET in (named.get("specialty"), question.value("specialty"))
    return max(question.fewest, FEWEST_OF_DISCREET if discreet else 0)


def _share(share: Share, counts: dict[str, int], hidden: set[str]) -> float | None:
    if not counts[share.whole] or hidden & {share.part, share.whole}:
        return None
    return round(counts[share.part] / counts[share.whole], share.digits)


def as_csv(table: Table, question: Question) -> str:
    """Comma-separated (RFC 4180) with a header; a count that is kept back is `<5`."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(table.columns)
    kept_back = set(table.counts)
    for row in told(table, question):
        words = f"<{_least(row, question)}"
        writer.writerow(
            words if value is None and name in kept_back else _plain(value) for name, value in row.items()
        )
    return file.getvalue()


def _plain(value: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
