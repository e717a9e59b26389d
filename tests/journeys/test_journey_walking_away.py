"""Patients who pause or walk away: a warning that one touch takes back, with everything as it was (WCAG 2.2.1)."""

import re
from time import monotonic

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import LONG_IDLE, Lobby
from journey_region import Region

pytestmark = pytest.mark.long

STILL_HERE = "Вы ещё здесь?"
EVER = 99
#: A warning that comes soon and stays until it is touched.
PATIENT = (2, 59)
#: Less than the typing of a number takes, and more than two digits of it.
TYPING = (6, 59)


def pause(kiosk: Kiosk, seen: str) -> None:
    """At one step until the warning, and one touch that restores what was there."""
    kiosk.wait(seen)
    kiosk.wait_until_gone("Спрашиваем у поликлиники…")
    before = steps.lasting(kiosk.texts())
    kiosk.idle(*PATIENT)
    kiosk.wait(STILL_HERE)
    assert kiosk.sees(re.compile(r"Через \d+ секунд"))
    kiosk.shot("still-here")
    kiosk.tap("Продолжить")
    kiosk.idle(*LONG_IDLE)
    kiosk.wait_until_gone(STILL_HERE)
    assert steps.lasting(kiosk.texts()) == before


def test_one_touch_restores_everything(lobby: Lobby, region: Region) -> None:
    """A whole visit of somebody who pauses at each step."""
    kiosk, patient = lobby.ready(), lobby.comes(region.adult())
    for touch, seen in (
        ("Начать", "Что вы хотите сделать?"),
        ("Записаться к врачу", "К какому врачу?"),
        ("Хирург", "Выберите врача"),
        (steps.NEAR, re.compile("Когда .*удобно")),
        (steps.CLOCK, "Кто записывается?"),
        ("Помощь", "Как записаться"),
    ):
        kiosk.tap(touch)
        pause(kiosk, seen)
    kiosk.tap("Назад")
    steps.type_identity(kiosk, patient)
    pause(kiosk, "Кто записывается?")
    for touch, seen in (
        ("Дальше", "Куда сообщить об изменениях?"),
        (steps.NO_MESSAGES, steps.CONFIRM),
        ("Записаться", "Возьмите талон"),
    ):
        kiosk.tap(touch)
        pause(kiosk, seen)
    assert len(region.booked(patient)) == 1


def test_typing_counts_as_being_there(lobby: Lobby, region: Region) -> None:
    """Any touch is activity: who types slowly is not thrown out (freekiosk#195)."""
    kiosk = lobby.ready()
    steps.choose_time(kiosk, "Хирург")
    typed = lobby.comes(region.adult()).policy_number
    kiosk.idle(*TYPING)
    began = monotonic()
    for pair in re.findall("..", typed):
        kiosk.type(pair)
        steps.pause(0.7)
    assert monotonic() - began > TYPING[0]
    assert not kiosk.sees(STILL_HERE)
    assert steps.has_typed(kiosk, "••••••••••••" + typed[-4:]) or steps.has_typed(kiosk, typed)


def test_gone_while_the_booking_is_asked_for(lobby: Lobby, region: Region) -> None:
    """The answer comes when nobody is there any more: the booking was never shown, so it is cancelled."""
    kiosk = lobby.ready()
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("500", times=EVER, path="Appointment")
    kiosk.tap("Записаться")
    kiosk.wait("Ещё не записаны, ждём ответа")
    kiosk.idle(1, 4)
    kiosk.wait(STILL_HERE)
    kiosk.shot("still-here-in-doubt")
    kiosk.wait("Начать")
    assert len(region.booked(patient)) == 1
    lobby.proxy.calm()
    steps.wait_until(lambda: region.booked(patient) == [], "the booking to be cancelled")
    steps.wait_until(lambda: lobby.open_entries() == [], "the journal to be settled")
    assert lobby.papers == []
