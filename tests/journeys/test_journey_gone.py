"""Patients who walk away and do not come back, from each step: the visit ends, and everything is let go."""

from collections.abc import Callable

import journey_steps as steps
from journey_kiosk import Kiosk
from journey_lobby import SHORT_IDLE, Lobby
from journey_region import Person, Region


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


def test_the_visit_ends(lobbies: Callable[[], Lobby], region: Region) -> None:
    """Three terminals; at each somebody gets to one of the steps and walks away, and the next patient comes.

    The welcome screen returns by itself: hold freed, token revoked; what was shown stands, and nothing else is booked.
    """
    terminals = [lobbies() for _ in range(3)]
    gone: dict[str, tuple[str, Person]] = {}
    for number, (step, come) in enumerate(PLACES.items()):
        lobby = terminals[number % len(terminals)]
        kiosk = lobby.ready(idle=SHORT_IDLE)
        if lobby.name in gone:
            assert_let_go(region, lobby, *gone[lobby.name])
        patient = lobby.comes(region.adult())
        come(kiosk, patient)
        gone[lobby.name] = (step, patient)
    for lobby in terminals:
        lobby.ready(idle=SHORT_IDLE)
        assert_let_go(region, lobby, *gone[lobby.name])


def assert_let_go(region: Region, lobby: Lobby, step: str, patient: Person) -> None:
    """Nothing is left of the visit of somebody who walked away from this step."""
    steps.wait_until(
        lambda: (region.held_by(lobby.name), region.tokens_of(lobby.name)) == ([], 0),
        f"all to be let go after {step}",
    )
    assert len(region.booked(patient)) == (step == "result"), step
