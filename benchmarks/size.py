"""Whether the registry becomes slower where there are more times: from ten thousand to ten million (R38)."""

import asyncio
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random

import uvloop
from registry_process import RegistryProcess, registry_process

from benchmarks import asked, region_of_times
from benchmarks.booking_load import CLIENTS
from benchmarks.bulk import ZONE
from benchmarks.figures import percentile, table
from benchmarks.house import House
from benchmarks.region_of_times import TIMES_A_DAY, Region, facility_id, role_id, specialty
from benchmarks.wire import Wire

DOCTORS = (20, 200, 2_000, 20_000)
#: So many questions of each kind to each region, in turn, after some that do not count; and so many to count a second's.
ROUNDS, WARM, FINDS = 400, 40, 8_000
TARGET_RATIO, TARGET_FINDS, TARGET_MB, TARGET_MINUTES = 1.25, 800, 200, 10
WEEK, PAGE = 7, 20


@dataclass
class Measured:
    """A region in its registry, and what was found out: ms by kind of request, questions a second."""

    region: Region
    database: Path
    made: float
    registry: RegistryProcess
    spent: dict[str, list[float]] = field(default_factory=dict)
    finds: float = 0

    @property
    def megabytes(self) -> float:
        """The most memory that its process has had."""
        lines = Path(f"/proc/{self.registry.pid}/status").read_text().splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / 1024


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        regions = [_made(Path(folder), doctors, stack) for doctors in sorted(DOCTORS, reverse=True)][::-1]
        uvloop.run(_ask(regions))
        for one in regions:
            one.finds = uvloop.run(_finds_a_second(one))
        return _section(regions)


def _section(regions: Sequence[Measured]) -> str:
    smallest, largest = regions[0], regions[-1]
    p50 = {kind: [percentile(one.spent[kind], 0.5) for one in regions] for kind in smallest.spent}
    worst = max(several[-1] / several[0] for several in p50.values())
    rows: list[Sequence[object]] = [
        (kind, *(f"{figure:.2f}" for figure in several), f"{several[-1] / several[0]:.2f}")
        for kind, several in p50.items()
    ]
    finds = largest.finds / smallest.finds
    rows += [
        (f"`$find` a second, {CLIENTS} clients", *(f"{one.finds:.0f}" for one in regions), f"{finds:.2f}"),
        ("memory of the process at most, MB", *(f"{one.megabytes:.0f}" for one in regions), ""),
        ("database, MB", *(f"{one.database.stat().st_size / 1e6:.0f}" for one in regions), ""),
        ("made in, s", *(f"{one.made:.0f}" for one in regions), ""),
    ]
    return "\n\n".join(
        (
            "## Size",
            f"Regions of {', '.join(f'{one:,}' for one in DOCTORS)} doctors with {region_of_times.TIMES_OF_DOCTOR} times each, ten a "
            "facility, every time still free, each in a registry of its own on SQLite, one process. One client asks them in turn, "
            f"{ROUNDS} times each, always of another doctor; p50, ms. `$find` is that of a doctor's free times of {WEEK} days, "
            f"{PAGE} of them told and all counted; `$availability` the week of a specialty at a facility, five doctors, and the "
            "week of one doctor with all its times.",
            table(["times", *(f"{one.region.times:,}" for one in regions), "last to first"], rows),
            f"Target: at most {TARGET_RATIO} times from the first to the last, {TARGET_FINDS} `$find` a second, {TARGET_MB} MB, made in "
            f"{TARGET_MINUTES} minutes. Measured: at most {worst:.2f}.",
        )
    )


def _made(folder: Path, doctors: int, stack: ExitStack) -> Measured:
    """The largest is made first: the tokens of its patients last for minutes, and all are asked after the last is made."""
    database = folder / f"{doctors}.sqlite"
    url, begun = f"sqlite:///{database}", time.perf_counter()
    region = region_of_times.create(url, doctors, ROUNDS + WARM, int(time.time()))
    made = time.perf_counter() - begun
    registry = stack.enter_context(registry_process(url, folder / f"{doctors}.log"))
    return Measured(region, database, made, registry)


async def _ask(regions: Sequence[Measured]) -> None:
    """Every kind of request, of one region after the other."""
    wires = [Wire() for _ in regions]
    doctors = Random("doctors asked for")
    for number in range(WARM + ROUNDS):
        for one, wire in zip(regions, wires, strict=True):
            doctor = doctors.randrange(one.region.doctors)
            for kind, request in _requests(one.region, number, doctor).items():
                answer = await wire.ask(one.registry.base, request)
                _check(answer.status, answer.body)
                if number >= WARM:
                    one.spent.setdefault(kind, []).append(answer.ms)
    for wire in wires:
        wire.close()


def _requests(region: Region, number: int, doctor: int) -> dict[str, bytes]:
    """What is asked in this round; the patient of this number books where they are attached."""
    visitor = region.visitors[number]
    own = region.doctor_of(visitor)
    week = dict(zip(("from_", "to"), _week(region), strict=True))
    place = {"organization": facility_id(doctor), "specialty": specialty(doctor)}
    id = region.free_id(own, number // region.doctors)
    bearer = visitor.credential
    return {
        "`$find`": _find(region, bearer, doctor),
        "`$availability` of a specialty": asked.availability(bearer, **place, **week),
        "`$availability` of a doctor": asked.availability(bearer, role=role_id(doctor), **week),
        "`$hold`": asked.hold(visitor.token, id),
        "`$book`": asked.book(visitor.token, id, str(uuid.uuid4())),
    }


def _week(region: Region) -> tuple[str, str]:
    last = region.first_day + timedelta(days=WEEK - 1)
    return region.first_day.isoformat(), last.isoformat()


def _find(region: Region, bearer: str, doctor: int) -> bytes:
    start, end = region.start(0), region.start(WEEK * TIMES_A_DAY)
    return asked.find(bearer, role_id(doctor), start, end, PAGE, ZONE)


async def _finds_a_second(one: Measured) -> float:
    numbers, doctors = count(), Random("doctors found")

    async def client() -> None:
        wire = Wire()
        while next(numbers) < FINDS:
            doctor = doctors.randrange(one.region.doctors)
            request = _find(one.region, one.region.visitors[0].credential, doctor)
            answer = await wire.ask(one.registry.base, request)
            _check(answer.status, answer.body)
        wire.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return FINDS / (time.perf_counter() - begun)


def _check(status: int, body: bytes) -> None:
    if status != 200:
        raise RuntimeError(f"{status} {body[:300]!r}")
