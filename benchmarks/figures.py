"""Figures of a series and the tables they are shown in: pure."""

import statistics
from collections.abc import Iterable, Sequence

Table = tuple[str, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not exceeded by this share of them."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def spread(values: Sequence[float], form: str = ".0f") -> str:
    """Median (least-most)."""
    return f"{statistics.median(values):{form}} ({min(values):{form}}-{max(values):{form}})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Of the medians."""
    return statistics.median(ours) / statistics.median(theirs)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
