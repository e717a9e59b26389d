"""Facilities (МО), with their districts."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import insert, select, update

from kiosk.central import words
from kiosk.central.imports import cells, keys
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, json, new_id, update_rows
from kiosk.central.schema import district, facility, role, service
from kiosk.lettering import fold

_MOST_NOTICE = 7 * 24 * 60


class Facilities(Kind):
    """A line is a facility. A district is there as soon as a facility names it."""

    name = "facilities"
    regional = True
    columns = (
        Column("code", "Код", cells.code, required=True),
        Column("district", "Район", cells.text, required=True),
        Column("name", "Название", cells.text, required=True),
        Column("address", "Адрес", cells.text, required=True),
        Column("phones", "Телефоны", cells.texts, default=[]),
        Column("hours", "Часы работы", cells.opening_hours, default=[]),
        Column("directions", "Как добраться", cells.text, default=""),
        Column("zone", "Часовой пояс", cells.zone),
        Column("newcomers", "Принимает новых", cells.flag, default=False),
        Column("notice_minutes", "Не позднее, минут", cells.whole(0, _MOST_NOTICE)),
    )

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        districts = _districts(desk, [*new, *changed])
        rows = {entry.id: _row(desk, entry, districts) for entry in (*new, *changed)}
        insert_rows(desk.connection, facility, [{**rows[entry.id], "location_id": new_id()} for entry in new])
        ids = [entry.id for entry in changed]
        old = {row.id: row for row in desk.connection.execute(select(facility).where(facility.c.id.in_(ids)))}
        update_rows(desk.connection, facility, [rows[id] for id in ids])
        moved = [id for id in ids if old[id].zone != rows[id]["zone"]]
        desk.touch(_doctors(desk, moved))
        texts = ((words.Kind.FACILITY_NAME, "name"), (words.Kind.FACILITY_ADDRESS, "address"))
        for kind, column in texts:
            said = {id: row[column] for id, row in rows.items()}
            other = {id: str(getattr(old[id], column)) for id in ids}
            other = {id: text for id, text in other.items() if text != said[id]}
            words.unindex(desk.connection, kind, other)
            fresh = {id: text for id, text in said.items() if id not in old or id in other}
            words.index(desk.connection, kind, fresh)

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        """Nothing can be booked there any more, until its services are imported again; it stays to be read about."""
        ids = [one.id for one in gone]
        desk.connection.execute(update(service).where(service.c.facility_id.in_(ids)).values(active=False))
        services = keys.of_facilities(desk.connection, "services", ids)
        keys.change(desk.connection, "services", [replace(one, digest="") for one in services])
        desk.touch(_doctors(desk, ids))
        return gone


def _doctors(desk: Desk, facility_ids: Sequence[str]) -> list[str]:
    query = select(role.c.id).where(role.c.facility_id.in_(facility_ids))
    return list(desk.connection.scalars(query))


def _districts(desk: Desk, entries: Sequence[Entry]) -> dict[str, str]:
    """The ids of the districts by their folded names; those that are new are made."""
    rows = desk.connection.execute(select(district.c.id, district.c.name))
    ids = {fold(row.name): row.id for row in rows}
    for entry in entries:
        said = entry.values["district"]
        if fold(said) not in ids:
            ids[fold(said)] = id = new_id()
            desk.connection.execute(insert(district).values(id=id, name=said))
            words.index(desk.connection, words.Kind.DISTRICT_NAME, {id: said})
    return ids


def _row(desk: Desk, entry: Entry, districts: dict[str, str]) -> Row:
    values = entry.values
    notice = values["notice_minutes"]
    return {
        "id": entry.id,
        "district_id": districts[fold(values["district"])],
        "name": values["name"],
        "address": values["address"],
        "phones": json(values["phones"]),
        "hours": json(values["hours"]),
        "directions": values["directions"],
        "zone": values["zone"] or desk.defaults["zone"],
        "newcomers": values["newcomers"],
        "notice_minutes": int(desk.defaults["notice_minutes"]) if notice is None else notice,
    }
