"""Patients of the demo region who may come to the terminal."""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Person:
    """What they type."""

    policy_number: str
    birth_date: date


_ADULTS = "SELECT policy_number, birth_date FROM patient WHERE situation = 'adult' ORDER BY id"


def adults(database: Path) -> list[Person]:
    """Those who may book the therapist of the terminal's own clinic, each once."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(_ADULTS).fetchall()
    return [Person(number, date.fromisoformat(birth)) for number, birth in rows]


def write_people(people: Sequence[Person]) -> str:
    """As an argument of a program."""
    return json.dumps([asdict(one) for one in people], default=str)


def read_people(text: str) -> list[Person]:
    """The other way round."""
    return [Person(one["policy_number"], date.fromisoformat(one["birth_date"])) for one in json.loads(text)]
