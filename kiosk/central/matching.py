"""The things whose texts say what was asked for, as SQL: what matches, and in which order (api.md section 2)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
)

from kiosk.central.reading import Wanted
from kiosk.central.schema import word
from kiosk.central.vocabulary import Vocabulary
from kiosk.central.words import INDEXED, PLACES, Kind, within

#: How many things a word may begin to be told from one with more of them.
_COUNTED = 10_000
#: Of more things than this, which all say the same, nobody looks for one: they stay in the order of the index.
_MANY = 2_000

_BREADTH = select(func.count()).select_from(
    select(literal(1).label("one"))
    .where(word.c.kind == bindparam("kind"), word.c.text == bindparam("text"))
    .limit(_COUNTED)
    .subquery()
)


@dataclass(frozen=True)
class Text:
    """A text that was asked for: every wanted word must begin some word of it. `wanted` is not empty."""

    kind: Kind
    wanted: tuple[Wanted, ...]
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True)
class Things:
    """What may be found: rows, their ids, and the lines that set them in order.

    Where a thing is known by another id than its own, `known_as` is its column.
    """

    rows: FromClause
    id: Column[str]
    lines: Sequence[ColumnElement[str]]
    known_as: Column[str] | None = None


@dataclass(frozen=True)
class Matches:
    """The ids of the things found, each once, and what sets them in order before the id does.

    `in_order`: an index has them in this order, so that the first are found without the rest.
    """

    things: Things
    ids: Select[tuple[str]]
    order: Sequence[ColumnElement[Any]]
    in_order: bool = False

    def part(self, connection: Connection, offset: int, count: int) -> tuple[list[str], int]:
        """The ids at these places of the order, and how many there are in all."""
        found, total = self._rows(connection, offset, count) if count else ([], None)
        if total is None and len(found) < count and (found or not offset):
            total = offset + len(found)
        return self._known(connection, found), self._total(connection) if total is None else total

    def _rows(self, connection: Connection, offset: int, count: int) -> tuple[list[str], int | None]:
        """The ids, and how many there are where all have to be looked at anyway."""
        last = self.ids.selected_columns[0]
        rows = self.ids.order_by(*self.order, last).limit(count).offset(offset)
        if self.in_order:
            return list(connection.scalars(rows)), None
        found = connection.execute(rows.add_columns(func.count().over())).all()
        return [row[0] for row in found], found[0][1] if found else None

    def _total(self, connection: Connection) -> int:
        return connection.scalar(select(func.count()).select_from(self.ids.subquery())) or 0

    def _known(self, connection: Connection, found: list[str]) -> list[str]:
        own, known = self.things.id, self.things.known_as
        if known is None:
            return found
        names = dict(connection.execute(select(own, known).where(own.in_(found))).tuples().all())
        return [names[id] for id in found]


def matches(
    connection: Connection,
    things: Things,
    texts: Iterable[Text | None],
    conditions: Sequence[ColumnElement[bool]],
) -> Iterator[Matches]:
    """The things that say all these texts under these conditions, if any can: none or one Matches.

    Those that say whole words come first, then by their lines. Where a text is all that is asked for, its index
    leads; else the things that fulfil the conditions are few, and are looked through.
    """
    asked = [text for text in texts if text is not None]
    if not all(wanted.beginnings for text in asked for wanted in text.wanted):
        return
    if len(asked) == 1 and not conditions and asked[0].kind in INDEXED:
        yield _indexed(connection, things, asked[0])
    else:
        said = (_said(text, one) for text in asked for one in text.wanted)
        ids = select(things.id).select_from(things.rows).where(*conditions, *said)
        order: list[ColumnElement[Any]] = [
            *_distances(asked),
            *(PLACES[text.kind][1] for text in asked),
            *things.lines,
        ]
        yield Matches(things, ids, order)


def _indexed(connection: Connection, things: Things, text: Text) -> Matches:
    """By the rows of its rarest word, which are few or in order already."""
    if len(text.wanted) == 1 and text.wanted[0].strict:
        rows = select(word.c.owner_id).where(_begun(text.kind, text.wanted[0].beginnings))
        return Matches(things, rows, [word.c.part, word.c.line], in_order=True)
    breadths = _breadths(connection, text)
    rarest, *others = sorted(breadths, key=lambda wanted: breadths[wanted])
    rows = select(word.c.owner_id).where(*(_in_line(word.c.line, one) for one in others))
    distances = [_distance(word.c.line, one) for one in others]
    if len(rarest.cover) > 1:
        # Several of its beginnings may begin words of one thing.
        slip = case((word.c.text == rarest.typed, 0), else_=2)
        nearest = func.min(slip + case((word.c.part, 1), else_=0))
        rows = rows.where(_begun(text.kind, rarest.beginnings)).group_by(word.c.line, word.c.owner_id)
        return Matches(things, rows, [sum(distances, start=nearest), word.c.line])
    rows = rows.where(_begun(text.kind, rarest.cover))
    if breadths[rarest] > _MANY:
        return Matches(things, rows, [word.c.part, word.c.line], in_order=True)
    return Matches(things, rows, [sum(distances, start=_distance(word.c.line, rarest)), word.c.line])


def _distances(texts: Sequence[Text]) -> list[ColumnElement[int]]:
    """One sum, or nothing where no text was asked for."""
    distances = [_distance(PLACES[text.kind][1], one) for text in texts for one in text.wanted]
    return [sum(distances[1:], start=distances[0])] if distances else []


def _breadths(connection: Connection, text: Text) -> dict[Wanted, int]:
    """How many words each of them begins, each beginning up to _COUNTED."""
    kind, known = text.kind.value, {} if text.vocabulary is None else text.vocabulary.breadths

    def breadth(beginning: str) -> int:
        if (kind, beginning) not in known:
            known[kind, beginning] = connection.scalar(_BREADTH, {"kind": kind, "text": beginning}) or 0
        return known[kind, beginning]

    return {one: sum(map(breadth, one.cover)) for one in text.wanted}


def _begun(kind: Kind, beginnings: Sequence[str]) -> ColumnElement[bool]:
    """The rows of `word` with one of these beginnings."""
    one, *more = beginnings
    return and_(word.c.kind == kind.value, word.c.text.in_(beginnings) if more else word.c.text == one)


def _said(text: Text, wanted: Wanted) -> ColumnElement[bool]:
    """The things whose text has the word, by their lines, or by the index where it was read in many ways."""
    key, line = PLACES[text.kind]
    if len(wanted.cover) == 1 or text.kind not in INDEXED:
        return _in_line(line, wanted)
    return key.in_(select(word.c.owner_id).where(_begun(text.kind, wanted.cover)))


def _in_line(line: ColumnElement[str], wanted: Wanted) -> ColumnElement[bool]:
    return or_(*(line.like(within(beginning)) for beginning in wanted.cover))


def _distance(line: ColumnElement[str], wanted: Wanted) -> ColumnElement[int]:
    """How far a line is from what was typed: 0 it has that very word, 1 one that begins so, 2 and 3 with a slip."""
    typed = [(line.like(within(wanted.typed, whole=True)), 0), (line.like(within(wanted.typed)), 1)]
    if wanted.strict:
        return case(typed[0], else_=1)
    slipped = or_(*(line.like(within(beginning, whole=True)) for beginning in wanted.beginnings))
    return case(*(typed if wanted.typed in wanted.beginnings else ()), (slipped, 2), else_=3)
