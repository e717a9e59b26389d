"""A card in the reader of vsmartcard's vpcd driver: its wire protocol, with a `CardApplet` behind it.

Each message is two bytes of length and a body. A body of one byte is control: 00 off, 01 on, 02 reset, 04 asks for the
ATR. All else is a command for the card. To be connected is to be put in.
"""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType

from card_applet import CardApplet

#: Of the facts: T=1, historical bytes FOMSOMS.
ATR = bytes.fromhex("3BF713000081 31FE45 464F4D534F4D53 A9")


class VirtualCard:
    """A card that is put in on `insert` and taken out on `remove`.

    It answers each command after `delay` seconds; none from number `hangs_at` on; number `cuts_at` with one byte.
    """

    def __init__(
        self,
        port: int,
        applet: CardApplet,
        *,
        atr: bytes = ATR,
        delay: float = 0,
        hangs_at: int | None = None,
        cuts_at: int | None = None,
    ) -> None:
        self._port = port
        self._applet = applet
        self._atr = atr
        self._delay = delay
        self._hangs_at = hangs_at
        self._cuts_at = cuts_at
        self._taken_out = threading.Event()

    @property
    def asked(self) -> int:
        """How many commands were answered, or are being."""
        return len(self._applet.commands)

    def __enter__(self) -> "VirtualCard":
        self.insert()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def insert(self) -> None:
        self._taken_out.clear()
        self._plug = _connected(self._port)
        self._thread = threading.Thread(target=self._serve, name="virtual-card")
        self._thread.start()

    def remove(self) -> None:
        self._taken_out.set()
        with suppress(OSError):  # the reader has gone before
            self._plug.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._plug.close()

    def _serve(self) -> None:
        with suppress(OSError):  # the reader has gone, or the card is out
            while (message := self._receive()) is not None:
                if message == b"\x04":
                    self._send(self._atr)
                elif len(message) > 1:
                    self._send(self._answer(message))

    def _answer(self, command: bytes) -> bytes:
        number = self.asked
        if number == self._hangs_at:
            self._taken_out.wait()
            raise OSError
        self._taken_out.wait(self._delay)
        data, status = self._applet.transmit(command)
        return b"\x90" if number == self._cuts_at else data + status.to_bytes(2, "big")

    def _receive(self) -> bytes | None:
        head = self._exactly(2)
        return head and self._exactly(int.from_bytes(head, "big"))

    def _exactly(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            # The driver sends a message in two packets; without this the second waits 40 ms for the first's receipt.
            self._plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            piece = self._plug.recv(count - len(data))
            if not piece:
                return None
            data += piece
        return data

    def _send(self, body: bytes) -> None:
        self._plug.sendall(len(body).to_bytes(2, "big") + body)


def _connected(port: int) -> socket.socket:
    """The driver takes one card at a time and listens again a moment after one was taken out."""
    end = time.monotonic() + 20
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=None)
        except ConnectionError:
            assert time.monotonic() < end, "no virtual reader"
            time.sleep(0.02)
