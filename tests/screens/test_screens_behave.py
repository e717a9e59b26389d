"""What a patient does on each screen, as real touches, and what the terminal is told of it."""

import re
from dataclasses import replace

import pytest
from screens_stage import Stage, told
from screens_stand_in import (
    CABINET,
    DISTRICTS,
    DOCTORS,
    FACILITIES,
    HOME,
    LOST,
    OUT,
    SAID_HINT,
    SAID_ONE_PER_DAY,
    SHOWN,
    SPECIALTIES,
    TAKEN,
    Picture,
    doctor_list,
    visit,
)

from kiosk.flow import Step
from kiosk.robot import Robot
from kiosk.screens.paging import Line
from kiosk.screens.widgets.times import TimeBoard
from kiosk.views import Ready
from kiosk.visit import Detour, Draft, Fact, Intent

# --- choosing (R17, R29, R30, R41) -------------------------------------------------------------------------------


def test_home_leads_to_every_intent(on, robot: Robot) -> None:
    done = on("home")
    robot.tap("Записаться к врачу")
    robot.tap("Найти врача или поликлинику")
    robot.tap("Мои записи")
    robot.tap("Мой врач и поликлиника")
    robot.tap("Расписание и справки")
    robot.tap("Как записаться и куда обратиться")
    wanted = [
        ("begin", Intent.BOOK, ("here", True)),
        ("begin", Intent.BOOK, ("here", False)),
        ("begin", Intent.CABINET),
        ("begin", Intent.MINE),
        ("begin", Intent.LOOK),
        ("look_aside", Detour.HELP),
    ]
    assert told(done) == wanted


def test_the_own_facility_stands_over_the_districts(on, robot: Robot) -> None:
    done = on("district")
    robot.tap(HOME.address)
    robot.tap("Заречный")
    assert ("choose", Fact.FACILITY, HOME) in done
    assert ("choose", Fact.DISTRICT, DISTRICTS[1][0]) in done


def test_a_facility_is_chosen_by_name(on, robot: Robot) -> None:
    done = on("facility")
    robot.tap("Женская консультация № 9")
    assert ("choose", Fact.FACILITY, FACILITIES[3]) in done


def test_the_mandatory_six_stand_first_and_what_is_locked_gives_its_reason(on, robot: Robot) -> None:
    done = on("specialty")
    texts = robot.texts()
    assert texts.index("Акушер-гинеколог") < texts.index("Другие специальности") < texts.index("Невролог")
    robot.tap("по диспансерному учёту")
    assert ("choose", Fact.SPECIALTY, SPECIALTIES[8].specialty) in done


def test_doctors_are_turned_page_by_page(on, robot: Robot) -> None:
    done = on("doctor")
    assert robot.sees("1–6 из 9")
    robot.tap("Ниже")
    robot.wait_for_text("7–9 из 9")
    robot.tap("Оганесян Артур Левонович")
    assert ("choose", Fact.DOCTOR, DOCTORS[7].doctor) in done
    robot.tap("Выше")
    robot.wait_for_text("1–6 из 9")


def test_an_absent_doctor_is_shown_with_the_substitute(on, robot: Robot) -> None:
    """R45."""
    on("doctor")
    robot.tap("Ниже")
    robot.wait_for_text("сегодня не принимает, замещает Соколова Е. А.")


def test_a_list_begins_at_its_first_page_when_it_is_opened_again(on, robot: Robot, stage: Stage) -> None:
    on("doctor")
    robot.tap("Ниже")
    on("home")
    on("doctor")
    assert robot.sees("1–6 из 9")


def test_a_day_of_two_pages_opens_where_a_time_can_be_had(robot: Robot, stage: Stage) -> None:
    dense = SHOWN["time-dense"]
    view = dense.shown["content"].value
    late = tuple(
        replace(load, times=tuple(replace(one, free=one.free and one.start.hour >= 18) for one in load.times))
        for load in view.days
    )
    stage.show(replace(dense, shown={**dense.shown, "content": Ready(replace(view, days=late))}))
    assert robot.can_tap("18:40")
    robot.tap("Выше")
    robot.wait_for_text("8:20")
    assert not robot.sees("18:40")


def test_a_notice_that_makes_two_pages_of_a_day_leaves_a_time_that_can_be_had(stage: Stage) -> None:
    """«Запись не состоялась» over the times; whoever has turned the page keeps it, whatever comes over it."""
    board = TimeBoard()
    days = SHOWN["time-dense"].shown["content"].value.days
    time = next(time for load in days for time in load.times)
    lines = [Line((None, replace(time, free=free)), 40, 0) for free in (False, True)]

    def shown(height: int) -> list[int]:
        return [lines.index(line) for line in board.present(lines, height)]

    board.page = -1
    assert (shown(80), shown(40), shown(80)) == ([0, 1], [1], [0, 1])
    assert shown(40) == [1]
    board.turn(-1)
    assert (shown(40), shown(80), shown(40)) == ([0], [0, 1], [0])


