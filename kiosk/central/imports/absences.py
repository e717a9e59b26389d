"""Absences of doctors, and who stands in (R45)."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select

from kiosk.central import absences
from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows
from kiosk.central.schema import absence, role


class Absences(Kind):
    """A line is an absence of a doctor, known by its first day."""

    name = "absences"
    columns = (
        Column("doctor", "Врач", cells.code, required=True),
        Column("from", "С", cells.day, required=True),
        Column("until", "По", cells.day, required=True),
        Column("substitute", "Замещает", cells.code),
    )
    forgets = True

    def key(self, values: Row) -> str:
        return f"{values['doctor']}/{values['from'].isoformat()}"

    def check(self, desk: Desk, entry: Entry) -> None:
        values = entry.values
        if values["until"] < values["from"]:
            desk.mistake(entry, self.column("until"), "must not be before the day it begins with")
        if values["substitute"] == values["doctor"]:
            desk.mistake(entry, self.column("substitute"), "nobody stands in for themselves")

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            values = entry.values
            doctor = desk.named(entry, self.column("doctor"), "doctors", values["doctor"])
            other = desk.named(entry, self.column("substitute"), "doctors", values["substitute"])
            entry.refs = {"doctor": doctor.id if doctor else "", "substitute": other.id if other else None}
            entry.id, entry.facility_id = entry.key, doctor.facility_id if doctor else ""
        self._same_post(desk, [entry for entry in entries if entry.refs["substitute"]])

    def _same_post(self, desk: Desk, entries: Sequence[Entry]) -> None:
        ids = {entry.refs[name] for entry in entries for name in ("doctor", "substitute")}
        rows = desk.connection.execute(select(role.c.id, role.c.service_id).where(role.c.id.in_(ids)))
        posts = dict(rows.tuples().all())
        for entry in entries:
            if posts.get(entry.refs["doctor"]) != posts[entry.refs["substitute"]]:
                words = "must be a doctor of the same facility and specialty"
                desk.mistake(entry, self.column("substitute"), words)

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        entries = [*new, *changed]
        rows = [_row(entry) for entry in entries]
        for row in rows:
            _delete(desk, row["role_id"], row["first_day"])
        insert_rows(desk.connection, absence, rows)
        desk.touch(row["role_id"] for row in rows)

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        for one in gone:
            doctor, _, first = one.key.partition("/")
            role_id, day = desk.known("doctors")[doctor].id, cells.day(first).toordinal()
            ended = select(absence.c.last_day).where(_this(role_id, day))
            for last in desk.connection.scalars(ended).all():
                absences.give_back(desk.connection, role_id, range(day, last + 1), desk.now)
            _delete(desk, role_id, day)
            desk.touch([role_id])
        return gone


def _delete(desk: Desk, role_id: str, first_day: int) -> None:
    desk.connection.execute(delete(absence).where(_this(role_id, first_day)))


def _this(role_id: str, first_day: int) -> ColumnElement[bool]:
    return (absence.c.role_id == role_id) & (absence.c.first_day == first_day)


def _row(entry: Entry) -> Row:
    return {
        "role_id": entry.refs["doctor"],
        "first_day": entry.values["from"].toordinal(),
        "last_day": entry.values["until"].toordinal(),
        "substitute_id": entry.refs["substitute"],
    }
