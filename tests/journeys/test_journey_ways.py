"""Every way to a doctor, whatever one knows, and what is left where there is no time (issue 3; R7, R8, R12 to R20, R22)."""

import re

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

pytestmark = pytest.mark.long

FAMILY_DOCTOR = re.compile("Врач общей практики")


def test_a_clinic_is_found_by_its_name_and_by_its_street(kiosk: Kiosk) -> None:
    """R18: the beginning of any word is enough; what was found is one touch away."""
    steps.open_search(kiosk, "Найти поликлинику")
    kiosk.type("узлов")
    kiosk.wait("Узловая поликлиника")
    kiosk.shot("facility-search")
    kiosk.press("clear")
    kiosk.wait("Наберите первые буквы названия или улицы")
    kiosk.type("паровоз")
    kiosk.tap("Узловая поликлиника")
    kiosk.wait("К какому врачу?")
    assert kiosk.sees("Узловая поликлиника")
    kiosk.tap("Назад")
    kiosk.wait("Паровоз")


def test_a_doctor_is_found_in_spite_of_the_layout_and_of_a_slip(kiosk: Kiosk) -> None:
    """R19: «wjq» is «Цой», and «ибрагамов» is «Ибрагимов»."""
    steps.open_search(kiosk, "Найти врача")
    kiosk.press("layer")
    kiosk.type("wjq")
    kiosk.wait(re.compile("Возможно, вы искали"))
    kiosk.wait(re.compile("Цой"))
    kiosk.shot("doctor-search-layout")
    kiosk.press("clear")
    kiosk.press("layer")
    kiosk.type("ибрагамов")
    kiosk.tap(re.compile("Ибрагимов"))
    kiosk.wait(re.compile("Когда"))
    kiosk.tap("Назад")
    kiosk.wait(re.compile("Ибрагимов"))


def test_a_doctor_of_a_specialty_by_the_name(kiosk: Kiosk) -> None:
    """R19: among the surgeons here, and of all clinics by one touch."""
    steps.choose_specialty(kiosk, "Хирург")
    kiosk.tap(re.compile("По фамилии"))
    kiosk.type("ком")
    kiosk.tap(re.compile("Комарова"))
    kiosk.wait(re.compile("Когда"))


def test_nothing_found_says_what_now(kiosk: Kiosk) -> None:
    """In one clinic nothing is found: the others are one touch away."""
    steps.choose_specialty(kiosk)
    kiosk.tap(re.compile("По фамилии"))
    kiosk.wait("Наберите первые буквы фамилии")
    kiosk.type("щщщ")
    kiosk.wait("Ничего не нашлось")
    kiosk.shot("doctor-search-none")
    kiosk.tap("Искать во всех поликлиниках")
    kiosk.wait_until_gone("Искать во всех поликлиниках")
    kiosk.press("erase")
    kiosk.tap("Назад")
    kiosk.wait("К какому врачу?")


def test_the_doctor_of_an_area(kiosk: Kiosk) -> None:
    """R17: who knows the number of their area needs no name."""
    steps.choose_specialty(kiosk)
    kiosk.tap("По участку")
    kiosk.wait("Какой участок?")
    kiosk.shot("area")
    steps.tap_in_list(kiosk, "Участок № 9")
    kiosk.wait(re.compile("Когда"))
    assert kiosk.sees(re.compile(".*Ибрагимов"))


