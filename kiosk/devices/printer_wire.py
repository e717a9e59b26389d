"""The way to a printer that answers: one short-lived connection per job, with a timeout on every step."""

import socket
from typing import Protocol

from kiosk.errors import DeviceOffline, DeviceSilent


class Wire(Protocol):
    """An open connection. Library errors come out as DeviceError leaves, with their cause.

    `keeps_answers`: what the printer answers to an earlier connection, too late for it, may come in this one.
    """

    @property
    def keeps_answers(self) -> bool: ...

    def send(self, data: bytes, timeout: float) -> None:
        """All of the data, or DeviceSilent (not taken in time), or DeviceOffline; then some may be there.

        The time that a slow line needs for so many bytes comes on top of the timeout.
        """

    def receive(self, timeout: float) -> bytes:
        """What came, b"" where nothing did in time; DeviceOffline where the other side is gone."""

    def close(self) -> None:
        """Never raises."""


class SocketWire:
    """TCP to a printer's raw port.

    Not escpos' `Network`: its replies are read in the blind, and after a failed open it stays stuck
    (client-facts.md section 5, traps 3 to 6).
    """

    keeps_answers = False

    def __init__(self, host: str, port: int, timeout: float) -> None:
        """Connects, or raises DeviceOffline."""
        try:
            self._socket = socket.create_connection((host, port), timeout)
        except (OSError, UnicodeError) as error:
            # UnicodeError: a name that no host can have.
            raise DeviceOffline(f"no connection to {host}:{port}") from error

    def send(self, data: bytes, timeout: float) -> None:
        """As promised by Wire; the timeout is for all of the data."""
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise DeviceSilent("the printer takes no data") from error
        except OSError as error:
            raise DeviceOffline("the connection broke while sending") from error

    def receive(self, timeout: float) -> bytes:
        """As promised by Wire."""
        self._socket.settimeout(max(timeout, 0.001))
        try:
            data = self._socket.recv(256)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceOffline("the connection broke while waiting") from error
        if not data:
            raise DeviceOffline("the printer closed the connection")
        return data

    def close(self) -> None:
        """As promised by Wire."""
        self._socket.close()
