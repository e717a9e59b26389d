"""What the UI thread may not do while the window is up: wait for the network, for disks, for other programs, for time."""

import functools
import os
import sys
import sysconfig
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FORBIDDEN = ("socket.", "sqlite3.", "subprocess.", "os.system", "os.posix_spawn", "os.exec", "os.fork")

#: The program's own files, read with the screens that are built ahead; no settings, no journal, no device.
OWN = (
    Path(__file__).parent.parent / "kiosk",
    Path(__file__).parent.parent / "assets",
    Path(sysconfig.get_path("purelib")),
    Path(sysconfig.get_path("stdlib")),
    Path("/usr/share/zoneinfo"),
    Path("/usr/share/fonts"),
)


class UiThreadWatch:
    """Listens from `start` on, on the thread that calls it; `found` names what was heard and from where."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._thread = 0

    def start(self) -> None:
        """The window is up. A hook of Python cannot be taken away again: for a process of its own."""
        self._thread = threading.get_ident()
        sys.addaudithook(self._heard)
        time.sleep = self._watched(time.sleep)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if threading.get_ident() != self._thread:
            return
        if event.startswith(FORBIDDEN) or (event == "open" and not _is_own(arguments[0])):
            self._note(event)

    def _watched(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        """Python tells its hooks nothing of a sleep."""

        @functools.wraps(sleep)
        def watched(seconds: float) -> None:
            if threading.get_ident() == self._thread:
                self._note("time.sleep")
            sleep(seconds)

        return watched

    def _note(self, event: str) -> None:
        frame = sys._getframe(2)
        self.found.append(f"{event} at {Path(frame.f_code.co_filename).name}:{frame.f_lineno}")


def _is_own(path: Any) -> bool:
    """Whether this file belongs to the program; a number is a file that is open already."""
    if not isinstance(path, (str, bytes)):
        return isinstance(path, int)
    opened = Path(os.path.realpath(os.fsdecode(path)))
    return any(opened.is_relative_to(folder) for folder in OWN)
