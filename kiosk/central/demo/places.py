"""The demo region's districts and facilities. Pure data.

What a facility has is said by its kind: see staff.py.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from kiosk.central.demo import HOME_FACILITY, opaque

DISTRICTS = {
    "central": "Центральный",
    "over-the-river": "Заречный",
    "station": "Привокзальный",
    "north": "Северный",
    "river": "Речной",
}


class Kind(Enum):
    """What sort of facility it is; that decides its specialties and how many doctors."""

    HOME = "home"
    CLINIC = "clinic"
    CHILDREN = "children"
    DENTAL = "dental"
    WOMEN = "women"
    FAMILY = "family"


@dataclass(frozen=True)
class Place:
    """A facility of the demo region. `newcomers`: books patients without attachment and card (R10)."""

    key: str
    kind: Kind
    district: str
    name: str
    address: str
    directions: str
    newcomers: bool = False

    @property
    def id(self) -> str:
        return opaque("facility", self.key)

    @property
    def location_id(self) -> str:
        return opaque("building", self.key)

    @property
    def district_id(self) -> str:
        return opaque("district", self.district)


PLACES = (
    Place(
        "gp5",
        Kind.HOME,
        "central",
        "Городская поликлиника № 5",
        "ул. Садовая, 14",
        "Остановка «Садовая», автобусы 3 и 12. Главный вход со стороны сквера.",
    ),
    Place(
        "gp1",
        Kind.CLINIC,
        "central",
        "Городская поликлиника № 1",
        "ул. Большая Ямская, 31",
        "Остановка «Театр», троллейбус 2.",
    ),
    Place(
        "gp10",
        Kind.CLINIC,
        "central",
        "Городская поликлиника № 10",
        "пр-т Мира, 27, корп. 2",
        "Остановка «Проспект Мира». Вход через арку.",
    ),
    Place(
        "dp2",
        Kind.CHILDREN,
        "central",
        "Детская городская поликлиника № 2",
        "ул. Пионерская, 8",
        "Остановка «Дворец творчества».",
    ),
    Place(
        "sp1",
        Kind.DENTAL,
        "central",
        "Стоматологическая поликлиника № 1",
        "ул. Садовая, 40",
        "Остановка «Рынок», автобус 3.",
    ),
    Place(
        "zk3",
        Kind.WOMEN,
        "central",
        "Женская консультация № 3",
        "Тихий переулок, 5",
        "Остановка «Театр», дальше пешком 5 минут.",
    ),
    Place(
        "gp2",
        Kind.CLINIC,
        "over-the-river",
        "Городская поликлиника № 2",
        "ул. Заречная, 11",
        "Остановка «Мост», автобусы 5 и 7.",
    ),
    Place(
        "gp7",
        Kind.CLINIC,
        "over-the-river",
        "Городская поликлиника № 7",
        "ул. Зелёная, 3",
        "Конечная остановка автобуса 7.",
    ),
    Place(
        "dp4",
        Kind.CHILDREN,
        "over-the-river",
        "Детская городская поликлиника № 4",
        "ул. Школьная, 19",
        "Остановка «Школьная».",
    ),
    Place(
        "va1",
        Kind.FAMILY,
        "over-the-river",
        "Врачебная амбулатория «Ёлочки»",
        "мкр-н Ёлочки, 6",
        "Остановка «Ёлочки», автобус 9.",
        newcomers=True,
    ),
    Place(
        "gp3",
        Kind.CLINIC,
        "station",
        "Городская поликлиника № 3",
        "Привокзальная площадь, 1",
        "Справа от здания вокзала.",
    ),
    Place(
        "up1",
        Kind.CLINIC,
        "station",
        "Узловая поликлиника",
        "ул. Паровозная, 52а",
        "Остановка «Депо», автобус 1.",
        newcomers=True,
    ),
    Place(
        "sm1",
        Kind.FAMILY,
        "station",
        "Центр семейной медицины «Доверие»",
        "ул. Липовая, 7",
        "Остановка «Липовая».",
        newcomers=True,
    ),
    Place(
        "gp4",
        Kind.CLINIC,
        "north",
        "Городская поликлиника № 4",
        "Северное шоссе, 15",
        "Остановка «Северная», автобусы 4 и 14.",
    ),
    Place(
        "sz1",
        Kind.CLINIC,
        "north",
        "Северо-Западная городская поликлиника",
        "ул. Полярников, 22",
        "Остановка «Полярников», автобус 14.",
    ),
    Place(
        "dp1",
        Kind.CHILDREN,
        "north",
        "Детская городская поликлиника № 1",
        "ул. Снежная, 4",
        "Остановка «Снежная».",
    ),
    Place(
        "sp2",
        Kind.DENTAL,
        "north",
        "Стоматологическая поликлиника № 2",
        "Северное шоссе, 48",
        "Остановка «Северное шоссе, 50».",
        newcomers=True,
    ),
    Place(
        "zk1",
        Kind.WOMEN,
        "north",
        "Женская консультация № 1",
        "ул. Полярников, 9",
        "Остановка «Полярников», автобус 14.",
    ),
    Place(
        "rb1",
        Kind.CLINIC,
        "river",
        "Поликлиника Речной районной больницы",
        "пос. Речной, ул. Береговая, 2",
        "Автобус 101 от вокзала до конечной.",
    ),
    Place(
        "va2",
        Kind.FAMILY,
        "river",
        "Берёзовая врачебная амбулатория",
        "с. Берёзовое, ул. Центральная, 17",
        "Автобус 104, остановка «Сельсовет».",
        newcomers=True,
    ),
)

_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
_OPENING = {
    Kind.HOME: [
        {"daysOfWeek": _WEEKDAYS, "openingTime": "07:30:00", "closingTime": "20:00:00"},
        {"daysOfWeek": ["sat", "sun"], "openingTime": "09:00:00", "closingTime": "15:00:00"},
    ],
    Kind.FAMILY: [{"daysOfWeek": _WEEKDAYS, "openingTime": "08:00:00", "closingTime": "18:00:00"}],
}
_USUAL_OPENING = [
    {"daysOfWeek": _WEEKDAYS, "openingTime": "08:00:00", "closingTime": "20:00:00"},
    {"daysOfWeek": ["sat"], "openingTime": "09:00:00", "closingTime": "15:00:00"},
]


def opening(place: Place) -> list[dict[str, Any]]:
    """FHIR Location.hoursOfOperation."""
    return _OPENING.get(place.kind, _USUAL_OPENING)


def phones(place: Place) -> list[str]:
    """The telephone of the reception desk; the home facility has one more. No such numbers exist."""
    number = PLACES.index(place) + 1
    desk = f"+7 (000) 555-{number:02d}-01"
    return [desk, f"+7 (000) 555-{number:02d}-02"] if place.id == HOME_FACILITY else [desk]
