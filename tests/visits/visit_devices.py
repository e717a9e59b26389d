"""Visits at one terminal whose devices all fail at random, over the real adapters (issue 5, "Shown to be right").

Printer on the wire, PC/SC daemon with virtual cards, scanner on a pseudo-terminal; the registry is well. The same
visits are made with devices that are well: what the UI thread does must take no longer than there.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from visit_audit import Audit
from visit_hands import Hands
from visit_jobs import DrivenJobs
from visit_ledger import Ledger
from visit_lobby import PRINTER_FAULTS, Lobby
from visit_patient import Patient
from visit_people import Person
from visit_program import PRINTER_TIMEOUT, Papers, Place, Program
from visit_reactions import Reactions
from visit_soak import Region, last_look, log_file, personal_words, serving

from kiosk.central.demo import HOME_FACILITY
from kiosk.devices.card_reader import CardEvent, CardRead, CardRefused, CardRemoved
from kiosk.devices.code_scanner import ScannerEvent
from kiosk.devices.health import Health
from kiosk.devices.pcsc_reader import PcscReader
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanRefused, TicketScanned
from kiosk.devices.serial_scanner import SerialScanner
from kiosk.flow import Step
from kiosk.rounds import Question, Rounds
from kiosk.terminal import Terminal
from kiosk.visit import Fact

#: How often in a look at the screen something happens to reader or scanner, and to the printer before a visit.
MEDDLED, PRINTER_BREAKS = 0.03, 0.4
#: A policy that was shown is waited for so many looks at the screen: the daemon looks for cards twice a second.
LOOKS = 120
#: No call that waits for a device is shorter: the printer's is the shortest patience of all.
BLOCKED_SECONDS = 0.9 * PRINTER_TIMEOUT


class DeviceJobs(DrivenJobs):
    """Times what is handed over; at work for the printer are tickets only, not the question how it is."""

    def __init__(self, reactions: Reactions) -> None:
        super().__init__()
        self._reactions = reactions
        self._asking = 0

    def ask(self, work: Callable[[], Any], *outcomes: Callable[[Any], None], lane: str) -> None:
        """The question of the rounds."""
        with self._lock:
            self._asking += lane == "printer"

        def asked() -> Any:
            try:
                return work()
            finally:
                with self._lock:
                    self._asking -= lane == "printer"

        self.run(asked, *outcomes, lane=lane)

    def working(self, lane: str) -> int:
        return super().working(lane) - (self._asking if lane == "printer" else 0)

    def make(self, call: Callable[[], None]) -> None:
        with self._reactions.call():
            super().make(call)


class _Asking:
    """ports.Jobs for the rounds."""

    def __init__(self, jobs: DeviceJobs) -> None:
        self.run = jobs.ask
        self.post = jobs.post


class CountedReader(PcscReader):
    """Counts what it tells."""

    def __init__(self, count: Callable[[str], None]) -> None:
        super().__init__()
        self._count = count

    def listen(self, tell: Callable[[CardEvent], None]) -> None:
        def counted(event: CardEvent) -> None:
            self._count(f"told by the reader: {_said(event)}")
            tell(event)

        super().listen(counted)


class CountedScanner(SerialScanner):
    """Counts what it tells."""

    def __init__(self, path: str, count: Callable[[str], None]) -> None:
        super().__init__(path)
        self._count = count

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        def counted(event: ScannerEvent) -> None:
            self._count(f"told by the scanner: {_said(event)}")
            tell(event)

        super().listen(counted)


def _said(event: object) -> str:
    """The kind of an event, and what of it is of no person."""
    words = {CardRead: "card read", CardRemoved: "card removed", CardRefused: "card refused"}
    words |= {
        PolicyScanned: "policy",
        NumberScanned: "number",
        TicketScanned: "ticket",
        ScanRefused: "refused",
    }
    what: Any = getattr(event, "kind", getattr(event, "state", None))
    return " ".join((words.get(type(event), "it is"), *([what.value] if what is not None else ())))


class DeviceProgram(Program):
    """The program with its reader, its scanner and the rounds."""

    def __init__(
        self,
        place: Place,
        paint: Callable[[], None],
        scanner: Path,
        reactions: Reactions,
        count: Callable[[str], None],
    ) -> None:
        self._papers = Papers(CountedReader(count), CountedScanner(str(scanner), count))
        jobs = DeviceJobs(reactions)
        super().__init__(place, paint, self._papers, jobs)
        self._reactions = reactions
        self.health = Health(lambda: datetime.now(UTC))
        questions = {
            "printer": Question("printer", self.printer.state),
            "card reader": Question("registry", self._papers.card_reader.state),
            "scanner": Question("registry", self._papers.scanner.state),
        }
        self._rounds = Rounds(questions, self.health, _Asking(jobs), time.monotonic)

    def tick(self, seconds: float) -> None:
        self.jobs.deliver(seconds)
        self.seconds += 1.0
        with self._reactions.call():
            self.terminal.tick()
            self._rounds.tick()

    def close(self) -> None:
        self._papers.card_reader.stop()
        self._papers.scanner.stop()
        super().close()


class DevicePatient(Patient):
    """Shows a policy where others type; types where that leads nowhere."""

    def __init__(self, person: Person, random: Random, hands: Hands, reactions: Reactions) -> None:
        super().__init__(person, random)
        self._hands = hands
        self._reactions = reactions
        self._shows = random.choices(("card", "code", ""), (4, 4, 2))[0]
        self._looks = 0
        self._shown_at: Step | None = None

    def act(self, terminal: Terminal) -> None:
        with self._reactions.call():
            if self._looks and terminal.step is self._shown_at and not terminal.leaving:
                self._looks -= 1
                terminal.touched()
            else:
                self._looks = 0
                super().act(terminal)

    def _go_on(self, terminal: Terminal) -> None:
        at_home = terminal.step is Step.HOME and self._chance(0.4)
        wanted = at_home or terminal.step is Step.IDENTIFY
        if not (wanted and self._shows and not terminal.visit.document_asked and self._show(terminal.step)):
            super()._go_on(terminal)

    def _show(self, step: Step) -> bool:
        shows, self._shows = self._shows, ""
        if not self._hands.show(self.person, shows):
            return False
        self._looks, self._shown_at = LOOKS, step
        return True


class DeviceLobby(Lobby):
    """Nobody kills the program and no time is made to pass, but that of the limits; `calm`: the devices are well."""

    def __init__(self, *lobby: Any, hands: Hands, reactions: Reactions, calm: bool, region: Region) -> None:
        super().__init__(*lobby)
        self._hands = hands
        self._reactions = reactions
        self._calm = calm
        self._region = region
        self._here: list[str] = []

    def visit(self, person: Person) -> None:
        """Something has gone wrong before, and may again."""
        self._here = [*self._here[-2:], person.id]
        if not self._calm:
            self._hands.finish()
            self._hands.meddle(self._region.next_person())
        super().visit(person)

    def settle(self, seconds: float) -> None:
        self._hands.heal()
        super().settle(seconds)

    def _start(self) -> DeviceProgram:
        return DeviceProgram(self.place, self._paint, self._hands.path, self._reactions, self._count)

    def _count(self, what: str) -> None:
        self._ledger.count(self._ledger.events, what)

    def _patient(self, person: Person) -> DevicePatient:
        return DevicePatient(person, self._random, self._hands, self._reactions)

    def _is_killed(self) -> bool:
        """Never; but this is when things go wrong."""
        if not self._calm and self._random.random() < MEDDLED:
            self._hands.meddle(self._region.next_person())
        return False

    def _age(self) -> None:
        if self._random.random() > 0.999:
            self._passes("limits")

    def _move_printer(self) -> None:
        if self._calm:
            return
        if self._broken_until:
            self._mend_printer()
            self._broken_until = 0
        if self._random.random() < PRINTER_BREAKS:
            self._broken_until = 1
            self._break_printer(self._random.choice(PRINTER_FAULTS))

    def _paint(self) -> None:
        super()._paint()
        patient = self.terminal.visit.get(Fact.PATIENT) if self.terminal.step is Step.RESULT else None
        if patient is not None and patient.id not in {*self._here, *self._hands.recent}:
            self._ledger.violation(f"{self.name}: booked for somebody who was not there")


@dataclass(frozen=True)
class DeviceReport:
    """What came of it; `reactions` of the UI thread."""

    visits: int
    seed: int
    seconds: float
    ledger: Ledger
    reactions: Reactions
    printed: int

    @property
    def blocked(self) -> int:
        """How many calls of the UI thread may have waited for a device."""
        return sum(waited >= BLOCKED_SECONDS for waited in self.reactions.waited)


def visits_at(folder: Path, visits: int, seed: int, *, calm: bool, ready: Path | None = None) -> DeviceReport:
    """So many visits and the last look."""
    began, ledger, reactions, name = time.monotonic(), Ledger(), Reactions(), "T-01"
    with log_file(folder / "terminals.log") as log, _alarms(ledger):
        region = Region(folder, seed, ready)
        random = Random(f"{seed} devices")
        hands = Hands(folder, Random(f"{seed} hands"), partial(ledger.count, ledger.events))
        try:
            with serving(region.process):
                place = (name, HOME_FACILITY, region.process.base, region.enroll(name), folder)
                given = (*place, ledger, random, region.let_pass, 0.0)
                with DeviceLobby(*given, hands=hands, reactions=reactions, calm=calm, region=region) as lobby:
                    for _ in range(visits):
                        lobby.visit(region.next_person())
                    audit = Audit(region.database, ledger)
                    last_look([lobby], audit)
                    printed = sum(bool(paper.codes) for paper in lobby.printer.papers)
        finally:
            hands.close()
        audit.silence([log, region.log, *folder.glob("T-*")], personal_words(region))
        if "Traceback" in region.log.read_text("utf-8", "replace"):
            ledger.violation("the registry's log has a traceback")
    return DeviceReport(visits, seed, time.monotonic() - began, ledger, reactions, printed)


@contextmanager
def _alarms(ledger: Ledger) -> Iterator[None]:
    """No error in the log, and no thread that ends by one."""
    handler, before = _Alarms(ledger), threading.excepthook
    logging.getLogger().addHandler(handler)
    threading.excepthook = lambda error: ledger.violation(f"a thread ended by {error.exc_type.__name__}")
    try:
        yield
    finally:
        threading.excepthook = before
        logging.getLogger().removeHandler(handler)


class _Alarms(logging.Handler):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self._ledger.violation(f"in the log: {record.name}: {record.msg}")
