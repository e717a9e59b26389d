"""A terminal on the bench, its jobs done at once or held back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from inline_jobs import HeldJobs, InlineJobs
from kiosk_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Every answer comes at once."""
    bench = Bench(tmp_path, InlineJobs())
    yield bench
    bench.journal.close()


@pytest.fixture
def slow_bench(tmp_path: Path) -> Iterator[Bench]:
    """Answers come when the test lets them: `settle`, or `jobs.work` and `jobs.arrive`."""
    bench = Bench(tmp_path, HeldJobs())
    yield bench
    bench.journal.close()
