"""What a start does before the first frame (issue 2: at most 1.5 times a bare window; `script/benchmark startup` measures it)."""

from pathlib import Path

import pytest

from benchmarks.house import answer, start

SECONDS = 250.0
_SETTINGS = """
[terminal]
name = "T-01"
home_facility = "f"
mode = "demo"
state = "state"
[registry]
url = "http://127.0.0.1:9"
credential = "c"
[printer]
driver = "none"
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """A terminal whose registry does not answer: its first screen waits for nothing."""
    path = tmp_path / "kiosk.toml"
    path.write_text(_SETTINGS, "utf-8")
    return path


def test_the_first_frame_waits_for_no_library_and_no_registry(settings: Path) -> None:
    said = answer(start("start_kiosk", str(settings)), SECONDS)
    assert said["loaded"] == []
    assert said["reaction"] > said["frame"]
