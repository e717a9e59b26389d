"""Thousands of visits without a window against the real registry with faults on the wire (issue 2).

`script/soak` runs this; a short form of it is a test. Whatever may never happen (architecture.md) is looked for
after every visit and at the end, in the registry's database, the journals and on paper.
"""

import logging
import shutil
import sqlite3
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from registry_process import RegistryProcess, command
from visit_audit import Audit
from visit_ledger import Ledger
from visit_lobby import Lobby
from visit_people import Person, people, strangers

from kiosk.central import identity
from kiosk.central.demo import HOME_FACILITY
from kiosk.central.store import Store

LOBBIES = 4
FAULT_RATE = 0.06
#: After about so many visits the registry is killed, and the database looked through.
KILLED_EVERY, AUDITED_EVERY = 120, 50
SETTLE_SECONDS = 90.0

_TIME_PASSES = {
    "token": "UPDATE token SET expires = :now - 1 WHERE terminal_id = :terminal",
    "hold": "UPDATE hold SET expires = :now - 1 WHERE terminal_id = :terminal AND expires > :now",
    "claim": "UPDATE claim SET expires = :now - 1 WHERE holder = :terminal AND expires > :now",
    "told elsewhere": "UPDATE appointment SET seen = 1 WHERE changed > :now - 5 AND id IN "
    "(SELECT appointment FROM request WHERE terminal_id = :terminal)",
    "limits": "DELETE FROM failure WHERE :terminal IS NOT NULL AND :now > 0",
}


@dataclass(frozen=True)
class Report:
    """What came of it."""

    visits: int
    seed: int
    seconds: float
    ledger: Ledger
    faults: Counter[str]
    requests: int
    holds_left: int

    @property
    def is_right(self) -> bool:
        return not self.ledger.violations


class Region:
    """The demo region in a folder, its running registry, and everybody who may come. `ready`: a database of today."""

    def __init__(self, folder: Path, seed: int, ready: Path | None = None) -> None:
        self.database = folder / "registry.sqlite"
        self.log = folder / "registry.log"
        url = f"sqlite:///{self.database}"
        if ready is None:
            make_demo(self.database)
        else:
            shutil.copyfile(ready, self.database)
        self.process = RegistryProcess(url, self.log)
        everybody = people(self.database)
        self._random = Random(seed)
        self._lock = threading.Lock()
        self._at_home = [one for one in everybody if one.facility_id == HOME_FACILITY]
        self._special = [one for one in everybody if one.situation]
        self._everybody = everybody
        self._strangers = strangers(self.database)
        self._recent: list[Person] = []
        self.came: dict[str, Person] = {}

    def enroll(self, name: str) -> str:
        """The credential of a new terminal."""
        store = Store(f"sqlite:///{self.database}")
        try:
            return identity.enroll(store, name, int(time.time()))
        finally:
            store.close()

    def next_person(self) -> Person:
        """Who comes next; now and then somebody who stands at another terminal as well."""
        with self._lock:
            groups = (self._at_home, self._everybody, self._special, self._strangers, self._recent)
            group = self._random.choices(groups, (50, 33, 10, 2, 5))[0] or self._at_home
            person = self._random.choice(group)
            self._recent = [person, *self._recent[:3]]
            self.came[person.policy_number] = person
        return person

    def other_facility(self) -> str:
        with closing(sqlite3.connect(self.database)) as connection:
            query = "SELECT id FROM facility WHERE id != ? ORDER BY id LIMIT 1"
            return str(connection.execute(query, (HOME_FACILITY,)).fetchone()[0])

    def let_pass(self, what: str, terminal: str) -> None:
        """As if the time of a token, a hold or the limits were over, or the cabinet had shown a booking."""
        with closing(sqlite3.connect(self.database, timeout=20, isolation_level=None)) as connection:
            [(id,)] = connection.execute("SELECT id FROM terminal WHERE name = ?", (terminal,)).fetchall()
            values = {"now": int(time.time()), "terminal": id}
            connection.execute("BEGIN IMMEDIATE")
            for name in ("hold", "claim") if what == "hold" else (what,):
                connection.execute(_TIME_PASSES[name], values)
            connection.execute("COMMIT")


def make_demo(database: Path) -> None:
    """The demo region of today in a new file."""
    url = f"sqlite:///{database}"
    subprocess.run(command("init", "--demo", "--database", url), check=True, capture_output=True)


