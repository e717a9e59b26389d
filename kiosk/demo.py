"""`kiosk demo`: registry with a synthetic region, a printer that writes files, and the terminal, on one machine."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.devices.escpos_reader import render_picture, render_text
from kiosk.run import run_terminal
from kiosk.settings import Settings, load

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "var" / "demo"
DATABASE = FOLDER / "registry.sqlite"
#: The robot's own script, and the one that it acts where there is no display.
BOOKING = "booking"
READY_WORDS = "listening on "


class DemoError(Exception):
    """The demo cannot be shown; the message says why and what to do."""


def demo(*, windowed: bool, script: str | None, shots: Path | None) -> int:
    """Runs the demo until the window is closed, or the robot is done.

    Without a display the robot makes one booking. The tickets stand under var/demo with their readable
    rendering; the last one is named on the last line. 0 when all went as shown, else 1.
    """
    settings = _settings(windowed)
    try:
        with _registry(settings):
            status = _terminal(settings, script, shots or FOLDER / "shots")
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _show_tickets(settings)
    return status


def _settings(windowed: bool) -> Settings:
    settings = load(PROJECT / "config" / "demo.toml")
    for folder in (settings.terminal.state, settings.printer.path, FOLDER):
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
    return replace(settings, display=replace(settings.display, fullscreen=not windowed))


def _terminal(settings: Settings, script: str | None, shots: Path) -> int:
    offscreen = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if offscreen and script is None:
        script = BOOKING
    attend = _attendant(settings, script, shots) if script else None
    return run_terminal(settings, offscreen=offscreen, attend=attend)


def _attendant(settings: Settings, script: str, shots: Path) -> Callable[[], None]:
    """The robot with its script, to be started when the window stands."""
    if script != BOOKING and not Path(script).is_file():
        raise DemoError(f"{script}: no such script of the robot")
    person = _next_person(settings)

    def attend() -> None:
        from kiosk.robot import Person, Robot, RobotError, book
        from kiosk.robot.script import play

        robot = Robot(production=settings.production, shots=shots)
        try:
            if script == BOOKING:
                birth_date = date.fromisoformat(person["birth_date"])
                book(robot, Person(person["policy_number"], birth_date, person["document_number"]))
            else:
                play(robot, Path(script))
        except RobotError as error:
            raise DemoError(f"The robot gave up: {error}") from error
        finally:
            robot.close()

    return attend


def _next_person(settings: Settings) -> dict[str, str]:
    """An adult who has not booked in this demo yet, because nobody may twice a day with one profile (R27).

    From the end of the list: the beginning is for people who try it themselves.
    """
    answer = subprocess.run(
        [*_central("patients"), "--json"], check=True, capture_output=True, text=True, timeout=60
    )
    adults = [one for one in json.loads(answer.stdout) if one["situation"] == "adult"]
    return dict(adults[-1 - len(_tickets(settings)) % len(adults)])


def _central(command: str) -> list[str]:
    return [sys.executable, "-m", "kiosk", "central", command, "--database", f"sqlite:///{DATABASE}"]


@contextmanager
def _registry(settings: Settings) -> Iterator[None]:
    """The registry as a process of its own, from when it listens until the end of the demo."""
    if not DATABASE.exists():
        _make_region()
    address = urlsplit(settings.registry.url)
    command = [*_central("serve"), "--host", str(address.hostname), "--port", str(address.port)]
    with (
        (FOLDER / "registry.log").open("w", encoding="utf-8") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            _wait_until_it_listens(process, log.name, str(address.port))
            yield
        finally:
            process.terminate()


def _make_region() -> None:
    """The demo's database, complete or not at all."""
    print("Making the demo region", flush=True)
    new = DATABASE.with_suffix(".new")
    new.unlink(missing_ok=True)
    subprocess.run([*_central("init")[:-1], f"sqlite:///{new}", "--demo"], check=True, timeout=300)
    new.rename(DATABASE)


def _wait_until_it_listens(process: subprocess.Popen[str], log: str, port: str) -> None:
    for line in process.stdout or ():
        if line.startswith(READY_WORDS):
            return
    raise DemoError(f"The registry did not start (is port {port} taken?): see {log}")


def _tickets(settings: Settings) -> list[Path]:
    return sorted(settings.printer.path.glob("*.bin")) if settings.printer.path else []


def _show_tickets(settings: Settings) -> None:
    """Beside each printed ticket what is to be read on it, as text and as a picture; the last one is named."""
    width = settings.printer.width_mm
    for ticket in _tickets(settings):
        if ticket.with_suffix(".png").exists():
            continue
        data = ticket.read_bytes()
        ticket.with_suffix(".txt").write_text(render_text(data, width), "utf-8")
        render_picture(data, width).save(ticket.with_suffix(".png"))
    for ticket in _tickets(settings)[-1:]:
        print(f"ticket: {ticket}", flush=True)
