"""When a visit nobody attends to ends: one pure timer, the clock is given."""

import math
from collections.abc import Callable


class IdleTimer:
    """`seconds` without activity, then a warning of `warning` seconds that any activity takes back (WCAG 2.2.1).

    `patience` is how many times longer than usual both are.
    """

    def __init__(self, seconds: int, warning: int, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._warning = warning
        self._monotonic = monotonic
        self._last = monotonic()
        self.patience = 1

    def touched(self) -> None:
        """The patient is there, or something is under way for them."""
        self._last = self._monotonic()

    @property
    def last_touch(self) -> float:
        """When there was activity last, by the given clock."""
        return self._last

    @property
    def warning_left(self) -> int | None:
        """Whole seconds left in the warning, at least 1 until it is over, then 0; None before it."""
        seconds, warning = self._seconds * self.patience, self._warning * self.patience
        left = self._last + seconds + warning - self._monotonic()
        return None if left > warning else max(0, math.ceil(left))

    @property
    def is_over(self) -> bool:
        """Whether the visit has to end."""
        return self.warning_left == 0
