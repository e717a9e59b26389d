"""Who comes, and what the registry says of them: R9 to R11, R27 to R30, R42, R44. Each refusal in plain words with a next
step, and nothing typed is lost."""

import re

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Region

pytestmark = pytest.mark.long


def test_an_odd_number_is_a_hint_and_no_block(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """A number that fails its check: old and temporary policies have no check digit. The hint goes with the slip."""
    patient = lobby.comes(region.adult())
    slip = patient.policy_number[:-1] + str((int(patient.policy_number[-1]) + 1) % 10)
    lobby.enters(slip)
    steps.choose_time(kiosk)
    kiosk.type(slip)
    kiosk.wait(re.compile("Проверьте номер: возможно, опечатка"))
    kiosk.shot("odd-number")
    kiosk.type(patient.birth_digits)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    assert region.tokens_of(lobby.name) == 0


def test_document_is_asked_for_and_tells_twins_apart(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R9: two citizens with one policy number and birth date."""
    one, _ = (lobby.comes(twin) for twin in region.people("same-policy-and-birth-date"))
    steps.choose_time(kiosk)
    steps.type_identity(kiosk, one)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.shot("document-asked")
    kiosk.type(one.document_number)
    kiosk.tap("Дальше", steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(one)) == 1


def test_unknown_goes_to_the_desk_and_may_look_on(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R11: told to see the desk; what was typed stays, and schedules can be looked at anonymously (R7)."""
    nobody = lobby.comes(region.unknown())
    steps.choose_time(kiosk)
    steps.type_identity(kiosk, nobody)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.type(nobody.document_number)
    kiosk.tap("Дальше")
    kiosk.wait("Не удалось вас найти")
    assert kiosk.sees(re.compile(".*вас запишут в регистратуре"))
    assert steps.has_typed(kiosk, nobody.document_number)
    kiosk.shot("not-identified")
    kiosk.tap("Назад", "Назад")
    kiosk.wait("Выберите врача")


def test_a_wrong_document_can_be_mended(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R9: after a slip in the policy number the document is asked for; all three right identify."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    kiosk.type(patient.policy_number)
    wrong = patient.birth_digits[:4] + str(int(patient.birth_digits[4:]) + 1)
    kiosk.type(wrong)
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.tap_field("год")
    kiosk.tap("Сброс")
    kiosk.type(patient.birth_digits[4:])
    kiosk.type(patient.document_number)
    kiosk.tap("Дальше")
    kiosk.wait("Куда сообщить об изменениях?")


def test_too_many_tries_say_how_long(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """api.md section 9: the fifth failure with a policy number is the last for a while; how long is said."""
    nobody = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    kiosk.type(nobody.policy_number)
    kiosk.type("01011999")
    kiosk.tap("Дальше")
    kiosk.wait("Нужен номер документа")
    kiosk.type("1111")
    for number in range(4):
        kiosk.tap_field("Номер документа")
        kiosk.type(str(number))
        kiosk.tap("Дальше")
        kiosk.wait("Не удалось вас найти")
    kiosk.tap("Дальше")
    kiosk.wait("Слишком много попыток")
    assert kiosk.sees(re.compile(r"Подождите \d+ минут"))
    kiosk.shot("too-many-tries")


@pytest.mark.parametrize(
    ("situation", "sex", "specialty", "title"),
    [
        ("newcomer", "", "Терапевт участковый", "В этой поликлинике вас пока не знают"),
        ("child", "", "Терапевт участковый", "Этот специалист принимает других пациентов"),
        ("adult", "male", "Акушер-гинеколог", "Этот специалист принимает других пациентов"),
        ("adult", "", "Педиатр участковый", "Этот специалист принимает других пациентов"),
        ("adult", "", "Кардиолог", "Этот специалист — для тех, кто состоит на учёте"),
    ],
)
def test_who_may_not_is_told_and_chooses_again(
    lobby: Lobby, kiosk: Kiosk, region: Region, situation: str, sex: str, specialty: str, title: str
) -> None:
    """R10, R30, R42: judged as soon as the patient is known, with the way on open and the patient kept."""
    patient = region.adult(sex) if situation == "adult" else region.people(situation)[0]
    lobby.comes(patient)
    steps.choose_time(kiosk, specialty)
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait(title)
    kiosk.shot("refused")
    steps.wait_until(lambda: region.held_by(lobby.name) == [], "the time to be let go")
    assert kiosk.sees(re.compile("К какому врачу|Куда вы хотите"))
    if situation != "newcomer":
        allowed = "Педиатр участковый" if situation == "child" else "Хирург"
        kiosk.tap(allowed, steps.NEAR, steps.CLOCK, steps.NO_MESSAGES, "Записаться")
        kiosk.wait("Вы записаны")


def test_who_is_under_observation_books_there(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R30: the cardiologist for patients under observation."""
    patient = lobby.comes(region.people("dispensary")[0])
    steps.book(kiosk, patient, "Кардиолог")
    assert len(region.booked(patient)) == 1


def test_what_only_the_desk_books_says_so(lobby: Lobby, kiosk: Kiosk) -> None:
    """R30: shown with the reason; a touch says why and what now, and leads nowhere."""
    steps.open_home(kiosk)
    kiosk.tap("Записаться к врачу")
    kiosk.wait_for_touchable(re.compile("Терапевт"))
    steps.turn_to(kiosk, "ЛОР")
    assert kiosk.sees("Запись только через регистратуру")
    kiosk.tap("ЛОР")
    kiosk.wait("К этому специалисту записывает только регистратура")
    kiosk.shot("desk-only")
    assert kiosk.sees("Выберите другого специалиста или обратитесь в регистратуру.")
    kiosk.tap("Хирург")
    kiosk.wait("Выберите врача")


def test_what_the_desk_keeps_for_itself_meanwhile(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R30: a specialty that is closed while a patient chooses is refused before confirming; the patient is kept."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk, "Окулист")
    steps.type_identity(kiosk, patient)
    setting = "UPDATE service SET online = :online WHERE specialty_code = 'ophthalmologist'"
    region.change(setting, {"online": "no"})
    try:
        kiosk.tap("Дальше")
        kiosk.wait("К этому специалисту записывает только регистратура")
        kiosk.shot("closed-meanwhile")
    finally:
        region.change(setting, {"online": "yes"})
    kiosk.tap("Хирург", steps.NEAR, steps.CLOCK, steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")


def test_who_took_long_identifies_themselves_once_more(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """api.md section 9: a token that has ended; the time is still held, and what was typed stands there."""
    patient = lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    kiosk.wait_for_touchable("Записаться")
    region.change("UPDATE token SET expires = 0 WHERE patient_id = :patient", {"patient": patient.id})
    kiosk.tap("Записаться")
    kiosk.wait("Представьтесь, пожалуйста, ещё раз")
    kiosk.shot("once-more")
    assert region.booked(patient) == []
    kiosk.tap("Дальше", steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == len(region.listed(patient)) == 1


def test_one_booking_a_day(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """R27: who has booked today with this profile is told before confirming, and can choose another specialist."""
    patient = lobby.comes(region.adult())
    doctor = other.doctor("surgeon", "Лебедева")
    other.book(patient, other.first_free(doctor)[0])
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait("К этому специалисту — одна запись в день")
    assert kiosk.sees(re.compile("Сегодня вы уже записывались"))
    kiosk.shot("one-per-day")
    assert len(region.booked(patient)) == 1


def test_two_visits_at_one_time(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """R44: a patient is never in two rooms at once; another time is one touch away."""
    patient = lobby.comes(region.adult())
    taken = {one.start: one for one in other.any_free("ophthalmologist", 200)}
    free = other.first_free(other.doctor("surgeon", "Комарова"), 200)
    time = next(one for one in free if one.start in taken)
    other.book(patient, taken[time.start])
    steps.choose_doctor(kiosk, "Хирург", re.compile("Комарова"))
    steps.choose_day(kiosk, free[0].start, time.start)
    kiosk.tap(steps.clock(time.start))
    kiosk.wait("Кто записывается?")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait(steps.OVERLAP)
    kiosk.shot("overlap")
    steps.take_free_time(kiosk, "Куда сообщить об изменениях?")
    kiosk.tap(steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == 2


def test_too_late(lobby: Lobby, kiosk: Kiosk, region: Region, other: OtherTerminal) -> None:
    """R28: a time whose hold ran out is judged afresh; here the facility's limit was raised meanwhile."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk, "Хирург")
    steps.type_identity(kiosk, patient)
    region.let_hold_run_out(lobby.name)
    limit = "UPDATE facility SET notice_minutes = :minutes WHERE name LIKE '%№ 5'"
    region.change(limit, {"minutes": 60 * 24 * 20})
    try:
        kiosk.tap("Дальше")
        kiosk.wait("На это время записаться уже нельзя")
    finally:
        region.change(limit, {"minutes": 180})
    kiosk.shot("too-late")
    assert region.booked(patient) == []
