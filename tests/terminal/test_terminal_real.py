"""Terminal, client, booking and journal against the real registry over HTTP, the wire breaking at random.

What the patient was told last is what the registry holds (architecture.md, "What may never happen", 1 and 2), and
nothing typed is found anywhere afterwards (R39).
"""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import requests
from fake_devices import FakeSounds
from inline_jobs import InlineJobs
from kiosk_bench import FakePrinter, Time
from random_patient import RandomPatient
from real_region import Adult, BreakingWire, RealRegion, real_region

from kiosk.api_client.client import RegistryClient
from kiosk.booking import Booking
from kiosk.central.demo import HOME_FACILITY
from kiosk.devices.card_reader import NoCardReader
from kiosk.devices.code_scanner import NoScanner
from kiosk.flow import Step
from kiosk.journal import Journal
from kiosk.models import TimeState
from kiosk.terminal import Terminal
from kiosk.views import Failed, Ready
from kiosk.visit import Fact, Intent

VISITS = 40
#: Of the random patient; `script/wander` does more.
STEPS = int(os.environ.get("RANDOM_STEPS", "250"))
SEED = int(os.environ.get("RANDOM_SEED", "11"))


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealRegion]:
    with real_region(tmp_path_factory.mktemp("region")) as region:
        yield region


class Lobby:
    """A terminal at the real registry, over a wire that can break."""

    def __init__(self, region: RealRegion, folder: Path, random: Random) -> None:
        self.random = random
        self.time = Time()
        self.wire = BreakingWire(random)
        self.session = requests.Session()
        self.session.mount("http://", self.wire)
        self.registry = RegistryClient(region.base, region.credential, self.session)
        self.journal = Journal(folder / "journal.sqlite")
        self.printer = FakePrinter()
        self.start()

    def start(self) -> None:
        self.terminal = Terminal(
            registry=self.registry,
            booking=Booking(self.registry, self.journal),
            printer=self.printer,
            card_reader=NoCardReader(),
            scanner=NoScanner(),
            sounds=FakeSounds(),
            jobs=InlineJobs(),
            home_facility_id=HOME_FACILITY,
            terminal_name="T-05",
            clock=lambda: datetime.now(UTC).astimezone(),
            production=False,
            monotonic=self.time.monotonic,
        )
        self.terminal.tick()

    def close(self) -> None:
        self.journal.close()
        self.session.close()

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            self.time.seconds += 1
            self.terminal.tick()

    def heal(self) -> None:
        """The wire is whole again, and all that was left open is put right."""
        self.wire.share = 0.0
        self.wait(400)
        assert self.journal.unsettled() == ()

    def visit(self, adult: Adult, patience: int = 60) -> str:
        """One visit by somebody who touches what they see; the ticket number they were shown, or ''.

        They leave after so many touches; what they saw last is what they believe.
        """
        terminal = self.terminal
        if terminal.step is Step.OUT_OF_SERVICE:
            self.wait(30)
        terminal.start()
        for _ in range(patience):
            terminal.touched()
            self.touch(adult)
            if terminal.step is Step.RESULT:
                break
        number = terminal.ticket.number if terminal.ticket else ""
        terminal.leave()
        return number

    def touch(self, adult: Adult) -> None:
        terminal = self.terminal
        content = terminal.content
        if terminal.in_doubt:
            self.wait(2)
        elif isinstance(content, Failed) or (terminal.notice and terminal.notice.retry):
            terminal.retry()
        elif isinstance(content, Ready):
            self.go_on(terminal.step, content.value, adult)

    def go_on(self, step: Step, value: object, adult: Adult) -> None:
        terminal = self.terminal
        match step:
            case Step.HOME:
                terminal.begin(Intent.BOOK)
            case Step.DISTRICT:
                terminal.choose(Fact.FACILITY, value.home)
            case Step.SPECIALTY:
                terminal.choose(
                    Fact.SPECIALTY, next(row.specialty for row in value if row.specialty.code == "therapist")
                )
            case Step.DOCTOR:
                terminal.choose(
                    Fact.DOCTOR, self.random.choice([row.doctor for row in value.rows if row.load.nearest])
                )
            case Step.TIME:
                terminal.choose_time(self.some_time(value))
            case Step.IDENTIFY:
                self.type(adult)
                terminal.identify()
            case Step.CONTACTS:
                terminal.type("phone", "9120000000")
                terminal.give_contacts()
            case Step.CONFIRM:
                terminal.confirm()

    def some_time(self, week: object) -> TimeState:
        return self.random.choice([time for load in week.days for time in load.times if time.free])

    def type(self, adult: Adult) -> None:
        born = adult.birth_date
        for field, text in {
            "policy_number": adult.policy_number,
            "birth_day": f"{born.day:02}",
            "birth_month": f"{born.month:02}",
            "birth_year": str(born.year),
            "document_number": adult.document_number,
        }.items():
            self.terminal.type(field, text)


