"""The program around the terminal: its log, its end, and settings that only show their mistake when they are used."""

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.__main__ import EXIT_USAGE, main

FIRST_LINES = """
import logging, sys
from pathlib import Path
from kiosk.run import log_to
from kiosk.settings import DisplaySettings
from kiosk.window import configure_kivy
log_to(Path(sys.argv[1]))
configure_kivy(DisplaySettings(fullscreen=False), offscreen=True)
import kivy
logging.getLogger("kivy").warning("of Kivy")
logging.getLogger("kiosk.terminal").info("of ours")
"""
EARLY_END = """
from kiosk.settings import DisplaySettings
from kiosk.window import configure_kivy
configure_kivy(DisplaySettings(fullscreen=False), offscreen=True)
from kiosk.app import KioskApp
KioskApp(None, DisplaySettings()).stop()
print("stopped")
"""


def child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=60, check=True
    )


def test_the_log_keeps_warnings_of_kivy_and_everything_of_ours(tmp_path: Path) -> None:
    done = child(FIRST_LINES, str(tmp_path))
    for lines in (done.stderr.splitlines(), (tmp_path / "kiosk.log").read_text("utf-8").splitlines()):
        assert [line.partition(": ")[2] for line in lines] == ["of Kivy", "of ours"]


def test_a_stop_before_the_start_is_a_stop() -> None:
    """SIGTERM may come while the window is being made."""
    assert child(EARLY_END).stdout == "stopped\n"


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_state_folder_that_cannot_be_made_is_a_mistake_in_the_settings(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Issue 2, Faults: exit status 2 and a readable report."""
    (tmp_path / "file").touch()
    config = tmp_path / "kiosk.toml"
    config.write_text(
        '[terminal]\nname = "T-01"\nhome_facility = "f1"\nstate = "file/state"\n'
        '[registry]\nurl = "https://registry.example.org"\ncredential = "secret"\n'
        '[printer]\ndriver = "none"\n'
    )
    config.chmod(0o600)
    assert main([command, "--config", str(config)]) == EXIT_USAGE
    assert "[terminal] state: Not a directory" in capsys.readouterr().err
