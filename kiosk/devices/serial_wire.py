"""A serial line to a printer: RS-232, or USB that shows itself as a serial port. The only place that knows pyserial here.

pyserial is imported on the first use.
"""

import termios
from pathlib import Path
from time import monotonic, sleep

from kiosk.errors import DeviceOffline, DeviceSilent

#: Start bit, eight data bits, stop bit.
_BITS = 10
_DRAIN_SECONDS = 0.005
#: termios.error is no OSError, and pyserial lets it through where a port has just been unplugged.
_BROKEN = (OSError, termios.error)


class SerialWire:
    """8N1 at `baud`; `flow` is "none", "hardware" (RTS/CTS) or "software" (XON/XOFF).

    Not escpos' `Serial`: it has no timeout for writing, and each of its replies takes the whole timeout
    (client-facts.md section 5, traps 2 and 4).
    """

    keeps_answers = True

    def __init__(self, path: Path, baud: int, flow: str) -> None:
        """Opens the port for itself alone, or raises DeviceOffline. What waited in it is dropped."""
        from serial import Serial

        try:
            self._port = Serial(
                str(path), baud, rtscts=flow == "hardware", xonxoff=flow == "software", exclusive=True
            )
        except (*_BROKEN, ValueError) as error:
            # ValueError: a speed that this port cannot have.
            raise DeviceOffline(f"no port {path}") from error
        self._baud = baud

    def send(self, data: bytes, timeout: float) -> None:
        """As promised by Wire: returns when the data have left this machine, not when they wait in it."""
        from serial import SerialTimeoutException

        end = monotonic() + timeout + len(data) * _BITS / self._baud
        try:
            self._port.write_timeout = end - monotonic()
            self._port.write(data)
            while self._port.out_waiting and monotonic() < end:
                sleep(_DRAIN_SECONDS)
            stuck = bool(self._port.out_waiting)
        except SerialTimeoutException:
            stuck = True
        except _BROKEN as error:
            raise DeviceOffline("the port broke while sending") from error
        if stuck:
            self._drop_output()
            raise DeviceSilent("the printer takes no data")

    def receive(self, timeout: float) -> bytes:
        """As promised by Wire."""
        try:
            self._port.timeout = max(timeout, 0.001)
            return bytes(self._port.read(1) + self._port.read(self._port.in_waiting))
        except _BROKEN as error:
            raise DeviceOffline("the port broke while waiting") from error

    def close(self) -> None:
        """As promised by Wire. What was not taken is dropped: else closing waits for it, for half a minute."""
        self._drop_output()
        self._port.close()

    def _drop_output(self) -> None:
        try:
            self._port.reset_output_buffer()
        except _BROKEN:
            return  # unplugged: nothing waits any more
