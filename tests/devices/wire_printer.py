"""An ESC/POS receipt printer on TCP or a pty, down to the status bits, with faults to be set while it runs.

    with WirePrinter() as printer:
        wire = SocketWire(printer.host, printer.port, timeout=1.0)
        printer.fault("paper_out", after=300)
        wire.send(ticket, timeout=1.0)
        assert "214" in printer.strip.text

Written from ESC/POS and from client-facts.md section 5, not from the program's own reader. Like most network
printers it serves one connection at a time; what it holds during a fault comes out when the fault is over.
On a pty (`PtyPrinter`) there are no connections: a dead printer says nothing, an unplugged one has no port.
"""

import os
import select
import socket
import struct
import threading
import time
import tty
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

STATUS_FAULTS = ("paper_low", "paper_out", "cover_open", "offline")
#: silent takes everything and answers nothing; no_proof prints but ignores GS r; dead resets connections; stuck
#: takes nothing any more.
OTHER_FAULTS = ("silent", "no_proof", "dead", "stuck", "slow", "late")
_BLOCKING = {"paper_out", "cover_open", "offline", "silent", "dead"}
_PAGES = {0: "cp437", 16: "cp1252", 17: "cp866"}
_ESC_LENGTHS = {b"@": 2, b"2": 2} | dict.fromkeys((b"t", b"a", b"E", b"d", b"!", b"J", b"3", b"M", b"-"), 3)
_GS_LENGTHS = dict.fromkeys((b"!", b"r", b"a", b"b", b"B"), 3)
_REALTIME = {0x04: 3, 0x05: 3, 0x14: 10}


@dataclass
class Paper:
    """A piece of paper: its text, what a scanner reads from its QR codes, and pictures as they came."""

    text: str = ""
    codes: list[str] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.text.strip() and not self.codes and not self.pictures


class Mechanism:
    """The printer without its plug: takes bytes, gives replies and paper. Not thread-safe."""

    def __init__(self, clears_on: str) -> None:
        self.faults: set[str] = set()
        self.papers: list[Paper] = []
        self.strip = Paper()  # printed, not cut off yet
        self.unknown: list[bytes] = []
        self.worked = 0  # bytes of print data that went through
        self.triggers: list[tuple[int, str]] = []
        self.waiting = bytearray()
        self.asb = False
        self._clears_on = clears_on
        self._realtime = bytearray()
        self._line = ""
        self._page = "cp437"
        self._qr = b""

    def receive(self, data: bytes, reply: Callable[[bytes], None]) -> None:
        """Real-time commands are found in the raw stream and done at once; all else waits its turn."""
        for byte in data:
            self._realtime.append(byte)
            head = self._realtime
            if head[0] != 0x10 or (len(head) > 1 and head[1] not in _REALTIME):
                self.waiting += head
                self._realtime.clear()
            elif len(head) > 1 and len(head) == _REALTIME[head[1]]:
                command = bytes(head)
                self._realtime.clear()
                self._at_once(command, reply)

    def work(self, reply: Callable[[bytes], None], budget: int = 1_000_000) -> int:
        """Prints what waits, until a fault or until so many bytes are done; how many were."""
        done = 0
        while not self.faults & _BLOCKING and done < budget:
            length = _command_length(self.waiting)
            if length is None or length > len(self.waiting):
                break
            command = bytes(self.waiting[:length])
            del self.waiting[:length]
            self._do(command, reply)
            done += length
            self.worked += length
            self._pull_triggers()
        return done

    def lose_power(self) -> None:
        """Everything but the paper is forgotten."""
        self.waiting.clear()
        self._realtime.clear()
        self._line = ""

    def status(self, which: int) -> int:
        """The reply to DLE EOT `which`: the table of client-facts.md section 5."""
        faults = self.faults
        if which == 1:
            return 0x12 | 0x08 * bool(faults & {"paper_out", "cover_open", "offline"})
        if which == 2:
            return 0x12 | 0x04 * ("cover_open" in faults) | 0x20 * ("paper_out" in faults)
        if which == 4:
            low = bool(faults & {"paper_low", "paper_out"})
            return 0x12 | 0x0C * low | 0x60 * ("paper_out" in faults)
        return 0x12

    def automatic_status(self) -> bytes:
        """The four bytes of Automatic Status Back."""
        faults = self.faults
        offline = bool(faults & {"paper_out", "cover_open", "offline"})
        return bytes([0x10 | 0x08 * offline | 0x20 * ("cover_open" in faults), 0, self._sensors(), 0])

    def _sensors(self) -> int:
        out = "paper_out" in self.faults
        return 0x03 * (out or "paper_low" in self.faults) | 0x0C * out

    def _pull_triggers(self) -> None:
        for trigger in [trigger for trigger in self.triggers if self.worked >= trigger[0]]:
            self.triggers.remove(trigger)
            self.faults.add(trigger[1])
            if trigger[1] == "dead":
                self.lose_power()

    def _at_once(self, command: bytes, reply: Callable[[bytes], None]) -> None:
        if "silent" in self.faults:
            return
        if command[1] == 0x04:
            reply(bytes([self.status(command[2])]))
        elif command[1:] == b"\x05\x02" and self._clears_on == "enq":
            self._clear()
        elif command[1:] == b"\x14\x08\x01\x03\x14\x01\x06\x02\x08" and self._clears_on == "dc4":
            self._clear()
            reply(b"\x37\x25\x00")

    def _clear(self) -> None:
        self.waiting.clear()
        self._line = ""

    def _do(self, command: bytes, reply: Callable[[bytes], None]) -> None:
        if command == b"\x1b@":
            self._line, self._page = "", "cp437"
        elif command[:2] == b"\x1bt":
            self._page = _PAGES.get(command[2], "latin-1")
        elif command[:2] == b"\x1dV":
            self._cut()
        elif command[:2] == b"\x1dr":
            if "no_proof" not in self.faults:
                reply(bytes([self._sensors()]))
        elif command[:2] == b"\x1da":
            self.asb = command[2] != 0
        elif command[:2] == b"\x1dv":
            self.strip.pictures.append(command[2:])
        elif command[:3] == b"\x1d(k":
            self._two_dimensional(command[3:])
        elif command == b"\n" or command[:2] == b"\x1bd":
            self.strip.text += self._line + "\n" * (1 if command == b"\n" else command[2])
            self._line = ""
        elif len(command) == 1:
            self._line += command.decode(self._page)

    def _two_dimensional(self, body: bytes) -> None:
        if body[2:4] == b"1P":
            self._qr = body[5:]
        elif body[2:4] == b"1Q":
            self.strip.codes.append(self._qr.decode("ascii"))
        elif body[2:4] not in (b"1A", b"1C", b"1E"):
            self.unknown.append(body)

    def _cut(self) -> None:
        if not self.strip.empty:
            self.papers.append(self.strip)
        self.strip = Paper()


