"""The technician at the real program: gesture, PIN, test print, out of service and back, restart (issue 5, item 7; R36)."""

import re

import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby

from kiosk.app import EXIT_RESTART
from kiosk.settings import DEMO_PIN_HASH

PIN, WRONG = "2468", "8642"
TITLE, TEXT = "Инфомат не работает", "Сейчас нет бумаги для талонов."


@pytest.fixture
def kiosk(lobby: Lobby) -> Kiosk:
    """The program at its welcome screen, with the demo's PIN in its settings."""
    settings = f'{lobby.settings()}\n[maintenance]\npin_hash = "{DEMO_PIN_HASH}"\n'
    lobby.config.write_text(settings, "utf-8")
    return lobby.ready()


def enter(kiosk: Kiosk) -> None:
    kiosk.knock()
    kiosk.wait("ПИН-код")
    kiosk.type(PIN)
    kiosk.tap("Войти")
    kiosk.wait("Обслуживание")
    kiosk.wait_for_touchable("Устройства")


def test_a_test_print_and_a_terminal_that_is_closed_for_a_while(lobby: Lobby, kiosk: Kiosk) -> None:
    kiosk.knock()
    kiosk.wait("ПИН-код")
    kiosk.shot("pin")
    kiosk.type(WRONG)
    kiosk.tap("Войти")
    kiosk.wait("ПИН-код неверный")
    kiosk.type(PIN)
    kiosk.tap("Войти")
    kiosk.wait_for_touchable("Устройства")
    kiosk.shot("maintenance")

    kiosk.tap("Устройства")
    kiosk.wait(re.compile("готов, с "))
    kiosk.tap("В меню", "Пробная печать", "Напечатать")
    kiosk.wait(re.compile("напечатано, принтер подтвердил"))
    assert [paper.codes for paper in lobby.papers] == [["TALON:TEST-PRINT"]]
    kiosk.tap("В меню", "Бумага")
    kiosk.wait("0 м, талонов: 1")

    kiosk.tap("В меню", "Вывод из работы", "Нет бумаги")
    kiosk.wait("не обслуживаются")
    kiosk.tap("В меню", "К пациентам")
    kiosk.wait(TITLE)
    assert kiosk.sees(TEXT)
    assert not kiosk.sees("Начать")

    enter(kiosk)
    kiosk.tap("Перезапуск", "Перезапуск")
    kiosk.wait("Перезапустить программу сейчас?")
    kiosk.tap_last("Да")
    assert kiosk.wait_for_exit() == EXIT_RESTART
    kiosk = lobby.start()
    kiosk.wait(TITLE)
    assert kiosk.sees(TEXT)
    enter(kiosk)
    kiosk.tap("Вывод из работы", "Вернуть в работу")
    kiosk.wait("обслуживаются")
    kiosk.tap("В меню", "К пациентам")
    kiosk.wait_for_touchable("Начать")

    log = lobby.log()
    for line in (
        "wrong PIN, 1 in a row",
        "Test print: print",
        "Out of service: closed-paper",
        "Restart: restart",
    ):
        assert f"maintenance: {line}" in log
    assert PIN not in log
    assert WRONG not in log
