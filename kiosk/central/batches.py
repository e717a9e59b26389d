"""Requests that write bookings, answered as many together as wait: one thread, one transaction, one sync of the disk.

A request that is handed to a thread of its own, and commits alone, costs more in hand-overs and syncs than in work.
"""

import asyncio
from collections import deque
from typing import Any, TypeVar

import anyio

from kiosk.central.shared_commit import Outcome
from kiosk.central.store import Store, Work

#: So many are answered together at most: the first of them waits for the last.
MOST = 16
#: How long (s) those who were answered together are waited for, as long as ever more of them ask again.
PAUSE_SECONDS = 0.001

T = TypeVar("T")


class Batches:
    """What waits for its turn, in the order of coming. Belongs to one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[tuple[Work[Any], asyncio.Future[Outcome[Any]]]] = deque()
        self._limiter = anyio.CapacityLimiter(1)
        self._working: asyncio.Task[None] | None = None
        self._last = 0

    @property
    def waiting(self) -> int:
        """How many wait whose turn has not begun."""
        return len(self._waiting)

    async def answer(self, work: Work[T]) -> T:
        """What `work` comes to or raises, once what it wrote through the store is committed."""
        outcome: asyncio.Future[Outcome[Any]] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, outcome))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        value: T = (await outcome).told()
        return value

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._next()
        finally:
            self._working = None

    async def _next(self) -> None:
        if self._last > 1:
            await self._gather()
        several = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        self._last = len(several)
        outcomes = await self._carried_out([work for work, _ in several])
        for (_, told), outcome in zip(several, outcomes, strict=True):
            # Whoever asked may be gone.
            if not told.done():
                told.set_result(outcome)

    async def _gather(self) -> None:
        """Without it one would go alone, the others together, and so on in turn: each turn syncs the disk."""
        known = 0
        while known < len(self._waiting) < MOST:
            known = len(self._waiting)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _carried_out(self, works: list[Work[Any]]) -> list[Outcome[Any]]:
        try:
            return await anyio.to_thread.run_sync(self._store.together, works, limiter=self._limiter)
        except Exception as error:  # noqa: BLE001 (the frame answers for it, to each of them)
            return [Outcome(error=error)] * len(works)
