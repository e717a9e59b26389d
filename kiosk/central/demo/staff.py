"""The demo region's specialties, the doctors of each facility, their working weeks and who is away. Pure.

Three hundred doctors: 29 at home, 18 in each of nine clinics, 11, 8, 9 and 14 in the children's, dental, women's
and family ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from kiosk.central.demo import opaque
from kiosk.central.demo.names import Name, draw
from kiosk.central.demo.places import PLACES, Kind, Place
from kiosk.models import MANDATORY_SPECIALTIES, Online, Sex

CHILD_AGE_MAX = 17


@dataclass(frozen=True)
class Speciality:
    """A specialty as the region knows it, and what a service of it starts with. `minutes`: length of a visit."""

    code: str
    name: str
    profile: str
    profile_name: str
    minutes: int
    bring: str
    age_min: int | None = None
    age_max: int | None = None
    sex: Sex | None = None
    online: Online = Online.YES
    approval: bool = False
    discreet: bool = False

    @property
    def mandatory(self) -> bool:
        return self.code in MANDATORY_SPECIALTIES


_ADULT = 18
_USUAL = "Полис ОМС и паспорт"

SPECIALITIES = {
    item.code: item
    for item in (
        Speciality("therapist", "Терапевт участковый", "therapy", "Терапия", 15, _USUAL, _ADULT),
        Speciality(
            "paediatrician",
            "Педиатр участковый",
            "paediatrics",
            "Педиатрия",
            15,
            "Полис ОМС, свидетельство о рождении, сменную обувь",
            age_max=CHILD_AGE_MAX,
        ),
        Speciality("general-practitioner", "Врач общей практики", "therapy", "Терапия", 15, _USUAL),
        Speciality("dentist", "Стоматолог", "dentistry", "Стоматология", 30, _USUAL),
        Speciality("surgeon", "Хирург", "surgery", "Хирургия", 15, _USUAL),
        Speciality(
            "gynaecologist",
            "Акушер-гинеколог",
            "gynaecology",
            "Акушерство и гинекология",
            20,
            "Полис ОМС, паспорт, пелёнку",
            15,
            sex=Sex.FEMALE,
        ),
        Speciality("neurologist", "Невролог", "neurology", "Неврология", 20, _USUAL, _ADULT),
        Speciality(
            "ophthalmologist", "Окулист", "ophthalmology", "Офтальмология", 15, "Полис ОМС, паспорт, очки"
        ),
        Speciality(
            "otolaryngologist",
            "ЛОР",
            "otolaryngology",
            "Оториноларингология",
            15,
            _USUAL,
            online=Online.NO,
        ),
        Speciality(
            "cardiologist",
            "Кардиолог",
            "cardiology",
            "Кардиология",
            20,
            "Полис ОМС, паспорт, последнюю ЭКГ",
            _ADULT,
            online=Online.DISPENSARY,
        ),
        Speciality(
            "endocrinologist",
            "Эндокринолог",
            "endocrinology",
            "Эндокринология",
            20,
            "Полис ОМС, паспорт, результаты анализов",
            _ADULT,
            approval=True,
        ),
        Speciality(
            "dermatovenerologist",
            "Дерматовенеролог",
            "dermatovenerology",
            "Дерматовенерология",
            15,
            _USUAL,
            discreet=True,
        ),
    )
}

#: How many doctors of each specialty a kind of facility has, in the order of SPECIALITIES.
_STAFF = {
    Kind.HOME: (9, 4, 1, 3, 2, 2, 2, 2, 1, 1, 1, 1),
    Kind.CLINIC: (5, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1),
    Kind.CHILDREN: (0, 6, 0, 1, 1, 0, 1, 1, 1, 0, 0, 0),
    Kind.DENTAL: (0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0),
    Kind.WOMEN: (1, 0, 0, 0, 0, 7, 0, 0, 0, 0, 1, 0),
    Kind.FAMILY: (0, 3, 6, 2, 1, 2, 0, 0, 0, 0, 0, 0),
}

#: Clinics that open their narrow specialties to everybody (R30 leaves it to them).
_OPEN_CLINICS = frozenset({"gp10", "gp7", "up1"})

#: The therapists of the home facility: name, room, number of the area.
_HOME_THERAPISTS = (
    (Name("Соколова", "Елена", "Андреевна"), "214", 12),
    (Name("Ибрагимов", "Тимур", "Рашидович"), "209", 9),
    (Name("Константинопольская", "Александра", "Владиславовна"), "216", 14),
    (Name("Петренко", "Олег", "Викторович"), "211", 10),
    (Name("Цой", "Марина", "Сергеевна"), "218", 15),
    (Name("Лебедева", "Вера", "Павловна"), "203", 7),
    (Name("Жукова", "Надежда", "Ильинична"), "207", 8),
    (Name("Ёлкин", "Пётр", "Семёнович"), "204", 13),
    (Name("Белова-Оленина", "Светлана", "Ярославовна"), "205", 11),
)
_ABSENT_THERAPIST, _FULL_THERAPIST, _STANDIN = 5, 6, 4


@dataclass(frozen=True)
class Service:
    """A specialty at a facility."""

    place: Place
    speciality: Speciality

    @property
    def id(self) -> str:
        return opaque("service", self.place.key, self.speciality.code)

    @property
    def online(self) -> Online:
        opened = self.place.key in _OPEN_CLINICS
        return Online.YES if opened or self.speciality.mandatory else self.speciality.online

    @property
    def age_min(self) -> int | None:
        return None if self.place.kind is Kind.CHILDREN else self.speciality.age_min

    @property
    def age_max(self) -> int | None:
        return CHILD_AGE_MAX if self.place.kind is Kind.CHILDREN else self.speciality.age_max


@dataclass(frozen=True)
class Area:
    """An area («участок») of a facility; `children` where a paediatrician serves it."""

    place: Place
    number: int
    children: bool

    @property
    def id(self) -> str:
        return opaque("area", self.place.key, self.number, self.children)

    @property
    def name(self) -> str:
        kind = "Педиатрический участок" if self.children else "Участок"
        return f"{kind} № {self.number}"


@dataclass(frozen=True)
class Doctor:
    """One doctor in one service; `number` counts the doctors of that service."""

    service: Service
    number: int
    name: Name
    sex: Sex
    room: str
    area: Area | None
    week: tuple[dict[str, Any], ...]

    @property
    def id(self) -> str:
        return opaque("role", self.service.place.key, self.service.speciality.code, self.number)

    @property
    def practitioner_id(self) -> str:
        return opaque("practitioner", self.service.place.key, self.service.speciality.code, self.number)


@dataclass(frozen=True)
class Absence:
    """A doctor who is always away, and who stands in (R45)."""

    role_id: str
    substitute_id: str | None


def _home_role(code: str, number: int) -> str:
    return opaque("role", "gp5", code, number)


ABSENCES = (
    Absence(_home_role("therapist", _ABSENT_THERAPIST), _home_role("therapist", _STANDIN)),
    Absence(_home_role("neurologist", 1), None),
)

#: The doctors all of whose times are always taken: one of several, and the only one of a specialty at home.
FULLY_BOOKED = frozenset(
    {_home_role("therapist", _FULL_THERAPIST), _home_role("general-practitioner", 0)},
)


def services() -> list[Service]:
    """Every specialty of every facility."""
    return [Service(place, speciality) for place in PLACES for speciality, _ in _staff(place)]


@cache
def doctors() -> tuple[Doctor, ...]:
    """The three hundred, always the same."""
    random = Random("demo doctors")
    taken: set[Name] = {name for name, _, _ in _HOME_THERAPISTS}
    return tuple(doctor for place in PLACES for doctor in _doctors(place, random, taken))


def _staff(place: Place) -> Iterator[tuple[Speciality, int]]:
    for speciality, count in zip(SPECIALITIES.values(), _STAFF[place.kind], strict=True):
        if count:
            yield speciality, count


def _doctors(place: Place, random: Random, taken: set[Name]) -> Iterator[Doctor]:
    rooms = iter(random.sample(range(101, 175), 40))
    for speciality, count in _staff(place):
        for number in range(count):
            sex = random.choices((Sex.FEMALE, Sex.MALE), (3, 1))[0]
            name, room, area = _new_name(random, sex, taken), str(next(rooms)), number + 1
            if place.kind is Kind.HOME and speciality.code == "therapist":
                name, room, area = _HOME_THERAPISTS[number]
                sex = Sex.FEMALE if name.patronymic.endswith("на") else Sex.MALE
            service = Service(place, speciality)
            yield Doctor(service, number, name, sex, room, _area(service, area), _week(service, number))


def _new_name(random: Random, sex: Sex, taken: set[Name]) -> Name:
    name = draw(random, sex)
    while name in taken:
        name = draw(random, sex)
    taken.add(name)
    return name


def _area(service: Service, number: int) -> Area | None:
    """Areas belong to therapists and paediatricians, and to general practitioners where there are no therapists."""
    district_doctors = {"therapist", "paediatrician"}
    if service.place.kind is Kind.FAMILY:
        district_doctors.add("general-practitioner")
    if service.speciality.code not in district_doctors or service.place.kind is Kind.WOMEN:
        return None
    return Area(service.place, number, service.speciality.code == "paediatrician")


# --- working weeks -----------------------------------------------------------------------------------------------


def _hours(days: str, start: str, end: str) -> dict[str, Any]:
    """One line of FHIR PractitionerRole.availableTime."""
    return {
        "daysOfWeek": days.split(),
        "availableStartTime": f"{start}:00",
        "availableEndTime": f"{end}:00",
    }


_WEEKEND = _hours("sat sun", "09:00", "13:00")
_SATURDAY = _hours("sat", "09:00", "12:00")
_WEEKS = (
    (_hours("mon wed fri", "08:00", "11:30"), _hours("tue thu", "15:00", "19:00")),
    (_hours("mon wed fri", "15:00", "19:00"), _hours("tue thu", "08:00", "11:30")),
    (_hours("mon tue wed thu fri", "08:30", "12:00"),),
    (_hours("mon tue thu", "14:00", "18:00"),),
    (_hours("tue wed fri", "12:00", "15:30"),),
)


def _week(service: Service, number: int) -> tuple[dict[str, Any], ...]:
    """Shifts alternate within a service; at home half of each service works at weekends too, elsewhere one on Saturday."""
    shifts = _WEEKS[(number + len(service.place.key + service.speciality.code)) % len(_WEEKS)]
    if service.place.kind is Kind.HOME and number % 2 == 0:
        return (*shifts, _WEEKEND)
    return (*shifts, _SATURDAY) if number == 0 and service.place.kind is not Kind.FAMILY else shifts
