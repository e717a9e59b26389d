"""A finger that is light to load: an input device of Kivy for programs without the robot."""

from collections.abc import Callable

from kivy.base import EventLoop
from kivy.input.motionevent import MotionEvent
from kivy.input.provider import MotionEventProvider


class Finger(MotionEventProvider):  # type: ignore[misc]
    """Down and up at a place of the window, in px; each is taken in the next turn of the loop."""

    def __init__(self) -> None:
        super().__init__("finger", "")
        self._waiting: list[tuple[str, Touch]] = []
        self._touch: Touch | None = None
        EventLoop.add_input_provider(self)

    def put_down(self, position: tuple[float, float]) -> None:
        """The finger touches the glass here."""
        width, height = EventLoop.window.size
        place = (position[0] / (width - 1), position[1] / (height - 1))
        self._touch = Touch("finger", 1, place, is_touch=True, type_id="touch")
        self._waiting.append(("begin", self._touch))

    def lift(self) -> None:
        """It lets go where it is."""
        if self._touch is not None:
            self._waiting.append(("end", self._touch))
            self._touch = None

    def update(self, dispatch_fn: Callable[[str, MotionEvent], None]) -> None:
        """Kivy's hook, once a turn."""
        waiting, self._waiting = self._waiting, []
        for kind, touch in waiting:
            dispatch_fn(kind, touch)


class Touch(MotionEvent):  # type: ignore[misc]
    """A touch at a place given as shares of the window."""

    def depack(self, args: tuple[float, float]) -> None:
        """Kivy's hook."""
        self.sx, self.sy = args
        self.profile = ("pos",)
        super().depack(args)
