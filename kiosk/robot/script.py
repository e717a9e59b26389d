"""Scripts of the robot in files, for those who show or try a way of their own.

One step a line: `tap TEXT`, `icon NAME`, `field LABEL`, `type TEXT`, `wait TEXT`, `shot NAME`; # begins a comment.
"""

from collections.abc import Callable
from pathlib import Path

from kiosk.robot.patient import Robot, RobotError


def play(robot: Robot, path: Path) -> None:
    """Acts the script. RobotError with the line where it is no script or something is not as it says."""
    steps: dict[str, Callable[[str], object]] = {
        "tap": robot.tap,
        "icon": robot.tap_icon,
        "field": robot.tap_field,
        "type": robot.type,
        "wait": robot.wait_for_text,
        "shot": robot.shot,
    }
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        verb, _, object_ = line.partition("#")[0].strip().partition(" ")
        if not verb:
            continue
        if verb not in steps:
            raise RobotError(f"{path}:{number}: {verb}: not one of {', '.join(steps)}")
        steps[verb](object_.strip())
