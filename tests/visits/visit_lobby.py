"""One terminal in a lobby: its proxy, its printer with faults, its program that is killed now and then, its patients."""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from time import monotonic
from types import TracebackType

from fault_proxy import FaultProxy, Pace
from visit_ledger import Ledger
from visit_patient import Patient
from visit_people import Person
from visit_program import Place, Program
from wire_printer import WirePrinter

from kiosk.explanations import Explanation
from kiosk.flow import Step
from kiosk.terminal import Terminal
from kiosk.ticket import qr_payload
from kiosk.views import Busy, Printing

#: With the program's read timeout of 1 s: `slow` is an answer in time, `late` is not.
PACE = Pace(slow=0.4, late=1.3, again=0.4, outage=0.3)
#: However the faults fall, a visit is over in less.
STUCK_SECONDS = 60.0
_PASSED = {
    "token": "a token ran out",
    "hold": "a hold ran out",
    "told elsewhere": "a booking was told elsewhere",
    "limits": "limits of tries were over",
}
PRINTER_FAULTS = (
    "paper_out",
    "cover_open",
    "offline",
    "silent",
    "dead",
    "no_proof",
    "paper_low",
    "slow",
    "late",
)


class Lobby:
    """`visit` lets one patient come and go; `settle` waits until the terminal has put everything right."""

    def __init__(
        self,
        name: str,
        home_facility_id: str,
        registry: str,
        credential: str,
        folder: Path,
        ledger: Ledger,
        random: Random,
        let_pass: Callable[[str, str], None],
        fault_rate: float,
    ) -> None:
        self.name = name
        self._registry, self._credential, self._home = registry, credential, home_facility_id
        self._folder = folder
        self._ledger = ledger
        self._random = random
        self._let_pass = let_pass
        self._fault_rate = fault_rate
        self._stack = ExitStack()
        self._visits = 0
        self._recently: tuple[str, ...] = (
            datetime.now(UTC).isoformat(),
        )  # when this visit and the one before began
        self._papers_seen = 0
        self._hanging: set[str] = set()
        self._lingering: set[str] = set()
        self._codes: set[str] = set()  # told in this visit
        self._broken_until = 0
        self._last_step = ""
        self._is_silent = False
        self._notice: Explanation | None = None

    def __enter__(self) -> "Lobby":
        self.proxy = self._stack.enter_context(FaultProxy(self._registry, PACE))
        self.printer = self._stack.enter_context(WirePrinter(clears_on=self._random.choice(("dc4", "enq"))))
        self.place = Place(
            self.name,
            self._home,
            self.proxy.base,
            self._credential,
            self.printer.port,
            self._folder / f"{self.name}.sqlite",
        )
        self.program = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.program.close()
        self._stack.close()

    @property
    def terminal(self) -> Terminal:
        return self.program.terminal

    def _start(self) -> Program:
        """The program starts, on the journal that it had."""
        return Program(self.place, self._paint)

    def _patient(self, person: Person) -> Patient:
        return Patient(person, self._random)

    def visit(self, person: Person) -> None:
        """From the welcome screen to the welcome screen, or until the program is killed."""
        began = monotonic()
        self._recently = (self._recently[-1], datetime.now(UTC).isoformat())
        self.proxy.draw(Random(self._random.random()), self._fault_rate)
        self._wait_for_welcome(began)
        self._look_at_papers(self._codes | self._lingering)
        # Whoever pressed Finish while the ticket was being printed takes it a moment later.
        self._lingering = self._codes | self._lingering if self.program.jobs.working("printer") else set()
        self._codes = set()
        self._move_printer()
        outcome = self._attend(self._patient(person), began)
        self._look_at_papers(self._codes | self._lingering)
        self._ledger.count(self._ledger.outcomes, outcome)
        self._ledger.seconds.append(monotonic() - began)
        self._visits += 1

    def settle(self, seconds: float) -> None:
        """With a calm network and a working printer; a terminal that has not settled by then is a violation."""
        self.proxy.calm()
        self._mend_printer()
        end = monotonic() + seconds
        while self.program.journal.unsettled() or self.program.jobs.under_way:
            self.program.tick(0.005)
            if monotonic() > end:
                self._ledger.violation(f"{self.name}: not settled after {seconds:g} s")
                return

    # --- a visit -------------------------------------------------------------------------------------------------

    def _wait_for_welcome(self, began: float) -> None:
        """A started program has looked at its printer before the next patient is there."""
        while self._is_getting_ready:
            self.program.tick(0.01)
            if monotonic() - began > STUCK_SECONDS:
                self._ledger.violation(f"{self.name}: never ready for a patient: {self.terminal.step}")
                return

    @property
    def _is_getting_ready(self) -> bool:
        terminal = self.terminal
        if terminal.home is None:
            return True
        is_new = self.program.seconds < 5
        return terminal.step is not Step.WELCOME or (is_new and self.program.jobs.working("printer") > 0)

    def _attend(self, patient: Patient, began: float) -> str:
        patient.act(self.terminal)
        while self.terminal.visit.started:
            if self._is_killed():
                return self._kill()
            self._age()
            self.program.tick(self._random.uniform(0.001, 0.02))
            if self.terminal.visit.started:
                self._last_step = self.terminal.step.value
            if not patient.away:
                patient.act(self.terminal)
            if monotonic() - began > STUCK_SECONDS:
                self._ledger.violation(f"{self.name}: stuck at {self.terminal.step} {self.terminal.busy}")
                self.terminal.leave()
        return self._outcome(patient)

    def _outcome(self, patient: Patient) -> str:
        how = "walked away" if patient.away else "finished"
        self._ledger.count(self._ledger.steps, self._last_step)
        return f"{self._told}, {how}"

    @property
    def _told(self) -> str:
        return "told: booked" if self._codes else "not booked"

    def _paint(self) -> None:
        terminal = self.terminal
        if terminal.notice is not None and terminal.notice is not self._notice:
            self._ledger.count(self._ledger.notices, terminal.notice.title)
        self._notice = terminal.notice
        if terminal.taken is not None and terminal.step not in (Step.TIME, Step.HELP):
            self._ledger.violation(f"{self.name}: a taken time is said at {terminal.step}")
        if terminal.step is Step.RESULT:
            self._codes.add(self._ledger.painted(self.name, terminal))

    # --- what happens to a terminal ------------------------------------------------------------------------------

    def _is_killed(self) -> bool:
        terminal = self.terminal
        working = terminal.busy is Busy.BOOK or terminal.printing is Printing.UNDER_WAY
        return self._random.random() < (0.004 if working else 0.0005)

    def _kill(self) -> str:
        """Dead from here on, and started again on the same journal."""
        printing = self.terminal.printing is Printing.UNDER_WAY
        during = "booking" if self.terminal.busy is Busy.BOOK else "printing" if printing else "else"
        self.program.kill()
        self._note_unpainted()
        self.program = self._start()
        self._ledger.count(self._ledger.events, f"terminal killed ({during})")
        return f"{self._told}, killed"

    def _note_unpainted(self) -> None:
        """What the journal calls shown and the program did not live to paint: it stands (architecture.md).

        Of this visit and the one before, whose last job may have been cut off; anything older is a violation.
        """
        shown = "SELECT appointment_id FROM booking WHERE state = 'shown' AND asked_at >= ?"
        with closing(sqlite3.connect(self.place.journal)) as journal:
            rows = journal.execute(shown, (self._recently[0],)).fetchall()
        self._ledger.unpainted |= {id for (id,) in rows if id not in self._ledger.told}

    def _age(self) -> None:
        """Time passes in the registry: token or hold run out, limits are over, the booking is told elsewhere."""
        chance, terminal = self._random.random(), self.terminal
        if chance < 0.003 and terminal.visit.token is not None:
            self._passes("token")
        elif 0.003 <= chance < 0.006 and terminal.hold_left:
            self._passes("hold")
        elif 0.006 <= chance < 0.3 and terminal.in_doubt:
            self._passes("told elsewhere")
        elif chance > 0.999:
            self._passes("limits")

    def _passes(self, what: str) -> None:
        self._let_pass(what, self.name)
        self._ledger.count(self._ledger.events, f"in the registry: {_PASSED[what]}")

    def _move_printer(self) -> None:
        """Faults come at any time; after some visits somebody looks after the printer."""
        if self._broken_until and self._visits >= self._broken_until:
            self._mend_printer()
            self._broken_until = 0
        elif not self._broken_until and self._random.random() < 0.15:
            self._broken_until = self._visits + self._random.randint(1, 4)
            self._break_printer(self._random.choice(PRINTER_FAULTS))

    def _mend_printer(self) -> None:
        """New paper, cover closed; a printer that does not answer is switched off and on."""
        if self._is_silent:
            self.printer.fault("dead")
            self._is_silent = False
        self.printer.clear()

    def _break_printer(self, fault: str) -> None:
        self._ledger.count(self._ledger.events, f"printer: {fault}")
        self._is_silent = fault == "silent"
        if fault == "slow":
            self.printer.fault("slow", rate=self._random.choice((250, 600, 2000)))
        elif fault == "late":
            self.printer.fault("late", seconds=self._random.choice((0.1, 0.3, 0.8)))
        else:
            in_the_middle = self._random.random() < 0.6
            self.printer.fault(fault, after=self._random.randint(1, 900) if in_the_middle else None)

    # --- paper ---------------------------------------------------------------------------------------------------

    def _look_at_papers(self, expected: set[str]) -> None:
        """Whatever came out since the last look has one of these codes, or none: the rest of a ticket, cut off.

        What stood on the paper already when its patient left hangs there, and is cut off when the printer works again.
        """
        papers = self.printer.papers
        for paper in papers[self._papers_seen :]:
            if not paper.codes:
                self._ledger.count(self._ledger.events, "paper: the rest of a ticket, cut off")
            elif set(paper.codes) <= self._hanging:
                self._ledger.count(self._ledger.events, "paper: what hung from the printer, cut off")
            elif not set(paper.codes) <= {qr_payload(code) for code in expected}:
                self._ledger.violation(
                    f"{self.name}: paper came out for another patient ({self._ledger.about(paper)})"
                )
        self._papers_seen = len(papers)
        self._hanging = set(self.printer.strip.codes)
