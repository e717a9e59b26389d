"""Two thousand invented patients, and one who is known nowhere (R9 to R11, R27, R30, R42). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from functools import cache
from random import Random

from kiosk.central.demo import opaque
from kiosk.central.demo.names import FEMALE_NAMES, MALE_NAMES, Name, draw
from kiosk.central.demo.places import PLACES, Kind, Place
from kiosk.central.demo.staff import Doctor, doctors
from kiosk.models import Sex

COUNT = 2000
ADULTS = 48
CABINETS = 3

#: No region of the country has this number, so no policy of a real person begins with it.
_REGION = "98"
_CHILD_YEARS = (2015, 2022)
_ADULT_YEARS = (1938, 2003)
#: What the patients who are not there for a situation are observed with.
_OBSERVED = ("cardiologist", "endocrinologist")


class Situation(Enum):
    """What a patient of `kiosk central patients` is there to show (api.md section 13)."""

    ADULT = "adult"
    CHILD = "child"
    PAIR = "same-policy-and-birth-date"
    DISPENSARY = "dispensary"
    NO_ATTACHMENT = "no-attachment"
    NO_CARD = "no-card"
    NEWCOMER = "newcomer"
    CABINET = "cabinet"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Person:
    """Who somebody is, as their papers say."""

    number: int
    name: Name
    sex: Sex
    birth_date: date
    policy_number: str
    document_kind: str
    document_number: str

    @property
    def id(self) -> str:
        return opaque("patient", self.number)


@dataclass(frozen=True)
class Citizen:
    """A person as the registry knows them; `situation` None for all who only fill the clinics."""

    person: Person
    attachment: Place | None = None
    area_doctor: Doctor | None = None
    cards: tuple[Place, ...] = ()
    observed: tuple[str, ...] = ()
    situation: Situation | None = None


@cache
def citizens() -> tuple[Citizen, ...]:
    """The two thousand, always the same; those of a situation first."""
    shown = tuple(_shown())
    random = Random("demo citizens")
    return shown + tuple(_inhabitant(random, number) for number in range(len(shown), COUNT))


def stranger() -> Person:
    """The one who is known nowhere."""
    return _person(Random("demo stranger"), COUNT + 1, _ADULT_YEARS)


# --- situations --------------------------------------------------------------------------------------------------


def _shown() -> Iterator[Citizen]:
    """One or more for each situation but the unknown one; all of the home facility, without bookings but for cabinets."""
    random = Random("demo situations")
    home = PLACES[0]
    for number in range(ADULTS):
        adult = _with_paper(_person(random, number, _ADULT_YEARS), random)
        yield _settled(adult, home, Situation.ADULT, cards=_further_cards(adult))
    first = _person(random, ADULTS, _ADULT_YEARS)
    yield _settled(first, home, Situation.PAIR)
    yield _settled(_twin(first, ADULTS + 1), home, Situation.PAIR)
    yield _settled(_person(random, ADULTS + 2, _CHILD_YEARS), home, Situation.CHILD)
    patient = _person(random, ADULTS + 3, _ADULT_YEARS)
    yield _settled(patient, home, Situation.DISPENSARY, observed=("cardiologist",))
    yield Citizen(_person(random, ADULTS + 4, _ADULT_YEARS), cards=(home,), situation=Situation.NO_ATTACHMENT)
    person = _person(random, ADULTS + 5, _ADULT_YEARS)
    yield Citizen(person, home, _area_doctor(home, person), situation=Situation.NO_CARD)
    yield Citizen(_person(random, ADULTS + 6, _ADULT_YEARS), situation=Situation.NEWCOMER)
    for number in range(ADULTS + 7, ADULTS + 7 + CABINETS):
        yield _settled(_person(random, number, _ADULT_YEARS), home, Situation.CABINET)


def _settled(
    person: Person,
    place: Place,
    situation: Situation,
    observed: tuple[str, ...] = (),
    cards: tuple[Place, ...] = (),
) -> Citizen:
    return Citizen(person, place, _area_doctor(place, person), (place, *cards), observed, situation)


def _further_cards(person: Person) -> tuple[Place, ...]:
    """One of four has a card at the dentist's too, and a woman among them at the women's clinic (R12)."""
    if person.number % 4 != 1:
        return ()
    kinds = (Kind.DENTAL, Kind.WOMEN) if person.sex is Sex.FEMALE else (Kind.DENTAL,)
    return tuple(next(place for place in PLACES if place.kind is kind) for kind in kinds)


def _twin(person: Person, number: int) -> Person:
    """Born on the same day, and by mistake with the same policy number: only the document tells them apart (R9)."""
    names = FEMALE_NAMES if person.sex is Sex.FEMALE else MALE_NAMES
    other = names[(names.index(person.name.first) + 1) % len(names)]
    document = f"{int(person.document_number) + 1}"
    return replace(person, number=number, name=replace(person.name, first=other), document_number=document)


# --- everybody else ----------------------------------------------------------------------------------------------

_ATTACHING = [place for place in PLACES if place.kind not in (Kind.DENTAL, Kind.WOMEN)]
_WEIGHTS = [2 if place.kind is Kind.HOME else 1 for place in _ATTACHING]
_WITHOUT_ATTACHMENT = [place for place in PLACES if place.kind in (Kind.DENTAL, Kind.WOMEN)]


def _inhabitant(random: Random, number: int) -> Citizen:
    place = random.choices(_ATTACHING, _WEIGHTS)[0]
    child = place.kind is Kind.CHILDREN or random.random() < 0.2
    person = _with_paper(_person(random, number, _CHILD_YEARS if child else _ADULT_YEARS), random)
    attached = random.random() < 0.93
    cards = tuple(_cards(random, person, place, attached))
    observed = tuple(code for code in _OBSERVED if not child and random.random() < 0.12)
    doctor = _area_doctor(place, person) if attached else None
    return Citizen(person, place if attached else None, doctor, cards, observed)


def _cards(random: Random, person: Person, place: Place, attached: bool) -> Iterator[Place]:
    """Most have a card where they are attached, many one at a dentist's, women one at a women's clinic."""
    if random.random() < (0.9 if attached else 0.7):
        yield place
    for other in _WITHOUT_ATTACHMENT:
        fits = other.kind is Kind.DENTAL or (person.sex is Sex.FEMALE and person.document_kind == "passport")
        if fits and random.random() < 0.25:
            yield other


@cache
def _area_doctors(place: Place, children: bool) -> list[Doctor]:
    return [
        doctor
        for doctor in doctors()
        if doctor.service.place == place and doctor.area and doctor.area.children == children
    ]


def _area_doctor(place: Place, person: Person) -> Doctor | None:
    """The doctor of the area in which the person lives (R14)."""
    fitting = _area_doctors(place, person.document_kind != "passport")
    return fitting[person.number % len(fitting)] if fitting else None


# --- papers ------------------------------------------------------------------------------------------------------


def _person(random: Random, number: int, years: tuple[int, int]) -> Person:
    sex = random.choice((Sex.FEMALE, Sex.MALE))
    born = date(random.randint(*years), 1, 1) + timedelta(days=random.randrange(365))
    child = years == _CHILD_YEARS
    return Person(
        number,
        draw(random, sex),
        sex,
        born,
        policy_number(born, sex, number),
        "birth-certificate" if child else "passport",
        f"{random.randrange(100_000, 1_000_000)}",
    )


def _with_paper(person: Person, random: Random) -> Person:
    """The same person; one in sixteen still has a temporary certificate or an old policy (without check digit)."""
    temporary = f"{980_000_000 + person.number}"
    old = f"{random.randrange(45, 98)}00{person.number:06d}{random.randrange(1_000_000):06d}"
    papers = {30: temporary, 31: old}
    return replace(person, policy_number=papers.get(person.number % 32, person.policy_number))


def policy_number(born: date, sex: Sex, serial: int) -> str:
    """A valid ЕНП: region, the nine-complement of month, reversed year and day with their offsets, serial, check."""
    month = born.month + (20 if born.year <= 1950 else 40 if born.year <= 2000 else 0)
    day = born.day + (50 if sex is Sex.MALE else 0)
    birth = f"{month:02d}{str(born.year)[::-1]}{day:02d}"
    digits = _REGION + "".join(str(9 - int(digit)) for digit in birth) + f"{serial:05d}"
    return digits + _check_digit(digits)


def _check_digit(digits: str) -> str:
    """Luhn's."""
    doubled = [
        int(digit) * 2 if index % 2 == 0 else int(digit) for index, digit in enumerate(reversed(digits))
    ]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
