"""The terminal's program ends by SIGKILL between request and answer, and between answer and print (issue 2).

As a process, without its window. What nobody was shown is cancelled by its identifier, what was shown stands, and
nothing is printed for anybody else ("What may never happen", 2 and 3).
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest
from fault_proxy import FaultProxy
from registry_process import RegistryProcess, registry_process
from visit_people import Person, people
from wire_printer import WirePrinter

from kiosk.central.demo import DEMO_CREDENTIAL, HOME_FACILITY
from kiosk.ticket import qr_payload

WAIT_SECONDS = 60
BOOK = {"path": "$book", "body": b'"pending"'}
HERE = Path(__file__).parent


class Child:
    """A started program; `wait_for` a line that it prints."""

    def __init__(self, settings: Path, person: Person | None) -> None:
        path = os.pathsep.join(str(HERE.parent / room) for room in ("devices", "wire", "central"))
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "visit_child.py"), str(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        )
        self.lines: Queue[str] = Queue()
        self.said: list[str] = []
        self._reader = Thread(target=self._read, name="child output")
        self._reader.start()
        self._tell(person)

    def _tell(self, person: Person | None) -> None:
        known = (
            {}
            if person is None
            else {"policy_number": person.policy_number, "birth_date": person.birth_date.isoformat()}
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(known or None) + "\n")
        self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.lines.put(line.strip())
        self.lines.put("")

    def wait_for(self, beginning: str) -> str:
        """The rest of the line."""
        while True:
            try:
                line = self.lines.get(timeout=WAIT_SECONDS)
            except Empty:
                line = ""
            assert line, f"it never said {beginning!r}: {self.said}"
            self.said.append(line)
            if line.startswith(beginning):
                return line.removeprefix(beginning).strip()

    def kill(self) -> None:
        """SIGKILL; nothing of it runs after this returns."""
        self._process.kill()
        self._process.wait()
        self._reader.join()


class Registry:
    """The demo region served by its own process, and its database to look into."""

    def __init__(self, database: Path, process: RegistryProcess) -> None:
        self.base = process.base
        self._database = database
        everybody = (one for one in people(database) if one.situation == "adult")
        self._adults = iter(sorted(everybody, key=lambda one: one.id))

    def somebody(self) -> Person:
        """An adult who has not been here before."""
        return next(self._adults)

    def rows(self, query: str, *values: str) -> list[tuple]:
        with closing(sqlite3.connect(self._database, timeout=20)) as connection:
            return connection.execute(query, values).fetchall()

    def bookings(self, person: Person) -> list[tuple[str, str, str]]:
        """Status, ticket number and code of what this person asked for here."""
        return self.rows(
            "SELECT a.status, a.ticket, a.code FROM appointment a JOIN request r ON r.appointment = a.id "
            "WHERE a.patient_id = ?",
            person.id,
        )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory, demo_of_today: Path) -> Iterator[Registry]:
    folder = tmp_path_factory.mktemp("registry")
    database = folder / "registry.sqlite"
    url = f"sqlite:///{database}"
    shutil.copyfile(demo_of_today, database)
    with registry_process(url, folder / "registry.log") as process:
        yield Registry(database, process)


class Terminal:
    """Settings, proxy, printer and journal of a terminal whose program is started again and again."""

    def __init__(self, registry: Registry, proxy: FaultProxy, printer: WirePrinter, folder: Path) -> None:
        self.proxy, self.printer = proxy, printer
        self.journal = folder / "state" / "journal.sqlite"
        self._settings = folder / "kiosk.toml"
        self._children: list[Child] = []
        self._settings.write_text(
            f'[terminal]\nname = "T-05"\nhome_facility = "{HOME_FACILITY}"\nstate = "state"\nmode = "demo"\n'
            f'[registry]\nurl = "{proxy.base}"\ncredential = "{DEMO_CREDENTIAL}"\n[display]\n'
            f'[printer]\nhost = "{printer.host}"\nport = {printer.port}\n',
            "utf-8",
        )

    def start(self, person: Person | None = None) -> Child:
        """The program starts; this person books at once."""
        child = Child(self._settings, person)
        self._children.append(child)
        return child

    def end(self) -> None:
        for child in self._children:
            child.kill()

    def entries(self) -> list[tuple[str, str]]:
        """State and paper of each booking in the journal, the oldest first."""
        with closing(sqlite3.connect(self.journal)) as connection:
            return connection.execute("SELECT state, paper FROM booking ORDER BY asked_at").fetchall()

    @property
    def codes(self) -> list[list[str]]:
        """The QR payloads of each piece of paper that came out."""
        return [paper.codes for paper in self.printer.papers]


@pytest.fixture
def terminal(registry: Registry, tmp_path: Path) -> Iterator[Terminal]:
    with FaultProxy(registry.base) as proxy, WirePrinter() as printer:
        terminal = Terminal(registry, proxy, printer, tmp_path)
        yield terminal
        terminal.end()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def test_killed_between_request_and_answer(registry: Registry, terminal: Terminal) -> None:
    """The registry has booked, nobody was shown it: cancelled by identifier, the time is free again."""
    person = registry.somebody()
    terminal.proxy.next("hold-answer", **BOOK)
    child = terminal.start(person)
    assert terminal.proxy.wait_until_held(WAIT_SECONDS)
    child.kill()
    assert [status for status, *_ in registry.bookings(person)] == ["booked"]
    assert terminal.entries() == [("asked", "none")]
    terminal.proxy.let_go()
    terminal.start().wait_for("settled")
    assert [status for status, *_ in registry.bookings(person)] == ["cancelled"]
    assert terminal.entries() == [("cancelled", "none")]
    claims = "SELECT COUNT(*) FROM claim JOIN appointment a ON a.id = appointment WHERE a.patient_id = ? AND a.status = 'cancelled'"
    assert registry.rows(claims, person.id) == [(0,)]
    assert terminal.codes == []


def test_killed_before_the_request_arrives(registry: Registry, terminal: Terminal) -> None:
    """The cancel overtakes the booking: void, and the late request books nothing (api.md section 8)."""
    person = registry.somebody()
    terminal.proxy.next("hold-request", **BOOK)
    child = terminal.start(person)
    assert terminal.proxy.wait_until_held(WAIT_SECONDS)
    child.kill()
    terminal.start().wait_for("settled")
    terminal.proxy.let_go()
    terminal.proxy.wait_until_quiet()
    assert terminal.proxy.faults_done == {"hold-request": 1}, "and it was passed on now"
    assert registry.bookings(person) == []
    assert terminal.entries() == [("cancelled", "none")]
    assert terminal.codes == []


def test_killed_between_answer_and_print(registry: Registry, terminal: Terminal) -> None:
    """Shown: it stands. Nothing was sent to the printer, so nothing comes out for anybody later."""
    person = registry.somebody()
    terminal.printer.fault("silent")
    child = terminal.start(person)
    number = child.wait_for("told")
    child.kill()
    terminal.printer.clear()
    terminal.start().wait_for("settled")
    assert [row[:2] for row in registry.bookings(person)] == [("booked", number)]
    [(state, paper)] = terminal.entries()
    assert state == "shown"
    assert paper in ("none", "unsure"), "the printer had or had not been asked how it is"
    assert terminal.codes == []


def test_killed_in_the_middle_of_printing(registry: Registry, terminal: Terminal) -> None:
    """The printer holds the rest of the ticket and has no paper. The new program clears it: the next patient gets
    their own ticket, whole, on paper of its own (R24)."""
    person, other = registry.somebody(), registry.somebody()
    terminal.printer.fault("silent", after=300)
    child = terminal.start(person)
    number = child.wait_for("told")
    wait_for(lambda: b"TALON" in terminal.printer.held)
    child.kill()
    terminal.printer.fault("paper_out")
    terminal.printer.clear("silent")
    child = terminal.start()
    child.wait_for("settled")
    wait_for(lambda: b"TALON" not in terminal.printer.held)
    child.kill()
    terminal.printer.clear()
    child = terminal.start(other)
    child.wait_for("paper printed")
    assert [row[:2] for row in registry.bookings(person)] == [("booked", number)]
    assert terminal.entries() == [("shown", "unsure"), ("shown", "printed")]
    [(_, _, code)] = registry.bookings(other)
    assert [codes for codes in terminal.codes if codes] == [[qr_payload(code)]]
    torn, whole = terminal.printer.papers
    assert number in torn.text
    assert number not in whole.text


def test_killed_after_printing(registry: Registry, terminal: Terminal) -> None:
    """Shown and printed: it stands, and no second ticket comes out."""
    person = registry.somebody()
    child = terminal.start(person)
    child.wait_for("paper printed")
    child.kill()
    terminal.start().wait_for("settled")
    [(status, _, code)] = registry.bookings(person)
    assert status == "booked"
    assert terminal.entries() == [("shown", "printed")]
    assert terminal.codes == [[qr_payload(code)]]
