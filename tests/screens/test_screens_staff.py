"""PIN and maintenance as real touches: what is typed is not seen, any page is drawn, asked before it is done (issue 5, item 7)."""

from screens_stage import Stage

from kiosk.robot import Robot
from kiosk.screens.widgets.state_lines import TouchField


def tap(stage: Stage, robot: Robot, words: str) -> None:
    """A touch, and what it changed is painted."""
    robot.tap(words)
    stage.frame.paint()
    stage.settle()


def test_a_pin_is_typed_unseen_and_handed_over_once(on, stage: Stage, robot: Robot) -> None:
    done = on("pin")
    assert not robot.can_tap("Войти"), "four digits at least"
    robot.type("13579")
    robot.press("erase")
    assert robot.sees("••••")
    assert not any(sign.isdigit() and len(sign) > 1 for sign in robot.texts() if sign != "14:32")
    robot.tap("Войти")
    assert ("enter_pin", "1357") in done
    assert stage.frame.screen.typed == ""
    robot.type("2468" * 4)
    assert len(stage.frame.screen.typed) == 12
    robot.press("clear")
    robot.tap("К пациентам")
    assert done[-1] == ("leave",)


def test_while_it_is_locked_nothing_can_be_handed_over(on, robot: Robot) -> None:
    on("pin-locked")
    assert robot.sees("Слишком много ошибок. Снова через 1:58")
    robot.type("2468")
    assert not robot.can_tap("Войти")
    assert robot.can_tap("К пациентам")


def test_nothing_of_a_pin_is_left_on_the_screen(on, stage: Stage, robot: Robot) -> None:
    on("pin")
    robot.type("2468")
    screen = stage.frame.screen
    on("welcome")
    on("pin")
    assert stage.frame.screen is screen
    assert screen.typed == ""


def test_menu_page_and_back(on, stage: Stage, robot: Robot) -> None:
    done = on("maintenance")
    for title in ("Устройства", "Настройки", "Лог программы", "Сенсорный экран"):
        tap(stage, robot, title)
        assert robot.sees(title)
        assert not robot.can_tap(title)
        tap(stage, robot, "В меню")
    tap(stage, robot, "К пациентам")
    assert done[-1] == ("leave",)


def test_a_question_is_answered_by_no_and_by_yes(on, stage: Stage, robot: Robot) -> None:
    on("maintenance-paper")
    maintenance = stage.terminal.maintenance
    tap(stage, robot, "Новый рулон")
    assert robot.sees("Вы сейчас вставили новый рулон?")
    assert not robot.can_tap("В меню")
    tap(stage, robot, "Нет")
    assert maintenance.asking is None
    assert robot.can_tap("Новый рулон")
    tap(stage, robot, "Новый рулон")
    tap(stage, robot, "Да")
    assert robot.sees("0 м, талонов: 0")


def test_cells_are_ticked_off_where_the_finger_is(on, stage: Stage, robot: Robot) -> None:
    on("maintenance-touch")
    page = stage.terminal.maintenance.page
    page.grid.clear()
    stage.frame.paint()
    field = next(one for one in stage.frame.screen.walk(restrict=True) if isinstance(one, TouchField))
    wide, high = field.width / field.columns, field.height / field.rows
    robot._finger.put_down((field.x + wide * 1.5, field.top - high * 2.5))
    robot.turn()
    robot.let_go()
    assert page.grid.done == {(1, 2)}
    stage.frame.paint()
    assert field.done == [(1, 2)]
