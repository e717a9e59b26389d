"""The app itself, in a process of its own: the crash policy (architecture.md, "What may never happen", 5), and what
goes before the building of screens."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("screens_app_child.py")
ROOT = Path(__file__).parents[2]


def run(what: int | str) -> subprocess.CompletedProcess[str]:
    rooms = (ROOT, CHILD.parent, ROOT / "tests" / "terminal")
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms))}
    return subprocess.run(
        [sys.executable, str(CHILD), str(what)], env=paths, capture_output=True, text=True, timeout=100
    )


@pytest.mark.parametrize(("breaks", "status", "last"), [(1, 0, "shows welcome"), (2, 70, "ended")])
def test_the_first_break_shows_welcome_the_second_in_a_minute_ends_the_process(
    breaks: int, status: int, last: str
) -> None:
    done = run(breaks)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (status, last), done.stdout + done.stderr
    assert "ValueError" in done.stdout
    assert "7700000000004821" not in done.stdout + done.stderr


def test_no_screen_is_built_while_somebody_waits_for_an_answer() -> None:
    """A card that is put in after a start is answered first (issue 5, 2): what is built meanwhile holds its answer up.
    The screens to which it leads are there before others."""
    done = run("waits")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["0 built", "identify mine"]
