"""What each patient was told and what came out on paper: noted as it is painted, to be compared with the registry."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from wire_printer import Mechanism, Paper

from kiosk.devices.escpos_writer import ticket_bytes
from kiosk.terminal import Terminal
from kiosk.ticket import Ticket, qr_payload
from kiosk.views import Printing
from kiosk.visit import Fact


@dataclass
class Told:
    """«Вы записаны», as the screen said it last. `papers` is the end of each try to print, None while under way."""

    terminal: str
    patient_id: str
    appointment_id: str
    doctor_id: str
    start: datetime
    number: str
    code: str
    ticket: Ticket = field(repr=False)
    papers: list[Printing] = field(default_factory=list)

    def painted(self, printing: Printing | None) -> None:
        """The state of the paper as shown now."""
        if printing is Printing.UNDER_WAY and (not self.papers or self.papers[-1] is not printing):
            self.papers.append(printing)
        elif printing is not None and self.papers:
            self.papers[-1] = printing

    @property
    def least_papers(self) -> int:
        return self.papers.count(Printing.PRINTED)

    @property
    def most_papers(self) -> int:
        return sum(one is not Printing.NOT_PRINTED for one in self.papers)

    @property
    def payload(self) -> str:
        return qr_payload(self.code)

    @property
    def paper(self) -> str:
        """The text of the whole ticket as a printer that works prints it."""
        printer = Mechanism("dc4")
        printer.receive(ticket_bytes(self.ticket, "TM-T20II", 80), lambda reply: None)
        printer.work(lambda reply: None)
        return printer.papers[0].text


class Ledger:
    """Of all terminals. `unpainted`: appointments whose program was killed between `shown` and the painting;
    `stands`: those that the registry told elsewhere before they could be cancelled."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.told: dict[str, Told] = {}
        self.unpainted: set[str] = set()
        self.stands: set[str] = set()
        self.violations: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.notices: Counter[str] = Counter()
        self.events: Counter[str] = Counter()
        self.steps: Counter[str] = Counter()
        self.seconds: list[float] = []

    def painted(self, name: str, terminal: Terminal) -> str:
        """RESULT is on the screen of this terminal; the code of its ticket."""
        booked, doctor = terminal.visit.get(Fact.BOOKING), terminal.visit.get(Fact.DOCTOR)
        assert terminal.ticket is not None
        with self._lock:
            told = self.told.get(booked.id)
            if told is None:
                told = self.told[booked.id] = Told(
                    name,
                    terminal.visit.get(Fact.PATIENT).id,
                    booked.id,
                    doctor.id,
                    booked.start,
                    booked.ticket_number,
                    booked.code,
                    terminal.ticket,
                )
        if told.ticket != terminal.ticket:
            self.violation(f"{name}: the ticket on the screen changed")
        told.painted(terminal.printing)
        return told.code

    def about(self, paper: Paper) -> str:
        """What is known of a piece of paper: its ticket, how its tries to print ended, whether it is whole."""
        told = next((one for one in self.told.values() if [one.payload] == paper.codes), None)
        if told is None:
            return "of nobody"
        tries = ", ".join(one.value for one in told.papers)
        return f"{told.terminal} {told.number}: {tries}; {'whole' if told.paper == paper.text else 'a part'}"

    def violation(self, words: str) -> None:
        """Something that may never happen has happened."""
        with self._lock:
            if words not in self.violations:
                self.violations.append(words)

    def count(self, counter: Counter[str], key: str) -> None:
        with self._lock:
            counter[key] += 1
