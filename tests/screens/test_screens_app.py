"""The crash policy (architecture.md, "What may never happen", 5), in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("screens_app_child.py")
ROOT = Path(__file__).parents[2]


def run(breaks: int) -> subprocess.CompletedProcess[str]:
    paths = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{CHILD.parent}"}
    return subprocess.run(
        [sys.executable, str(CHILD), str(breaks)], env=paths, capture_output=True, text=True, timeout=100
    )


@pytest.mark.parametrize(("breaks", "status", "last"), [(1, 0, "shows welcome"), (2, 70, "ended")])
def test_the_first_break_shows_welcome_the_second_in_a_minute_ends_the_process(
    breaks: int, status: int, last: str
) -> None:
    done = run(breaks)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (status, last), done.stdout + done.stderr
    assert "ValueError" in done.stdout
    assert "7700000000004821" not in done.stdout + done.stderr
