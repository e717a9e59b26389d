"""How many bookings a second the registry takes, on SQLite and on PostgreSQL, and where a booking's time goes (R38)."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from postgresql_server import postgresql
from registry_process import RegistryProcess, registry_process

from benchmarks import disk, region_of_times
from benchmarks.booking_load import CLIENTS, Booked, book_all
from benchmarks.figures import percentile, spread, table
from benchmarks.house import House
from benchmarks.region_of_times import Region

DOCTORS, VISITORS, WARM, ROUNDS = 200, 5_000, 200, 3
#: Bookings a second, and the longest ms of 99 of 100 requests.
SQLITE_TARGET, POSTGRESQL_TARGET, LONGEST_MS = 300, 200, 100
_SAMPLES = 200

#: To what a sample belongs: the innermost function of a stack that is in one of these.
_PARTS = (
    ("do_commit", "commit"),
    ("_sent (kiosk/central/prepared.py", "statements: the database"),
    ("do_execute", "statements: the database"),
    ("sqlalchemy/", "SQLAlchemy"),
    ("kiosk/central/frame.py", "frame: a request read, checked and answered"),
    ("kiosk/central/", "rules, rows, resources"),
    ("babel/", "words of messages"),
    ("prometheus_client/", "metrics"),
    ("logging/", "access log"),
    ("starlette/", "HTTP: uvicorn, Starlette, worker threads"),
    ("uvicorn/", "HTTP: uvicorn, Starlette, worker threads"),
    ("anyio/", "HTTP: uvicorn, Starlette, worker threads"),
    ("asyncio/", "HTTP: uvicorn, Starlette, worker threads"),
    ("threading.py", "HTTP: uvicorn, Starlette, worker threads"),
)


@dataclass(frozen=True)
class Run:
    """One round: what the clients saw, and what of the processor the servers had for a booking, ms."""

    booked: Booked
    processor: float


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    kinds = {"SQLite, 1 process": sqlite, "PostgreSQL, 2 processes": on_postgresql}
    runs: dict[str, list[Run]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind, servers in kinds.items():
            with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as (region, registries):
                runs[kind].append(_run(region, registries))
    with tempfile.TemporaryDirectory() as folder, sqlite(Path(folder)) as (region, registries):
        profile = _profile(region, registries[0], Path(folder))
        synced = disk.sync_ms(Path(folder))
    return "\n\n".join(
        (
            "## Bookings",
            f"{CLIENTS} clients on the same processors, each on a kept connection: `$hold`, then `$book` with a patient's token, at "
            f"once the next, always another patient with another doctor's time ({DOCTORS} doctors, {VISITORS - WARM:,} patients signed "
            f"in shortly before at a terminal each, the first {WARM} do not count). SQLite has WAL and synchronous=FULL. The clients "
            "are one process of asyncio on uvloop with prepared requests; of an answer they read the status and the length. "
            f"{ROUNDS} rounds in turn, each with a database of its own: median (least-most).",
            table(
                [
                    "",
                    "bookings a second",
                    "`$hold` p50, ms",
                    "p99",
                    "`$book` p50",
                    "p99",
                    "processor of the registry, ms a booking",
                ],
                [_row(kind, several) for kind, several in runs.items()],
            ),
            f"Target: on SQLite at least {SQLITE_TARGET} a second with a p99 under {LONGEST_MS} ms, on PostgreSQL at least "
            f"{POSTGRESQL_TARGET}. A sync of this disk takes {synced}.",
            f"Where the time of the interpreter goes in the registry on SQLite, of a run of its own, as py-spy samples the thread "
            f"that has it, {_SAMPLES} times a second; waiting for the disk is no part of it:",
            table(["part", "share"], [(part, f"{share:.0%}") for part, share in profile]),
        )
    )


def _row(kind: str, runs: Sequence[Run]) -> tuple[object, ...]:
    figures = (
        spread([share_of(run.booked)[at] for run in runs], ".1f")
        for share_of in (_held, _booked)
        for at in (0, 1)
    )
    return (
        kind,
        spread([run.booked.rate for run in runs]),
        *figures,
        spread([run.processor for run in runs], ".2f"),
    )


def _held(booked: Booked) -> tuple[float, float]:
    return percentile(booked.holds, 0.5), percentile(booked.holds, 0.99)


def _booked(booked: Booked) -> tuple[float, float]:
    return percentile(booked.books, 0.5), percentile(booked.books, 0.99)


Served = tuple[Region, list[RegistryProcess]]


@contextmanager
def sqlite(folder: Path) -> Iterator[Served]:
    """The region on SQLite, served by one process."""
    url = f"sqlite:///{folder / 'registry.sqlite'}"
    region = region_of_times.create(url, DOCTORS, VISITORS, int(time.time()))
    with registry_process(url, folder / "registry.log") as registry:
        yield region, [registry]


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Served]:
    """The region on a PostgreSQL of its own, served by two processes, each on a port of its own."""
    with postgresql(durable=True) as server, ExitStack() as stack:
        url = server.url("postgres")
        region = region_of_times.create(url, DOCTORS, VISITORS, int(time.time()))
        logs = (folder / f"registry-{number}.log" for number in range(2))
        yield region, [stack.enter_context(registry_process(url, log)) for log in logs]


def _run(region: Region, registries: Sequence[RegistryProcess]) -> Run:
    bases = [registry.base for registry in registries]
    book_all(bases, region, region.visitors[:WARM])
    worked = sum(processor_seconds(registry.pid) for registry in registries)
    booked = book_all(bases, region, region.visitors[WARM:])
    worked = sum(processor_seconds(registry.pid) for registry in registries) - worked
    return Run(booked, worked * 1000 / (len(region.visitors) - WARM))


def processor_seconds(pid: int) -> float:
    """What a process has had of the processor, its kernel's work for it included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


# --- the profile -------------------------------------------------------------------------------------------------


def _profile(region: Region, registry: RegistryProcess, folder: Path) -> list[tuple[str, float]]:
    """Parts and their shares, the greatest first."""
    book_all([registry.base], region, region.visitors[:WARM])
    stacks = folder / "stacks"
    command = [
        str(Path(sys.executable).with_name("py-spy")),
        "record",
        "--gil",
        "--format",
        "raw",
        "--rate",
        str(_SAMPLES),
        "--duration",
        "600",
        "--pid",
        str(registry.pid),
        "--output",
        str(stacks),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sampler:
        assert sampler.stdout is not None
        next(line for line in sampler.stdout if "Sampling process" in line)
        book_all([registry.base], region, region.visitors[WARM:])
        # It writes down what it has when there is nothing more to see.
        registry.kill()
        sampler.communicate()
    parts: Counter[str] = Counter()
    for line in stacks.read_text("utf-8").splitlines():
        stack, _, count = line.rpartition(" ")
        parts[_part(stack.split(";"))] += int(count)
    whole = sum(parts.values())
    return [(part, count / whole) for part, count in parts.most_common()]


def _part(stack: Sequence[str]) -> str:
    for function in reversed(stack):
        for place, part in _PARTS:
            if place in function:
                return part
    return "other"
