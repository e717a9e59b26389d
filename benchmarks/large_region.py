"""A region of 20,000 facilities and 50,000 doctors, drawn at random and the same each time, in a registry's database."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from sqlalchemy import Connection

from benchmarks import bulk
from benchmarks.bulk import Row
from kiosk.central import identity, regional, schema, words
from kiosk.central.demo import opaque
from kiosk.central.demo.names import SURNAMES, Name, draw, feminine
from kiosk.central.demo.staff import SPECIALITIES
from kiosk.central.store import Store, create_schema
from kiosk.central.words import Kind
from kiosk.models import Sex

FACILITIES = 20_000
DOCTORS = 50_000
DISTRICTS = 40

_id = cache(opaque)

_SYLLABLES = [
    "ба",
    "бар",
    "бе",
    "бо",
    "вал",
    "во",
    "га",
    "гор",
    "да",
    "дем",
    "ди",
    "жу",
    "за",
    "зи",
    "ка",
    "кал",
    "ко",
    "кос",
    "ку",
    "ла",
    "лев",
    "ли",
    "ма",
    "мар",
    "ми",
    "му",
    "на",
    "ни",
    "но",
    "па",
    "пал",
    "пе",
    "ра",
    "рож",
    "ру",
    "са",
    "сав",
    "се",
    "си",
    "сол",
    "та",
    "тер",
    "ти",
    "ту",
    "ук",
    "фи",
    "ха",
    "хо",
    "це",
    "че",
    "чер",
    "ша",
    "ши",
    "ще",
    "ю",
    "яр",
]
_SURNAME_ENDS = ["ов", "ев", "ин", "енко", "ский", "ук", "ян"]
_PLACE_ENDS = ["ово", "ино", "евка", "овка", "ск", "ы"]
_FACILITIES = (
    ("Городская поликлиника № {number}", 3),
    ("Детская городская поликлиника № {number}", 2),
    ("Стоматологическая поликлиника № {number}", 2),
    ("Женская консультация № {number}", 1),
    ("Районная больница посёлка {place}", 1),
    ("Врачебная амбулатория села {place}", 3),
    ("Фельдшерско-акушерский пункт деревни {place}", 6),
    ("Медицинский центр «{place}»", 2),
)


@dataclass(frozen=True)
class Facility:
    """A facility by its number."""

    number: int
    name: str
    address: str

    @property
    def id(self) -> str:
        return _id("facility", self.number)


@dataclass(frozen=True)
class Doctor:
    """One doctor at one facility."""

    number: int
    name: Name
    sex: Sex
    facility: int
    specialty: str

    @property
    def id(self) -> str:
        return _id("role", self.number)

    @property
    def practitioner_id(self) -> str:
        return _id("practitioner", self.number)

    @property
    def service_id(self) -> str:
        return _id("service", self.facility, self.specialty)


@cache
def facilities() -> tuple[Facility, ...]:
    """All of them."""
    random = Random("facilities")
    forms, weights = zip(*_FACILITIES, strict=True)
    places = sorted({_invented(random, _PLACE_ENDS).capitalize() for _ in range(9_000)})
    return tuple(
        Facility(
            number,
            random.choices(forms, weights)[0].format(
                number=random.randint(1, 400), place=random.choice(places)
            ),
            f"{random.choice(places)}, ул. {random.choice(places[:2_000])}, {random.randint(1, 180)}",
        )
        for number in range(FACILITIES)
    )


@cache
def doctors() -> tuple[Doctor, ...]:
    """All of them: a tenth of the facilities has half of the doctors."""
    random = Random("doctors")
    surnames = sorted({_invented(random, _SURNAME_ENDS).capitalize() for _ in range(16_000)} | set(SURNAMES))
    return tuple(_doctor(random, number, surnames) for number in range(DOCTORS))


def _doctor(random: Random, number: int, surnames: list[str]) -> Doctor:
    sex = random.choice((Sex.FEMALE, Sex.FEMALE, Sex.MALE))
    drawn, surname = draw(random, sex), random.choice(surnames)
    name = Name(feminine(surname) if sex is Sex.FEMALE else surname, drawn.first, drawn.patronymic)
    facility = random.randrange(FACILITIES // 10 if random.random() < 0.5 else FACILITIES)
    specialty = list(SPECIALITIES)[int(len(SPECIALITIES) * random.random() ** 1.5)]
    return Doctor(number, name, sex, facility, specialty)


def _invented(random: Random, ends: list[str]) -> str:
    return "".join(random.choices(_SYLLABLES, k=random.choice((1, 2, 2, 3)))) + random.choice(ends)


# --- the database ------------------------------------------------------------------------------------------------


def create(url: str) -> str:
    """Fill an empty database; the credential of a terminal enrolled there."""
    store = Store(url)
    try:
        create_schema(store)
        store.write(regional.write_settings)
        store.write(_fill)
        return identity.enroll(store, "benchmark", 0)
    finally:
        store.close()


def _fill(connection: Connection) -> None:
    districts = [_id("district", number) for number in range(DISTRICTS)]
    names = {id: f"Район № {number}" for number, id in enumerate(districts, 1)}
    bulk.write(connection, schema.district, ({"id": id, "name": name} for id, name in names.items()))
    bulk.write(connection, schema.facility, (_facility(one, districts) for one in facilities()))
    bulk.write(connection, schema.specialty, map(bulk.specialty, SPECIALITIES))
    services = {one.service_id: one for one in doctors()}
    bulk.write(connection, schema.service, map(_service, services.values()))
    people = (bulk.practitioner(one.practitioner_id, one.name, one.sex) for one in doctors())
    bulk.write(connection, schema.practitioner, people)
    bulk.write(connection, schema.role, map(_role, doctors()))
    words.index(connection, Kind.DISTRICT_NAME, names)
    words.index(connection, Kind.SPECIALTY_NAME, {code: one.name for code, one in SPECIALITIES.items()})
    _index(connection, Kind.FACILITY_NAME, facilities(), lambda one: (one.id, one.name))
    _index(connection, Kind.FACILITY_ADDRESS, facilities(), lambda one: (one.id, one.address))
    _index(connection, Kind.PRACTITIONER_NAME, doctors(), lambda one: (one.practitioner_id, str(one.name)))
    _index(connection, Kind.DOCTOR_NAME, doctors(), lambda one: (one.id, str(one.name)))


def _index(
    connection: Connection, kind: Kind, things: tuple[Any, ...], text: Callable[[Any], tuple[str, str]]
) -> None:
    for several in bulk.steps(things):
        words.index(connection, kind, dict(map(text, several)))


def _facility(facility: Facility, districts: list[str]) -> Row:
    district = districts[facility.number % DISTRICTS]
    return bulk.facility(
        facility.id, _id("building", facility.number), district, facility.name, facility.address
    )


def _service(doctor: Doctor) -> Row:
    return bulk.service(doctor.service_id, _id("facility", doctor.facility), doctor.specialty)


def _role(doctor: Doctor) -> Row:
    return bulk.role(doctor.id, doctor.practitioner_id, _service(doctor))