def test_waiting_says_so_and_names_the_way_out(on, robot: Robot) -> None:
    on("doctor-waiting")
    assert robot.sees("Спрашиваем у поликлиники…")
    assert robot.sees("Это дольше обычного. Можно подождать или вернуться назад.")
    assert robot.can_tap("Назад")


def test_a_failure_is_said_and_can_be_tried_again(on, robot: Robot) -> None:
    done = on("doctor-failed")
    assert robot.sees(LOST.title)
    robot.tap("Ещё раз")
    assert ("retry",) in done


def test_a_notice_stands_over_the_answer_and_can_be_tried_again(on, robot: Robot) -> None:
    done = on("doctor-notice")
    assert robot.sees(LOST.text)
    assert robot.can_tap("Ибрагимов Тимур Рашидович")
    robot.tap("Ещё раз")
    assert ("retry",) in done


def test_a_part_of_the_trail_is_changed_by_a_touch(on, robot: Robot) -> None:
    done = on("doctor")
    robot.tap("Терапевт участковый")
    assert ("change", Fact.SPECIALTY) in done


def test_back_finish_and_help_stand_on_every_step(on, robot: Robot) -> None:
    done = on("time")
    for words in ("Назад", "Помощь", "Завершить"):
        robot.tap(words)
    assert [one[0] for one in told(done)] == ["back", "look_aside", "finish"]


# --- time (R22) --------------------------------------------------------------------------------------------------


def test_a_free_time_is_held_by_a_touch_and_a_busy_one_does_not_answer(on, robot: Robot) -> None:
    done = on("time")
    robot.tap("8:20")
    chosen = next(one[1] for one in done if one[0] == "choose_time")
    assert (chosen.start.hour, chosen.start.minute, chosen.free) == (8, 20, True)
    assert robot.sees("8:40")
    assert not robot.can_tap("8:40")


def test_a_day_with_times_is_chosen_and_one_without_is_not(on, robot: Robot) -> None:
    done = on("time")
    robot.tap("4 места")
    assert [one[0] for one in told(done)] == ["choose_day"]
    assert not robot.can_tap("нет мест")


def test_weeks_are_turned_by_arrows_and_none_before_the_first(on, robot: Robot) -> None:
    done = on("time")
    robot.tap_icon("right")
    assert ("turn_week", 1) in done
    assert not any(one == ("turn_week", -1) for one in done)


def test_instead_of_a_time_just_taken_the_nearest_are_offered(on, robot: Robot) -> None:
    done = on("time-taken")
    assert robot.sees("Время 15:40 только что заняли")
    robot.tap("чт 27 ноября")
    assert ("choose_time", TAKEN.nearest[2]) in done


def test_a_week_without_times_offers_the_next_one_and_another_doctor(on, robot: Robot) -> None:
    done = on("time-none")
    robot.tap("Следующая неделя")
    robot.tap("Другой врач")
    assert ("turn_week", 1) in done
    assert ("change", Fact.DOCTOR) in done


# --- typing (R9, R23) --------------------------------------------------------------------------------------------


@pytest.fixture
def identify(stage: Stage, robot: Robot):
    """The identify screen with nothing typed yet."""
    stage.show(Picture("empty", Step.IDENTIFY, {"visit": visit(Fact.FACILITY, draft=Draft())}))
    return stage.terminal


def test_a_full_field_hands_over_to_the_next(identify, robot: Robot) -> None:
    robot.type("7700000000004821" + "12" + "04" + "1958")
    draft = identify.visit.draft
    assert (draft.policy_number, draft.birth_day, draft.birth_month, draft.birth_year) == (
        "7700000000004821",
        "12",
        "04",
        "1958",
    )
    robot.tap("Дальше")
    assert ("identify",) in identify.done


def test_the_number_is_read_in_fours_while_typed_and_masked_once_left(identify, robot: Robot) -> None:
    robot.type("77000000")
    assert robot.sees("7700  0000")
    robot.tap_field("день")
    robot.wait_for_text("••••  0000")


def test_the_number_shows_while_its_button_is_held(on, robot: Robot, stage: Stage) -> None:
    on("identify-busy")
    robot.hold("Показать")
    robot.wait_for_text("7700  0000  0000  4821")
    robot.let_go()
    robot.wait_for_text("••••  ••••  ••••  4821")


