"""Clients that book without a pause, `$hold` and then `$book`, each time another patient with another doctor's time."""

import asyncio
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import uvloop

from benchmarks import asked
from benchmarks.region_of_times import Region, Visitor
from benchmarks.wire import Answer, Wire

CLIENTS = 16


@dataclass(frozen=True)
class Booked:
    """What a run came to: bookings a second, and of each request its ms."""

    rate: float
    holds: Sequence[float]
    books: Sequence[float]


def book_all(bases: Sequence[str], region: Region, visitors: Sequence[Visitor]) -> Booked:
    """Every visitor books once; the clients take turns at the servers. Whatever is no success is RuntimeError."""
    return uvloop.run(_book_all(bases, region, visitors))


async def _book_all(bases: Sequence[str], region: Region, visitors: Sequence[Visitor]) -> Booked:
    waiting = iter([(visitor, *_requests(region, visitor)) for visitor in visitors])
    holds: list[float] = []
    books: list[float] = []
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as clients:
        for number in range(CLIENTS):
            clients.create_task(_client(bases[number % len(bases)], waiting, holds, books))
    return Booked(len(visitors) / (time.perf_counter() - begun), holds, books)


def _requests(region: Region, visitor: Visitor) -> tuple[bytes, bytes]:
    id = region.free_id(region.doctor_of(visitor), visitor.number // region.doctors)
    return asked.hold(visitor.token, id), asked.book(visitor.token, id, str(uuid.uuid4()))


async def _client(
    base: str, waiting: Iterator[tuple[Visitor, bytes, bytes]], holds: list[float], books: list[float]
) -> None:
    wire = Wire()
    try:
        for _, hold, book in waiting:
            holds.append(_succeeded(await wire.ask(base, hold)))
            books.append(_succeeded(await wire.ask(base, book)))
    finally:
        wire.close()


def _succeeded(answer: Answer) -> float:
    if answer.status != 200:
        raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
    return answer.ms
