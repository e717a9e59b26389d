"""A stopwatch in every turn of Kivy's loop. A frame counts as shown when its picture is complete."""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish

from benchmarks.wait_clock import WaitClock


@dataclass
class Turns:
    """Times in ms by the screen that was shown: the work of each turn of the loop, the drawing of each frame.

    `opened` holds whole turns, work and drawing, in which the screen came up; `waits` what of each turn's work the
    thread spent waiting, for anything but a processor: no other program's work is in it.
    """

    work: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    frames: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    opened: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    waits: list[float] = field(default_factory=list)


class LoopWatch:
    """Times one turn at a time: `begin`, the turn, `end`. The wait for the next frame's time does not count."""

    def __init__(self) -> None:
        self.turns = Turns()
        self._screen = ""
        self._slept = 0.0
        self._start = 0.0
        self._waiting = 0.0
        self._drawing: float | None = None
        self._clock = WaitClock()
        self._usleep = Clock.usleep
        Clock.usleep = self._sleep
        Window.bind(on_draw=self._drawing_starts)

    def begin(self) -> None:
        """A turn begins."""
        self._slept, self._drawing, self._start = 0.0, None, time.perf_counter()
        self._waiting = self._clock.now()

    def end(self, screen: str) -> None:
        """It is over; `screen` is shown now."""
        if self._drawing is None:
            self._work_ends()
        glFinish()
        now = time.perf_counter()
        self.turns.work[screen].append(((self._drawing or now) - self._start - self._slept) * 1000)
        if self._drawing is not None:
            self.turns.frames[screen].append((now - self._drawing) * 1000)
        if screen != self._screen:
            self._screen = screen
            self.turns.opened[screen].append((now - self._start - self._slept) * 1000)

    def _drawing_starts(self, *_args: object) -> None:
        self._drawing = time.perf_counter()
        self._work_ends()

    def _work_ends(self) -> None:
        self.turns.waits.append((self._clock.now() - self._waiting) * 1000)

    def _sleep(self, microseconds: float, *arguments: Any) -> None:
        start, waiting = time.perf_counter(), self._clock.now()
        self._usleep(microseconds, *arguments)
        self._slept += time.perf_counter() - start
        self._waiting += self._clock.now() - waiting
