"""A terminal without a screen, its clock in the test's hand, and a patient who knows what to touch."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fake_devices import FakeReader, FakeScanner, FakeSounds
from fake_registry import HOME, IVAN, NOW, SOKOLOVA, THERAPIST, FakeRegistry, Person
from inline_jobs import HeldJobs, InlineJobs

from kiosk.booking import Booking
from kiosk.devices.health import Health
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.journal import Journal
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.staff_room import StaffRoom
from kiosk.models import TimeState
from kiosk.terminal import Terminal
from kiosk.ticket import Ticket
from kiosk.views import Ready
from kiosk.visit import Fact, Intent


class Time:
    """Both clocks of a terminal; only the test moves them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


class FakePrinter:
    """Records what it printed; says what the test lets it say."""

    def __init__(self) -> None:
        self.printed: list[Ticket] = []
        self.now = PrinterState.READY
        self.outcomes: list[PrintOutcome] = []

    def state(self) -> PrinterState:
        return self.now

    def print(self, ticket: Any) -> PrintOutcome:
        outcome = self.outcomes.pop(0) if self.outcomes else PrintOutcome(PrintResult.PRINTED, self.now)
        if outcome.result is PrintResult.PRINTED:
            self.printed.append(ticket)
        return outcome


class Bench:
    """A terminal with everything it works with. `terminal` can be started anew on the same journal: `restart`."""

    def __init__(self, folder: Path, jobs: InlineJobs | HeldJobs) -> None:
        self.time = Time()
        self.registry = FakeRegistry(self.time.now)
        self.journal = Journal(folder / "journal.sqlite", self.time.now)
        self.printer = FakePrinter()
        self.health = Health(self.time.now)
        self.reader, self.scanner, self.sounds = FakeReader(), FakeScanner(), FakeSounds()
        self.jobs = jobs
        self.changes = 0
        self.staff: StaffRoom | None = None
        self.closing = Closing(folder / "closed.json", "")
        self.restart()

    def restart(self) -> None:
        """The program starts again: nothing is left but the journal."""
        self.booking = Booking(self.registry, self.journal)
        self.terminal = Terminal(
            registry=self.registry,
            booking=self.booking,
            printer=self.printer,
            card_reader=self.reader,
            scanner=self.scanner,
            sounds=self.sounds,
            jobs=self.jobs,
            home_facility_id=HOME.id,
            terminal_name="T-05",
            clock=self.time.now,
            production=False,
            monotonic=self.time.monotonic,
            on_change=self._changed,
            staff=self.staff,
            closed=self.closing.explain,
            devices=self.health.devices,
        )
        self.terminal.tick()
        self.settle()

    def _changed(self) -> None:
        self.changes += 1

    def settle(self) -> None:
        """Everything under way comes to its end."""
        if isinstance(self.jobs, HeldJobs):
            self.jobs.settle()

    def wait(self, seconds: int) -> None:
        """Time passes, one tick a second."""
        for _ in range(seconds):
            self.time.seconds += 1
            self.terminal.tick()
            self.settle()

    # --- what a patient does -------------------------------------------------------------------------------------

    @property
    def value(self) -> Any:
        """The data of the present step, which must be there."""
        content = self.terminal.content
        assert isinstance(content, Ready), content
        return content.value

    def free_time(self, number: int = 0) -> TimeState:
        """A free time of the day on show."""
        week = self.value
        day = next(load for load in week.days if load.day == week.chosen)
        return [one for one in day.times if one.free][number]

    def to_specialty(self) -> None:
        self.terminal.start()
        self.terminal.begin(Intent.BOOK)
        self.settle()

    def to_time(self) -> None:
        self.to_specialty()
        self.terminal.choose(Fact.SPECIALTY, THERAPIST)
        self.settle()
        self.terminal.choose(Fact.DOCTOR, SOKOLOVA)
        self.settle()

    def to_identify(self) -> None:
        self.to_time()
        self.terminal.choose_time(self.free_time())
        self.settle()

    def type_identity(self, person: Person = IVAN) -> None:
        born = person.birth_date
        self.terminal.type("policy_number", person.policy_number)
        self.terminal.type("birth_day", f"{born.day:02}")
        self.terminal.type("birth_month", f"{born.month:02}")
        self.terminal.type("birth_year", str(born.year))

    def identify(self, person: Person = IVAN) -> None:
        self.type_identity(person)
        self.terminal.identify()
        self.settle()

    def to_contacts(self, person: Person = IVAN) -> None:
        self.to_identify()
        self.identify(person)

    def to_confirm(self, person: Person = IVAN) -> None:
        self.to_contacts(person)
        self.terminal.skip_contacts()
        self.settle()

    def to_result(self) -> None:
        self.to_confirm()
        self.terminal.confirm()
        self.settle()

    def to_cabinet(self, person: Person = IVAN) -> None:
        self.terminal.start()
        self.terminal.begin(Intent.CABINET)
        self.settle()
        self.identify(person)

    def to_ticket(self) -> None:
        """The ticket of a booking that was made in a visit before."""
        self.to_result()
        self.terminal.finish()
        self.settle()
        self.to_cabinet()
        self.terminal.open_ticket(self.registry.standing()[0].appointment.id)
        self.settle()

    def to_move(self) -> None:
        self.to_ticket()
        self.terminal.move_ticket()
        self.settle()
