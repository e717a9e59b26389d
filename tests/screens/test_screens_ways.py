"""Searches, cards, what is one's own, no times and the waiting list, as real touches (issue 3)."""

from dataclasses import replace

import pytest
from screens_stage import Stage, told
from screens_stand_in import (
    AREAS,
    CORRECTED,
    DISTRICTS,
    DOCTORS,
    ELSEWHERE,
    FACILITIES,
    FOUND_DOCTORS,
    FOUND_FACILITIES,
    HOME,
)

from kiosk.robot import Robot
from kiosk.screens.widgets.text import Text
from kiosk.views import Busy, Ready
from kiosk.visit import Detour, Fact

# --- the searches (R18, R19) -------------------------------------------------------------------------------------


def test_what_is_typed_is_searched_letter_by_letter_and_names_begin_with_a_capital(on, robot: Robot) -> None:
    done = on("facility-search")
    robot.type("ёж 1-б")
    texts = [one[2] for one in told(done)]
    assert texts == ["Ё", "Ёж", "Ёж ", "Ёж 1", "Ёж 1-", "Ёж 1-Б"]


def test_erase_clear_and_the_other_letters(on, robot: Robot) -> None:
    done = on("doctor-search-found")
    for key in ("erase", "layer", "r", "layer", "clear"):
        robot.press(key)
    assert [one[2] for one in told(done)] == ["О", "Оr", ""]
    assert robot.sees("Й")


def test_a_space_comes_between_words_only(on, robot: Robot) -> None:
    done = on("facility-search")
    robot.press(" ")
    robot.type("а")
    robot.press(" ")
    robot.press(" ")
    assert [one[2] for one in told(done)] == ["А", "А "]


def test_letters_are_russian_again_for_the_next_search(on, robot: Robot) -> None:
    on("doctor-search-found")
    robot.press("layer")
    on("home")
    on("facility-search")
    assert robot.sees("Ё")


def test_what_was_found_is_chosen_and_what_matched_stands_out(on, robot: Robot, stage: Stage) -> None:
    done = on("facility-search-found")
    marked = {text.text: text.marks for text in stage.frame.walk(restrict=True) if isinstance(text, Text)}
    assert marked["Поликлиника «Садовая»"] == [(13, 16)]
    assert marked["ул. Садовая, 14"] == [(4, 7)]
    robot.tap("Поликлиника «Садовая»")
    assert told(done) == [("choose_found", FOUND_FACILITIES.hits[1])]


def test_a_shorter_name_keeps_the_marks_that_stand_in_it(on, robot: Robot, stage: Stage) -> None:
    done = on("doctor-search-corrected")
    marked = {text.text: text.marks for text in stage.frame.walk(restrict=True) if isinstance(text, Text)}
    assert marked["Константинопольская\nАлександра Владиславовна"] == [(0, 5), (20, 22)]
    assert robot.sees("Возможно, вы искали: Константинопольская Александра")
    robot.tap("завтра, 8:20")
    assert told(done) == [("choose_found", CORRECTED.hits[0])]


@pytest.mark.parametrize("name", ["doctor-search-corrected", "doctor-search-none"])
def test_a_search_in_one_clinic_can_be_widened(on, robot: Robot, name: str) -> None:
    done = on(name)
    robot.tap("Искать во всех поликлиниках")
    assert told(done) == [("widen",)]


@pytest.mark.parametrize(
    "name", ["facility-search-found", "doctor-search-found", "area", "elsewhere", "mine", "no-times"]
)
def test_what_was_touched_is_being_asked_for(on, robot: Robot, stage: Stage, name: str) -> None:
    on(name)
    stage.terminal.busy = Busy.LOOK_UP
    stage.frame.paint()
    robot.wait_for_text("Спрашиваем у поликлиники…")


def test_every_state_of_a_search_says_what_now(on, robot: Robot) -> None:
    for name, words in (
        ("facility-search", "Наберите первые буквы названия или улицы"),
        ("facility-search-none", "Ничего не нашлось"),
        ("doctor-search-searching", "Ищем…"),
        ("doctor-search-failed", "Ещё раз"),
    ):
        on(name)
        assert robot.sees(words)
        assert robot.can_tap("Назад")


# --- from screen to screen ---------------------------------------------------------------------------------------

