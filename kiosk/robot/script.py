"""The robot's scripts: a text file, one act a line, a verb and what a patient sees.

    wait Что вы хотите сделать?
    tap Записаться к врачу
    field день
    type 13051996
    shot identify

Empty lines and lines that begin with # are passed over.
"""

from collections.abc import Callable
from pathlib import Path

from kiosk.robot.patient import Robot, RobotError


def play(robot: Robot, path: Path) -> None:
    """Acts a script out; RobotError names the line that could not be, with its number."""
    verbs: dict[str, Callable[[str], object]] = {
        "wait": robot.wait_for_text,
        "tap": robot.tap,
        "field": robot.tap_field,
        "type": robot.type,
        "shot": robot.shot,
    }
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        verb, _, rest = line.strip().partition(" ")
        if not verb or verb.startswith("#"):
            continue
        if verb not in verbs:
            raise RobotError(f"{path}:{number}: no such act: {verb}")
        verbs[verb](rest.strip())
