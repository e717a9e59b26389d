"""A move and the patient's contacts, as real touches (issue 4, 2 and 3)."""

from dataclasses import replace

from screens_stage import Stage, told
from screens_stand_in import EMAIL, PHONE

from kiosk.robot import Robot
from kiosk.visit import Fact


def test_a_code_is_typed_on_the_letters_and_a_russian_look_alike_will_do(
    on, stage: Stage, robot: Robot
) -> None:
    """Issue 4, 1. What stands on no key of a code is not taken."""
    done = on("ticket-number")
    robot.tap("Ввести код")
    assert told(done)[-1] == ("type", "ticket", "")
    robot.type("t-/ 6")
    robot.press("layer")
    robot.type("сй")
    assert told(done)[-1] == ("type", "ticket", "T6C")
    robot.tap("Ввести номер")
    assert robot.can_tap("3")
    assert not robot.can_tap("Q")


def test_old_and_new_time_stand_on_one_screen_and_one_button_moves(on, robot: Robot) -> None:
    done = on("move-confirm")
    for words in (
        "чт 27 ноября, 9:20",
        "Цой М. С.",
        "15:40",
        "вторник, 25 ноября",
        "Соколова Елена Андреевна",
    ):
        assert robot.sees(words)
    robot.tap("Перенести запись")
    assert told(done) == [("confirm",)]


def test_the_old_time_in_the_trail_leads_out(on, robot: Robot) -> None:
    done = on("move-time")
    robot.tap("чт 27 ноября, 9:20")
    assert told(done) == [("change", Fact.MOVING)]


def test_nothing_leads_to_another_clinic_or_specialty(on, robot: Robot) -> None:
    on("move-doctor")
    assert not any(map(robot.sees, ("Найти по фамилии", "В других поликлиниках", "Терапевт участковый")))
    on("move-no-times")
    assert not any(map(robot.sees, ("Все поликлиники района", "Встать в лист ожидания")))
    on("move-time")
    assert not robot.sees("О враче")


def test_a_time_that_was_taken_leaves_the_old_booking(on, robot: Robot) -> None:
    on("move-time-taken")
    assert robot.sees("Прежняя запись действует. Выберите другое время.")
    on("time-taken")
    assert robot.sees("Врач и день сохранены. Выберите другое время.")


def test_while_it_is_not_known_which_time_counts_that_is_said(on, robot: Robot) -> None:
    on("move-confirm-doubt")
    assert robot.sees("Пока неизвестно, какое время действует")
    assert not robot.can_tap("Переносим…")
    done = on("move-confirm-leaving")
    robot.tap("Подождать ответа")
    robot.tap("Уйти без ответа")
    assert told(done) == [("stay",), ("leave",)]


def test_the_result_says_which_time_counts_no_longer(on, robot: Robot) -> None:
    on("move-result")
    assert robot.sees("Запись перенесена")
    assert robot.sees("Прежнее время больше не действует: чт 27 ноября, 9:20")
    on("move-result-awaiting")
    assert robot.sees("Заявка на перенос принята")
    on("result")
    assert robot.sees("Вы записаны")


def test_a_contact_is_masked_changed_and_told_of_or_not(on, robot: Robot) -> None:
    done = on("own-contacts")
    assert robot.sees("+7 ••• •••-12-34")
    assert robot.sees("i•••@example.ru")
    robot.tap("Изменить")
    robot.tap("Не сообщать сюда")
    assert told(done) == [("edit_contact", "phone"), ("set_notices", PHONE, False)]


def test_what_is_removed_is_asked_about_once_more(on, robot: Robot) -> None:
    done = on("own-contacts")
    robot.tap("Удалить")
    assert told(done) == []
    robot.tap("Нет, оставить")
    robot.tap("Удалить")
    robot.tap("Да, удалить")
    assert told(done) == [("remove_contact", PHONE)]


def test_one_is_asked_about_at_a_time(on, robot: Robot, stage: Stage) -> None:
    done = on("own-contacts")
    robot.tap("Удалить")
    stage.frame.screen.leave("email", True)
    robot.turn()
    robot.tap("Да, удалить")
    assert told(done) == [("remove_contact", EMAIL)]


def test_one_that_is_not_confirmed_leads_to_its_code(on, robot: Robot) -> None:
    done = on("own-contacts-unconfirmed")
    robot.tap("Ввести код")
    assert told(done) == [("enter_code", replace(PHONE, unconfirmed=True))]


def test_what_is_missing_is_said_while_it_is_typed(on, robot: Robot) -> None:
    done = on("own-contacts-typing")
    assert robot.sees("Не хватает знака @")
    assert not robot.sees("сейчас i•••@example.ru"), "in its place"
    robot.tap("Сохранить")
    robot.tap("Оставить как есть")
    assert told(done) == [("give_contacts",), ("skip_contacts",)]


def test_a_code_of_six_digits_is_typed(on, robot: Robot, stage: Stage) -> None:
    done = on("code")
    assert not robot.can_tap("Подтвердить")
    robot.type("68105")
    assert stage.terminal.visit.draft.code == "246810", "no more than six"
    done.clear()
    robot.tap("Подтвердить")
    robot.tap("Отправить новый код")
    robot.tap("Позже")
    assert told(done) == [("give_code",), ("send_code_again",), ("code_later",)]
    robot.press("clear")
    assert stage.terminal.visit.draft.code == ""


def test_a_wrong_code_is_said_at_the_field(on, robot: Robot) -> None:
    on("code-wrong")
    assert robot.sees("Код не подходит. Посмотрите ещё раз")
