"""Which lines stand on which page, and where the times of a day stand: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from kiosk.models import TimeState

COLUMNS = 6
NOON, EVENING = 12 * 60, 17 * 60


@dataclass(frozen=True)
class Line:
    """One line of a page: cells beside each other (None: an empty place), or the head of a group; sizes in px."""

    cells: tuple[Any, ...]
    height: int
    gap: int
    head: bool = False


def paginate(lines: Sequence[Line], room: int) -> tuple[tuple[Line, ...], ...]:
    """The lines in pages no higher than `room`; a head never stands last, each page has at least one line.

    The gap before a page's first line does not count.
    """
    pages: list[list[Line]] = []
    used = 0
    for number, line in enumerate(lines):
        needs = line.height + line.gap
        if line.head and number + 1 < len(lines):
            needs += lines[number + 1].gap + lines[number + 1].height
        if not pages or used + needs > room:
            pages.append([])
            used = -line.gap
        pages[-1].append(line)
        used += line.gap + line.height
    return tuple(tuple(page) for page in pages)


def in_columns(cells: Sequence[Any], columns: int) -> tuple[tuple[Any, ...], ...]:
    """The cells row after row."""
    return tuple(tuple(cells[at : at + columns]) for at in range(0, len(cells), columns))


@dataclass(frozen=True)
class DayPart:
    """Morning, day or evening (0, 1, 2) of one day; rows of at most six places, None where no time stands."""

    part: int
    free: int
    rows: tuple[tuple[TimeState | None, ...], ...]


def day_parts(times: Sequence[TimeState]) -> tuple[DayPart, ...]:
    """The times in the parts of the day that have any, each minute in its column, so that the eye finds it."""
    parts = []
    for part in range(3):
        inside = [time for time in times if _part(time) == part]
        if inside:
            parts.append(DayPart(part, sum(time.free for time in inside), _rows(inside, _step(times))))
    return tuple(parts)


def _minute(time: TimeState) -> int:
    return time.start.hour * 60 + time.start.minute


def _part(time: TimeState) -> int:
    minute = _minute(time)
    return 0 if minute < NOON else 1 if minute < EVENING else 2


def _step(times: Sequence[TimeState]) -> int:
    minutes = sorted({_minute(time) for time in times})
    return min((after - before for before, after in pairwise(minutes)), default=0)


def _rows(times: Sequence[TimeState], step: int) -> tuple[tuple[TimeState | None, ...], ...]:
    """By the clock where that costs no row more; else simply one after the other."""
    least = -(-len(times) // COLUMNS)
    places = [(_minute(time) - _minute(times[0])) / step for time in times] if step else [0.0]
    rows = int(places[-1]) // COLUMNS + 1
    if rows > least or any(place != int(place) for place in places):
        return in_columns(times, COLUMNS)
    grid: list[TimeState | None] = [None] * (rows * COLUMNS)
    for place, time in zip(places, times, strict=True):
        grid[int(place)] = time
    return in_columns(grid, COLUMNS)
