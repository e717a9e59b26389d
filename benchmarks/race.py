"""Clients who all want the same times at the same moment, while the registry and its database are killed: one winner each (R21, R38)."""

import asyncio
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from signal import SIGQUIT

import uvloop
from postgresql_server import PostgresqlServer, postgresql
from registry_process import RegistryProcess, registry_process
from sqlalchemy import select

from benchmarks import asked, region_of_times
from benchmarks.figures import table
from benchmarks.house import House
from benchmarks.region_of_times import TIMES_OF_DOCTOR, Region
from benchmarks.wire import Wire
from kiosk.central.schema import appointment
from kiosk.central.store import Store

CLIENTS, KILLS = 64, 6
AGAIN_SECONDS = 0.1
#: The last patients wait so long for their turn.
WAITING_SECONDS = 3600

#: Kills something, and returns when it is there again.
Kill = Callable[[], None]


@dataclass
class Told:
    """What the clients were told, and what it cost them. Of each time (its number) the patients who have it."""

    winners: dict[int, list[str]] = field(default_factory=dict)
    refused: int = 0
    lost_answers: int = 0
    away: int = 0
    kills: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What is told against what is stored. `unheard`: stored, and nobody was told."""

    one_winner: int
    lost: int
    double: int
    unheard: int


def race(
    registries: Sequence[RegistryProcess], region: Region, clients: int, kills: Sequence[Kill] = ()
) -> Told:
    """For one time after the other every client asks at once, each for a patient of their own, until they are told.

    The region has one doctor, and a patient for each client and time. The kills fall into the middle, one after the other.
    """
    return uvloop.run(_race(registries, region, clients, kills))


def outcome(url: str, region: Region, told: Told) -> Outcome:
    """Compares what was told with the bookings that are there."""
    store = Store(url)
    with store.read() as connection:
        rows = connection.execute(select(appointment.c.start, appointment.c.patient_id, appointment.c.status))
        stored = [(row.start, row.patient_id) for row in rows if row.status == "booked"]
    store.close()
    won = [(region.start(number), patient) for number, several in told.winners.items() for patient in several]
    of_time = Counter(start for start, _ in stored)
    return Outcome(
        one_winner=sum(len(several) == 1 for several in told.winners.values()),
        lost=len(set(won) - set(stored)),
        double=sum(count > 1 for count in of_time.values())
        + sum(len(several) > 1 for several in told.winners.values()),
        unheard=len(set(stored) - set(won)),
    )


async def _race(
    registries: Sequence[RegistryProcess], region: Region, clients: int, kills: Sequence[Kill]
) -> Told:
    told, begun = Told(), time.perf_counter()
    times = len(region.visitors) // clients
    wires = [Wire() for _ in range(clients)]
    #: Before these times something is killed while all ask.
    moments = {times * (number + 1) // (len(kills) + 1): kill for number, kill in enumerate(kills)}
    for number in range(times):
        async with asyncio.TaskGroup() as tasks:
            for client, wire in enumerate(wires):
                tasks.create_task(_want(registries, region, number, client * times + number, wire, told))
            if number in moments:
                tasks.create_task(asyncio.to_thread(moments[number]))
                told.kills += 1
    for wire in wires:
        wire.close()
    told.seconds = time.perf_counter() - begun
    return told


async def _want(
    registries: Sequence[RegistryProcess], region: Region, number: int, visitor: int, wire: Wire, told: Told
) -> None:
    """The same request, with the same identifier, to one registry after the other until it is answered."""
    one = region.visitors[visitor]
    request = asked.book(one.token, region.free_id(0, number), str(uuid.uuid4()))
    place = visitor
    while True:
        try:
            answer = await wire.ask(registries[place % len(registries)].base, request)
        except OSError:
            told.lost_answers += 1
            wire.close()
        else:
            if answer.status != 503:
                break
            told.away += 1
        place += 1
        await asyncio.sleep(AGAIN_SECONDS)
    if answer.status == 200:
        told.winners.setdefault(number, []).append(one.patient_id)
    elif answer.status == 409:
        told.refused += 1
    else:
        raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")


# --- the report --------------------------------------------------------------------------------------------------


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    kinds = {"SQLite, 2 processes": _sqlite, "PostgreSQL, 2 processes": _postgresql}
    rows = [_row(kind, placed) for kind, placed in kinds.items()]
    return "\n\n".join(
        (
            "## Race",
            f"{CLIENTS} clients want the same {TIMES_OF_DOCTOR} times of one doctor, one time after the other, all at the same moment, "
            "each for another patient. Two registries on one database are asked; one of them is killed (SIGKILL) and started again, "
            "or PostgreSQL is made to crash (SIGQUIT), while all ask. Whoever gets no answer, or 503, asks the other registry "
            "the same again, with the same identifier, until they are told.",
            table(
                [
                    "",
                    "times with one winner",
                    "told and lost",
                    "double",
                    "stored and told nobody",
                    "kills",
                    "answers lost",
                    "503",
                    "refused",
                    "s",
                ],
                rows,
            ),
            f"Target: {TIMES_OF_DOCTOR} times with one winner each, 0 lost, 0 double.",
        )
    )


Placed = tuple[str, Region, list[RegistryProcess], list[Kill]]


def _row(kind: str, placed: Callable[[Path], AbstractContextManager[Placed]]) -> tuple[object, ...]:
    with tempfile.TemporaryDirectory() as folder, placed(Path(folder)) as (url, region, registries, kills):
        told = race(registries, region, CLIENTS, kills)
        found = outcome(url, region, told)
    return (
        kind,
        found.one_winner,
        found.lost,
        found.double,
        found.unheard,
        told.kills,
        told.lost_answers,
        told.away,
        told.refused,
        f"{told.seconds:.0f}",
    )


def restarts(registries: Sequence[RegistryProcess]) -> list[Kill]:
    """Of each one SIGKILL and a start."""

    def kill(registry: RegistryProcess) -> None:
        registry.kill()
        registry.start()

    return [partial(kill, registry) for registry in registries]


@contextmanager
def two(url: str, folder: Path) -> Iterator[list[RegistryProcess]]:
    """Two registries on one database, each on a port of its own."""
    with ExitStack() as stack:
        logs = (folder / f"registry-{number}.log" for number in range(2))
        yield [stack.enter_context(registry_process(url, log)) for log in logs]


@contextmanager
def _sqlite(folder: Path) -> Iterator[Placed]:
    url = f"sqlite:///{folder / 'registry.sqlite'}"
    region = region_of_times.create(
        url, 1, CLIENTS * TIMES_OF_DOCTOR, int(time.time()), waiting_seconds=WAITING_SECONDS
    )
    with two(url, folder) as registries:
        yield url, region, registries, restarts(registries) * (KILLS // 2)


@contextmanager
def _postgresql(folder: Path) -> Iterator[Placed]:
    with postgresql(durable=True) as server:
        url = server.url("postgres")
        region = region_of_times.create(
            url, 1, CLIENTS * TIMES_OF_DOCTOR, int(time.time()), waiting_seconds=WAITING_SECONDS
        )
        with two(url, folder) as registries:
            kills = [*restarts(registries), lambda: _crash(server)]
            yield url, region, registries, kills * (KILLS // 3)


def _crash(server: PostgresqlServer) -> None:
    server.stop(SIGQUIT)
    server.start()
