"""Who comes: patients of the demo region as they know themselves, and those of `patients --json`."""

import json
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from registry_process import command


@dataclass(frozen=True)
class Person:
    """Somebody who comes to a terminal. `facility_id` is where they are attached or have a card, else ''."""

    id: str
    name: str = field(repr=False)
    policy_number: str = field(repr=False)
    birth_date: date = field(repr=False)
    document_number: str = field(repr=False)
    sex: str
    facility_id: str
    situation: str

    @property
    def initials(self) -> str:
        """«И. М. П.»: first name, patronymic, surname."""
        last, *given = self.name.split()
        return " ".join(f"{word[0].upper()}." for word in (*given, last))

    @property
    def is_child(self) -> bool:
        return (date.today() - self.birth_date).days < 18 * 365.25  # noqa: DTZ011  any day will do

    @property
    def words(self) -> tuple[str, ...]:
        """What of them may stand in no log and no journal (R39)."""
        return (self.policy_number, self.document_number, *self.name.split()[:1])


_ALL = """
SELECT p.id, p.last_name || ' ' || p.first_name || ' ' || p.patronymic, p.policy_number, p.birth_date,
       p.document_number, p.sex, COALESCE(p.facility_id, c.facility_id, ''), COALESCE(p.situation, '')
FROM patient p LEFT JOIN card c ON c.patient_id = p.id GROUP BY p.id ORDER BY p.id
"""


def people(database: Path) -> list[Person]:
    """Everybody in the demo database."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(_ALL).fetchall()
    return [Person(*row[:3], date.fromisoformat(row[3]), *row[4:]) for row in rows]


def strangers(database: Path) -> list[Person]:
    """Those of `patients --json` whom no registry knows."""
    listed = subprocess.run(
        command("patients", "--json", "--database", f"sqlite:///{database}"),
        check=True,
        capture_output=True,
        text=True,
    )
    return [
        Person(
            "",
            one["name"],
            one["policy_number"],
            date.fromisoformat(one["birth_date"]),
            one["document_number"],
            "",
            "",
            one["situation"],
        )
        for one in json.loads(listed.stdout)
        if one["situation"] == "unknown"
    ]