def test_erasing_goes_back_over_the_edge_of_a_field(identify, robot: Robot) -> None:
    robot.type("7700000000004821" + "1")
    robot.press("erase")
    robot.press("erase")
    assert identify.visit.draft.birth_day == ""
    assert identify.visit.draft.policy_number == "770000000000482"


def test_a_day_of_one_digit_is_completed_when_it_is_left(identify, robot: Robot) -> None:
    robot.tap_field("день")
    robot.type("5")
    robot.tap_field("год")
    assert identify.visit.draft.birth_day == "05"


def test_a_date_that_does_not_exist_is_said_and_not_sent(identify, robot: Robot) -> None:
    robot.type("7700000000004821" + "31" + "02" + "1958")
    robot.wait_for_text("Такой даты нет")
    assert not robot.can_tap("Дальше")


def test_a_temporary_policy_of_nine_digits_is_enough(identify, robot: Robot) -> None:
    """policy-formats.md: a temporary certificate has nine digits and no check digit."""
    robot.type("123456789")
    robot.tap_field("день")
    robot.type("12041958")
    assert robot.can_tap("Дальше")


def test_a_hint_never_blocks(on, robot: Robot, stage: Stage) -> None:
    on("identify-hint")
    assert robot.sees(SAID_HINT("ru"))


def test_the_document_is_asked_for_in_its_own_field_and_is_where_typing_goes_on(
    on, robot: Robot, stage: Stage
) -> None:
    on("identify-document")
    assert not robot.can_tap("Дальше")
    robot.type("654321")
    assert stage.terminal.visit.draft.document_number == "654321"
    robot.tap("Дальше")


def test_contacts_have_a_keypad_for_the_phone_and_letters_for_the_address(
    on, robot: Robot, stage: Stage
) -> None:
    done = on("contacts-notice")
    robot.tap_field("Мобильный телефон")
    robot.type("9123456789")
    assert stage.terminal.visit.draft.phone == "9123456789"
    robot.tap_field("Электронная почта")
    robot.type("a.b")
    robot.press("@mail.ru")
    assert stage.terminal.visit.draft.email == "a.b@mail.ru"
    robot.tap("Дальше")
    assert ("give_contacts",) in done


def test_contacts_may_stay_as_they_are(on, robot: Robot) -> None:
    done = on("contacts")
    robot.tap("Оставить как есть")
    assert ("skip_contacts",) in done


# --- confirming and after (R24, R25) -----------------------------------------------------------------------------


def test_every_detail_is_shown_and_one_button_books(on, robot: Robot) -> None:
    done = on("confirm")
    for words in (
        "15:40",
        "вторник, 25 ноября",
        "Соколова Елена Андреевна",
        "Кабинет 214",
        "И. М. П., 1958 г. р.",
    ):
        assert robot.sees(words)
    robot.tap("Записаться")
    assert ("confirm",) in done


def test_while_a_booking_is_asked_for_there_is_no_second_one(on, robot: Robot) -> None:
    on("confirm-busy")
    assert robot.sees("Записываем…")
    assert not robot.can_tap("Записываем…")


def test_doubt_is_said_in_plain_words(on, robot: Robot) -> None:
    on("confirm-doubt")
    assert robot.sees("Ещё не записаны, ждём ответа")


def test_who_leaves_in_doubt_is_told_what_that_means(on, robot: Robot) -> None:
    done = on("confirm-leaving")
    robot.tap("Подождать ответа")
    robot.tap("Уйти без записи")
    assert [one[0] for one in told(done)] == ["stay", "leave"]


@pytest.mark.parametrize(
    ("name", "words", "again"),
    [
        ("result-printing", "Печатаем талон…", False),
        ("result", "Возьмите талон", False),
        ("result-not-printed", "Талон не напечатан: кончилась бумага", True),
        ("result-unsure", "Возможно, талон не напечатался", True),
    ],
)
def test_the_result_says_what_became_of_the_paper(
    name: str, words: str, again: bool, on, robot: Robot
) -> None:
    done = on(name)
    assert robot.sees("Вы записаны")
    assert robot.sees(words)
    assert robot.can_tap("Напечатать ещё раз") == again
    if again:
        robot.tap("Напечатать ещё раз")
        assert ("print_again",) in done


def test_a_booking_to_be_approved_is_not_called_a_booking(on, robot: Robot) -> None:
    """R31."""
    on("result-awaiting")
    assert robot.sees("Заявка принята")
    assert not robot.sees("Вы записаны")


def test_after_the_result_one_may_book_again_or_finish(on, robot: Robot) -> None:
    done = on("result")
    robot.tap("Записаться ещё")
    robot.tap("Завершить")
    assert [one[0] for one in told(done)] == ["book_another", "finish"]


