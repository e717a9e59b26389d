"""The robot's finger: an input device of Kivy."""

from collections import deque
from collections.abc import Callable

from kivy.core.window import Window
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider


class NotTakenError(RuntimeError):
    """The window takes no input."""


class Finger(MotionEventProvider):  # type: ignore[misc]
    """One finger as an input device of Kivy."""

    def __init__(self) -> None:
        super().__init__("robot", "")
        self._waiting: deque[tuple[str, RobotTouch]] = deque()
        self._touch: RobotTouch | None = None
        self._number = 0

    def put_down(self, position: tuple[float, float]) -> None:
        """At this place of the window, in px."""
        self._number += 1
        self._touch = RobotTouch("robot", self._number, shares(position), is_touch=True, type_id="touch")
        self._waiting.append(("begin", self._touch))

    def slide(self, position: tuple[float, float]) -> None:
        """To this place, without being lifted."""
        if self._touch is not None:
            self._touch.move(shares(position))
            self._waiting.append(("update", self._touch))

    def lift(self) -> None:
        """Where it is."""
        if self._touch is not None:
            self._waiting.append(("end", self._touch))
            self._touch = None

    def check(self) -> None:
        """NotTakenError where the loop did not take the touch."""
        if self._waiting:
            raise NotTakenError

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Called by Kivy once a turn."""
        while self._waiting:
            kind, touch = self._waiting.popleft()
            dispatch_fn(kind, touch)


class RobotTouch(MotionEvent):  # type: ignore[misc]
    """A touch at a place given as shares of the window."""

    def depack(self, args: tuple[float, float]) -> None:
        """Kivy's hook."""
        self.sx, self.sy = args
        self.profile = ("pos",)
        super().depack(args)


def shares(position: tuple[float, float]) -> tuple[float, float]:
    """A place in px as shares of the window."""
    return position[0] / (Window.width - 1), position[1] / (Window.height - 1)
