"""The technician at the real program: gesture, PIN, test print, out of service and back, restart (issue 5, item 7; R36)."""

import re
import zipfile

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

pytestmark = pytest.mark.long

WRONG = "8642"
TITLE, TEXT = "Инфомат не работает", "Сейчас нет бумаги для талонов."


def test_a_test_print_and_a_terminal_that_is_closed_for_a_while(lobby: Lobby, kiosk: Kiosk) -> None:
    kiosk.knock()
    kiosk.wait("ПИН-код")
    kiosk.shot("pin")
    kiosk.type(WRONG)
    kiosk.tap("Войти")
    kiosk.wait("ПИН-код неверный")
    kiosk.type(steps.PIN)
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

    steps.enter_maintenance(kiosk)
    kiosk.tap("Перезапуск", "Перезапуск")
    kiosk.wait("Перезапустить программу сейчас?")
    kiosk.tap_last("Да")
    assert kiosk.wait_for_exit() == 75
    kiosk = lobby.start()
    kiosk.wait(TITLE)
    assert kiosk.sees(TEXT)
    steps.enter_maintenance(kiosk)
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
    assert steps.PIN not in log
    assert WRONG not in log


def test_what_is_carried_away_names_nobody(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """A visit in which much is typed and something fails; then the bundle, and the pages that tell of it (R39)."""
    patient = lobby.comes(region.adult(with_contacts=True))
    lobby.printer.fault("cover_open")
    steps.choose_time(kiosk)
    steps.identify(kiosk, patient)
    kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait_for_touchable("Записаться")
    kiosk.tap("Записаться")
    kiosk.wait(re.compile("Талон не напечатан"))
    kiosk.tap("Завершить")
    kiosk.wait_for_touchable("Начать")

    steps.enter_maintenance(kiosk)
    kiosk.tap("Журнал записей")
    kiosk.wait(re.compile(".*талон не напечатан"))
    kiosk.tap("Отметить талон…", "Займётся регистратура")
    kiosk.wait(re.compile("Запись остаётся в силе"))
    kiosk.tap_last("Да")
    kiosk.wait("Отмечено")
    assert ("shown", "handled") in lobby.journal()
    for page, words in (
        ("Связь с регистратурой", re.compile("обычно .* мс")),
        ("Программа и диск", "Python"),
        ("Настройки", re.compile(".*из файла")),
        ("Лог программы", re.compile("kiosk")),
        ("Размеры", re.compile(".*не меньше 20")),
        ("Сенсорный экран", re.compile(r"(\d+) из \1")),
    ):
        kiosk.tap("В меню", page)
        kiosk.wait(words)
    kiosk.tap("В меню", "Архив для поддержки", "Собрать архив")
    kiosk.wait(re.compile(r".*\.zip"))

    [path] = (lobby.folder / "state" / "diagnostics").glob("*.zip")
    with zipfile.ZipFile(path) as bundle:
        held = {name: bundle.read(name) for name in bundle.namelist()}
    assert b"staff saw to a ticket: desk" in held["kiosk.log"]
    assert b'"shown, handled"' in held["journal.json"]
    assert b"*** (file)" in held["settings.txt"]
    words = [word.encode() for word in lobby.typed if len(word) > 3]
    assert [name for name, text in held.items() if any(word in text for word in words)] == []
    kiosk.tap("В меню", "К пациентам")
    kiosk.wait_for_touchable("Начать")
