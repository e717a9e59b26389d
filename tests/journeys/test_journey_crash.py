"""What nobody foresaw: a crash ends the visit, a second within a minute the program (architecture.md, "What may never
happen", 5); settings with mistakes open no window."""

import re
import subprocess
import sys
from pathlib import Path

import journey_steps as steps
import pytest
from journey_lobby import Lobby
from journey_region import Region

pytestmark = pytest.mark.long

SECRET = "what a patient typed"
#: Where something breaks: module, class, method, and the touch that finds it broken from the specialties on.
BREAKAGES = {
    "tap": ("kiosk.screens.specialty", "SpecialtyScreen", "choose"),
    "paint": ("kiosk.screens.doctor", "DoctorScreen", "paint"),
    "worker": ("kiosk.api_client.client", "RegistryClient", "doctors"),
}


@pytest.mark.parametrize("where", BREAKAGES)
def test_a_crash_ends_the_visit(lobby: Lobby, where: str) -> None:
    """Welcome, the type and the place in the log and nothing of its message; then the terminal serves as before."""
    kiosk = lobby.start()
    steps.choose_specialty(kiosk)
    kiosk.break_method(*BREAKAGES[where], message=SECRET, times=1)
    kiosk.tap("Хирург")
    kiosk.wait("Начать")
    log = lobby.log()
    assert re.search(r"unforeseen ValueError at \S+:\d+ \w+", log)
    assert SECRET not in log
    steps.choose_specialty(kiosk, "Хирург")


def test_the_second_crash_ends_the_program(lobby: Lobby) -> None:
    """Exit status 70 for the supervisor."""
    kiosk = lobby.start()
    steps.choose_specialty(kiosk)
    kiosk.break_method(*BREAKAGES["tap"], message=SECRET, times=2)
    kiosk.tap("Хирург")
    kiosk.wait("Начать")
    steps.choose_specialty(kiosk)
    kiosk.tap_last("Хирург")
    assert kiosk.wait_for_exit() == 70
    assert lobby.log().count("unforeseen ValueError") == 2


def test_a_crash_lets_everything_go(lobby: Lobby, region: Region) -> None:
    """A crash while a booking is asked for: hold, token and the booking nobody was shown are gone."""
    kiosk, patient = lobby.start(), lobby.comes(region.adult())
    steps.to_confirm(kiosk, patient, "Хирург")
    lobby.proxy.next("hold-answer", path="$book")
    kiosk.tap("Записаться")
    assert lobby.proxy.wait_until_held(60)
    kiosk.break_method(
        "kiosk.screens.confirm", "ConfirmScreen", "paint", message=patient.policy_number, times=1
    )
    kiosk.wait("Начать")
    lobby.proxy.let_go()
    steps.wait_until(lambda: region.tokens_of(lobby.name) == 0, "the token to be revoked")
    steps.wait_until(
        lambda: lobby.journal() == [("cancelled", "none")], f"the booking to be cancelled, {lobby.journal()}"
    )
    assert region.booked(patient) == []
    assert region.held_by(lobby.name) == []


def test_settings_with_mistakes(tmp_path: Path) -> None:
    """All problems in one report with file, key and reason; exit status 2, and no window was opened."""
    config = tmp_path / "kiosk.toml"
    config.write_text(
        '[terminal]\nname = ""\nidle_seconds = 5\ncolour = "red"\n[registry]\nurl = "gopher://x"\n'
        "[printer]\nwidth_mm = 57\n[toaster]\n",
        "utf-8",
    )
    command = [sys.executable, "-m", "kiosk", "run", "--config", str(config)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    for key in ("name", "home_facility", "idle_seconds", "colour", "url", "width_mm", "toaster"):
        assert [line for line in lines if str(config) in line and key in line], key
    assert "Window" not in done.stderr
    assert "Traceback" not in done.stderr
