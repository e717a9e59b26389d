"""Working hours, of which times are made (R32)."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from sqlalchemy import delete

from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows
from kiosk.central.schedule import timetable
from kiosk.central.schedule.shifts import Shift
from kiosk.central.schema import hours


class Hours(Kind):
    """All lines of a doctor are the hours of that doctor: they replace what was there."""

    name = "hours"
    columns = (
        Column("doctor", "Врач", cells.code, required=True),
        Column("days", "Дни", cells.weekdays, required=True),
        Column("start", "Начало", cells.clock, required=True),
        Column("end", "Конец", cells.clock, required=True),
        Column("minutes", "Приём, минут", cells.visit_minutes, required=True),
        Column("from", "С", cells.day),
        Column("until", "По", cells.day),
    )
    forgets = True

    def key(self, values: Row) -> str:
        return str(values["doctor"])

    def check(self, desk: Desk, entry: Entry) -> None:
        values = entry.values
        start, end = (value.hour * 60 + value.minute for value in (values["start"], values["end"]))
        if end - start < values["minutes"]:
            desk.mistake(entry, self.column("end"), "leaves no time for a single visit")
        if values["from"] and values["until"] and values["until"] < values["from"]:
            desk.mistake(entry, self.column("until"), "must not be before the day it begins with")

    def entries(self, desk: Desk, lines: Iterator[Entry]) -> Iterator[Entry]:
        by_doctor: dict[str, list[Entry]] = {}
        for line in lines:
            by_doctor.setdefault(line.values["doctor"], []).append(line)
        for doctor, together in by_doctor.items():
            shifts = [(line, _shift(line.values)) for line in together]
            for (earlier, one), (later, other) in combinations(shifts, 2):
                if one.collides(other):
                    desk.mistake(later, self.column("start"), f"is at the same time as {earlier.place}")
            values = {"doctor": doctor, "shifts": [shift for _, shift in shifts]}
            yield Entry(values, together[0].place)

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            doctor = desk.named(entry, self.column("doctor"), "doctors", entry.key)
            if doctor:
                entry.id, entry.facility_id = doctor.id, doctor.facility_id

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        ids = [entry.id for entry in (*new, *changed)]
        desk.connection.execute(delete(hours).where(hours.c.role_id.in_(ids)))
        rows = [
            _row(entry.id, number, shift)
            for entry in (*new, *changed)
            for number, shift in enumerate(entry.values["shifts"])
        ]
        insert_rows(desk.connection, hours, rows)
        timetable.know(desk.connection, ids)
        desk.touch(ids)

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        ids = [one.id for one in gone]
        desk.connection.execute(delete(hours).where(hours.c.role_id.in_(ids)))
        desk.touch(ids)
        return gone


def _shift(values: Row) -> Shift:
    first, last = (value.toordinal() if value else None for value in (values["from"], values["until"]))
    return Shift(values["days"], values["start"], values["end"], values["minutes"], first, last)


def _row(role_id: str, number: int, shift: Shift) -> Row:
    return {
        "role_id": role_id,
        "number": number,
        "days": " ".join(shift.days),
        "start": shift.start.isoformat("minutes"),
        "end": shift.end.isoformat("minutes"),
        "minutes": shift.minutes,
        "first_day": shift.first,
        "last_day": shift.last,
    }
