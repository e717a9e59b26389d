"""A time that others want as well: taken while looking, between hold and confirm, and a hold that runs out (R22, R28)."""

import re

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Region

pytestmark = pytest.mark.long

LEBEDEVA = re.compile("Лебедева")
HELD = re.compile(r"Время .*держим за вами.* 0:\d\d")
TAKEN = re.compile(r"Время \d+:\d\d только что заняли")


def test_a_time_taken_while_looking(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """The nearest times of the same doctor stand in its place; one touch chooses one of them (product.md)."""
    patient = lobby.comes(region.adult())
    steps.choose_doctor(kiosk, "Хирург", LEBEDEVA)
    doctor = other.doctor("surgeon", "Лебедева")
    wanted, *_ = other.first_free(doctor)
    other.take(wanted)
    kiosk.tap(steps.clock(wanted.start))
    kiosk.wait(TAKEN)
    kiosk.shot("taken-while-looking")
    assert kiosk.sees(re.compile("Ближайшее к"))
    nearest = other.first_free(doctor)[0]
    kiosk.tap(steps.clock(nearest.start))
    kiosk.wait("Кто записывается?")
    assert region.held_by(lobby.name) == [nearest.id]
    steps.identify(kiosk, patient)


#: What the patient touches from identifying on, and what they see before each touch.
WAY = (
    ("Кто записывается?", "Дальше"),
    ("Куда сообщить об изменениях?", steps.NO_MESSAGES),
    (steps.CONFIRM, "Записаться"),
)


@pytest.mark.parametrize("lost_at", [0, 1, 2], ids=["identify", "contacts", "confirm"])
def test_a_time_lost_between_hold_and_confirm(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal, lost_at: int
) -> None:
    """The hold is over and somebody else has the time: nearest ones in place, identity and contacts kept."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk, "Хирург", LEBEDEVA)
    steps.type_identity(kiosk, patient)
    for question, touch in WAY[:lost_at]:
        kiosk.wait(question)
        kiosk.tap(touch)
    question, touch = WAY[lost_at]
    kiosk.wait(question)
    kiosk.wait_for_touchable(touch)
    _lose(lobby, region, other)
    kiosk.tap(touch)
    kiosk.wait(TAKEN)
    kiosk.shot("taken")
    assert region.booked(patient) == []
    nearest = other.first_free(other.doctor("surgeon", "Лебедева"))[0]
    kiosk.tap(steps.clock(nearest.start))
    if lost_at == 0:
        kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait(steps.CONFIRM)
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны")
    assert [one[2] for one in region.listed(patient)] == [int(nearest.start.timestamp())]


def test_a_hold_that_ran_out_and_is_free_is_taken_again(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """api.md section 5: if nobody has the time, it is simply taken again."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург", LEBEDEVA)
    kiosk.wait_for_touchable("Записаться")
    region.let_hold_run_out(lobby.name)
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == 1


def test_a_hold_that_ran_out_is_said(lobby: Lobby, region: Region) -> None:
    """Its remaining time is shown; at its end that is said, and one touch takes the time again."""
    with region.set_up(hold_seconds="12"):
        kiosk = lobby.start()
        steps.choose_time(kiosk, "Хирург", LEBEDEVA)
        kiosk.wait(HELD)
        kiosk.wait("Время больше не держится за вами")
        kiosk.shot("hold-ran-out")
        assert region.held_by(lobby.name) == []
        kiosk.tap("Ещё раз")
        kiosk.wait(HELD)
        assert len(region.held_by(lobby.name)) == 1


def _lose(lobby: Lobby, region: Region, other: OtherTerminal) -> None:
    """The hold of this terminal is over, and the other one has booked the time."""
    [held] = region.held_by(lobby.name)
    region.let_hold_run_out(lobby.name)
    time = next(one for one in other.first_free(other.doctor("surgeon", "Лебедева"), 20) if one.id == held)
    other.book(region.adult(), time)
