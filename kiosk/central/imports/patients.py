"""Patients: who they are, where they are known (R10, R37)."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from kiosk.central import contacts
from kiosk.central.contacts import Contact
from kiosk.central.imports import areas, cells
from kiosk.central.imports.cells import Column
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, Row, insert_rows, update_rows
from kiosk.central.imports.report import Place
from kiosk.central.schedule.shifts import local_day
from kiosk.central.schema import card, observation, patient
from kiosk.check_digits import is_valid_enp

_UNIFIED = 16
_DOCUMENT = 6

_document_kind = cells.choice(
    {
        **dict.fromkeys(("паспорт", "passport"), "passport"),
        **dict.fromkeys(("свидетельство о рождении", "birth-certificate"), "birth-certificate"),
        **dict.fromkeys(("другой", "иной", "other"), "other"),
    },
    "«паспорт», «свидетельство о рождении» or «другой»",
)


class Patients(Kind):
    """A line is a patient. Phone and e-mail are taken of who is new; later they are the patient's own (R15)."""

    name = "patients"
    columns = (
        Column("number", "Номер", cells.code, required=True),
        Column("last_name", "Фамилия", cells.text, required=True),
        Column("first_name", "Имя", cells.text, required=True),
        Column("patronymic", "Отчество", cells.text, default=""),
        Column("birth_date", "Дата рождения", cells.day, required=True),
        Column("sex", "Пол", cells.sex, required=True),
        Column("policy", "Полис", cells.policy, required=True),
        Column("document_kind", "Документ", _document_kind, default="passport"),
        Column("document_number", "Номер документа", cells.document_number, default=""),
        Column("snils", "СНИЛС", cells.snils),
        Column("facility", "Прикрепление", cells.code),
        Column("area", "Участок", cells.code),
        Column("doctor", "Участковый врач", cells.code),
        Column("cards", "Карты", cells.codes, default=[]),
        Column("dispensary", "Диспансерный учёт", cells.tokens, default=[]),
        Column("phone", "Телефон", cells.phone_number),
        Column("email", "Почта", cells.email_address),
    )

    def __init__(self) -> None:
        #: By the hash of who they are: of a million people not much is kept.
        self._people: dict[int, Place] = {}

    def key(self, values: Row) -> str:
        return str(values["number"])

    def check(self, desk: Desk, entry: Entry) -> None:
        values = entry.values
        if values["birth_date"] > local_day(desk.now, ZoneInfo(desk.defaults["zone"])):
            desk.mistake(entry, self.column("birth_date"), "is in the future")
        if values["number"] in (values["policy"], values["snils"]):
            desk.mistake(entry, self.column("number"), "must be the source's own, neither policy nor СНИЛС")
        if values["document_kind"] != "other" and len(values["document_number"]) not in (0, _DOCUMENT):
            words = f"must have {_DOCUMENT} digits: in Excel format the column as text, or zeros are lost"
            desk.mistake(entry, self.column("document_number"), words)
        policy = values["policy"]
        if len(policy) == _UNIFIED and policy.isdigit() and not is_valid_enp(policy):
            words = "is no unified number, its check digit is another: taken for an old policy"
            desk.warn(entry, self.column("policy"), words)
        earlier = self._people.setdefault(hash(_identity(values)), entry.place)
        if earlier is not entry.place:
            words = f"policy, birth date and document are those of {earlier}"
            desk.mistake(entry, self.column("policy"), words)

    def resolve(self, desk: Desk, entries: Sequence[Entry]) -> None:
        for entry in entries:
            values, refs = entry.values, entry.refs
            place = desk.named(entry, self.column("facility"), "facilities", values["facility"])
            if place is None and (values["area"] or values["doctor"]):
                desk.mistake(entry, self.column("facility"), "is missing: area and doctor are a facility's")
            entry.facility_id = place.id if place else ""
            refs["area"] = self._area(desk, entry) if place else None
            refs["doctor"] = self._doctor(desk, entry) if place else None
            places = [desk.named(entry, self.column("cards"), "facilities", code) for code in values["cards"]]
            refs["cards"] = [one.id for one in places if one]
            for code in values["dispensary"]:
                desk.named(entry, self.column("dispensary"), "specialties", code)
        self._apart(desk, entries)

    def _area(self, desk: Desk, entry: Entry) -> str | None:
        code = entry.values["area"]
        key = areas.key_of(entry.values["facility"], code) if code else None
        found = desk.named(entry, self.column("area"), "areas", key)
        return found.id if found else None

    def _doctor(self, desk: Desk, entry: Entry) -> str | None:
        found = desk.named(entry, self.column("doctor"), "doctors", entry.values["doctor"])
        if found and found.facility_id != entry.facility_id:
            desk.mistake(entry, self.column("doctor"), "is a doctor of another facility")
        return found.id if found else None

    def _apart(self, desk: Desk, entries: Sequence[Entry]) -> None:
        """Nobody may be there twice: neither of the two could identify themselves any more (R9)."""
        wanted = {_identity(entry.values): entry for entry in entries}
        columns = (patient.c.policy_number, patient.c.birth_date, patient.c.document_number)
        policies = [entry.values["policy"] for entry in entries]
        query = select(patient.c.id, *columns).where(patient.c.policy_number.in_(policies))
        for id, *identity in desk.connection.execute(query):
            entry = wanted.get(tuple(identity))
            if entry is not None and entry.id != id:
                words = (
                    "policy, birth date and document are those of a patient who is known by another number"
                )
                desk.mistake(entry, self.column("policy"), words)

    def write(self, desk: Desk, new: Sequence[Entry], changed: Sequence[Entry]) -> None:
        first = [{**_row(entry), "version": 1, "telecom": _telecom(entry)} for entry in new]
        insert_rows(desk.connection, patient, first)
        update_rows(desk.connection, patient, list(map(_row, changed)))
        ids = [entry.id for entry in changed]
        _next_version(desk, ids)
        _forget_ties(desk, ids)
        entries = [*new, *changed]
        cards = ({"patient_id": one.id, "facility_id": id} for one in entries for id in one.refs["cards"])
        insert_rows(desk.connection, card, list(cards))
        observed = (
            {"patient_id": entry.id, "specialty_code": code}
            for entry in entries
            for code in entry.values["dispensary"]
        )
        insert_rows(desk.connection, observation, list(observed))

    def withdraw(self, desk: Desk, gone: Sequence[Known]) -> Sequence[Known]:
        """They are known nowhere any more (R10); bookings, and what they are told, stay."""
        ids = [one.id for one in gone]
        for at in range(0, len(ids), 500):
            some = ids[at : at + 500]
            nowhere = {"facility_id": None, "area_id": None, "area_doctor_id": None}
            desk.connection.execute(update(patient).where(patient.c.id.in_(some)).values(nowhere))
            _next_version(desk, some)
            _forget_ties(desk, some)
        return gone


