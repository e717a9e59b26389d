"""What the SQLite file says of claims (api.md section 12), read with plain sqlite3 beside the running server."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_wire import actor, instant

TICK = 300


@dataclass(frozen=True)
class Claim:
    resource: str
    tick: int
    appointment: str
    holder: str | None
    expires: int | None


def rows(database: Path, question: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute(question, values).fetchall()


def claims(database: Path, like: str = "%") -> list[Claim]:
    """The claims of the resources whose name is LIKE this; the columns are those of section 12."""
    found = rows(
        database,
        "SELECT resource, tick, appointment, holder, expires FROM claim WHERE resource LIKE ? ORDER BY 1, 2",
        like,
    )
    return [Claim(*row) for row in found]


def claims_of(database: Path, appointment: str) -> list[Claim]:
    return [claim for claim in claims(database) if claim.appointment == appointment]


def ticks(appointment: Any) -> list[int]:
    """The 5-minute ticks of UTC that its time covers."""
    start, end = (int(instant(appointment[name]).timestamp()) for name in ("start", "end"))
    assert start % TICK == end % TICK == 0, "multiples of a tick (section 12)"
    return list(range(start // TICK, end // TICK))


def doctor_resource(appointment: Any) -> str:
    role = actor(appointment, "PractitionerRole")["actor"]["reference"].rpartition("/")[2]
    return f"doctor:{role}#0"


def day_ticks(database: Path, appointment: str, kind: str) -> dict[str, int]:
    """Resource and day number of the claims `asked:` or `visit:` of an appointment (R27)."""
    return {
        claim.resource: claim.tick
        for claim in claims_of(database, appointment)
        if claim.resource.startswith(kind + ":")
    }


def doubles(database: Path) -> list[tuple[Any, ...]]:
    """Pairs of standing appointments of one doctor, or of one patient, whose times meet: there may be none."""
    standing = "status IN ('booked', 'pending')"
    question = f"""
        SELECT one.id, other.id FROM appointment one JOIN appointment other
        ON one.id < other.id AND one.start < other."end" AND other.start < one."end"
        AND (one.role_id = other.role_id OR one.patient_id = other.patient_id)
        WHERE one.{standing} AND other.{standing}"""
    return rows(database, question)


def standing(database: Path) -> set[str]:
    """The ids of the appointments that are booked, in the file."""
    return {row[0] for row in rows(database, "SELECT id FROM appointment WHERE status = 'booked'")}


def whole(database: Path) -> bool:
    return rows(database, "PRAGMA integrity_check") == [("ok",)]
