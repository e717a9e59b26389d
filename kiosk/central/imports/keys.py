"""Under which keys of their sources things were imported (table `imported`)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from kiosk.central.schema import imported

_TOGETHER = 500


@dataclass(frozen=True)
class Known:
    """A thing that was imported; `digest` is that of its line as it was last read, '' where it is withdrawn since."""

    key: str
    id: str
    facility_id: str
    digest: str


def all_of(connection: Connection, kind: str) -> dict[str, Known]:
    """Everything of a kind of which there is not too much, by key."""
    rows = connection.execute(_query(kind))
    return {row.key: Known(*row) for row in rows}


def some(connection: Connection, kind: str, keys: Iterable[str]) -> dict[str, Known]:
    """Those of these keys that are known."""
    listed = sorted(set(keys))
    found = [
        Known(*row)
        for at in range(0, len(listed), _TOGETHER)
        for row in connection.execute(_query(kind).where(imported.c.key.in_(listed[at : at + _TOGETHER])))
    ]
    return {one.key: one for one in found}


def of_facilities(connection: Connection, kind: str, facility_ids: Iterable[str]) -> Iterator[Known]:
    """What stands in the files of these facilities and is not withdrawn, by key."""
    listed = sorted(set(facility_ids))
    query = _query(kind).where(imported.c.facility_id.in_(listed), imported.c.digest != "")
    return (Known(*row) for row in connection.execute(query.order_by(imported.c.key)).all())


def add(connection: Connection, kind: str, new: Sequence[Known]) -> None:
    """Remember new things."""
    if new:
        connection.execute(insert(imported), [{"kind": kind, **vars(one)} for one in new])


def change(connection: Connection, kind: str, changed: Sequence[Known]) -> None:
    """Remember what has changed of known ones."""
    _execute(
        connection,
        update(imported)
        .where(_this(kind))
        .values({name: bindparam(f"new_{name}") for name in ("id", "facility_id", "digest")}),
        changed,
    )


def forget(connection: Connection, kind: str, gone: Sequence[Known]) -> None:
    """Things that are no more: under the same key another one may come."""
    _execute(connection, delete(imported).where(_this(kind)), gone)


def _execute(connection: Connection, statement: Any, things: Sequence[Known]) -> None:
    rows = [
        {"the_key": one.key, "new_id": one.id, "new_facility_id": one.facility_id, "new_digest": one.digest}
        for one in things
    ]
    if rows:
        connection.execute(statement, rows)


def _this(kind: str) -> Any:
    return and_(imported.c.kind == kind, imported.c.key == bindparam("the_key"))


def _query(kind: str) -> Any:
    columns = (imported.c.key, imported.c.id, imported.c.facility_id, imported.c.digest)
    return select(*columns).where(imported.c.kind == kind)
