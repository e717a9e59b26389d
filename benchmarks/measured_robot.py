"""A robot with a stopwatch in every turn of the loop."""

from typing import Any

from benchmarks.loop_watch import LoopWatch
from kiosk.robot import Robot
from kiosk.robot.sight import screen_name

#: What is measured is how long things take, not whether they come: a machine with other work gets its time.
DEADLINE_SECONDS = 120.0


class MeasuredRobot(Robot):
    """A robot that keeps the time of every turn in `watch.turns`."""

    def __init__(self, **options: Any) -> None:
        self.watch = LoopWatch()
        super().__init__(deadline=DEADLINE_SECONDS, **options)

    def turn(self) -> None:
        """One turn of the loop, its picture complete at the end."""
        self.watch.begin()
        super().turn()
        self.watch.end(screen_name())