WAYS = (
    ("district", "Найти поликлинику", ("look_aside", Detour.FACILITY_SEARCH)),
    ("district", "Найти врача", ("look_aside", Detour.DOCTOR_SEARCH)),
    ("district", "Заречный", ("choose", Fact.DISTRICT, DISTRICTS[1][0])),
    ("district-own", "Городская поликлиника № 2", ("choose", Fact.FACILITY, FACILITIES[1])),
    ("facility", "Найти по названию или адресу", ("look_aside", Detour.FACILITY_SEARCH)),
    ("specialty", "По фамилии врача", ("look_aside", Detour.DOCTOR_SEARCH)),
    ("specialty", "По участку", ("look_aside", Detour.AREA)),
    ("specialty", "О поликлинике", ("look_aside", Detour.FACILITY_CARD)),
    ("doctor", "Ближайшее время у любого врача", ("choose_any",)),
    ("doctor", "Другие поликлиники", ("look_aside", Detour.ELSEWHERE)),
    ("doctor", "По фамилии врача", ("look_aside", Detour.DOCTOR_SEARCH)),
    ("time", "О враче", ("look_aside", Detour.DOCTOR_CARD)),
    ("home-known", "Мой врач и поликлиника", ("show_mine",)),
    ("facility-card", "Врачи и расписание", ("choose", Fact.CARD, True)),
    ("facility-card", "Другая поликлиника", ("change", Fact.FACILITY)),
    ("doctor-card", "Записаться", ("book_here",)),
    ("doctor-card", "Другой врач", ("change", Fact.DOCTOR)),
    ("area", "Участок № 8", ("choose_area_doctor", AREAS[1].doctors[0].doctor)),
    ("elsewhere", "Городская поликлиника № 2", ("choose_elsewhere", ELSEWHERE[0])),
    ("mine", "Соколова Елена Андреевна", ("choose_area_doctor", DOCTORS[0].doctor)),
    ("mine", HOME.name, ("choose_mine", HOME)),
    ("mine-none", "Найти поликлинику", ("look_aside", Detour.FACILITY_SEARCH)),
    ("no-times", "Соколова Елена Андреевна", ("choose", Fact.DOCTOR, DOCTORS[0].doctor)),
    ("no-times", "Городская поликлиника № 2", ("choose_elsewhere", ELSEWHERE[0])),
    ("no-times", "Все поликлиники района", ("look_aside", Detour.ELSEWHERE)),
    ("no-times", "Встать в лист ожидания", ("wait_here",)),
    ("wait", "Встать в лист", ("join",)),
    ("wait", "Изменить", ("change", Fact.CONTACTS)),
    ("waiting", "Записаться ещё", ("book_another",)),
    ("waiting-not-printed", "Напечатать ещё раз", ("print_again",)),
    ("help", "Позвать сотрудника", ("call_staff",)),
    ("help", "Протереть экран", ("lock_screen",)),
    ("identify", "Для ребёнка", ("for_child", True)),
    ("identify-child", "Для ребёнка", ("for_child", False)),
    ("identify-staff", "Позвать сотрудника", ("call_staff",)),
)


@pytest.mark.parametrize(("name", "touched", "wanted"), WAYS, ids=[f"{way[0]}-{way[1]}" for way in WAYS])
def test_a_touch_leads_on(on, robot: Robot, stage: Stage, name: str, touched: str, wanted: tuple) -> None:
    done = on(name)
    if name.startswith("mine") and touched == HOME.name:
        # The same name stands in the header, which answers no touch.
        assert robot.can_tap(touched)
    robot.tap(touched)
    assert told(done) == [wanted]


def test_two_weeks_tell_what_is_free_and_who_stands_in(on, robot: Robot) -> None:
    """R7, R45: nothing of it answers a touch (nothing is booked without a person)."""
    on("doctor-card-absent")
    assert robot.sees("Не принимает по 29 ноября, замещает Соколова Е. А.")
    assert robot.sees("пн, ср, пт 8:00–14:00 · вт, чт 14:00–20:00")
    assert robot.sees("7 мест")
    assert robot.sees("из 18")
    assert not robot.can_tap("7 мест")


def test_the_stub_says_number_way_and_leaving(on, robot: Robot) -> None:
    on("waiting")
    assert robot.sees("Л-0042")
    assert robot.sees("Вы ждёте свободного времени до 23\N{NO-BREAK SPACE}января.")
    assert robot.sees("Возьмите талон")


def test_a_locked_screen_takes_no_touch(on, robot: Robot) -> None:
    """R48."""
    done = on("locked")
    assert robot.sees("0:24")
    for words in ("Экран протирают", "0:24"):
        assert not robot.can_tap(words)
    assert told(done) == []


def test_how_full_a_doctor_is_may_come_under_the_finger(on, robot: Robot, stage: Stage) -> None:
    """It stands beside the name when it is known: that is no reason to take a touch away."""
    done = on("doctor-search-found")
    bare = replace(FOUND_DOCTORS, hits=tuple(replace(hit, load=None) for hit in FOUND_DOCTORS.hits))
    stage.terminal.content = Ready(bare)
    stage.frame.paint()
    robot.hold("Петренко Олег Викторович")
    stage.terminal.content = Ready(FOUND_DOCTORS)
    stage.frame.paint()
    robot.let_go()
    assert told(done) == [("choose_found", FOUND_DOCTORS.hits[0])]
