"""The robot touches as a finger would: what is covered, disabled or gone does not answer."""

import pytest
from screens_stage import Stage

from kiosk.robot import Robot, RobotError, RobotRefusedError


@pytest.fixture
def robot(stage: Stage):
    robot = Robot(production=False, deadline=5)
    yield robot
    robot.close()


def test_is_refused_in_production() -> None:
    with pytest.raises(RobotRefusedError):
        Robot(production=True)


def test_a_tap_does_what_the_button_says(robot: Robot, stage: Stage) -> None:
    robot.tap("Начать")
    assert ("start",) in stage.terminal.done
