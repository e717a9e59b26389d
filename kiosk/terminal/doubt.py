"""Something was asked of the registry, and it is not known what became of it: when to find out. Pure."""

from dataclasses import dataclass

#: Pauses between two attempts to find out, in seconds; the last one repeats.
DOUBT_PAUSES = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0)


@dataclass(frozen=True)
class Doubt:
    """How often it was asked about, and when to ask again (None: asking)."""

    tries: int
    next_at: float | None


def in_doubt_again(doubt: Doubt | None, now: float) -> Doubt:
    """The answer did not come (once more)."""
    tries = doubt.tries + 1 if doubt else 0
    return Doubt(tries, now + DOUBT_PAUSES[min(tries, len(DOUBT_PAUSES) - 1)])
