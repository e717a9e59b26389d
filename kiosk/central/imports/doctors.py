"""Doctors: people, and what each of them is at a facility."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, update

from kiosk.central import words
from kiosk.central.imports import areas, cells, keys, services
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, json, new_id, update_rows
from kiosk.central.imports.report import Place
from kiosk.central.schema import practitioner, role, role_area

#: The kind under which the people are remembered.
_PEOPLE = "people"
_NAMES = ("last_name", "first_name", "patronymic")


class Doctors(Kind):
    """A line is a doctor at one facility in one specialty. Who works in several has a line for each, and says by
    `person` that it is the same one.
    """

    name = "doctors"
    columns = (
        Column("code", "Код", cells.code, required=True),
        Column("person", "Код сотрудника", cells.code),
        Column("last_name", "Фамилия", cells.text, required=True),
        Column("first_name", "Имя", cells.text, required=True),
        Column("patronymic", "Отчество", cells.text, default=""),
        Column("sex", "Пол", cells.sex),
        Column("facility", "МО", cells.code, required=True),
        Column("specialty", "Специальность", cells.token, required=True),
        Column("room", "Кабинет", cells.text, default=""),
        Column("areas", "Участки", cells.codes, default=[]),
    )

    def __init__(self) -> None:
        self._names: dict[str, tuple[tuple[str, ...], Place]] = {}

    def check(self, desk: Desk, entry: Entry) -> None:
        name = tuple(entry.values[part] for part in _NAMES)
        said, first = self._names.setdefault(_person(entry), (name, entry.place))
        if said != name:
            desk.mistake(entry, self.column("person"), f"has another name than in {first}")

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            values = entry.values
            place = desk.named(entry, self.column("facility"), "facilities", values["facility"])
            key = services.key_of(values["facility"], values["specialty"])
            offered = desk.named(entry, self.column("specialty"), "services", key) if place else None
            served = [
                desk.named(entry, self.column("areas"), "areas", areas.key_of(values["facility"], code))
                for code in values["areas"]
                if place
            ]
            entry.refs["service"] = offered.id if offered else ""
            entry.refs["areas"] = [one.id for one in served if one]
            entry.facility_id = place.id if place else ""
        self._same_post(desk, [entry for entry in entries if entry.known])

    def _same_post(self, desk: Desk, entries: Sequence[Entry]) -> None:
        """Bookings are of a facility and a specialty: who changes either is another doctor."""
        ids = [entry.id for entry in entries]
        rows = desk.connection.execute(select(role.c.id, role.c.service_id).where(role.c.id.in_(ids)))
        posts = dict(rows.tuples().all())
        for entry in entries:
            if entry.refs["service"] and posts[entry.id] != entry.refs["service"]:
                words = "is another one than before: a doctor elsewhere needs a code of their own"
                desk.mistake(entry, self.column("specialty"), words)

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        people = _people(desk, [*new, *changed])
        rows = {entry.id: _row(entry, people[_person(entry)]) for entry in (*new, *changed)}
        insert_rows(desk.connection, role, [{**rows[entry.id], "working_time": json([])} for entry in new])
        update_rows(desk.connection, role, [rows[entry.id] for entry in changed])
        ids = [entry.id for entry in changed]
        desk.connection.execute(delete(role_area).where(role_area.c.role_id.in_(ids)))
        served = (
            {"role_id": entry.id, "area_id": id} for entry in (*new, *changed) for id in entry.refs["areas"]
        )
        insert_rows(desk.connection, role_area, list(served))
        words.index(desk.connection, words.Kind.DOCTOR_NAME, {entry.id: _name(entry) for entry in new})
        desk.touch([entry.id for entry in changed if entry.known and not entry.known.digest])

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        ids = [one.id for one in gone]
        desk.connection.execute(update(role).where(role.c.id.in_(ids)).values(active=False))
        desk.touch(ids)
        return gone


def _person(entry: Entry) -> str:
    return str(entry.values["person"] or entry.values["code"])


def _name(entry: Entry) -> str:
    return " ".join(entry.values[part] for part in _NAMES if entry.values[part])


def _people(desk: Desk, entries: Sequence[Entry]) -> dict[str, str]:
    """The ids of the people of these lines; new ones are written, and who has another name now is called by that."""
    by_key = {_person(entry): entry for entry in entries}
    known = keys.some(desk.connection, _PEOPLE, by_key)
    new = {key: new_id() for key in by_key if key not in known}
    ids = {**{key: one.id for key, one in known.items()}, **new}
    _rename(desk, {ids[key]: by_key[key] for key in known})
    insert_rows(desk.connection, practitioner, [_human(ids[key], by_key[key]) for key in new])
    names = {ids[key]: _name(by_key[key]) for key in new}
    words.index(desk.connection, words.Kind.PRACTITIONER_NAME, names)
    keys.add(desk.connection, _PEOPLE, [Known(key, id, "", "-") for key, id in new.items()])
    return ids


def _rename(desk: Desk, entries: dict[str, Entry]) -> None:
    rows = desk.connection.execute(select(practitioner).where(practitioner.c.id.in_(list(entries))))
    old = {row.id: " ".join(filter(None, (row.last_name, row.first_name, row.patronymic))) for row in rows}
    update_rows(desk.connection, practitioner, [_human(id, entry) for id, entry in entries.items()])
    renamed = {id: _name(entry) for id, entry in entries.items() if _name(entry) != old[id]}
    words.index(desk.connection, words.Kind.PRACTITIONER_NAME, renamed)
    roles = dict(_roles(desk, renamed))
    words.unindex(desk.connection, words.Kind.DOCTOR_NAME, {id: old[who] for id, who in roles.items()})
    words.index(desk.connection, words.Kind.DOCTOR_NAME, {id: renamed[who] for id, who in roles.items()})


def _roles(desk: Desk, practitioner_ids: Iterable[str]) -> Sequence[tuple[str, str]]:
    query = select(role.c.id, role.c.practitioner_id)
    rows = desk.connection.execute(query.where(role.c.practitioner_id.in_(list(practitioner_ids))))
    return rows.tuples().all()


def _human(id: str, entry: Entry) -> Row:
    return {"id": id, **{part: entry.values[part] for part in _NAMES}, "sex": entry.values["sex"]}


def _row(entry: Entry, practitioner_id: str) -> Row:
    return {
        "id": entry.id,
        "practitioner_id": practitioner_id,
        "facility_id": entry.facility_id,
        "service_id": entry.refs["service"],
        "specialty_code": entry.values["specialty"],
        "room": entry.values["room"],
        "active": True,
    }
