"""Whole bookings as patients make them, and the ways through the screens (issue 2; R8, R17, R22 to R25, R31, R41, R47)."""

import re
from time import monotonic

import journey_steps as steps
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

from kiosk.ticket import parse_qr


def test_a_booking_takes_eight_touches_and_a_minute(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """product.md: at most 8 touches besides typing, under 60 seconds; screen, paper and registry agree (R24)."""
    patient = lobby.comes(region.adult())
    kiosk.wait_for_touchable("Начать")
    began = monotonic()
    steps.book(kiosk, patient)
    assert monotonic() - began < 60
    assert kiosk.touches <= 8
    kiosk.wait("Возьмите талон")
    [number] = region.booked(patient)
    [paper] = lobby.papers
    assert number in paper.text
    assert any(number in text for text in kiosk.texts())
    [[code]] = region.rows(
        "SELECT code FROM appointment WHERE ticket = ? AND patient_id = ?", (number, patient.id)
    )
    assert [parse_qr(payload) for payload in paper.codes] == [code]
    kiosk.shot("printed")
    kiosk.tap("Завершить")
    kiosk.wait("Начать")
    steps.wait_until(lambda: region.tokens_of(lobby.name) == 0, "the token to be revoked")


def test_only_initials_are_shown_and_printed(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """product.md: initials, birth year, the end of the policy; on paper no policy number."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient)
    confirm = " ".join(kiosk.texts())
    kiosk.tap("Записаться")
    kiosk.wait("Возьмите талон")
    [paper] = lobby.papers
    assert _doctor_of(region, patient) in confirm
    for shown in (confirm, " ".join(kiosk.texts()), paper.text):
        assert not [name for name in patient.names if name in shown.replace(_doctor_of(region, patient), "")]
        assert patient.policy_number not in shown.replace(" ", "")
    assert f"•••• {patient.policy_number[-4:]}" in confirm


def test_another_clinic_is_reached_through_its_district(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R17; each part of the way can be changed by a touch on the trail, and what it does not touch stays."""
    steps.open_home(kiosk)
    kiosk.tap("Найти врача или поликлинику", "Привокзальный", "Узловая поликлиника", "Хирург", steps.NEAR)
    kiosk.wait(re.compile("Когда"))
    kiosk.shot("trail")
    kiosk.tap(re.compile("Узловая"))
    kiosk.wait("В какую поликлинику?")
    kiosk.tap("Городская поликлиника № 3", re.compile("Терапевт"), steps.NEAR, steps.CLOCK)
    patient = lobby.comes(region.people("newcomer")[0])
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait(re.compile("В этой поликлинике вас пока не знают"))
    kiosk.shot("not-known-here")
    assert kiosk.sees("В какую поликлинику?")
    kiosk.tap("Узловая поликлиника", "Хирург", steps.NEAR, steps.CLOCK, steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == 1


def test_back_keeps_what_it_does_not_take_back(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Back drops the newest choice only; who has identified themselves stays identified."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    steps.type_identity(kiosk, patient)
    kiosk.tap("Назад")
    kiosk.wait(re.compile("Когда"))
    steps.wait_until(lambda: region.held_by(lobby.name) == [], "the time to be let go")
    kiosk.tap(steps.CLOCK)
    kiosk.wait("Кто записывается?")
    assert any(patient.policy_number[-4:] in text for text in kiosk.texts())
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")
    kiosk.tap("Назад")
    kiosk.wait("Кто записывается?")


def test_help_is_a_look_aside(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Help comes back to where it was called from, with everything typed and the time still held."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    steps.type_identity(kiosk, patient)
    kiosk.tap("Помощь")
    kiosk.wait("Как записаться")
    kiosk.shot("help")
    kiosk.tap("Назад")
    kiosk.wait("Кто записывается?")
    assert len(region.held_by(lobby.name)) == 1
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")


def test_finish_forgets_everything(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """«Завершить» frees the hold and revokes the token; the next patient finds empty fields."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    steps.identify(kiosk, patient)
    assert (len(region.held_by(lobby.name)), region.tokens_of(lobby.name)) == (1, 1)
    kiosk.tap("Завершить")
    kiosk.wait("Начать")
    steps.wait_until(
        lambda: (region.held_by(lobby.name), region.tokens_of(lobby.name)) == ([], 0), "all let go"
    )
    steps.choose_time(kiosk)
    assert not [
        text
        for text in kiosk.texts()
        if any(sign.isdigit() for sign in text) and patient.policy_number[-4:] in text
    ]


def test_what_the_clinic_approves_is_called_a_request(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R31: nobody is told «Вы записаны» before the clinic approved."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Эндокринолог")
    assert kiosk.sees("Эту запись подтверждает поликлиника")
    kiosk.shot("confirm-approval")
    kiosk.tap("Записаться")
    assert kiosk.wait("Вы записаны", "Заявка принята") == "Заявка принята"
    kiosk.wait("Возьмите талон")
    kiosk.shot("request-accepted")
    assert [status for _, status, _, _ in region.listed(patient)] == ["pending"]
    assert "подтверд" in lobby.papers[0].text.lower()


def test_a_discreet_specialty_is_not_on_paper(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R47: time and room only."""
    patient = lobby.comes(region.adult())
    steps.book(kiosk, patient, re.compile("Дерматовенеролог"))
    kiosk.wait("Возьмите талон")
    [paper] = lobby.papers
    assert "ерматовен" not in paper.text
    assert "Мальцева" not in paper.text


def test_a_second_booking_keeps_the_patient(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """«Записаться ещё»: another specialty without typing again; each has its own ticket."""
    patient = lobby.comes(region.adult())
    steps.book(kiosk, patient, "Хирург")
    kiosk.wait("Возьмите талон")
    steps.to_confirm_another(kiosk, "Стоматолог")
    kiosk.tap("Записаться")
    kiosk.wait("Вы записаны")
    kiosk.wait("Возьмите талон")
    assert len(region.booked(patient)) == len(lobby.papers) == 2


def test_contacts_are_given(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R23: a phone and an e-mail address typed at the glass stand in the registry, masked on the screen."""
    patient = lobby.comes(region.adult(with_contacts=False))
    steps.choose_time(kiosk)
    steps.identify(kiosk, patient)
    phone, email = lobby.enters("9051234567", "ivanov42@mail.ru")
    kiosk.type(phone[:5])
    kiosk.tap("Дальше")
    kiosk.wait("В номере должно быть 10 цифр после +7")
    kiosk.shot("phone-too-short")
    kiosk.type(phone[5:])
    kiosk.tap_field("Электронная почта")
    kiosk.type("ivanov42")
    kiosk.tap("@mail.ru", "Дальше")
    kiosk.wait(steps.CONFIRM)
    kiosk.shot("confirm-with-contacts")
    shown = " ".join(kiosk.texts())
    assert phone not in shown.replace(" ", "")
    assert email not in shown
    [[telecom]] = region.rows("SELECT telecom FROM patient WHERE id = ?", (patient.id,))
    assert phone in telecom
    assert email in telecom


def _doctor_of(region: Region, patient) -> str:
    query = """SELECT last_name || ' ' || first_name || ' ' || patronymic FROM practitioner p JOIN role r
        ON r.practitioner_id = p.id JOIN appointment a ON a.role_id = r.id WHERE a.patient_id = ?"""
    return next((name for (name,) in region.rows(query, (patient.id,))), "")
