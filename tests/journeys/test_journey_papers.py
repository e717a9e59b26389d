"""A policy instead of typing: the real PC/SC daemon with a virtual card, a scanner on a port (issue 5, 2 and 3; R8)."""

from collections.abc import Iterator

import journey_steps as steps
import pcsc_daemon
import pytest
from card_applet import foreign_card
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_papers import PaperDesk
from journey_region import OtherTerminal, Region

from kiosk.ticket import qr_payload

pytestmark = [pcsc_daemon.needs_daemon, pytest.mark.long]


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperDesk]:
    devices = PaperDesk(tmp_path_factory.mktemp("devices"))
    yield devices
    devices.close()


@pytest.fixture
def desk(lobby: Lobby, devices: PaperDesk) -> Iterator[PaperDesk]:
    """The lobby's terminal has a reader and a scanner; afterwards no card is in."""
    devices.stand_in(lobby)
    yield devices
    devices.take_out()


@pytest.fixture
def kiosk(lobby: Lobby, desk: PaperDesk) -> Kiosk:
    """The program at its welcome screen, its reader and scanner heard of."""
    kiosk = lobby.ready()
    steps.open_home(kiosk)
    kiosk.wait("Полис с собой? Вставьте карту или поднесите штрихкод")
    kiosk.tap("Завершить")
    kiosk.wait_for_touchable("Начать")
    kiosk.forget_touches()
    return kiosk


def test_a_card_and_five_touches_make_a_booking(
    lobby: Lobby, kiosk: Kiosk, desk: PaperDesk, region: Region
) -> None:
    """R14: from the welcome screen to one's own doctor, nothing is typed; the card is not forgotten."""
    patient = lobby.comes(region.adult_of("Соколова"))
    desk.put_in(patient)
    kiosk.wait("Ваш участковый врач")
    kiosk.shot("mine-by-card")
    kiosk.tap(steps.NEAR, steps.CLOCK, steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert kiosk.touches == 4
    assert len(region.booked(patient)) == 1
    kiosk.tap("Завершить")
    kiosk.wait("В считывателе осталась карта")
    kiosk.shot("welcome-card-left")
    desk.take_out()
    kiosk.wait_until_gone("В считывателе осталась карта")
    assert region.tokens_of(lobby.name) == 0


def test_a_card_in_the_middle_keeps_the_time(
    lobby: Lobby, kiosk: Kiosk, desk: PaperDesk, region: Region
) -> None:
    patient = lobby.comes(region.adult(with_policy=True))
    steps.choose_time(kiosk, "Хирург")
    kiosk.wait("Вставьте карту или поднесите штрихкод")
    kiosk.shot("identify-policy")
    [held] = region.held_by(lobby.name)
    desk.put_in(patient)
    kiosk.wait("Куда сообщить об изменениях?")
    assert region.held_by(lobby.name) == [held]
    kiosk.tap(steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны", "Заявка принята")
    assert len(region.booked(patient)) == 1


def test_another_persons_policy_replaces_the_visit(
    lobby: Lobby, kiosk: Kiosk, desk: PaperDesk, region: Region
) -> None:
    """By card, then by barcode: nothing of the one before is left, on the screen or at the registry."""
    first, second, third = (lobby.comes(region.adult(with_policy=True)) for _ in range(3))
    steps.choose_time(kiosk, "Хирург")
    desk.put_in(first)
    kiosk.wait("Куда сообщить об изменениях?")
    desk.put_in(second)
    kiosk.wait("Ваш участковый врач")
    steps.wait_until(lambda: not region.held_by(lobby.name), "the time to be free")
    assert region.signed_in(lobby.name) == [second.id]
    desk.take_out()
    desk.hold_up(third)
    steps.wait_until(lambda: region.signed_in(lobby.name) == [third.id], "the third to be signed in")
    kiosk.wait("Ваш участковый врач")
    assert not any(map(region.booked, (first, second, third)))


def test_a_number_by_its_code_asks_for_the_birth_date(
    lobby: Lobby, kiosk: Kiosk, desk: PaperDesk, region: Region
) -> None:
    patient = lobby.comes(region.adult(with_policy=True))
    desk.scan(patient.policy_number.encode() + b"\r")
    kiosk.wait("Кто вы?")
    kiosk.type(patient.birth_digits)
    kiosk.tap("Дальше")
    kiosk.wait("Ваш участковый врач")


def test_a_ticket_opens_for_its_patient_and_for_nobody_else(
    lobby: Lobby, kiosk: Kiosk, desk: PaperDesk, region: Region, other: OtherTerminal
) -> None:
    """R39: its code names nobody; whose it is has to say so."""
    patient, somebody = (lobby.comes(region.adult(with_policy=True)) for _ in range(2))
    mine, theirs = (
        other.book(who, time)
        for who, time in zip((patient, somebody), other.any_free("surgeon", 2), strict=True)
    )
    desk.scan(qr_payload(mine.code).encode() + b"\r")
    kiosk.wait("Талон прочитан")
    desk.hold_up(patient)
    kiosk.wait("Ваша запись", "Запись ждёт подтверждения")
    assert kiosk.sees(mine.ticket_number)
    desk.scan(qr_payload(theirs.code).encode() + b"\r")
    kiosk.wait("Среди ваших записей такого талона нет")
    kiosk.tap("Мои записи")
    kiosk.wait("История")


def test_what_is_no_policy_is_refused_in_plain_words(kiosk: Kiosk, desk: PaperDesk) -> None:
    desk.put_in_card(foreign_card())
    kiosk.wait("Это не карта полиса ОМС")
    kiosk.shot("welcome-foreign-card")
    desk.take_out()
    kiosk.wait_until_gone("Это не карта полиса ОМС")
    desk.scan(b"4006381333931\r")
    kiosk.wait("Это не код полиса ОМС")
    kiosk.tap("Начать")
    kiosk.wait_until_gone("Это не код полиса ОМС")


def test_a_reader_is_offered_as_long_as_it_is_there(kiosk: Kiosk, desk: PaperDesk) -> None:
    """The daemon goes and comes; nothing else is disturbed by that."""
    steps.open_home(kiosk)
    desk.daemon.kill()
    kiosk.wait("Полис с собой? Поднесите к сканеру штрихкод полиса")
    desk.daemon.start()
    kiosk.wait("Полис с собой? Вставьте карту или поднесите штрихкод")
