"""The robot touches as a finger would: what is covered, disabled or gone does not answer (issue 2, item 8)."""

import re
from pathlib import Path

import pytest
from screens_stage import Stage
from screens_stand_in import SHOWN

from kiosk.flow import Step
from kiosk.robot import Robot, RobotError, RobotRefusedError
from kiosk.robot.script import play


def test_is_refused_in_production() -> None:
    with pytest.raises(RobotRefusedError):
        Robot(production=True)


def test_a_tap_does_what_the_button_says(robot: Robot, stage: Stage) -> None:
    robot.tap("Начать")
    assert ("start",) in stage.terminal.done


def test_reads_what_a_patient_reads_from_the_top(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["home"])
    texts = robot.texts()
    assert texts.index("Что вы хотите сделать?") < texts.index("Записаться к врачу") < texts.index("Помощь")
    assert "Номер полиса ОМС" not in texts


def test_what_is_not_there_is_said_with_what_is(robot: Robot) -> None:
    with pytest.raises(RobotError, match=r"Педиатр.*Начать"):
        robot.wait_for_text("Педиатр", deadline=0.1)


def test_a_disabled_button_cannot_be_tapped(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["identify"])
    with pytest.raises(RobotError):
        robot.tap("Дальше", deadline=0.1)


def test_what_is_under_a_dialog_can_be_neither_read_nor_tapped(robot: Robot, stage: Stage) -> None:
    stage.show(SHOWN["idle"])
    assert not robot.sees("Когда вам удобно?")
    with pytest.raises(RobotError):
        robot.tap("8:20", deadline=0.1)


def test_a_picture_is_kept(robot: Robot, stage: Stage, tmp_path: Path) -> None:
    taker = Robot(production=False, shots=tmp_path)
    try:
        path = taker.shot("welcome")
    finally:
        taker.close()
    assert path.name == "01-welcome.png"
    assert path.stat().st_size > 1000


def test_every_touch_is_measured_to_the_frame_that_shows_it(robot: Robot) -> None:
    robot.tap("Начать")
    assert robot.reactions[-1].press is not None
    assert 0 < robot.reactions[-1].press < 5000


def test_a_script_in_a_file_is_acted(robot: Robot, stage: Stage, tmp_path: Path) -> None:
    script = tmp_path / "look.txt"
    script.write_text("wait Запись к врачу  # the first screen\ntap Начать\n", "utf-8")
    play(robot, script)
    assert ("start",) in stage.terminal.done


def test_a_script_that_is_none_is_refused_with_its_line(robot: Robot, tmp_path: Path) -> None:
    script = tmp_path / "look.txt"
    script.write_text("\ndance Начать\n", "utf-8")
    with pytest.raises(RobotError, match=re.escape("look.txt:2: dance")):
        play(robot, script)


def test_a_screen_that_opens_for_the_first_time_is_noted(robot: Robot, stage: Stage) -> None:
    stage.terminal.start = lambda: stage.terminal.show(Step.HOME)
    try:
        robot.tap("Начать")
    finally:
        del stage.terminal.start
    assert robot.reactions[-1].opened == "HomeScreen"
    assert robot.reactions[-1].first