def test_the_idle_warning_counts_and_goes_on_by_one_touch(on, robot: Robot) -> None:
    done = on("idle")
    assert robot.sees("18")
    robot.tap("Продолжить")
    assert ("stay",) in done


def test_out_of_service_says_where_to_book_instead(on, robot: Robot) -> None:
    on("out-of-service")
    assert robot.sees(OUT.title)
    assert robot.sees("По телефону 8 800 000-00-05")


# --- a touch -----------------------------------------------------------------------------------------------------


def test_a_finger_that_slides_off_does_nothing(on, robot: Robot) -> None:
    done = on("home")
    robot.hold("Записаться к врачу")
    robot.slide_away()
    robot.let_go()
    assert not [one for one in done if one[0] == "begin"]


def test_a_row_that_becomes_another_under_the_finger_does_nothing(on, robot: Robot, stage: Stage) -> None:
    done = on("doctor")
    robot.hold("Ибрагимов Тимур Рашидович")
    stage.terminal.content = type(stage.terminal.content)(doctor_list(DOCTORS[2:]))
    stage.frame.paint()
    stage.settle()
    robot.let_go()
    assert not [one for one in done if one[0] == "choose"]


# --- the cabinet (R15, R16) --------------------------------------------------------------------------------------


def test_everything_that_is_ones_own_is_one_touch_away(on, robot: Robot) -> None:
    done = on("cabinet")
    assert robot.sees("И. М. П. · полис •••• 4821")
    for words in ("ждёт подтверждения · Хирург", "История", "Сообщения: 2", "Контакты", "Записаться к врачу"):
        robot.tap(words)
    awaiting = CABINET.bookings[1].booking.appointment.id
    assert told(done) == [
        ("open_ticket", awaiting),
        ("open_history",),
        ("open_messages",),
        ("change_contacts",),
        ("book_new",),
    ]


def test_what_is_discreet_is_not_named(on, robot: Robot) -> None:
    """R47."""
    on("cabinet")
    assert robot.sees("Приём")
    assert not robot.sees(re.compile(".*Дерматовенеролог"))


def test_a_ticket_is_moved_printed_or_cancelled(on, robot: Robot) -> None:
    done = on("ticket")
    for words in ("Перенести запись", "Напечатать ещё раз", "Отменить запись"):
        robot.tap(words)
    assert [one[0] for one in told(done)] == [
        "move_ticket",
        "print_copy",
        "ask_cancel",
    ]


def test_not_to_cancel_is_the_main_answer(on, robot: Robot) -> None:
    """It says what would be cancelled; under the question nothing answers."""
    done = on("ticket-cancel")
    assert robot.sees("вторник, 25 ноября, 15:40\nСоколова Е. А. · Терапевт участковый")
    assert not robot.can_tap("Напечатать ещё раз")
    robot.tap("Нет, оставить")
    robot.tap("Да, отменить")
    assert [one[0] for one in told(done)] == ["keep", "cancel"]


def test_a_cancelled_one_has_no_code_and_is_booked_again(on, robot: Robot) -> None:
    done = on("ticket-cancelled")
    assert robot.sees("Эта запись отменена")
    assert not robot.sees("Снимите код телефоном")
    robot.tap("Записаться снова")
    assert ("book_again",) in done


def test_a_refusal_over_a_past_visit_is_a_warning(robot: Robot, stage: Stage) -> None:
    """Only what the patient did themselves is told as done: on a display that lies it takes the place of other words."""
    past = SHOWN["ticket-past"]
    stage.show(replace(past, shown={**past.shown, "notice": SAID_ONE_PER_DAY}))
    assert robot.sees("К этому специалисту — одна запись в день")
    assert not stage.frame.screen.is_told
    stage.show(SHOWN["ticket-cancelled"])
    assert stage.frame.screen.is_told


def test_while_it_is_cancelled_nothing_else_is_taken(on, robot: Robot) -> None:
    on("ticket-cancelling")
    assert robot.sees("Пока неизвестно, отменена ли запись")
    assert not any(map(robot.can_tap, ("Перенести запись", "Напечатать ещё раз", "Ждём…")))


def test_an_offered_time_says_until_when_and_is_taken(on, robot: Robot) -> None:
    done = on("ticket-offer")
    assert robot.sees("Держим его за вами до 15:05.")
    robot.tap("Записаться")
    assert ("take_offer",) in done


def test_ones_bookings_are_found_where_a_card_leads(on, robot: Robot) -> None:
    done = on("mine")
    robot.tap("Мои записи")
    assert ("show_cabinet",) in done
