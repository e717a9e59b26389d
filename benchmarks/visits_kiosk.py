"""Program: whole visits at the real terminal, timed. Arguments: the settings file, two patients."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.people import Person, read_people
from kiosk.run import run_terminal
from kiosk.settings import load


def main() -> int:
    """Says {"reactions": [...], "turns": {...}} (kiosk.robot.Reaction, loop_watch.Turns)."""
    settings, people = load(Path(sys.argv[1])), read_people(sys.argv[2])
    measured: dict[str, Any] = {}
    status = run_terminal(settings, offscreen=True, attend=lambda: measured.update(attend(people)))
    sys.stdout.write(json.dumps(measured) + "\n")
    return status


def attend(people: Sequence[Person]) -> dict[str, Any]:
    """Begins when the screens are built, as they are a second or two after a start."""
    from kivy.core.window import Window

    from benchmarks import visits
    from benchmarks.measured_robot import MeasuredRobot

    robot = MeasuredRobot(production=False)
    robot.wait_for(lambda: not Window.children[-1].prepare_next(), "all screens")
    visits.book(robot, people[0])
    visits.look_around(robot)
    visits.give_contacts(robot, people[1])
    visits.search(robot)
    visits.read_up(robot)
    visits.see_own(robot, people[1])
    visits.wait_in_line(robot, people[1])
    visits.look_otherwise(robot)
    robot.close()
    return {
        "reactions": [asdict(one) for one in robot.reactions],
        "turns": vars(robot.watch.turns),
    }


if __name__ == "__main__":
    sys.exit(main())
