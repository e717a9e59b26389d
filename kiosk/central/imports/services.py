"""Specialties at facilities: whom they see, and who may book them (R29 to R31, R42, R47)."""

from collections.abc import Sequence

from sqlalchemy import select, update

from kiosk.central.imports import cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, update_rows
from kiosk.central.schema import role, service
from kiosk.models import MANDATORY_SPECIALTIES, Online

_MOST_AGE = 150

_online = cells.choice(
    {
        **dict.fromkeys(("да", "yes"), Online.YES.value),
        **dict.fromkeys(("диспансер", "dispensary"), Online.DISPENSARY.value),
        **dict.fromkeys(("нет", "no"), Online.NO.value),
    },
    "«да», «диспансер» or «нет»",
)


def key_of(facility: str, specialty: str) -> str:
    """The key of a service."""
    return f"{facility}/{specialty}"


class Services(Kind):
    """A line is a specialty at a facility. Without a word on it, only mandatory ones are booked online (R29, R30)."""

    name = "services"
    columns = (
        Column("facility", "МО", cells.code, required=True),
        Column("specialty", "Специальность", cells.token, required=True),
        Column("online", "Запись", _online),
        Column("approval", "Одобрение", cells.flag, default=False),
        Column("discreet", "Деликатная", cells.flag, default=False),
        Column("age_min", "Возраст от", cells.whole(0, _MOST_AGE)),
        Column("age_max", "Возраст до", cells.whole(0, _MOST_AGE)),
        Column("sex", "Пол", cells.sex),
        Column("bring", "Что взять", cells.text, default=""),
    )

    def key(self, values: Row) -> str:
        return key_of(values["facility"], values["specialty"])

    def check(self, desk: Desk, entry: Entry) -> None:
        values = entry.values
        if values["specialty"] in MANDATORY_SPECIALTIES and values["online"] not in (None, Online.YES.value):
            words = "cannot be switched off: online booking of this specialty is mandatory (R29)"
            desk.mistake(entry, self.column("online"), words)
        least, most = values["age_min"], values["age_max"]
        if least is not None and most is not None and least > most:
            desk.mistake(entry, self.column("age_max"), "must not be less than the age it begins with")

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            values = entry.values
            place = desk.named(entry, self.column("facility"), "facilities", values["facility"])
            desk.named(entry, self.column("specialty"), "specialties", values["specialty"])
            entry.facility_id = place.id if place else ""

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        insert_rows(desk.connection, service, list(map(_row, new)))
        update_rows(desk.connection, service, list(map(_row, changed)))
        back = [entry.id for entry in changed if entry.known and not entry.known.digest]
        desk.touch(_doctors(desk, back))

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        ids = [one.id for one in gone]
        desk.connection.execute(update(service).where(service.c.id.in_(ids)).values(active=False))
        desk.touch(_doctors(desk, ids))
        return gone


def _doctors(desk: Desk, service_ids: Sequence[str]) -> list[str]:
    return list(desk.connection.scalars(select(role.c.id).where(role.c.service_id.in_(service_ids))))


def _row(entry: Entry) -> Row:
    values = entry.values
    usual = Online.YES if values["specialty"] in MANDATORY_SPECIALTIES else Online.NO
    return {
        "id": entry.id,
        "facility_id": entry.facility_id,
        "specialty_code": values["specialty"],
        "active": True,
        "online": values["online"] or usual.value,
        "approval": values["approval"],
        "discreet": values["discreet"],
        "age_min": values["age_min"],
        "age_max": values["age_max"],
        "sex": values["sex"],
        "bring": values["bring"],
    }
