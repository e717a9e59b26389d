"""Somebody at the real window who touches anything, types anything, turns language and modes, and walks away (issue 3).

Lives in the program's process, beside the robot. Seeded; what the registry does in between is not.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from kivy.app import App

from kiosk.flow import Step
from kiosk.robot import Robot, RobotError
from kiosk.screens.widgets.typing import Keys
from kiosk.views import Waiting

#: How often, in steps: says who they are, types a burst of keys, walks away until the visit ends.
IDENTIFIES, TYPES, WALKS_AWAY = 0.5, 0.3, 0.01
MOST_KEYS = 5
#: What ends everything is touched less often than it is there, or no visit would get anywhere.
ENDS = ("close",)
RARELY = 0.1
#: A way out of every screen is one of these icons, or the screen is the first one.
WAYS_OUT = ("close", "back")


class Wanderer:
    """One after the other at one terminal; `people` are the papers they may have with them: number, birth date, document."""

    def __init__(self, robot: Robot, seed: int, people: Sequence[Sequence[str]]) -> None:
        self._robot = robot
        self._random = Random(seed)
        self._people = people
        self._terminal = App.get_running_app().terminal

    def step(self) -> str:
        """One more thing done, and its end waited for; the name of the step on the screen then.

        RobotError where a screen offers no way on, or no way out.
        """
        self._act()
        self._robot.wait_for(self._is_settled, "what was touched to be done")
        self._look()
        return str(self._terminal.step.value)

    def _act(self) -> None:
        step, chance = self._terminal.step, self._random.random()
        keys = [one for one in self._robot.touchables() if isinstance(one.parent, Keys)]
        if step is Step.LOCKED:
            self._clean()
        elif step is not Step.WELCOME and chance < WALKS_AWAY:
            self._walk_away()
        elif step is Step.IDENTIFY and not self._terminal.visit.draft.policy_number and chance < IDENTIFIES:
            self._say_who()
        elif keys and chance < TYPES:
            for _ in range(self._random.randint(1, MOST_KEYS)):
                self._touch([one for one in self._robot.touchables() if isinstance(one.parent, Keys)])
        else:
            self._touch([one for one in self._robot.touchables() if not isinstance(one.parent, Keys)] or keys)

    def _touch(self, offered: list[Any]) -> None:
        """One of these; what is at rest is touched, as by a person who looks first."""
        often = [one for one in offered if getattr(one, "icon", "") not in ENDS]
        wanted = often if often and self._random.random() > RARELY else offered
        if wanted:
            self._robot.touch(self._random.choice(wanted))

    def _say_who(self) -> None:
        policy, born, document = self._random.choice(self._people)
        for field, value in (
            ("policy_number", policy),
            ("birth_day", born[:2]),
            ("birth_month", born[2:4]),
            ("birth_year", born[4:]),
            ("document_number", document),
        ):
            # The keys of this screen have journeys of their own.
            self._terminal.type(field, value)

    def _walk_away(self) -> None:
        """Nobody touches anything until the visit is over; time itself is what is spared."""
        timer = self._terminal._idle
        usual = (timer._seconds, timer._warning)
        timer._seconds, timer._warning = 0, 0
        try:
            self._robot.wait_for(lambda: not self._terminal.visit.started, "the visit to end")
        finally:
            timer._seconds, timer._warning = usual

    def _clean(self) -> None:
        """The glass is cleaned and opens by itself (R48); time itself is what is spared."""
        self._terminal._locked_until = 0.0
        self._robot.wait_for(lambda: self._terminal.step is not Step.LOCKED, "the glass to be open again")

    def _is_settled(self) -> bool:
        terminal = self._terminal
        return terminal.busy is None and not isinstance(terminal.content, Waiting)

    def _look(self) -> None:
        """Something can be touched, and one of it leads out; the locked glass takes no touch."""
        if self._terminal.step is Step.LOCKED:
            return
        self._robot.wait_for(lambda: bool(self._robot.touchables()), "anything to touch")
        icons = {getattr(one, "icon", "") for one in self._robot.touchables()}
        first = self._terminal.step in (Step.WELCOME, Step.OUT_OF_SERVICE)
        if not first and not icons & set(WAYS_OUT) and self._terminal.idle_left is None:
            raise RobotError(f"no way out of {self._terminal.step}: {self._robot.texts()}")
