"""«Мои записи» at the real registry (issue 4, 1; R15, R16, R25): what the screen says of a booking is what the registry holds."""

import re
import uuid
from datetime import datetime, timedelta

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Person, Region

from kiosk.models import WaitingWish

pytestmark = pytest.mark.long

CANCELLED = "Эта запись отменена"
NOT_YET = "Пока неизвестно, отменена ли запись"


def cancel(kiosk: Kiosk) -> None:
    """From a ticket: asked, and meant."""
    kiosk.tap("Отменить запись")
    kiosk.wait("Отменить запись?")
    kiosk.shot("cancel")
    kiosk.tap("Да, отменить")


def statuses(region: Region, person: Person) -> list[str]:
    return [status for _, status, *_ in region.listed(person)]


def unread(region: Region, person: Person) -> int:
    """How many messages the registry takes for unread."""
    query = "SELECT COUNT(*) FROM message WHERE patient_id = ? AND received IS NULL"
    return int(region.rows(query, (person.id,))[0][0])


def wait_for(other: OtherTerminal, person: Person, doctor_name: str) -> str:
    """A place on the waiting list for a doctor here; its number."""
    client, doctor = other.client, other.doctor("surgeon", doctor_name)
    specialty = next(one for one in client.specialties(doctor.facility_id) if one.code == "surgeon")
    token = client.identify(person.policy_number, person.birth_date, person.document_number)
    today = datetime.now(steps.MOSCOW).date()
    wish = WaitingWish(specialty, doctor, today, today + timedelta(days=30))
    return client.join(wish, uuid.uuid4().urn, token).number


def test_a_booking_is_found_again_printed_once_more_and_cancelled(
    lobby: Lobby, kiosk: Kiosk, region: Region
) -> None:
    patient = lobby.comes(region.adult())
    steps.book(kiosk, patient)
    kiosk.wait("Возьмите талон")
    kiosk.tap("Завершить")
    steps.open_cabinet(kiosk, patient)
    kiosk.shot("cabinet")
    [number] = region.booked(patient)
    kiosk.tap(re.compile("Терапевт"))
    kiosk.wait("Ваша запись")
    assert kiosk.sees(number)
    kiosk.tap("Напечатать ещё раз")
    kiosk.wait("Возьмите талон")
    kiosk.shot("ticket-printed")
    first, copy = lobby.papers
    assert first.codes == copy.codes
    assert ("Копия" in first.text, "Копия" in copy.text) == (False, True)
    assert [state for state, _ in lobby.journal()] == ["shown", "copy"]
    kiosk.tap("Отменить запись")
    kiosk.tap("Нет, оставить")
    kiosk.wait("Ваша запись")
    assert region.booked(patient) == [number]
    cancel(kiosk)
    kiosk.wait(CANCELLED)
    assert statuses(region, patient) == ["cancelled"]
    assert not kiosk.sees("Снимите код телефоном")
    kiosk.tap("Записаться снова")
    kiosk.wait_for_touchable(steps.CLOCK)


