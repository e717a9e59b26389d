"""One window for all tests of the screens, offscreen; Kivy is set up before anything imports it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.settings import DisplaySettings
from kiosk.window import configure_kivy

configure_kivy(DisplaySettings(fullscreen=False), offscreen=True)

from screens_stage import Stage, stage_of  # noqa: E402
from screens_stand_in import SHOWN  # noqa: E402

from kiosk.robot import Robot  # noqa: E402


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stand-in terminal on the window, 1080x1920."""
    stage = stage_of("23.8")
    stage.enter()
    yield stage
    stage.exit()


@pytest.fixture
def robot(stage: Stage) -> Iterator[Robot]:
    """A patient at the stage."""
    robot = Robot(production=False, deadline=10)
    yield robot
    robot.close()


@pytest.fixture
def on(stage: Stage, robot: Robot) -> Callable[[str], list[tuple[Any, ...]]]:
    """Puts a picture on the stage; gives what the terminal is told since."""

    def show(name: str) -> list[tuple[Any, ...]]:
        stage.show(SHOWN[name])
        stage.terminal.done.clear()
        return stage.terminal.done

    return show


@pytest.fixture
def stages() -> Callable[[str], Stage]:
    """Stages by the name of their display, off the window: for measuring."""
    return stage_of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Read where this folder is named on the command line: script/measure does."""
    parser.addoption("--everything", action="store_true", help="measure every display, language and mode")
