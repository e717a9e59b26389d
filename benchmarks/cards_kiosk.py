"""Program: the real terminal, into whose reader cards are put. Arguments: settings, port of the virtual reader, people.

The first card comes as soon as the reader is heard of, while the terminal is still busy with its start.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from card_applet import policy_card
from policy_samples import PERSON
from virtual_card import VirtualCard

from benchmarks.people import Person, read_people
from kiosk.devices.card_reader import CardRead
from kiosk.devices.pcsc_reader import PcscReader
from kiosk.flow import Step
from kiosk.run import run_terminal
from kiosk.settings import load
from kiosk.views import Ready


def main() -> int:
    """Says {"told": [...], "shown": [...], "worked": [...]}: seconds from a card's putting in to its being read, and to
    its patient's own on the screen; of the latter those in which the program had a processor."""
    settings, port, people = load(Path(sys.argv[1])), int(sys.argv[2]), read_people(sys.argv[3])
    measured: dict[str, Any] = {}
    read_at = _watched()
    status = run_terminal(
        settings, offscreen=True, attend=lambda: measured.update(attend(people, port, read_at))
    )
    sys.stdout.write(json.dumps(measured) + "\n")
    return status


def _watched() -> list[float]:
    """When each card was told of, as it comes."""
    moments: list[float] = []
    say = PcscReader._say

    def watched(reader: PcscReader, event: Any) -> None:
        if isinstance(event, CardRead):
            moments.append(time.monotonic())
        say(reader, event)

    PcscReader._say = watched  # type: ignore[method-assign]
    return moments


def attend(people: Sequence[Person], port: int, read_at: Sequence[float]) -> dict[str, list[float]]:
    """One card after the other; the visit of each is finished, and the card taken out, before the next."""
    from kivy.app import App

    from benchmarks.measured_robot import MeasuredRobot

    robot, terminal = MeasuredRobot(production=False), App.get_running_app().terminal
    told, shown, worked = [], [], []
    robot.wait_for(lambda: bool(terminal.takes_card and terminal.home is not None), "the reader")
    for person in people:
        data = replace(PERSON, number=person.policy_number, birth_date=person.birth_date)
        card = VirtualCard(port, policy_card(data))
        began, processor = time.monotonic(), time.process_time()
        card.insert()
        robot.wait_for(lambda: terminal.step is Step.MINE and isinstance(terminal.content, Ready), "MINE")
        robot.turn()
        shown.append(time.monotonic() - began)
        worked.append(time.process_time() - processor)
        told.append(read_at[-1] - began)
        card.remove()
        terminal.finish()
        _rest(robot.turn)
    robot.close()
    return {"told": told, "shown": shown, "worked": worked}


def _rest(turn: Callable[[], None]) -> None:
    """The daemon looks twice a second for whether the card is out."""
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        turn()


if __name__ == "__main__":
    sys.exit(main())