def test_information_leads_to_a_booking(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R7, R8: everything can be read without a person; who wants to book then identifies themselves and loses nothing."""
    patient = lobby.comes(region.adult())
    steps.open_home(kiosk)
    kiosk.tap("Расписание и справки")
    kiosk.wait("Врачи и расписание")
    assert kiosk.sees("ул. Садовая, 14")
    assert kiosk.sees(re.compile("Остановка"))
    kiosk.shot("facility-card")
    kiosk.tap("Врачи и расписание", "Хирург", re.compile("Комарова"))
    kiosk.wait(re.compile("Две недели"))
    kiosk.shot("doctor-card")
    kiosk.tap("Записаться")
    kiosk.wait(re.compile("Когда"))
    kiosk.tap("Назад")
    kiosk.wait(re.compile("Две недели"))
    kiosk.tap("Записаться", steps.CLOCK)
    kiosk.wait("Кто записывается?")
    steps.identify(kiosk, patient)
    kiosk.tap(steps.NO_MESSAGES, "Записаться")
    kiosk.wait("Вы записаны")
    assert len(region.booked(patient)) == 1


def test_the_own_doctor_is_four_touches_from_confirming(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """R12 to R14: identification leads to what is one's own; at most four touches to the confirmation."""
    patient = lobby.comes(region.adult_of("Соколова"))
    steps.open_home(kiosk)
    kiosk.tap("Мой врач и поликлиника")
    kiosk.wait("Кто вы?")
    steps.type_identity(kiosk, patient)
    kiosk.tap("Дальше")
    kiosk.wait("Ваш участковый врач")
    kiosk.wait_for_touchable(steps.NEAR)
    kiosk.shot("mine")
    assert not [name for name in patient.names if kiosk.sees(re.compile(f".*{name}"))]
    kiosk.forget_touches()
    kiosk.tap(steps.NEAR, steps.CLOCK, steps.NO_MESSAGES)
    kiosk.wait(steps.CONFIRM)
    assert kiosk.touches <= 4
    assert kiosk.sees(re.compile("Соколова Елена"))


def test_any_doctor_is_held_by_one_touch(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """The nearest time of the specialty, whoever the doctor is."""
    steps.choose_specialty(kiosk, "Хирург")
    kiosk.tap(steps.ANY_DOCTOR)
    kiosk.wait("Кто записывается?")
    assert len(region.held_by(lobby.name)) == 1


def test_where_one_doctor_has_no_time_another_has(kiosk: Kiosk) -> None:
    """Never a dead end: other doctors here stand on the same page."""
    steps.choose_specialty(kiosk, re.compile("Терапевт"))
    steps.tap_in_list(kiosk, re.compile("Жукова"))
    kiosk.wait("У этого врача нет мест")
    kiosk.shot("no-times")
    kiosk.tap(steps.NEAR)
    kiosk.wait(re.compile("Когда"))


def test_no_times_lead_elsewhere_or_to_the_waiting_list(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """The only family doctor here is full: another clinic of the district, or a place on the list with its stub."""
    patient = lobby.comes(region.adult(with_contacts=True))
    steps.choose_specialty(kiosk, FAMILY_DOCTOR)
    kiosk.tap(steps.ANY_DOCTOR)
    kiosk.wait("Здесь мест нет")
    kiosk.tap("Все поликлиники района", steps.NEAR)
    kiosk.wait("Выберите врача")
    kiosk.tap("Назад", "Назад")
    kiosk.wait("Здесь мест нет")
    kiosk.tap("Встать в лист ожидания")
    kiosk.wait("Кто записывается?")
    steps.identify(kiosk, patient)
    kiosk.tap(steps.NO_MESSAGES)
    kiosk.wait("Встать в лист ожидания?")
    kiosk.shot("wait")
    kiosk.tap("Встать в лист")
    kiosk.wait("Возьмите талон")
    kiosk.shot("waiting")
    assert kiosk.sees("Вы в листе ожидания")
    [[number]] = region.rows("SELECT ticket FROM waiting WHERE patient_id = ?", (patient.id,))
    [paper] = lobby.papers
    assert number in paper.text
    assert kiosk.sees(number)


def test_the_language_changes_and_the_visit_stays(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """Issue 3, item 6: on any screen, and what was chosen, typed and held is kept; the next visit is in Russian."""
    patient = lobby.comes(region.adult())
    steps.choose_time(kiosk)
    held = region.held_by(lobby.name)
    kiosk.type(patient.policy_number[:6])
    kiosk.tap("Eng")
    kiosk.wait("Who is booking?")
    kiosk.shot("english")
    assert region.held_by(lobby.name) == held
    kiosk.type(patient.policy_number[6:] + patient.birth_digits)
    kiosk.tap("Next")
    kiosk.wait(re.compile("Where shall we send word|How to tell you"))
    kiosk.tap("Рус")
    kiosk.wait("Куда сообщить об изменениях?")
    kiosk.tap("Eng", "Finish")
    kiosk.wait("Начать")
