"""The hidden gesture that asks for the PIN: hold the upper left corner, then touch the upper right one. Pure.

Between visits alone it is watched (terminal/coordinator.py); no visit and no patient in a hurry comes by it.
"""

from collections.abc import Callable

CORNER_MM = 15.0
HOLD_SECONDS = 5.0
#: From the end of the hold to the touch of the other corner.
FOLLOW_SECONDS = 5.0


class Gesture:
    """`per_mm` are px; places are px from the lower left of a window of the given size."""

    def __init__(self, per_mm: float, monotonic: Callable[[], float]) -> None:
        self._side = CORNER_MM * per_mm
        self._monotonic = monotonic
        self._held_since: float | None = None
        self._held_until: float | None = None

    def down(self, x: float, y: float, size: tuple[float, float]) -> bool:
        """A finger is put down; whether the gesture is complete with it. Any finger elsewhere begins it anew."""
        now, held = self._monotonic(), self._held_until
        self.forget()
        width, height = size
        if y < height - self._side:
            return False
        if x < self._side:
            self._held_since = now
        return x >= width - self._side and held is not None and now - held <= FOLLOW_SECONDS

    def up(self, x: float, y: float, size: tuple[float, float]) -> None:
        """It is lifted; in the corner, and late enough, it has held it."""
        now, since = self._monotonic(), self._held_since
        self.forget()
        in_corner = x < self._side and y >= size[1] - self._side
        if since is not None and in_corner and now - since >= HOLD_SECONDS:
            self._held_until = now

    def forget(self) -> None:
        """Nothing of it was done."""
        self._held_since = self._held_until = None
