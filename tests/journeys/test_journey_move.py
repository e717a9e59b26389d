"""A visit is moved and contacts are changed at the real registry (issue 4, 2 and 3; api.md sections 7, 8 and 10): what the
screen and the paper said last is what the registry holds, whatever breaks in between."""

import re
from datetime import UTC, datetime

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Person, Region

from kiosk.models import Appointment

pytestmark = pytest.mark.long

MOVED = "Запись перенесена"
NOT_KNOWN = "Пока неизвестно, какое время действует"


def begin(kiosk: Kiosk, lobby: Lobby, region: Region, other: OtherTerminal) -> tuple[Person, Appointment]:
    """Somebody with a visit to the surgeon, at the times to which it can be moved."""
    patient = lobby.comes(region.adult())
    booked = other.book(patient, other.first_free(other.doctor("surgeon", "Комарова"))[0])
    steps.open_cabinet(kiosk, patient)
    kiosk.tap(re.compile("Комарова"), "Перенести запись")
    kiosk.wait(re.compile("Когда"))
    return patient, booked


def to_confirm(
    kiosk: Kiosk, lobby: Lobby, region: Region, other: OtherTerminal
) -> tuple[Person, Appointment]:
    """The same with a new time chosen."""
    patient, booked = begin(kiosk, lobby, region, other)
    kiosk.tap(steps.CLOCK)
    kiosk.wait("Перенести запись?")
    assert kiosk.sees(re.compile(f".*, {steps.clock(booked.start)}$")), "the old time"
    return patient, booked


def start_of(region: Region, patient: Person) -> datetime:
    """When the one visit is."""
    [start] = [start for _, status, start, _ in region.listed(patient) if status in ("booked", "pending")]
    return datetime.fromtimestamp(start, UTC)


def test_the_new_time_is_taken_the_old_one_free_and_the_ticket_says_which(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    patient, booked = to_confirm(kiosk, lobby, region, other)
    kiosk.shot("confirm")
    kiosk.tap("Перенести запись")
    kiosk.wait(MOVED)
    kiosk.wait("Возьмите талон")
    kiosk.shot("moved")
    start = start_of(region, patient)
    assert start > booked.start
    assert kiosk.sees(steps.clock(start))
    assert region.booked(patient) == [booked.ticket_number]
    [paper] = lobby.papers
    assert "Запись перенесена" in paper.text
    assert "больше не действует" in paper.text
    assert steps.clock(booked.start) in paper.text
    assert other.free_at(other.doctor("surgeon", "Комарова"), booked.start).start == booked.start
    assert lobby.journal() == [("shown", "printed")]
    kiosk.tap("Завершить")
    steps.open_cabinet(kiosk, patient)
    assert kiosk.sees(steps.clock(start))


def test_a_time_that_went_to_somebody_else_leaves_the_old_one(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    patient, booked = to_confirm(kiosk, lobby, region, other)
    region.let_hold_run_out(lobby.name)
    other.book(region.adult(), other.first_free(other.doctor("surgeon", "Комарова"))[0])
    kiosk.tap("Перенести запись")
    kiosk.wait(re.compile("Время .* только что заняли"))
    kiosk.shot("taken")
    assert start_of(region, patient) == booked.start
    kiosk.tap(steps.CLOCK)
    kiosk.wait("Перенести запись?")
    kiosk.tap("Перенести запись")
    kiosk.wait(MOVED)
    assert start_of(region, patient) != booked.start


def test_what_changed_meanwhile_is_shown_and_confirmed_anew(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """Another terminal moves it while its patient stands here."""
    patient, booked = to_confirm(kiosk, lobby, region, other)
    elsewhere = other.move(patient, booked, other.first_free(other.doctor("surgeon", "Комарова"), 9)[-1])
    kiosk.tap("Перенести запись")
    kiosk.wait("Запись изменилась, пока вы выбирали")
    kiosk.shot("changed")
    assert start_of(region, patient) == elsewhere.start
    assert kiosk.sees(re.compile(f".*, {steps.clock(elsewhere.start)}$"))
    kiosk.tap("Перенести запись")
    kiosk.wait(MOVED)
    assert start_of(region, patient) not in (booked.start, elsewhere.start)


def test_a_lost_answer_is_found_out(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """api.md section 8: until the registry says so nobody is told which of the two times counts."""
    patient, booked = to_confirm(kiosk, lobby, region, other)
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("503", path="/fhir/Appointment", method="GET", times=99)
    kiosk.tap("Перенести запись")
    kiosk.wait(NOT_KNOWN)
    kiosk.tap("Завершить")
    kiosk.wait("Пока неизвестно")
    kiosk.shot("leaving")
    kiosk.tap("Подождать ответа")
    lobby.proxy.calm()
    kiosk.wait(MOVED)
    assert start_of(region, patient) != booked.start
    assert len(region.listed(patient)) == 1


def test_killed_between_request_and_answer(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """Nothing was said, so nothing is taken back: it is noted what became of it, and its patient finds it in the cabinet."""
    patient, booked = to_confirm(kiosk, lobby, region, other)
    lobby.proxy.next("hold-answer", path="$book")
    kiosk.tap("Перенести запись")
    assert lobby.proxy.wait_until_held(60)
    kiosk.kill()
    assert lobby.journal() == [("asked", "none")]
    again = lobby.start()
    again.wait("Начать")
    steps.wait_until(lambda: lobby.journal() == [("stands", "none")], "the move to be looked up")
    steps.open_cabinet(again, patient)
    start = start_of(region, patient)
    assert start != booked.start
    assert again.sees(steps.clock(start))
    assert lobby.papers == []


def test_contacts_are_changed_and_confirmed_by_a_code(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """The setting of the region asks for codes (api.md section 10)."""
    patient = lobby.comes(region.adult(with_contacts=True))
    number, wrong = lobby.enters("9161234567", "000000")
    with region.set_up(contact_codes="yes"):
        steps.open_cabinet(kiosk, patient)
        kiosk.tap("Контакты")
        kiosk.wait("Ваши контакты")
        kiosk.shot("contacts")
        kiosk.tap(re.compile("Изменить|Указать"))
        kiosk.tap_field("Мобильный телефон")
        kiosk.type(number)
        kiosk.tap("Сохранить")
        kiosk.wait("Введите код")
        kiosk.shot("code")
        kiosk.type(wrong)
        kiosk.tap("Подтвердить")
        kiosk.wait("Код не подходит. Посмотрите ещё раз")
        kiosk.type(*lobby.enters(region.last_code()))
        kiosk.tap("Подтвердить")
        kiosk.wait("Контакт подтверждён")
        assert kiosk.sees("+7 ••• •••-45-67")
        assert region.contacts(patient)["+7" + number] == "confirmed"
        kiosk.tap("Удалить", "Да, удалить")
        kiosk.wait_until_gone("+7 ••• •••-45-67")
        assert "+7" + number not in region.contacts(patient)