def _command_length(data: bytearray) -> int | None:
    """Bytes of the next command; None where more must come to know."""
    if not data:
        return None
    if data[0] not in (0x1B, 0x1D):
        return 1
    if len(data) < 3 and bytes(data) != b"\x1b@":
        return None
    kind = bytes(data[1:2])
    if data[0] == 0x1B:
        return _known(_ESC_LENGTHS, kind)
    if kind == b"V":
        return 3 if data[2] in (0, 1, 48, 49) else 4
    if kind == b"v":
        return None if len(data) < 8 else 8 + (data[4] + 256 * data[5]) * (data[6] + 256 * data[7])
    if kind == b"(":
        return None if len(data) < 5 else 5 + data[3] + 256 * data[4]
    return _known(_GS_LENGTHS, kind)


def _known(lengths: dict[bytes, int], kind: bytes) -> int:
    if kind not in lengths:
        raise AssertionError(f"the printer knows no command {kind!r}")
    return lengths[kind]


class WirePrinter:
    """A receipt printer on 127.0.0.1. `clears_on` is what empties its buffer: "dc4" (Epson), "enq" or "nothing"."""

    def __init__(self, *, clears_on: str = "dc4") -> None:
        self._machine = Mechanism(clears_on)
        self._lock = threading.Lock()
        self._rate = 0.0
        self._delay = 0.0
        self._outbox: list[tuple[float, bytes]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._waker, self._wake_end = socket.socketpair()
        self._connection: socket.socket | _PtyEnd | None = None
        self._stopped = threading.Event()
        self._worked_at = time.monotonic()
        self._thread = threading.Thread(target=self._serve, name="wire-printer")
        self.host, self.port = "127.0.0.1", self._listener.getsockname()[1]
        self.connections = 0

    def __enter__(self) -> "WirePrinter":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._wake()
        self._thread.join()
        for end in (self._listener, self._waker, self._wake_end):
            end.close()

    @property
    def papers(self) -> list[Paper]:
        """What came out so far, one per cut; blank pieces are not kept."""
        with self._lock:
            return list(self._machine.papers)

    @property
    def strip(self) -> Paper:
        """What is printed but not cut off."""
        with self._lock:
            return Paper(self._machine.strip.text, list(self._machine.strip.codes))

    @property
    def in_use(self) -> bool:
        """Whether somebody is connected."""
        return self._connection is not None

    @property
    def held(self) -> bytes:
        """What was taken and is not printed."""
        with self._lock:
            return bytes(self._machine.waiting)

    def fault(self, name: str, *, after: int | None = None, rate: float = 0, seconds: float = 0) -> None:
        """Sets a fault now, or `after` so many bytes of print data from now.

        STATUS_FAULTS, or of OTHER_FAULTS: slow (rate, bytes a second), late (seconds for each answer).
        """
        assert name in STATUS_FAULTS + OTHER_FAULTS
        with self._lock:
            if name == "slow":
                self._rate, self._worked_at = rate, time.monotonic()
            elif name == "late":
                self._delay = seconds
            elif after is not None:
                self._machine.triggers.append((self._machine.worked + after, name))
            else:
                self._machine.faults.add(name)
                if name == "dead":
                    self._machine.lose_power()
            self._tell_status()
        self._wake()

    def clear(self, name: str | None = None) -> None:
        """This fault is over, or all are: what was held comes out, unless another fault is left."""
        with self._lock:
            self._machine.faults -= {name} if name else self._machine.faults.copy()
            self._machine.triggers = [item for item in self._machine.triggers if name and item[1] != name]
            self._rate = 0.0 if name in (None, "slow") else self._rate
            self._delay = 0.0 if name in (None, "late") else self._delay
            self._tell_status()
        self._wake()

    def send_automatic_status(self, on: bool = True) -> None:
        """As if another program had asked for it by GS a."""
        with self._lock:
            self._machine.asb = on

    def _wake(self) -> None:
        self._waker.send(b"!")

    def _serve(self) -> None:
        while not self._stopped.is_set():
            watched = [self._wake_end]
            if "stuck" not in self._machine.faults:
                watched.append(self._connection or self._listener)
            for ready in select.select(watched, [], [], self._pause())[0]:
                self._read(ready)
            with self._lock:
                self._work()
                self._flush()
        if self._connection is not None:
            self._connection.close()

    def _pause(self) -> float | None:
        with self._lock:
            return 0.01 if self._outbox or (self._rate and self._machine.waiting) else None

    def _read(self, ready: "socket.socket | _PtyEnd") -> None:
        if ready is self._wake_end:
            ready.recv(64)
            self._obey()
        elif ready is self._listener:
            self._connection, _ = ready.accept()
            with self._lock:
                self.connections += 1
                self._outbox.clear()
                self._tell_status()
        else:
            self._take(ready)

    def _obey(self) -> None:
        """What was asked for, on the printer's own thread."""

    def _take(self, connection: "socket.socket | _PtyEnd") -> None:
        try:
            data = connection.recv(4096)
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return
        with self._lock:
            self._machine.receive(data, self._reply)

    def _work(self) -> None:
        now = time.monotonic()
        if self._rate:
            done = self._machine.work(self._reply, int((now - self._worked_at) * self._rate))
            if not self._machine.waiting:
                self._worked_at = now
            else:
                self._worked_at += done / self._rate
        else:
            self._machine.work(self._reply)
        if "dead" in self._machine.faults and self._connection is not None:
            self._die(self._connection)

    def _die(self, connection: "socket.socket | _PtyEnd") -> None:
        # Closed with a reset, as when the plug is pulled and the other side finds out.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._hang_up()

    def _reply(self, data: bytes) -> None:
        self._outbox.append((time.monotonic() + self._delay, data))

    def _flush(self) -> None:
        due = [item for item in self._outbox if item[0] <= time.monotonic()]
        self._outbox = [item for item in self._outbox if item not in due]
        for _, data in due:
            if self._connection is not None:
                try:
                    self._connection.sendall(data)
                except OSError:
                    self._hang_up()

    def _tell_status(self) -> None:
        if self._machine.asb:
            self._reply(self._machine.automatic_status())

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class _PtyEnd:
    """The printer's side of a pty, with the methods of a socket that are used here."""

    def __init__(self, link: Path) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self._link = link
        link.symlink_to(os.ttyname(self._slave))

    def fileno(self) -> int:
        return self._master

    def recv(self, size: int) -> bytes:
        return os.read(self._master, size)

    def sendall(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        self._link.unlink()
        os.close(self._slave)
        os.close(self._master)


class PtyPrinter(WirePrinter):
    """A receipt printer at the other end of a serial line, whose port is `path` while it is plugged in."""

    def __init__(self, folder: Path, *, clears_on: str = "dc4") -> None:
        super().__init__(clears_on=clears_on)
        self.path = folder / "printer"
        self._connection = _PtyEnd(self.path)
        self._plugged = True
        self._obeyed = threading.Event()

    def unplug(self) -> None:
        """The port is gone, under whoever has it open as well."""
        self._have_it(plugged=False)

    def plug_in(self) -> None:
        """It is there again, with all that the printer held."""
        self._have_it(plugged=True)

    def _have_it(self, *, plugged: bool) -> None:
        self._plugged = plugged
        self._obeyed.clear()
        self._wake()
        assert self._obeyed.wait(10)

    def _obey(self) -> None:
        if not self._plugged:
            self._hang_up()
        elif self._connection is None:
            self._connection = _PtyEnd(self.path)
        self._obeyed.set()

    def _take(self, connection: "socket.socket | _PtyEnd") -> None:
        if "dead" not in self._machine.faults:
            super()._take(connection)
        elif isinstance(connection, _PtyEnd):
            connection.recv(4096)

    def _die(self, connection: "socket.socket | _PtyEnd") -> None:
        self._outbox.clear()
