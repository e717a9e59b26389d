"""The demo region behind a real registry process, as the journeys need it: who comes, what is held, what time it is."""

import json
import re
import sqlite3
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from registry_process import RegistryProcess, command

from kiosk.api_client.client import RegistryClient
from kiosk.central import codes, identity
from kiosk.central.demo import HOME_FACILITY
from kiosk.central.demo.citizens import stranger
from kiosk.central.demo.days import ZONE
from kiosk.central.store import Store
from kiosk.devices.policy_number import is_valid_enp
from kiosk.models import Appointment, Contact, Doctor, Move


@dataclass(frozen=True)
class Person:
    """Somebody who comes, as their papers say."""

    id: str
    names: tuple[str, ...] = field(repr=False)
    policy_number: str = field(repr=False)
    birth_date: date = field(repr=False)
    document_number: str = field(repr=False)
    sex: str
    has_contacts: bool
    situation: str

    @property
    def birth_digits(self) -> str:
        """As they are typed: day, month, year."""
        return self.birth_date.strftime("%d%m%Y")


_PEOPLE = """
SELECT id, last_name || ' ' || first_name || ' ' || patronymic, policy_number, birth_date, document_number, sex,
       telecom != '[]', situation FROM patient WHERE situation IS NOT NULL ORDER BY id
"""
_LISTED = """
SELECT id, status, start, ticket FROM appointment WHERE patient_id = ? ORDER BY created
"""
_RUN_OUT = (
    "UPDATE hold SET expires = :now - 1 WHERE terminal_id = :terminal AND expires > :now",
    "UPDATE claim SET expires = :now - 1 WHERE holder = :terminal AND expires > :now",
)


def make_database(path: Path) -> None:
    """The demo region with times from today on."""
    subprocess.run(
        command("init", "--demo", "--database", f"sqlite:///{path}"),
        check=True,
        capture_output=True,
        timeout=300,
    )


def leave_out_today(path: Path) -> None:
    """No times of today: which of them can be booked changes from one quarter of an hour to the next (R28)."""
    today = datetime.now(ZONE).date().toordinal()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM slot WHERE day <= ?", (today,))


class Region:
    """One registry over one database; `log` is what it says."""

    def __init__(self, database: Path, log: Path) -> None:
        self.database = database
        self.log = log
        self.process = RegistryProcess(f"sqlite:///{database}", log)
        self._people = list(_people(database))
        self._terminals = 0

    @contextmanager
    def set_up(self, **values: str) -> Iterator[None]:
        """The registry with other settings, which it reads at its start; then as it was."""
        before = {
            name: self.rows("SELECT value FROM setting WHERE name = ?", (name,))[0][0] for name in values
        }
        self._restart(values)
        yield
        self._restart(before)

    def _restart(self, values: Mapping[str, str]) -> None:
        self.process.stop()
        for name, value in values.items():
            self.change(
                "UPDATE setting SET value = :value WHERE name = :name", {"name": name, "value": value}
            )
        self.process.start()

    # --- who comes -----------------------------------------------------------------------------------------------

    def adult(self, sex: str = "", *, with_contacts: bool | None = None, with_policy: bool = False) -> Person:
        """Somebody who has not been here before: one request a day with one profile (R27).

        `with_policy`: with one that has a chip or a barcode, which temporary and old ones have not.
        """
        for one in self._people:
            fits = sex in ("", one.sex) and with_contacts in (None, one.has_contacts)
            fits = fits and (is_valid_enp(one.policy_number) or not with_policy)
            if one.situation == "adult" and fits:
                self._people.remove(one)
                return one
        raise LookupError("no adult is left")

    def adult_of(self, last_name: str) -> Person:
        """Somebody whose area doctor has this name (R14)."""
        query = """SELECT patient.id FROM patient JOIN role ON area_doctor_id = role.id
            JOIN practitioner ON practitioner_id = practitioner.id WHERE practitioner.last_name = ?"""
        theirs = {id for (id,) in self.rows(query, (last_name,))}
        person = next(one for one in self._people if one.situation == "adult" and one.id in theirs)
        self._people.remove(person)
        return person

    def people(self, situation: str) -> list[Person]:
        """Those of `kiosk central patients` for this situation."""
        return [one for one in self._people if one.situation == situation]

    def unknown(self) -> Person:
        """Known nowhere (R11)."""
        someone = stranger()
        name = tuple(str(someone.name).split())
        return Person(
            "",
            name,
            someone.policy_number,
            someone.birth_date,
            someone.document_number,
            someone.sex.value,
            False,
            "unknown",
        )

    # --- terminals -----------------------------------------------------------------------------------------------

    def enroll(self) -> tuple[str, str]:
        """Name and credential of a new terminal."""
        self._terminals += 1
        name = f"T-{self._terminals:02}"
        store = Store(f"sqlite:///{self.database}")
        try:
            return name, identity.enroll(store, name, int(time.time()))
        finally:
            store.close()

    # --- what the registry holds ---------------------------------------------------------------------------------

    def booked(self, person: Person) -> list[str]:
        """Ticket numbers of what stands for this person."""
        return [ticket for _, status, _, ticket in self.listed(person) if status in ("booked", "pending")]

    def listed(self, person: Person) -> list[tuple[str, str, int, str]]:
        """Id, status, start and ticket number of everything ever booked for this person."""
        return self.rows(_LISTED, (person.id,))

    def contacts(self, person: Person) -> dict[str, str]:
        """The contacts of this person, and whether each is confirmed."""
        [(told,)] = self.rows("SELECT telecom FROM patient WHERE id = ?", (person.id,))
        return {
            one["value"]: "unconfirmed" if one.get("unconfirmed") else "confirmed" for one in json.loads(told)
        }

    def last_code(self) -> str:
        """The code that was sent last to confirm a contact (api.md section 10)."""
        query = "SELECT id, text FROM notice WHERE kind = ? ORDER BY not_before DESC, rowid DESC LIMIT 1"
        [(id, text)] = self.rows(query, (codes.KIND,))
        store = Store(f"sqlite:///{self.database}")
        try:
            with store.read() as connection:
                return re.findall("[0-9]{6}", codes.worded(connection, id, text))[0]
        finally:
            store.close()

    def held_by(self, terminal: str) -> list[str]:
        """Ids of what this terminal holds now."""
        query = """SELECT DISTINCT appointment FROM claim JOIN terminal ON holder = terminal.id
            WHERE terminal.name = ? AND expires > ?"""
        return [id for (id,) in self.rows(query, (terminal, int(time.time())))]

    def tokens_of(self, terminal: str) -> int:
        """How many patients' tokens of this terminal are good."""
        query = """SELECT COUNT(*) FROM token JOIN terminal ON terminal_id = terminal.id
            WHERE terminal.name = ? AND expires > ?"""
        return int(self.rows(query, (terminal, int(time.time())))[0][0])

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def signed_in(self, terminal: str) -> list[str]:
        """Ids of the patients for whom this terminal may act now."""
        query = """SELECT patient_id FROM token JOIN terminal ON terminal_id = terminal.id
            WHERE terminal.name = ? AND expires > ?"""
        return [id for (id,) in self.rows(query, (terminal, int(time.time())))]

    # --- what happens there --------------------------------------------------------------------------------------

    def let_hold_run_out(self, terminal: str) -> None:
        """As if the length of the hold were over (api.md section 5)."""
        [(id,)] = self.rows("SELECT id FROM terminal WHERE name = ?", (terminal,))
        for statement in _RUN_OUT:
            self.change(statement, {"now": int(time.time()), "terminal": id})

    def change(self, statement: str, values: dict[str, Any]) -> None:
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            connection.execute(statement, values)