def test_a_ticket_is_found_by_its_number(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """Issue 4, 1: typed instead of scanned. Somebody else's is as unknown as none (R39)."""
    patient, stranger = lobby.comes(region.adult()), region.adult()
    for person in (patient, stranger):
        other.book(person, other.first_free(other.doctor("surgeon", "Комарова"))[0])
    ([number], [foreign]) = region.booked(patient), region.booked(stranger)
    steps.open_cabinet(kiosk, patient)
    kiosk.tap("По номеру")
    kiosk.type(foreign)
    kiosk.tap("Открыть")
    kiosk.wait("У вас нет такого талона")
    kiosk.shot("ticket-number")
    kiosk.tap("Сброс")
    kiosk.type(number)
    kiosk.tap("Открыть")
    kiosk.wait("Ваша запись")
    assert kiosk.sees(number)


def test_a_ticket_is_found_by_the_code_under_its_qr(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """Issue 4, 1: what a scanner would read, typed; somebody else's is as unknown as none (R39)."""
    patient, stranger = lobby.comes(region.adult()), region.adult()
    mine, foreign = (
        other.book(person, other.first_free(other.doctor("surgeon", "Комарова"))[0])
        for person in (patient, stranger)
    )
    steps.open_cabinet(kiosk, patient)
    kiosk.tap("По номеру")
    kiosk.tap("Ввести код")
    kiosk.type(foreign.code.lower())
    kiosk.tap("Открыть")
    kiosk.wait("У вас нет такого талона")
    kiosk.shot("ticket-code")
    kiosk.tap("Сброс")
    kiosk.type(mine.code.lower())
    kiosk.tap("Открыть")
    kiosk.wait("Ваша запись")
    assert kiosk.sees(mine.ticket_number)


def test_what_was_told_is_read_and_what_was_is_found(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """R25: each message in full, read once it was shown."""
    patient = lobby.comes(region.adult())
    other.book(patient, other.first_free(other.doctor("surgeon", "Комарова"))[0])
    other.cancel_visits(patient)
    steps.open_cabinet(kiosk, patient)
    kiosk.wait("Предстоящих записей нет")
    kiosk.tap("Сообщения: 2", "Запись отменена")
    kiosk.wait(re.compile("Запись отменена: "))
    steps.wait_until(lambda: unread(region, patient) == 1, "the message to be read")
    kiosk.tap("Назад", "Назад")
    kiosk.wait("Сообщения: 1")
    kiosk.tap("История", re.compile("отменена"))
    kiosk.wait(CANCELLED)


def test_a_lost_answer_is_found_out(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """api.md section 8: nobody is told that it is cancelled before the registry says so; it stays asked for."""
    patient = lobby.comes(region.adult())
    other.book(patient, other.first_free(other.doctor("surgeon", "Комарова"))[0])
    steps.open_cabinet(kiosk, patient)
    kiosk.tap(re.compile("Комарова"))
    kiosk.wait_for_touchable("Отменить запись")
    lobby.proxy.next("lost-answer", path="$book")
    lobby.proxy.next("503", path="/fhir/Appointment", method="GET", times=99)
    cancel(kiosk)
    kiosk.wait(NOT_YET)
    kiosk.tap("Завершить")
    kiosk.wait("Пока неизвестно")
    kiosk.shot("leaving")
    kiosk.tap("Подождать ответа")
    assert kiosk.sees(NOT_YET)
    lobby.proxy.calm()
    kiosk.wait(CANCELLED)
    assert statuses(region, patient) == ["cancelled"]
    assert not kiosk.sees(NOT_YET)


def test_the_waiting_list_gives_a_time_and_is_left(
    lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal
) -> None:
    """An offered time is booked from the cabinet; a place that is not wanted any more is left."""
    giver, waiter = region.adult(), lobby.comes(region.adult())
    doctor = other.doctor("surgeon", "Комарова")
    time = other.first_free(doctor)[0]
    other.book(giver, time)
    number = wait_for(other, waiter, "Комарова")
    steps.open_cabinet(kiosk, waiter)
    kiosk.tap(re.compile("Комарова"))
    kiosk.wait("Вы ждёте свободного времени")
    assert kiosk.sees(number)
    kiosk.tap("Назад")
    other.cancel_visits(giver)
    kiosk.tap("История", "Назад", re.compile("Комарова"))
    kiosk.wait("Для вас есть время")
    kiosk.shot("offer")
    kiosk.tap("Записаться", steps.NO_MESSAGES)
    kiosk.wait("Проверьте запись")
    assert kiosk.sees(steps.clock(time.start))
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны", "Заявка принята")
    assert len(region.booked(waiter)) == 1
    kiosk.tap("Завершить")
    leaver = lobby.comes(region.adult())
    wait_for(other, leaver, "Лебедева")
    steps.open_cabinet(kiosk, leaver)
    kiosk.tap(re.compile("Лебедева"), "Выйти из списка", "Да, выйти")
    kiosk.wait("Ожидание закончилось")
    [status] = region.rows("SELECT status FROM waiting WHERE patient_id = ?", (leaver.id,))[0]
    assert status == "cancelled"
