"""What the database says of claims (api.md section 12), read with its plain driver beside the running server."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from contract_wire import actor, instant

TICK = 300


@dataclass(frozen=True)
class Claim:
    resource: str
    tick: int
    appointment: str
    holder: str | None
    expires: int | None


@contextmanager
def opened(database: str) -> Iterator[Any]:
    """A connection to the database of this URL, by its own driver."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"), timeout=20)) as connection:
            yield connection
    else:
        with psycopg.connect(database) as connection:
            yield connection


def rows(database: str, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """What the database answers; a place for a value is `?`."""
    with opened(database) as connection:
        return list(connection.execute(_asked(database, question), values).fetchall())


def change(database: str, statement: str, *values: Any) -> None:
    """One statement, committed."""
    with opened(database) as connection:
        connection.execute(_asked(database, statement), values)
        connection.commit()


def columns(database: str, table: str) -> list[str]:
    with opened(database) as connection:
        return [column[0] for column in connection.execute(f"SELECT * FROM {table} LIMIT 0").description]


def stored(database: str) -> bytes:
    """Everything that is kept: the bytes of SQLite's files, the rows of PostgreSQL's tables."""
    if database.startswith("sqlite"):
        path = Path(database.removeprefix("sqlite:///"))
        return b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
    tables = rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    texts = [text for (name,) in tables for (text,) in rows(database, f"SELECT one::text FROM {name} AS one")]
    return "\n".join(texts).encode()


def _asked(database: str, question: str) -> str:
    return question if database.startswith("sqlite") else question.replace("?", "%s")


def claims(database: str, like: str = "%") -> list[Claim]:
    """The claims of the resources whose name is LIKE this; the columns are those of section 12."""
    found = rows(
        database,
        "SELECT resource, tick, appointment, holder, expires FROM claim WHERE resource LIKE ? ORDER BY 1, 2",
        like,
    )
    return [Claim(*row) for row in found]


def claims_of(database: str, appointment: str) -> list[Claim]:
    return [claim for claim in claims(database) if claim.appointment == appointment]


def ticks(appointment: Any) -> list[int]:
    """The 5-minute ticks of UTC that its time covers."""
    start, end = (int(instant(appointment[name]).timestamp()) for name in ("start", "end"))
    assert start % TICK == end % TICK == 0, "multiples of a tick (section 12)"
    return list(range(start // TICK, end // TICK))


def doctor_resource(appointment: Any) -> str:
    role = actor(appointment, "PractitionerRole")["actor"]["reference"].rpartition("/")[2]
    return f"doctor:{role}#0"


def day_ticks(database: str, appointment: str, kind: str) -> dict[str, int]:
    """Resource and day number of the claims `asked:` or `visit:` of an appointment (R27)."""
    return {
        claim.resource: claim.tick
        for claim in claims_of(database, appointment)
        if claim.resource.startswith(kind + ":")
    }


def doubles(database: str) -> list[tuple[Any, ...]]:
    """Pairs of standing appointments of one doctor, or of one patient, whose times meet: there may be none."""
    standing = "status IN ('booked', 'pending')"
    question = f"""
        SELECT one.id, other.id FROM appointment one JOIN appointment other
        ON one.id < other.id AND one.start < other."end" AND other.start < one."end"
        AND (one.role_id = other.role_id OR one.patient_id = other.patient_id)
        WHERE one.{standing} AND other.{standing}"""
    return rows(database, question)


def standing(database: str) -> set[str]:
    """The ids of the appointments that are booked, in the file."""
    return {row[0] for row in rows(database, "SELECT id FROM appointment WHERE status = 'booked'")}


def whole(database: str) -> bool:
    if not database.startswith("sqlite"):
        return bool(standing(database))  # Its files are not the registry's: only a table could be gone.
    return rows(database, "PRAGMA integrity_check") == [("ok",)]
