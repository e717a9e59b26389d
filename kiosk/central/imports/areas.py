"""Areas («участки») of facilities."""

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from kiosk.central import words
from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, update_rows
from kiosk.central.schema import area, patient, role_area


def key_of(facility: str, code: str) -> str:
    """The key of an area: its code is its facility's."""
    return f"{facility}/{code}"


class Areas(Kind):
    """A line is an area. One that some doctor or patient still belongs to is not withdrawn."""

    name = "areas"
    columns = (
        Column("facility", "МО", cells.code, required=True),
        Column("code", "Код", cells.code, required=True),
        Column("name", "Название", cells.text, required=True),
    )
    forgets = True

    def key(self, values: Row) -> str:
        return key_of(values["facility"], values["code"])

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            place = desk.named(entry, self.column("facility"), "facilities", entry.values["facility"])
            entry.facility_id = place.id if place else ""

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        insert_rows(desk.connection, area, list(map(_row, new)))
        update_rows(desk.connection, area, list(map(_row, changed)))
        names = {entry.id: entry.values["name"] for entry in (*new, *changed)}
        words.index(desk.connection, words.Kind.AREA_NAME, names)

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        unused = [one for one in gone if not _used(desk, one.id)]
        desk.connection.execute(delete(area).where(area.c.id.in_([one.id for one in unused])))
        return unused


def _used(desk: Desk, id: str) -> bool:
    of_doctor = select(role_area.c.role_id).where(role_area.c.area_id == id).exists()
    of_patient = select(patient.c.id).where(patient.c.area_id == id).exists()
    return bool(desk.connection.scalar(select(or_(of_doctor, of_patient))))


def _row(entry: Entry) -> Row:
    return {"id": entry.id, "facility_id": entry.facility_id, "name": entry.values["name"]}
