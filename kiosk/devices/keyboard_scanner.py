"""A scanner that types like a keyboard, as a `CodeScanner`: whoever gets the keys hands them on."""

from collections.abc import Callable

from kiosk.devices.code_scanner import ScannerEvent, ScannerState
from kiosk.devices.scan_buffer import ScanBuffer
from kiosk.devices.scan_frame import classify


class KeyboardScanner:
    """No thread: tells where it is told. Whether such a scanner is plugged in cannot be known."""

    def __init__(self) -> None:
        self._buffer = ScanBuffer()
        self._tell: Callable[[ScannerEvent], None] | None = None

    def state(self) -> ScannerState:
        return ScannerState.UNKNOWN

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        """Tells of each scan, from within `typed` and `passed`, until `stop`."""
        self._tell = tell

    def stop(self) -> None:
        """Nothing is told any more. May be called again."""
        self._tell = None

    def typed(self, text: str, now: float) -> None:
        r"""These signs were typed; Enter is "\r"."""
        self._told(self._buffer.feed(text, now))

    def passed(self, now: float) -> None:
        """Time has passed: a scanner without a suffix is known by that to have ended."""
        self._told(self._buffer.idle(now))

    def _told(self, code: str | None) -> None:
        if code is not None and self._tell is not None:
            self._tell(classify(code.encode("ascii", "replace")))