class Soak:
    """So many visits at several terminals at once."""

    def __init__(self, folder: Path, visits: int, seed: int, ready: Path | None = None) -> None:
        self._folder = folder
        self._ready = ready
        self._visits = visits
        self._seed = seed
        self._random = Random(seed)
        self._begun = self._ended = 0
        self._changed = threading.Condition()
        self.ledger = Ledger()

    def run(self) -> Report:
        """All visits, then the last look; `violations` of the ledger say what was wrong."""
        began = time.monotonic()
        with ExitStack() as stack:
            logs = stack.enter_context(log_file(self._folder / "terminals.log"))
            region = Region(self._folder, self._seed, self._ready)
            stack.enter_context(serving(region.process))
            lobbies = [stack.enter_context(self._lobby(region, number)) for number in range(LOBBIES)]
            audit = Audit(region.database, self.ledger)
            self._let_come(region, lobbies, audit)
            holds = last_look(lobbies, audit)
            audit.silence([logs, region.log, *self._folder.glob("T-*")], personal_words(region))
            seconds = time.monotonic() - began
            return Report(self._visits, self._seed, seconds, self.ledger, *_wire(lobbies), holds)

    def _lobby(self, region: Region, number: int) -> Lobby:
        name = f"T-{number + 1:02}"
        home = HOME_FACILITY if number < LOBBIES - 1 else region.other_facility()
        random = Random(f"{self._seed} {name}")
        place = (name, home, region.process.base, region.enroll(name), self._folder)
        return Lobby(*place, self.ledger, random, region.let_pass, FAULT_RATE)

    def _let_come(self, region: Region, lobbies: Sequence[Lobby], audit: Audit) -> None:
        with ThreadPoolExecutor(len(lobbies)) as pool:
            lines = [pool.submit(self._line, region, lobby) for lobby in lobbies]
            try:
                self._disturb(region.process, audit)
            finally:
                for line in lines:
                    line.result()

    def _line(self, region: Region, lobby: Lobby) -> None:
        """One patient after the other."""
        try:
            while self._is_next():
                lobby.visit(region.next_person())
                self._one_more()
        finally:
            self._one_more(last=True)

    def _is_next(self) -> bool:
        with self._changed:
            self._begun += 1
            return self._begun <= self._visits

    def _one_more(self, *, last: bool = False) -> None:
        """With a line that ends, by an error perhaps, nobody waits for numbers that never come."""
        with self._changed:
            self._ended += self._visits if last else 1
            self._changed.notify_all()

    def _disturb(self, registry: RegistryProcess, audit: Audit) -> None:
        """The registry is killed now and then and started again; the database is looked through."""
        kill_at = self._random.randint(KILLED_EVERY // 4, KILLED_EVERY // 2)
        for look_at in range(AUDITED_EVERY, self._visits, AUDITED_EVERY):
            while kill_at <= look_at:
                self._wait_for(kill_at)
                self._kill(registry)
                kill_at += self._random.randint(KILLED_EVERY // 2, KILLED_EVERY * 3 // 2)
            self._wait_for(look_at)
            audit.doubles()

    def _wait_for(self, visits: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._ended >= min(visits, self._visits))

    def _kill(self, registry: RegistryProcess) -> None:
        registry.kill()
        threading.Event().wait(self._random.uniform(0, 0.5))  # nobody is there
        registry.start()
        self.ledger.count(self.ledger.events, "registry killed and started again")


def last_look(lobbies: Sequence[Lobby], audit: Audit) -> int:
    """What must be right when all is calm again; how many terminals have a hold left that runs out by itself."""
    for lobby in lobbies:
        lobby.settle(SETTLE_SECONDS)
        lobby.proxy.wait_until_quiet()
        lobby.settle(SETTLE_SECONDS)
    audit.doubles()
    journals = [lobby.place.journal for lobby in lobbies]
    audit.told(journals)
    for journal in journals:
        audit.journal(journal)
    audit.papers([paper for lobby in lobbies for paper in lobby.printer.papers], journals)
    return audit.holds()


@contextmanager
def serving(process: RegistryProcess) -> Iterator[None]:
    process.start()
    try:
        yield
    finally:
        if process.running:
            process.kill()


@contextmanager
def log_file(path: Path) -> Iterator[Path]:
    """Everything that is logged in this process, at any level."""
    handler, root = logging.FileHandler(path, encoding="utf-8"), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield path
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
        handler.close()


def personal_words(region: Region) -> set[str]:
    return {word for person in region.came.values() for word in person.words}


def _wire(lobbies: Sequence[Lobby]) -> tuple[Counter[str], int]:
    faults: Counter[str] = Counter()
    for lobby in lobbies:
        faults += lobby.proxy.faults_done
    return faults, sum(len(lobby.proxy.done) for lobby in lobbies)
