"""Touches of a hand that shakes: the same press again at once counts for nothing (EN 301 549, 5.9)."""

from math import hypot, inf
from typing import Any

#: Within how many seconds and how far from the last touch that counted a touch is the same press.
PAUSE_SECONDS, HAND_MM = 0.5, 20


class Steadiness:
    """Remembers the last touch that counted. The place counts and not the button: what the first touch brought on
    show must not be pressed by the second."""

    def __init__(self) -> None:
        self._last = (-inf, 0.0, 0.0)

    def is_again(self, touch: Any, reach: float) -> bool:
        """Whether this touch only repeats the last one; `reach` is how far a hand may slip, in px."""
        at, x, y = self._last
        near = hypot(touch.x - x, touch.y - y) < reach
        if near and touch.time_start - at < PAUSE_SECONDS:
            return True
        self._last = (touch.time_start, touch.x, touch.y)
        return False
