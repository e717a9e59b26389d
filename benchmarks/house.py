"""The house in which the terminal is measured: the real registry, a printer on the wire, settings in a file."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry_process import command, registry_process
from wire_printer import WirePrinter

from kiosk.central.demo import DEMO_CREDENTIAL, HOME_FACILITY
from kiosk.settings import DisplaySettings
from kiosk.window import ENVIRONMENT, kivy_settings

PROJECT = Path(__file__).parent.parent

_SETTINGS = """
[terminal]
name = "T-01"
home_facility = "{facility}"
mode = "demo"
zone = "Europe/Moscow"
state = "state"

[registry]
url = "{url}"
credential = "{credential}"

[printer]
host = "{host}"
port = {port}
"""


#: As the terminal's unit sets it (config/systemd/clinic-kiosk.service).
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "65536"}


@dataclass(frozen=True)
class House:
    """`settings` is the terminal's file; `database` the registry's, of the demo region of today."""

    settings: Path
    database: Path


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Everything around the terminal, running, in an empty folder; ended with the block."""
    database = folder / "registry.sqlite"
    url = f"sqlite:///{database}"
    subprocess.run(command("init", "--demo", "--database", url), check=True, capture_output=True)
    with registry_process(url, folder / "registry.log") as registry, WirePrinter() as printer:
        settings = folder / "kiosk.toml"
        settings.write_text(
            _SETTINGS.format(
                facility=HOME_FACILITY,
                url=registry.base,
                credential=DEMO_CREDENTIAL,
                host=printer.host,
                port=printer.port,
            ),
            "utf-8",
        )
        yield House(settings, database)


def program(name: str, *arguments: str) -> list[str]:
    """The command line of one of the programs of this package."""
    return [sys.executable, "-m", f"benchmarks.{name}", *arguments]


def start(name: str, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """One of the programs of this package, offscreen, with Kivy set up as the terminal sets it up, and these variables
    of the environment."""
    environment = {**os.environ, **ENVIRONMENT, **ALLOCATOR, "SDL_VIDEODRIVER": "offscreen", **variables}
    return subprocess.Popen(
        program(name, *arguments),
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: "subprocess.Popen[str]", timeout: float) -> Any:
    """What the program says on its last line, as JSON. RuntimeError with its complaints where it failed."""
    try:
        output, complaints = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        output, complaints = process.communicate()
    if process.returncode or not output.strip():
        raise RuntimeError(f"{process.args} ended with {process.returncode}: {complaints[-3000:]}")
    return json.loads(output.splitlines()[-1])


def bare_settings() -> str:
    """What the terminal tells Kivy, for the bare window beside it."""
    return json.dumps(kivy_settings(DisplaySettings()))