class OtherTerminal:
    """Another terminal of the same facility, asked through the API."""

    def __init__(self, region: Region) -> None:
        self._session = requests.Session()
        self._region = region
        self.name, credential = region.enroll()
        self.client = RegistryClient(region.process.base, credential, self._session)

    def close(self) -> None:
        self._session.close()

    def doctor(self, specialty_code: str, last_name: str) -> Doctor:
        """One doctor of the home facility."""
        doctors = self.client.doctors(HOME_FACILITY, specialty_code)
        return next(one for one in doctors if one.last_name == last_name)

    def first_free(self, doctor: Doctor, count: int = 1) -> tuple[Appointment, ...]:
        """The next free times of a doctor."""
        now = datetime.now(UTC)
        return self.client.find(doctor, now, now + timedelta(days=15), count)

    def any_free(self, specialty_code: str, count: int) -> tuple[Appointment, ...]:
        """The next free times of any doctor of a specialty, in the home facility."""
        now = datetime.now(UTC)
        return self.client.find_any(HOME_FACILITY, specialty_code, now, now + timedelta(days=15), count)

    def free_at(self, doctor: Doctor, start: datetime) -> Appointment:
        """The free time of a doctor at this moment."""
        return self.client.find(doctor, start, start + timedelta(minutes=1), 1)[0]

    def take(self, time: Appointment) -> None:
        """Holds a time, as somebody who looks at it."""
        self.client.hold(time.id)

    def book(self, person: Person, time: Appointment) -> Appointment:
        """Books a time for this person."""
        token = self.client.identify(person.policy_number, person.birth_date, person.document_number)
        held = self.client.hold(time.id, token)
        return self.client.book(held, uuid.uuid4().urn, token)

    def move(self, person: Person, booked: Appointment, time: Appointment) -> Appointment:
        """Moves a visit of this person."""
        token = self.client.identify(person.policy_number, person.birth_date, person.document_number)
        held = self.client.hold(time.id, token, booked.id)
        return self.client.move(Move(booked, held), token)

    def cancel_visits(self, person: Person) -> None:
        """The patient gives back every time that is booked for them (api.md section 7)."""
        token = self.client.identify(person.policy_number, person.birth_date, person.document_number)
        for id, *_ in self._region.listed(person):
            resource = {"resourceType": "Appointment", "id": id, "status": "cancelled"}
            parameters = [{"name": "appointment-resource", "resource": resource}]
            answer = self._session.post(
                f"{self._region.process.base}/fhir/Appointment/$book",
                json={"resourceType": "Parameters", "parameter": parameters},
                headers={"Authorization": f"Bearer {token.value}"},
                timeout=10,
            )
            answer.raise_for_status()

    def change_contacts(self, person: Person, phone: str) -> None:
        """Other contacts for this person."""
        token = self.client.identify(person.policy_number, person.birth_date, person.document_number)
        self.client.set_contacts(self.client.patient(token), token, (Contact("phone", phone),))


def _people(database: Path) -> Iterator[Person]:
    with closing(sqlite3.connect(database)) as connection:
        for id, name, policy, born, document, sex, contacts, situation in connection.execute(_PEOPLE):
            yield Person(
                id,
                tuple(name.split()),
                policy,
                date.fromisoformat(born),
                document,
                sex,
                bool(contacts),
                situation,
            )
