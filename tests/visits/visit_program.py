"""One run of the terminal's program without its window, at a place in a lobby; it can be killed like a process."""

import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import requests
from fake_devices import FakeSounds
from visit_jobs import DrivenJobs

from kiosk.api_client.client import RegistryClient
from kiosk.booking import Booking
from kiosk.bootstrap import left_in_printer
from kiosk.devices.card_reader import CardReader, NoCardReader
from kiosk.devices.code_scanner import CodeScanner, NoScanner
from kiosk.devices.printer_wire import SocketWire
from kiosk.devices.receipt_printer import AnsweringPrinter, PrinterModel
from kiosk.errors import DeviceOffline, JournalFault
from kiosk.journal import Journal
from kiosk.terminal import Terminal

#: Seconds; the registry's usual answer takes some hundredths. The proxy's pace goes with them.
TIMEOUTS = (1.0, 1.0)
PRINTER_TIMEOUT, PROOF_TIMEOUT = 0.5, 1.5


@dataclass(frozen=True)
class Place:
    """Where a terminal stands, and what it is connected to."""

    name: str
    home_facility_id: str
    base: str
    credential: str
    printer_port: int
    journal: Path


class Life:
    """Whether the program still runs. Once it does not, nothing of it reaches disk, network or printer."""

    def __init__(self) -> None:
        self.over = False
        self._lock = Lock()
        self._wires: list[socket.socket] = []

    def end(self) -> None:
        with self._lock:
            self.over = True
            for wire in self._wires:
                _cut(wire)

    def wire(self, port: int) -> SocketWire:
        """A connection to the printer that ends with the program."""
        wire = SocketWire("127.0.0.1", port, PRINTER_TIMEOUT)
        with self._lock:
            if self.over:
                wire.close()
                raise DeviceOffline("killed")
            self._wires = [one for one in self._wires if one.fileno() >= 0] + [wire._socket]
        return wire


def _cut(wire: socket.socket) -> None:
    try:
        wire.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # closed already


class MortalJournal(Journal):
    """The journal of a program that can be killed: then nothing is written any more."""

    def __init__(self, path: Path, life: Life) -> None:
        super().__init__(path)
        self._life = life

    def _with_file(self, work: Callable[[Any], Any]) -> Any:
        if self._life.over:
            raise JournalFault("killed")
        return super()._with_file(work)


class MortalSession(requests.Session):
    """Requests of a program that can be killed: then none is sent any more, and no answer is taken."""

    def __init__(self, life: Life) -> None:
        super().__init__()
        self._life = life
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if self._life.over:
            raise requests.ConnectionError("killed")
        response = super().send(request, **options)
        if self._life.over:
            response.close()
            raise requests.ConnectionError("killed")
        return response


@dataclass(frozen=True)
class Papers:
    """What reads policies at this start of the program."""

    card_reader: CardReader = field(default_factory=NoCardReader)
    scanner: CodeScanner = field(default_factory=NoScanner)


class Program:
    """A started terminal. `seconds` is its clock for waiting: a second is one `tick`, however short in truth."""

    def __init__(
        self,
        place: Place,
        paint: Callable[[], None],
        papers: Papers | None = None,
        jobs: DrivenJobs | None = None,
    ) -> None:
        papers = papers or Papers()
        self.seconds = 0.0
        self._life = Life()
        self._session = MortalSession(self._life)
        self.journal = MortalJournal(place.journal, self._life)
        self.jobs = jobs or DrivenJobs()
        registry = RegistryClient(place.base, place.credential, self._session, TIMEOUTS)
        self.printer = AnsweringPrinter(
            lambda: self._life.wire(place.printer_port),
            model=PrinterModel("TM-T20II"),
            timeout=PRINTER_TIMEOUT,
            proof_timeout=PROOF_TIMEOUT,
            leftover=left_in_printer(self.journal),
        )
        self.terminal = Terminal(
            registry=registry,
            booking=Booking(registry, self.journal),
            printer=self.printer,
            card_reader=papers.card_reader,
            scanner=papers.scanner,
            sounds=FakeSounds(),
            jobs=self.jobs,
            home_facility_id=place.home_facility_id,
            terminal_name=place.name,
            clock=lambda: datetime.now(UTC).astimezone(),
            production=False,
            monotonic=lambda: self.seconds,
            on_change=paint,
        )

    def tick(self, seconds: float) -> None:
        """One second passes for the terminal, up to `seconds` in truth; what has come meanwhile is delivered."""
        self.jobs.deliver(seconds)
        self.seconds += 1.0
        self.terminal.tick()

    def kill(self) -> None:
        """As by SIGKILL: nothing more is written, sent, printed or shown. Returns when its threads are gone."""
        self._life.end()
        self.close()

    def close(self) -> None:
        """The end of the program; what its workers do is finished."""
        self.jobs.close()
        self.journal.close()
        self._session.close()
