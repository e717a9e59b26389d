"""Doctors: people, and what each of them is at a facility."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, or_, select, update

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
        entries, ids = [*new, *changed], [entry.id for entry in changed]
        known = keys.some(desk.connection, _PEOPLE, map(_person, entries))
        before = _said(desk, ids, [one.id for one in known.values()])
        people = _people(desk, entries, known)
        rows = {entry.id: _row(entry, people[_person(entry)]) for entry in entries}
        insert_rows(desk.connection, role, [{**rows[entry.id], "working_time": json([])} for entry in new])
        update_rows(desk.connection, role, [rows[id] for id in ids])
        desk.connection.execute(delete(role_area).where(role_area.c.role_id.in_(ids)))
        served = ({"role_id": entry.id, "area_id": id} for entry in entries for id in entry.refs["areas"])
        insert_rows(desk.connection, role_area, list(served))
        after = _said(desk, list(before), ())
        other = {id: name for id, name in after.items() if name != before[id]}
        words.unindex(desk.connection, words.Kind.DOCTOR_NAME, {id: before[id] for id in other})
        words.index(
            desk.connection, words.Kind.DOCTOR_NAME, {**other, **{entry.id: _name(entry) for entry in new}}
        )
        desk.touch(entry.id for entry in changed if entry.known and not entry.known.digest)

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        ids = [one.id for one in gone]
        desk.connection.execute(update(role).where(role.c.id.in_(ids)).values(active=False))
        desk.touch(ids)
        return gone


def _person(entry: Entry) -> str:
    return str(entry.values["person"] or entry.values["code"])


def _name(entry: Entry) -> str:
    return " ".join(entry.values[part] for part in _NAMES if entry.values[part])


def _people(desk: Desk, entries: Sequence[Entry], known: Mapping[str, Known]) -> dict[str, str]:
    """The ids of the people of these lines; new ones are written, and all are called as the lines say."""
    by_key = {_person(entry): entry for entry in entries}
    new = {key: new_id() for key in by_key if key not in known}
    ids = {**{key: one.id for key, one in known.items()}, **new}
    update_rows(desk.connection, practitioner, [_human(ids[key], by_key[key]) for key in known])
    insert_rows(desk.connection, practitioner, [_human(ids[key], by_key[key]) for key in new])
    names = {ids[key]: _name(entry) for key, entry in by_key.items()}
    words.index(desk.connection, words.Kind.PRACTITIONER_NAME, names)
    keys.add(desk.connection, _PEOPLE, [Known(key, id, "", "-") for key, id in new.items()])
    return ids


def _said(desk: Desk, role_ids: Sequence[str], practitioner_ids: Sequence[str]) -> dict[str, str]:
    """How these doctors, and all that these people are, are called in the registry now."""
    names = (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic)
    query = select(role.c.id, *names).join(practitioner, practitioner.c.id == role.c.practitioner_id)
    wanted = or_(role.c.id.in_(role_ids), role.c.practitioner_id.in_(practitioner_ids))
    return {id: " ".join(filter(None, name)) for id, *name in desk.connection.execute(query.where(wanted))}


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
