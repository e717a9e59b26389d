"""Specialties as the region knows them, with their profiles (R27)."""

from collections.abc import Sequence

from kiosk.central import words
from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, update_rows
from kiosk.central.schema import specialty
from kiosk.models import MANDATORY_SPECIALTIES


class Specialties(Kind):
    """A line is a specialty. Which are mandatory (R29) is no file's to say. None is ever withdrawn."""

    name = "specialties"
    regional = True
    columns = (
        Column("code", "Код", cells.token, required=True),
        Column("name", "Название", cells.text, required=True),
        Column("profile", "Код профиля", cells.token, required=True),
        Column("profile_name", "Профиль", cells.text, required=True),
    )

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            entry.id = entry.key

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        insert_rows(desk.connection, specialty, list(map(_row, new)))
        update_rows(desk.connection, specialty, list(map(_row, changed)), key="code")
        names = {entry.key: entry.values["name"] for entry in (*new, *changed)}
        words.index(desk.connection, words.Kind.SPECIALTY_NAME, names)


def _row(entry: Entry) -> Row:
    values = entry.values
    return {
        "code": entry.key,
        "name": values["name"],
        "profile_code": values["profile"],
        "profile_name": values["profile_name"],
        "mandatory": entry.key in MANDATORY_SPECIALTIES,
    }
