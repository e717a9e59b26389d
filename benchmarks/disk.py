"""How long this disk takes until what was written is there for good."""

import os
import time
from pathlib import Path

from benchmarks.figures import percentile

_WRITES, _PAGE = 300, 4096


def sync_ms(folder: Path) -> str:
    """Of a page that is added to a file: p50 and p99, in words."""
    took = []
    with (folder / "synced").open("wb", buffering=0) as file:
        for _ in range(_WRITES):
            file.write(bytes(_PAGE))
            begun = time.perf_counter()
            os.fsync(file.fileno())
            took.append((time.perf_counter() - begun) * 1000)
    return f"{percentile(took, 0.5):.2f} ms (p99 {percentile(took, 0.99):.1f})"
