"""Whether the glass feels a finger everywhere: cells that are ticked off as they are touched. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Touch:
    """Where a finger was, from the upper left corner of the field."""

    x_px: int
    y_px: int
    x_mm: float
    y_mm: float


class TouchGrid:
    """A field of `columns` x `rows` cells, none of them touched yet."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.done: frozenset[tuple[int, int]] = frozenset()
        self.last: Touch | None = None

    @property
    def left(self) -> int:
        """How many cells were not touched."""
        return self.columns * self.rows - len(self.done)

    def touch(self, x: float, y: float, size: tuple[float, float], per_mm: float) -> None:
        """A finger at so many px from the upper left corner of a field of this size in px; beside it nothing happens."""
        width, height = size
        if not (0 <= x < width and 0 <= y < height):
            return
        cell = (int(x * self.columns / width), int(y * self.rows / height))
        self.done |= {cell}
        self.last = Touch(int(x), int(y), x / per_mm, y / per_mm)

    def clear(self) -> None:
        """None is touched."""
        self.done, self.last = frozenset(), None
