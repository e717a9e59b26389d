"""Program: whole visits at the real terminal, its UI thread watched. Arguments: settings, two patients, mischief or not.

With `mischief` a touch does what the UI thread may not: the watch must say so.
"""

import json
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.people import Person, read_people
from kiosk.run import run_terminal
from kiosk.settings import load

STALL_SECONDS = 1.5


def main() -> int:
    """Says {"found": [...], "longest": ms}: the longest wait in one turn of the loop, without its frame."""
    settings, people = load(Path(sys.argv[1])), read_people(sys.argv[2])
    mischievous = sys.argv[3:] == ["mischief"]
    measured: dict[str, Any] = {}
    status = run_terminal(
        settings, offscreen=True, attend=lambda: measured.update(attend(people, mischievous=mischievous))
    )
    sys.stdout.write(json.dumps(measured) + "\n")
    return status


def attend(people: Sequence[Person], *, mischievous: bool) -> dict[str, Any]:
    """A visit to the ticket, one in another clinic, one with contacts; with mischief one that only begins."""
    from benchmarks import visits
    from benchmarks.measured_robot import MeasuredRobot
    from benchmarks.ui_thread import UiThreadWatch

    watch, robot = UiThreadWatch(), MeasuredRobot(production=False)
    if mischievous:
        _spoil_a_touch()
    watch.start()
    if mischievous:
        visits.begin(robot)
    else:
        visits.book(robot, people[0])
        visits.look_around(robot)
        visits.give_contacts(robot, people[1])
    robot.close()
    return {"found": watch.found, "longest": max(robot.watch.turns.waits)}


def _spoil_a_touch() -> None:
    from kiosk.screens.welcome import WelcomeScreen

    start = WelcomeScreen.start

    def spoilt(screen: WelcomeScreen) -> None:
        socket.socket().close()
        sqlite3.connect(":memory:").close()
        subprocess.run(["true"], check=True)
        time.sleep(0.001)
        Path("/etc/hostname").read_bytes()
        threading.Event().wait(STALL_SECONDS)
        start(screen)

    WelcomeScreen.start = spoilt


if __name__ == "__main__":
    sys.exit(main())
