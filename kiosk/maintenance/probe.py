"""How the registry answers now: a few questions, one after the other. Blocks; for the workers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Protocol

from kiosk.errors import KioskError

#: Questions of one look.
QUESTIONS = 5
#: More than this between the clocks is a warning, in seconds; the registry tells its own to half a second.
DRIFT_SECONDS = 5.0


class Answering(Protocol):
    """What the probe needs of the registry (ports.Registry)."""

    def ready(self) -> None: ...

    def now(self) -> datetime: ...

    def heard_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Probe:
    """Seconds of each answer, what kept the next from coming, seconds by which this machine's clock is ahead of the
    registry's (None where it never said), when the registry last answered."""

    taken: tuple[float, ...]
    problem: KioskError | None
    drift: float | None
    heard_at: datetime | None

    @property
    def median(self) -> float | None:
        return median(self.taken) if self.taken else None

    @property
    def worst(self) -> float | None:
        return max(self.taken, default=None)

    @property
    def drifts(self) -> bool:
        """Whether the clocks are too far apart."""
        return self.drift is not None and abs(self.drift) > DRIFT_SECONDS


def probe(
    registry: Answering,
    monotonic: Callable[[], float],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Probe:
    """Asks until it fails or was asked often enough."""
    taken: list[float] = []
    problem: KioskError | None = None
    try:
        for _ in range(QUESTIONS):
            begun = monotonic()
            registry.ready()
            taken.append(monotonic() - begun)
    except KioskError as error:
        problem = error
    heard_at = registry.heard_at()
    drift = None if heard_at is None else (now() - registry.now()).total_seconds()
    return Probe(tuple(taken), problem, drift, heard_at)
