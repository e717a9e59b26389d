"""Patients who walk away and do not come back, from each step: the visit ends, and everything is let go."""

from collections.abc import Callable

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Person, Region

pytestmark = pytest.mark.long


def to_districts(kiosk: Kiosk) -> None:
    steps.open_home(kiosk)
    kiosk.tap("Найти врача или поликлинику")
    kiosk.wait("Привокзальный")


def to_facilities(kiosk: Kiosk) -> None:
    to_districts(kiosk)
    kiosk.tap("Привокзальный")
    kiosk.wait("Узловая поликлиника")


def to_help(kiosk: Kiosk, patient: Person) -> None:
    steps.choose_time(kiosk, "Хирург")
    kiosk.tap("Помощь")
    kiosk.wait("Как записаться")


def to_identify(kiosk: Kiosk, patient: Person) -> None:
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)


def to_contacts(kiosk: Kiosk, patient: Person) -> None:
    steps.choose_time(kiosk, "Хирург")
    steps.identify(kiosk, patient)


#: How a patient gets to each step.
PLACES: dict[str, Callable[[Kiosk, Person], None]] = {
    "district": lambda kiosk, patient: to_districts(kiosk),
    "facility": lambda kiosk, patient: to_facilities(kiosk),
    "home": lambda kiosk, patient: steps.open_home(kiosk),
    "specialty": lambda kiosk, patient: steps.choose_specialty(kiosk),
    "doctor": lambda kiosk, patient: steps.choose_specialty(kiosk, "Хирург"),
    "time": lambda kiosk, patient: steps.choose_doctor(kiosk, "Хирург"),
    "help": to_help,
    "identify": to_identify,
    "contacts": to_contacts,
    "confirm": lambda kiosk, patient: steps.to_confirm(kiosk, patient, "Хирург"),
    "result": lambda kiosk, patient: steps.book(kiosk, patient, "Хирург"),
}


@pytest.mark.parametrize("step", PLACES)
def test_the_visit_ends(lobby: Lobby, kiosk: Kiosk, region: Region, step: str) -> None:
    """The welcome screen returns by itself: hold freed, token revoked; what was shown stands, nothing else is booked."""
    patient = lobby.comes(region.adult())
    PLACES[step](kiosk, patient)
    kiosk.idle(1, 1)
    kiosk.wait_for_touchable("Начать")
    steps.wait_until(
        lambda: (region.held_by(lobby.name), region.tokens_of(lobby.name)) == ([], 0), "all to be let go"
    )
    assert len(region.booked(patient)) == (step == "result")
