"""From inside a program that has just been started: when is its first frame out, when does it react to a touch."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from kivy.base import EventLoop, stopTouchApp
from kivy.clock import Clock

from benchmarks.finger import Finger

#: Libraries that a first frame can do without.
LATE = ("escpos", "qrcode", "requests", "serial", "sqlalchemy", "starlette", "urllib3")


class FirstTouch:
    """Touches what `find` names as soon as it is drawn; once the picture under the finger changed, ends the program.

    To be kept while the program runs: Kivy holds its callbacks weakly.
    """

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find
        self._frame: float | None = None
        self._reaction: float | None = None
        self._processor: float | None = None
        self._loaded: list[str] = []
        self._place: tuple[int, int] = (0, 0)
        self._before: bytes | None = None
        self._look = Clock.schedule_interval(self._wait_for_window, 0)

    def report(self) -> None:
        """Says when, in seconds of the machine's monotonic clock, what processor time it took until then, and which
        of LATE were loaded before the first frame."""
        said = {
            "frame": self._frame,
            "reaction": self._reaction,
            "processor": self._processor,
            "loaded": self._loaded,
        }
        sys.stdout.write(json.dumps(said) + "\n")

    def _wait_for_window(self, _dt: float) -> None:
        if EventLoop.window is not None:
            self._look.cancel()
            EventLoop.window.bind(on_flip=self._flipped)

    def _flipped(self, *_args: object) -> None:
        """A frame is drawn and about to be shown."""
        now = _finished()
        if self._frame is None:
            self._frame, self._loaded = now, [name for name in LATE if name in sys.modules]
        if self._before is None:
            self._touch()
        elif _pixel(self._place) != self._before:
            self._reaction, self._processor = now, time.process_time()
            EventLoop.window.unbind(on_flip=self._flipped)
            stopTouchApp()

    def _touch(self) -> None:
        target = self._find()
        if target is not None:
            # Left of the words: only the button's own paint is there.
            self._place = (int(target.x + target.width * 0.06), int(target.center_y))
            self._before = _pixel(self._place)
            Finger().put_down(target.center)


def _finished() -> float:
    """When everything that was drawn is drawn."""
    from kivy.graphics.opengl import glFinish

    glFinish()
    return time.monotonic()


def _pixel(place: tuple[int, int]) -> bytes:
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    return bytes(glReadPixels(*place, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE))