def _identity(values: Row) -> tuple[str, ...]:
    return values["policy"], values["birth_date"].isoformat(), values["document_number"]


def _next_version(desk: Desk, ids: Sequence[str]) -> None:
    statement = update(patient).where(patient.c.id.in_(ids)).values(version=patient.c.version + 1)
    desk.connection.execute(statement)


def _forget_ties(desk: Desk, ids: Sequence[str]) -> None:
    desk.connection.execute(delete(card).where(card.c.patient_id.in_(ids)))
    desk.connection.execute(delete(observation).where(observation.c.patient_id.in_(ids)))


def _telecom(entry: Entry) -> str:
    given = (("phone", entry.values["phone"]), ("email", entry.values["email"]))
    return contacts.to_store([Contact(system, value) for system, value in given if value])


def _row(entry: Entry) -> Row:
    values, refs = entry.values, entry.refs
    return {
        "id": entry.id,
        "last_name": values["last_name"],
        "first_name": values["first_name"],
        "patronymic": values["patronymic"],
        "birth_date": values["birth_date"].isoformat(),
        "sex": values["sex"],
        "policy_number": values["policy"],
        "document_kind": values["document_kind"],
        "document_number": values["document_number"],
        "snils": values["snils"],
        "facility_id": entry.facility_id or None,
        "area_id": refs["area"],
        "area_doctor_id": refs["doctor"],
    }
