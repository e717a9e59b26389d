"""The walks that show every screen of a visit, and the faults a patient is most likely to meet, for docs/screens.

`script/gallery` plays them on each display, against a registry with the demo region and a printer on the wire.
"""

import re
import tempfile
from pathlib import Path

import journey_steps as steps
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Person, Region, make_database

EVER = 99


def show_all(display: tuple[int, int, float], shots: Path) -> None:
    """Plays every walk on this display (pixels, pixels, inches); a picture of each screen lands in `shots`."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        make_database(place / "registry.sqlite")
        region = Region(place / "registry.sqlite", place / "registry.log")
        region.process.start()
        try:
            _play(region, place, display, shots)
        finally:
            region.process.stop()


def _play(region: Region, folder: Path, display: tuple[int, int, float], shots: Path) -> None:
    for number, walk in enumerate(
        (
            a_booking,
            another_clinic,
            searches,
            information,
            own_things,
            own_bookings,
            no_times,
            not_found,
            an_approval,
            an_open_cover,
            away,
            alone,
            a_technician,
        )
    ):
        place = folder / f"lobby-{number}"
        place.mkdir()
        with Lobby(region, place, display, shots) as lobby:
            lobby.clear()
            walk(lobby, region)


def a_booking(lobby: Lobby, region: Region) -> None:
    """The shortest way, from the first touch to the ticket."""
    kiosk, patient = lobby.ready(), region.adult(with_contacts=True)
    kiosk.picture("welcome")
    steps.open_home(kiosk)
    kiosk.picture("home")
    kiosk.tap("Записаться к врачу")
    kiosk.wait(re.compile("Терапевт"))
    kiosk.picture("specialty")
    kiosk.tap(re.compile("Терапевт"))
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.picture("doctor")
    kiosk.tap(steps.NEAR)
    kiosk.wait_for_touchable(steps.CLOCK)
    kiosk.picture("time")
    kiosk.tap(steps.CLOCK)
    kiosk.wait("Кто записывается?")
    kiosk.picture("identify")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Помощь")
    kiosk.wait("Как записаться")
    kiosk.picture("help")
    kiosk.tap("Назад")
    kiosk.wait("Кто записывается?")
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")
    kiosk.picture("contacts")
    _confirm(kiosk, "confirm")
    kiosk.wait("Возьмите талон")
    kiosk.picture("result")


def another_clinic(lobby: Lobby, region: Region) -> None:
    """Through the district, and a number that two citizens share."""
    kiosk, twin = lobby.ready(), region.people("same-policy-and-birth-date")[0]
    steps.open_home(kiosk)
    kiosk.tap("Найти врача или поликлинику")
    kiosk.wait("Привокзальный")
    kiosk.picture("district")
    kiosk.tap("Привокзальный")
    kiosk.wait("Узловая поликлиника")
    kiosk.picture("facility")
    kiosk.tap("Узловая поликлиника", "Хирург", steps.NEAR, steps.CLOCK)
    steps.type_identity(kiosk, twin)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.picture("identify-document")


def searches(lobby: Lobby, region: Region) -> None:
    """A clinic by its street, a doctor with the other layout."""
    kiosk = lobby.ready()
    steps.open_search(kiosk, "Найти поликлинику")
    kiosk.picture("facility-search")
    kiosk.type("сад")
    kiosk.wait("Городская поликлиника № 5")
    kiosk.picture("facility-search-found")
    kiosk.tap("Назад", "Найти врача")
    kiosk.press("layer")
    kiosk.type("wjq")
    kiosk.wait(re.compile("Возможно, вы искали"))
    kiosk.picture("doctor-search-corrected")


def information(lobby: Lobby, region: Region) -> None:
    """What can be read without a person."""
    kiosk = lobby.ready()
    steps.open_home(kiosk)
    kiosk.tap("Расписание и справки")
    kiosk.wait("Врачи и расписание")
    kiosk.picture("facility-card")
    kiosk.tap("Врачи и расписание", "Хирург", re.compile("Комарова"))
    kiosk.wait(re.compile("Две недели"))
    kiosk.picture("doctor-card")


def own_things(lobby: Lobby, region: Region) -> None:
    """What identification leads to, and the areas of the clinic."""
    kiosk, patient = lobby.ready(), region.adult_of("Соколова")
    steps.open_home(kiosk)
    kiosk.tap("Мой врач и поликлиника")
    kiosk.wait("Кто вы?")
    kiosk.picture("identify-mine")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.picture("mine")
    kiosk.tap("Городская поликлиника № 5", "По участку")
    kiosk.wait("Какой участок?")
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.picture("area")


def own_bookings(lobby: Lobby, region: Region) -> None:
    """«Мои записи» of somebody who has some of everything."""
    kiosk = lobby.ready()
    patient = max(region.people("cabinet"), key=lambda one: len(region.listed(one)))
    steps.open_home(kiosk)
    kiosk.tap("Мои записи")
    kiosk.wait("Кто вы?")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait("История")
    kiosk.picture("cabinet")
    kiosk.tap(re.compile("Терапевт"))
    kiosk.wait_for_touchable("Отменить запись")
    kiosk.picture("ticket")
    kiosk.tap("Отменить запись")
    kiosk.wait("Отменить запись?")
    kiosk.picture("ticket-cancel")
    kiosk.tap("Нет, оставить", "Назад", "История")
    kiosk.wait(re.compile("отменена"))
    kiosk.picture("history")
    kiosk.tap("Назад", re.compile("Сообщения"))
    kiosk.wait(re.compile("новое"))
    kiosk.picture("messages")
    kiosk.tap("Вы записаны")
    kiosk.wait(re.compile("Вы записаны: "))
    kiosk.picture("message")


def no_times(lobby: Lobby, region: Region) -> None:
    """From a full specialty to another clinic, or to a place on the waiting list."""
    kiosk, patient = lobby.ready(), region.adult(with_contacts=True)
    steps.choose_specialty(kiosk, re.compile("Врач общей практики"))
    kiosk.tap(steps.ANY_DOCTOR)
    kiosk.wait("Здесь мест нет")
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.picture("no-times-specialty")
    kiosk.tap("Все поликлиники района")
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.picture("elsewhere")
    kiosk.tap("Назад", "Встать в лист ожидания")
    kiosk.wait("Кто записывается?")
    steps.identify(kiosk, patient)
    kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait("Встать в лист ожидания?")
    kiosk.picture("wait")
    kiosk.tap("Встать в лист")
    kiosk.wait("Возьмите талон")
    kiosk.picture("waiting")


def not_found(lobby: Lobby, region: Region) -> None:
    """Somebody whom the registry does not know."""
    kiosk, nobody = lobby.ready(), region.unknown()
    steps.choose_time(kiosk)
    steps.type_identity(kiosk, nobody)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.type(nobody.document_number)
    kiosk.tap("Дальше")
    kiosk.wait("Не удалось вас найти")
    kiosk.picture("identify-not-found")


def an_approval(lobby: Lobby, region: Region) -> None:
    """A specialty whose bookings the facility approves (R31)."""
    kiosk = lobby.ready()
    _to_confirm(kiosk, region.adult(), "Эндокринолог")
    kiosk.picture("confirm-approval")
    kiosk.tap("Записаться")
    kiosk.wait("Возьмите талон")
    kiosk.picture("result-awaiting")


def an_open_cover(lobby: Lobby, region: Region) -> None:
    """A ticket that is not printed."""
    kiosk = lobby.ready()
    lobby.printer.fault("cover_open")
    _to_confirm(kiosk, region.adult(), "Хирург")
    kiosk.wait("Крышка принтера открыта")
    kiosk.picture("confirm-notice")
    kiosk.tap("Записаться")
    kiosk.wait("Талон не напечатан: открыта крышка принтера")
    kiosk.picture("result-cover-open")


def away(lobby: Lobby, region: Region) -> None:
    """Somebody who walks away from the times."""
    kiosk = lobby.ready()
    steps.choose_doctor(kiosk)
    kiosk.wait_for_touchable(steps.CLOCK)
    kiosk.idle(1, 20)
    kiosk.wait("Вы ещё здесь?")
    kiosk.picture("idle")


def alone(lobby: Lobby, region: Region) -> None:
    """A terminal that does not reach its registry."""
    lobby.proxy.next("503", times=EVER)
    kiosk = lobby.start()
    kiosk.wait("Запись здесь сейчас не работает")
    kiosk.picture("out-of-service")


def a_technician(lobby: Lobby, region: Region) -> None:
    """Maintenance mode where what it shows is the terminal's own; with faults and entries it is drawn over the stand-in."""
    kiosk = lobby.ready()
    kiosk.knock()
    kiosk.wait("ПИН-код")
    kiosk.picture("pin")
    kiosk.type(steps.PIN)
    kiosk.tap("Войти")
    kiosk.wait_for_touchable("Устройства")
    kiosk.picture("maintenance")
    kiosk.tap("Пробная печать", "Напечатать")
    kiosk.wait(re.compile("напечатано, принтер подтвердил"))
    kiosk.picture("maintenance-printed")
    kiosk.tap("В меню", "Связь с регистратурой")
    kiosk.wait(re.compile("обычно .* мс"))
    kiosk.picture("maintenance-registry")
    kiosk.tap("В меню", "Размеры")
    kiosk.wait(re.compile(".*не меньше 20"))
    kiosk.picture("maintenance-sizes")
    kiosk.tap("В меню", "Перезапуск", "Перезапуск")
    kiosk.wait("Перезапустить программу сейчас?")
    kiosk.picture("maintenance-restart")


def _to_confirm(kiosk: Kiosk, person: Person, specialty: str) -> None:
    """To the last question, whose title a notice replaces on a small display; pages are turned where there are some."""
    steps.choose_specialty(kiosk)
    if not kiosk.sees(specialty):
        kiosk.tap_icon("down")
    kiosk.tap(specialty, steps.NEAR, steps.CLOCK)
    kiosk.wait("Кто записывается?")
    steps.identify(kiosk, person)
    kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait_for_touchable("Записаться")


def _confirm(kiosk: Kiosk, name: str) -> None:
    kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait(steps.CONFIRM)
    kiosk.picture(name)
    kiosk.tap("Записаться")
