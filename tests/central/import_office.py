"""A registry that was made of the sample files alone, and who brings it further files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tiny_region
from sqlalchemy import Row, select

from kiosk.central import regional, schema
from kiosk.central.import_cli import KINDS
from kiosk.central.imports.load import ImportRefused, Options, load
from kiosk.central.imports.report import Report
from kiosk.central.schedule import timetable
from kiosk.central.store import Store, create_schema

SAMPLES = Path(__file__).parents[2] / "config" / "import"
DAYS = 14


@dataclass
class Office:
    """The store of the registry, where its database is, and a folder for files."""

    store: Store
    url: str
    folder: Path
    now: int = tiny_region.NOW

    def put(self, kind: str, text: str, **options: Any) -> Report:
        """Import one file with this text; then the times of the days to come are made, as the command does."""
        return self.put_file(kind, self.write(kind, text), **options)

    def put_file(self, kind: str, *paths: Path, **options: Any) -> Report:
        report = load(self.store, KINDS[kind], paths, Options(**options), self.now)
        self.made()
        return report

    def made(self) -> int:
        return sum(timetable.extend(self.store, DAYS, self.now))

    def write(self, kind: str, text: str) -> Path:
        path = self.folder / f"{kind}.csv"
        path.write_text(text, "utf-8")
        return path

    def mistakes(self, kind: str, text: str, **options: Any) -> list[str]:
        """What is told of a file that is refused, without the name of the file; nothing has changed."""
        before = self.everything()
        try:
            self.put(kind, text, **options)
        except ImportRefused as refused:
            assert self.everything() == before
            return [line.removeprefix(f"{kind}.csv").removeprefix(", ") for line in refused.mistakes.told()]
        raise AssertionError("the file was imported")

    def sample(self, kind: str) -> str:
        return (SAMPLES / f"{kind}.csv").read_text("utf-8-sig")

    def rows(self, table: Any, *conditions: Any) -> list[Row[Any]]:
        with self.store.read() as connection:
            return list(connection.execute(select(table).where(*conditions)))

    def everything(self) -> dict[str, list[Any]]:
        """All that there is."""
        return {
            table.name: sorted(map(tuple, self.rows(table)), key=str)
            for table in schema.metadata.sorted_tables
        }

    def id(self, kind: str, key: str) -> str:
        """The id of what was imported under a key."""
        (row,) = self.rows(schema.imported, schema.imported.c.kind == kind, schema.imported.c.key == key)
        return str(row.id)

    def slots(self, doctor: str, day: Any = None) -> list[Row[Any]]:
        """The times of a doctor, by the key of the source, in order."""
        wanted = [schema.slot.c.role_id == self.id("doctors", doctor)]
        if day is not None:
            wanted.append(schema.slot.c.day == day.toordinal())
        return sorted(self.rows(schema.slot, *wanted), key=lambda row: row.start)


def make(url: str, folder: Path) -> str:
    """A registry in an empty database, of the sample files alone; its URL."""
    store = Store(url)
    create_schema(store)
    store.write(regional.write_settings)
    office = Office(store, url, folder)
    for kind in KINDS:
        office.put_file(kind, SAMPLES / f"{kind}.csv")
    store.close()
    return url
