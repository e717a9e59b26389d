"""The whole program as a process of its own, offscreen, with the robot's hand in a pipe: one JSON line a request.

Started by journey_kiosk.py with its settings file; what it is asked comes on stdin, the answers go to stdout.
"""

import argparse
import json
import os
import re
import select
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from kiosk.run import run_terminal
from kiosk.settings import Settings, load


def main() -> int:
    """As `kiosk run`, with the robot."""
    options = _options()
    settings = load(options.config)
    shots = Path(options.shots) if options.shots else None
    return run_terminal(settings, offscreen=True, attend=lambda: Service(settings, shots).serve())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    parser.add_argument("--shots")
    return parser.parse_args()


#: A step that takes longer does not come: a machine with much else to do needs some of it.
DEADLINE_SECONDS = 60.0

_WORDS = {"down": "Ниже", "up": "Выше"}
_OTHER_WAY = {"down": "up", "up": "down"}


class Service:
    """Does what is asked while Kivy's loop turns; ends with the program or with stdin."""

    def __init__(self, settings: Settings, shots: Path | None) -> None:
        from kiosk.robot import Robot

        self._robot = Robot(production=settings.production, shots=shots, deadline=DEADLINE_SECONDS)
        self._input = Lines(sys.stdin.fileno())
        self._verbs: dict[str, Callable[..., Any]] = {
            "tap": self._tap,
            "icon": self._robot.tap_icon,
            "field": self._robot.tap_field,
            "type": self._robot.type,
            "press": self._robot.press,
            "knock": self._robot.knock,
            "wait": self._wait,
            "wait_until_gone": self._wait_until_gone,
            "wait_for_touchable": self._wait_for_touchable,
            "texts": self._robot.texts,
            "touchable": self._touchable,
            "touches": self._touches,
            "shot": lambda name: str(self._robot.shot(name)),
            "break": break_method,
            "idle": set_idle,
            "wander": self._wander,
        }
        self._wanderer: Any = None
        self._way = "down"

    def serve(self) -> None:
        from kivy.base import EventLoop

        while not EventLoop.quit:
            for line in self._input.waiting():
                _answer(self._done(json.loads(line)))
            if self._input.closed:
                return
            if not EventLoop.quit:
                self._robot.turn()

    def _done(self, request: dict[str, Any]) -> dict[str, Any]:
        from kiosk.robot import RobotError

        arguments = [_sought(one) for one in request["arguments"]]
        try:
            return {"result": self._verbs[request["verb"]](*arguments)}
        except RobotError as error:
            return {"error": str(error)}

    def _tap(self, sought: Any) -> None:
        """A touch as soon as this answers one; on a small display some specialties stand on the next page."""
        self._robot.wait_for(
            lambda: self._robot.can_tap(sought) or self._turned_to_more(sought), f"{sought} to be touchable"
        )
        self._robot.tap(sought)

    def _turned_to_more(self, sought: Any) -> bool:
        """False; the page is turned where it may be on another: down to the last, then up."""
        if self._robot.sees("К какому врачу?") and not self._robot.sees(sought) and not self._turned():
            self._way = _OTHER_WAY[self._way]
        return False

    def _turned(self) -> bool:
        """Whether there was one page more; on some displays the arrows bear no words."""
        if self._robot.can_tap(_WORDS[self._way]):
            self._robot.tap(_WORDS[self._way])
        elif self._robot.can_tap_icon(self._way):
            self._robot.tap_icon(self._way)
        else:
            return False
        return True

    def _wait(self, *sought: Any) -> str:
        """Which of these can be read first, as it stands there."""
        from kiosk.robot.sight import matches

        self._robot.wait_for_text(*sought)
        texts = self._robot.texts()
        return next((text for text in texts for one in sought if matches(text, one)), "")

    def _wait_until_gone(self, sought: Any) -> None:
        self._robot.wait_for(lambda: not self._robot.sees(sought), f"{sought} to be gone")

    def _wait_for_touchable(self, sought: Any) -> None:
        self._robot.wait_for(lambda: self._robot.can_tap(sought), f"{sought} to be touchable")

    def _touchable(self, sought: Any) -> list[str]:
        """The texts of this form that would answer a touch now, from the top left."""
        from kiosk.robot.sight import matches

        texts = dict.fromkeys(text for text in self._robot.texts() if matches(text, sought))
        return [text for text in texts if self._robot.can_tap(text)]

    def _wander(self, seed: int, people: list[list[str]], steps: int) -> list[str]:
        """So many more touches of somebody who touches anything; the screens on which they stood."""
        from journey_wanderer import Wanderer

        self._wanderer = self._wanderer or Wanderer(self._robot, seed, people)
        return [self._wanderer.step() for _ in range(steps)]

    def _touches(self) -> int:
        """So many, besides typing."""
        return sum(one.touched != "key" for one in self._robot.reactions)


class Lines:
    """Lines from a descriptor, without waiting for one."""

    def __init__(self, descriptor: int) -> None:
        self.closed = False
        self._descriptor = descriptor
        self._rest = b""

    def waiting(self) -> Iterator[str]:
        while not self.closed and select.select([self._descriptor], [], [], 0)[0]:
            data = os.read(self._descriptor, 65_536)
            self.closed = not data
            *lines, self._rest = (self._rest + data).split(b"\n")
            yield from (line.decode() for line in lines)


def break_method(module: str, kind: str, method: str, message: str, times: int) -> None:
    """So many calls of this method raise an error that nobody foresaw."""
    owner = getattr(import_module(module), kind)
    whole = getattr(owner, method)
    left = iter(range(times))

    def broken(*arguments: object, **options: object) -> object:
        if next(left, None) is not None:
            raise ValueError(message)
        return whole(*arguments, **options)

    setattr(owner, method, broken)


def set_idle(seconds: float, warning: float) -> None:
    """The idle timer with other times, shorter perhaps than the settings allow; the last touch was when it was."""
    from kivy.app import App

    timer = App.get_running_app().terminal._idle
    timer._seconds, timer._warning = seconds, warning


def _sought(argument: Any) -> Any:
    return re.compile(argument["pattern"]) if isinstance(argument, dict) else argument


def _answer(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
