"""A scanner on a serial port: RS-232, or USB that behaves as a port ("COM emulation"). The only place that knows serial.

pyserial is imported on the first use.
"""

import logging
import threading
from collections.abc import Callable
from typing import Any

from kiosk.devices.code_scanner import ScannerChanged, ScannerEvent, ScannerState
from kiosk.devices.scan_stream import ScanStream

#: A code is sent in one go; within it no scanner pauses so long, and no person scans twice so soon.
PAUSE_SECONDS = 0.2
#: How soon a scanner that was plugged in is there.
RETRY_SECONDS = 0.5

_log = logging.getLogger(__name__)


class SerialScanner:
    """A `CodeScanner` on this port (a path, best one of /dev/serial/by-id); it need not be there yet.

    Eight data bits, no parity, one stop bit, and no flow control: a barcode holds XON and XOFF as data.
    """

    def __init__(self, path: str, baud: int = 9600) -> None:
        self._path = path
        self._baud = baud
        self._state = ScannerState.ABSENT
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def state(self) -> ScannerState:
        """How it was when last heard of; never blocks."""
        return self._state

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        """Tells of each scan and each change of state, in the scanner's own thread, until `stop`."""
        self._thread = threading.Thread(target=self._run, args=(tell,), name="scanner", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing is told any more once this returns. May be called again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self, tell: Callable[[ScannerEvent], None]) -> None:
        while not self._stopped.is_set():
            try:
                with self._open() as port:
                    self._become(ScannerState.READY, tell)
                    self._attend(port, tell)
            except OSError as error:  # pyserial's own errors among them
                _log.debug("scanner: %s", error.strerror or type(error).__name__)
                self._become(ScannerState.ABSENT, tell)
                self._stopped.wait(RETRY_SECONDS)

    def _open(self) -> Any:
        import serial

        # Exclusive: another reader of the port would take some of the bytes. Opening drops what lay in the port before.
        return serial.Serial(
            self._path, self._baud, timeout=PAUSE_SECONDS, xonxoff=False, rtscts=False, exclusive=True
        )

    def _attend(self, port: Any, tell: Callable[[ScannerEvent], None]) -> None:
        stream = ScanStream()
        while not self._stopped.is_set():
            data = port.read(port.in_waiting or 1)
            for scan in stream.feed(data) if data else stream.pause():
                tell(scan)

    def _become(self, state: ScannerState, tell: Callable[[ScannerEvent], None]) -> None:
        if state is not self._state:
            self._state = state
            _log.info("scanner %s", state.value)
            tell(ScannerChanged(state))
