"""Language and modes are switched on any screen, and everything on it follows at once (issue 3, 6 and 7)."""

import gc
import weakref

import pytest
from screens_displays import DISPLAYS
from screens_rulers import LEAST_IN_CONTRAST, LEAST_TEXT, contrast
from screens_stage import Stage, turn
from screens_stand_in import SHOWN

from kiosk.flow import Step
from kiosk.modes import USUAL, Modes
from kiosk.robot import Robot
from kiosk.screens.live import Group, Live
from kiosk.screens.steadiness import Steadiness
from kiosk.screens.theme import PAINTS, Paint, Theme
from kiosk.visit import Detour


def test_the_language_is_changed_by_a_touch_and_back(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["doctor"])
    robot.tap("Eng")
    robot.wait_for_text("Choose a doctor")
    assert robot.sees("tomorrow, 8:20")
    assert robot.sees("1–7 of 9") or robot.sees("1–6 of 9")
    robot.tap("Рус")
    robot.wait_for_text("Выберите врача")
    assert [one for one in stage.terminal.done if one[0] == "set_language"][-2:] == [
        ("set_language", "en"),
        ("set_language", "ru"),
    ]


@pytest.mark.parametrize("name", ["time", "identify", "result", "waiting", "contacts-email", "help"])
def test_what_is_made_in_python_follows_too(name: str, robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN[name])
    russian = set(robot.texts())
    robot.tap("Eng")
    english = set(robot.texts())
    robot.tap("Рус")
    assert set(robot.texts()) == russian
    assert len(english - russian) > 3


def test_a_screen_that_was_not_on_show_follows_when_it_comes(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["home"])
    robot.tap("Eng")
    stage.terminal.step = Step.HELP
    stage.frame.paint()
    robot.wait_for_text("How to book")


def test_a_notice_follows(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["home-notice"])
    robot.tap("Eng")
    robot.wait_for_text("No connection to the electronic registry")


def test_accessibility_is_one_touch_away_on_every_step_and_before_a_visit(robot: Robot, stage: Stage) -> None:
    for name in ("welcome", "home", "time", "confirm", "result"):
        stage.show(SHOWN[name])
        stage.terminal.done.clear()
        robot.tap("Доступность")
        assert ("look_aside", Detour.ACCESS) in stage.terminal.done


def test_each_switch_says_its_state_in_words(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["access"])
    assert robot.texts().count("выключено") == 4
    robot.tap("Высокий контраст")
    assert stage.terminal.modes == Modes(contrast=True)
    assert robot.texts().count("включено") == 1
    robot.tap("Обычный вид")
    assert stage.terminal.modes == USUAL
    assert not robot.sees("Обычный вид")


def test_the_whole_frame_moves_into_reach(robot: Robot, stage: Stage) -> None:
    """EN 301 549, 8.3: on a display on end the lower 330 mm, the header too."""
    stage.show(SHOWN["access"])
    robot.tap("Опустить экран")
    header = stage.frame.ids.header
    assert header.top == stage.theme.mm(330)
    assert robot.sees("Экран опущен")
    robot.tap("Обычный вид")
    assert header.top == stage.frame.height


def test_the_second_touch_of_a_hand_that_shakes_counts_for_nothing(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["access"])
    robot.tap("Защита от двойных касаний")
    stage.show(type(SHOWN["time"])("time", Step.TIME, {**SHOWN["time"].shown, "modes": Modes(steady=True)}))
    stage.terminal.done.clear()
    touches = [Touch(at, 500, 500) for at in (10.0, 10.3, 10.6)]
    seen = [Steadiness.is_again(stage.frame._steadiness, touch, 70) for touch in touches]
    assert seen == [False, True, False]
    assert not stage.frame._steadiness.is_again(Touch(10.7, 800, 500), 70)


class Touch:
    """When and where a finger came down."""

    def __init__(self, at: float, x: float, y: float) -> None:
        self.time_start, self.x, self.y = at, x, y


def test_contrast_has_no_colours_but_black_white_yellow_and_grey(stages) -> None:
    theme = Theme(stages("23.8").theme._display, Modes(contrast=True))
    assert theme.page == theme.surface == (0, 0, 0, 1)
    assert theme.primary == theme.colour("outline")
    for kind in ("primary", "secondary", "danger", "row", "key", "time", "field"):
        assert theme.paint(kind, "normal") != theme.paint(kind, "pressed")
        assert theme.paint(kind, "normal").line != "divider"


class Changing(Live):
    """Something with a state."""


def test_rules_of_a_group_are_worked_out_once_and_only_after_a_change() -> None:
    group, live, calls = Group(), Changing(), []

    def rule(arguments: object, _widget: object, _value: object) -> None:
        calls.append(arguments)

    once, twice = ("once",), ("twice",)
    with group.collecting():
        live.fbind("x", rule, once)
        live.fbind("x", rule, twice)
        number = live.fbind("y", rule, twice)
    group.renew()
    assert calls == []
    live.state = "other"
    group.renew()
    assert calls == [once, twice]
    live.unbind_uid("y", number)
    group.renew()
    assert calls == [once, twice]


def test_screens_that_are_forgotten_after_a_crash_are_not_kept_by_what_they_followed(stage: Stage) -> None:
    stage.show(SHOWN["home"])
    old = weakref.ref(stage.frame._screens[Step.HELP])
    stage.frame.start_over()
    for step in Step:
        stage.frame.prepare(step)
    for _ in range(3):
        turn()
    gc.unfreeze()
    gc.collect()
    assert old() is None


@pytest.mark.parametrize("modes", [USUAL, Modes(contrast=True)], ids=["light", "contrast"])
def test_every_state_of_every_control_is_legible_and_looks_unlike_at_rest(modes: Modes) -> None:
    theme = Theme(DISPLAYS["23.8"], modes)
    least = LEAST_IN_CONTRAST if modes.contrast else LEAST_TEXT
    for kind, states in PAINTS.items():
        rest = theme.paint(kind, "normal")
        for state in states:
            paint = theme.paint(kind, state)
            ground = theme.colour(paint.fill) if paint.fill != "clear" else theme.page
            assert contrast(theme.colour(paint.ink), ground) >= least, (kind, state)
            assert state == "normal" or seen(theme, paint) != seen(theme, rest), (kind, state)


def seen(theme: Theme, paint: Paint) -> tuple[object, ...]:
    """What an eye tells apart of a paint."""
    return (theme.colour(paint.fill), theme.colour(paint.line), theme.colour(paint.ink), paint.width)