@pytest.fixture
def lobby(region: RealRegion, tmp_path: Path) -> Iterator[Lobby]:
    lobby = Lobby(region, tmp_path, Random(20261123))
    yield lobby
    lobby.close()


def test_one_visit_by_nobody_in_a_hurry(lobby: Lobby, region: RealRegion) -> None:
    adult = region.adults[-1]
    number = lobby.visit(adult)
    assert number
    assert region.standing(adult) == [number]
    assert [ticket.number for ticket in lobby.printer.printed] == [number]


def test_nobody_is_told_something_else_than_the_registry_holds(
    lobby: Lobby, region: RealRegion, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Every third patient walks away early, every tenth time the terminal is killed on the spot."""
    told: dict[Adult, list[str]] = {}
    with caplog.at_level(logging.DEBUG):
        for number in range(VISITS):
            adult = region.adults[number % (len(region.adults) - 1)]
            lobby.wire.share = lobby.random.choice((0.0, 0.1, 0.3, 0.5))
            patience = lobby.random.randint(6, 14) if number % 3 == 2 else 60
            shown = lobby.visit(adult, patience)
            told.setdefault(adult, []).extend([shown] if shown else [])
            if number % 10 == 9:
                lobby.start()
            lobby.wait(3)
        lobby.heal()
    for adult, numbers in told.items():
        assert region.standing(adult) == numbers
    assert region.double_booked() == 0
    booked = sum(map(len, told.values()))
    assert booked > VISITS / 3, "most of them were served in spite of everything"
    lobby.journal.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + caplog.text.encode()
    for adult in told:
        for secret in (adult.policy_number, adult.id, adult.document_number, adult.birth_date.isoformat()):
            assert secret.encode() not in written
    assert b"9120000000" not in written


def test_nobody_gets_lost_at_the_real_registry(lobby: Lobby, region: RealRegion) -> None:
    """The random patient over a wire that breaks now and then (issue 3): the registry against the screen after each
    step, and what was shown is what stands in the end."""
    people = lobby.random.sample(region.anybody(), 60)
    by_id = {one.id: one for one in people}
    before = {one.id: (region.standing(one), region.waiting(one)) for one in people}

    def wait(seconds: int) -> None:
        for _ in range(seconds):
            lobby.wait(1)
            patient.look()

    patient = RandomPatient(lambda: lobby.terminal, [(one, one.id) for one in people], SEED, wait)
    for number in range(STEPS):
        lobby.wire.share = 0.2 if number % 50 < 10 else 0.0
        patient.step()
        assert region.holds() <= 1
        if lobby.terminal.step is Step.RESULT:
            assert lobby.terminal.ticket is not None
            assert lobby.terminal.ticket.number in region.standing(by_id[patient.patient_id])
        if lobby.terminal.step is Step.WAITING:
            assert lobby.terminal.stub is not None
            assert lobby.terminal.stub.number in region.waiting(by_id[patient.patient_id])
    lobby.terminal.leave()
    lobby.heal()
    shown = Counter(patient_id for patient_id, _given in patient.given)
    shown.subtract(patient.ended.values())
    perhaps = Counter(patient.perhaps.values())
    for one in people:
        now = len(region.standing(one)) + len(region.waiting(one)) - sum(map(len, before[one.id]))
        assert shown[one.id] - perhaps[one.id] <= now <= shown[one.id]
    held = region.starts()
    assert {id: start for id, start in patient.starts.items() if id in held}.items() <= held.items()
    assert region.double_booked() == 0
