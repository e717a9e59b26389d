"""A thousand terminals in front of one registry, which is killed in the middle: what they wait, and that nothing is lost (R38)."""

import asyncio
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode

import orjson
import uvloop
from registry_process import RegistryProcess, registry_process

from benchmarks import asked, region_of_times, wire
from benchmarks.bulk import ZONE
from benchmarks.figures import percentile, table
from benchmarks.house import House
from benchmarks.region_of_times import Region, Visitor, facility_id, role_id, specialty
from benchmarks.wire import Wire

TERMINALS, EVERY_SECONDS, SECONDS = 1_000, 120, 300
DOCTORS = 2_000
#: Of so many who have booked one thinks better of it.
CANCELS = 5
TARGET_MS = 100
#: What is asked again after the connection was lost, and when.
AGAIN_SECONDS = 0.2


@dataclass
class Told:
    """What the registry has answered: ms by kind of request, and the state of each booking that was acknowledged."""

    spent: dict[str, list[float]] = field(default_factory=dict)
    again: list[float] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    beaten: int = 0
    visits: int = 0
    dead_seconds: float = 0


@dataclass(frozen=True)
class Terminal:
    """One of them: its connection, its credential, and what all of them share."""

    registry: RegistryProcess
    region: Region
    told: Told
    random: Random
    credential: str
    connection: Wire

    async def visits(self, patients: Iterator[Visitor], until: float) -> None:
        """A visit every two minutes, the first one somewhere in the first two."""
        clock = asyncio.get_running_loop().time
        due = clock() + self.random.uniform(0, EVERY_SECONDS)
        while due < until:
            await asyncio.sleep(due - clock())
            await self._visit(next(patients))
            self.told.visits += 1
            due += EVERY_SECONDS
        self.connection.close()

    async def _visit(self, patient: Visitor) -> None:
        """Who it is, who the doctors are, when they have time, which time it shall be."""
        doctor = self.region.doctor_of(patient)
        first = self.region.first_day + timedelta(days=self.random.randrange(14))
        token = (await self._ask("sign-in", asked.sign_in(self.credential, patient)))["access_token"]
        place = {"organization": facility_id(doctor), "specialty": specialty(doctor)}
        query = urlencode({**place, "_include": "PractitionerRole:practitioner"})
        await self._ask("directory", wire.get(f"/fhir/PractitionerRole?{query}", self.credential))
        week = {"from_": first.isoformat(), "to": (first + timedelta(days=6)).isoformat()}
        await self._ask("`$availability`", asked.availability(self.credential, **place, **week))
        await self._ask("`$availability`", asked.availability(self.credential, role=role_id(doctor), **week))
        id = await self._held(doctor, token)
        await self._ask("`$book`", asked.book(token, id, str(uuid.uuid4())))
        self.told.states[id] = "booked"
        if self.random.randrange(CANCELS) == 0:
            self.told.states[id] = "asked to cancel"
            await self._ask("cancel", asked.cancel(token, id))
            self.told.states[id] = "cancelled"

    async def _held(self, doctor: int, token: str) -> str:
        """A time that is held for this terminal; where somebody else was faster, another one."""
        first = self.region.start(self.random.randrange(region_of_times.TIMES_OF_DOCTOR // 2))
        while True:
            found = asked.find(self.credential, role_id(doctor), first, first + 7 * 24 * 3600, 20, ZONE)
            entries = (await self._ask("`$find`", found))["entry"]
            id: str = self.random.choice(entries)["resource"]["id"]
            held = await self._ask("`$hold`", asked.hold(token, id), beaten=409)
            if held["resourceType"] == "Bundle":
                return id
            self.told.beaten += 1

    async def _ask(self, kind: str, request: bytes, beaten: int = 200) -> dict[str, Any]:
        """The answer; after a lost connection the same is asked again until there is one. Anything else is an error."""
        begun = time.perf_counter()
        lost = False
        while True:
            try:
                answer = await self.connection.ask(self.registry.base, request)
                break
            except OSError:
                lost = True
                await asyncio.sleep(AGAIN_SECONDS)
        if answer.status not in (200, beaten):
            raise RuntimeError(f"{kind}: {answer.status} {answer.body[:300]!r}")
        if lost:
            self.told.again.append(time.perf_counter() - begun)
        else:
            self.told.spent.setdefault(kind, []).append(answer.ms)
        return orjson.loads(answer.body)  # type: ignore[no-any-return]


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    visits = TERMINALS * (SECONDS // EVERY_SECONDS + 1)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "registry.sqlite"
        url = f"sqlite:///{database}"
        region = region_of_times.create(url, DOCTORS, visits, int(time.time()))
        with registry_process(url, Path(folder) / "registry.log") as registry:
            told = uvloop.run(_all(registry, region))
        lost = _lost(database, told)
    rows = [
        (kind, len(ms), *(f"{percentile(ms, share):.1f}" for share in (0.5, 0.95, 0.99)), f"{max(ms):.0f}")
        for kind, ms in told.spent.items()
    ]
    worst = max(percentile(ms, 0.95) for ms in told.spent.values())
    cancelled = sum(state == "cancelled" for state in told.states.values())
    return "\n\n".join(
        (
            "## Terminals",
            f"{TERMINALS:,} terminals, a connection each, before one registry of one process on SQLite with {region.times:,} times: a "
            f"visit every {EVERY_SECONDS} s at each for {SECONDS} s ({told.visits:,} visits), with a sign-in, the doctors of a "
            f"specialty, its week, a doctor's week, `$find`, `$hold`, `$book`, and of {CANCELS} one cancels. In the middle the "
            f"registry is killed (SIGKILL) and started again; it was away for {told.dead_seconds:.1f} s. What is asked meanwhile is "
            "asked again, the same, until it is answered. ms:",
            table(["request", "answers", "p50", "p95", "p99", "max"], rows),
            f"Asked again: {len(told.again)}, the longest was answered after {max(told.again, default=0):.1f} s. Answers that were "
            f"errors: 0; times that somebody else had taken: {told.beaten}. Of {len(told.states):,} bookings that were acknowledged, "
            f"{cancelled} of them cancelled, {lost} are not in the database as they were told.",
            f"Target: p95 of each under {TARGET_MS} ms, no error, nothing lost. Measured: at most {worst:.0f} ms, {lost} lost.",
        )
    )


async def _all(registry: RegistryProcess, region: Region) -> Told:
    told, patients, until = Told(), iter(region.visitors), asyncio.get_running_loop().time() + SECONDS
    async with asyncio.TaskGroup() as tasks:
        for number in range(TERMINALS):
            credential = region.visitors[number].credential
            terminal = Terminal(registry, region, told, Random(number), credential, Wire())
            tasks.create_task(terminal.visits(patients, until))
        tasks.create_task(_killed(registry, told))
    return told


async def _killed(registry: RegistryProcess, told: Told) -> None:
    await asyncio.sleep(SECONDS / 2)
    begun = time.perf_counter()
    registry.kill()
    await asyncio.to_thread(registry.start)
    told.dead_seconds = time.perf_counter() - begun


def _lost(database: Path, told: Told) -> int:
    """How many acknowledged bookings are not there in the state that was acknowledged."""
    with closing(sqlite3.connect(database)) as connection:
        states: dict[str, str] = dict(connection.execute("SELECT id, status FROM appointment"))
    return sum(states.get(id) != state for id, state in told.states.items())
