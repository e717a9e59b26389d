"""One registry for the journeys of a worker; each journey has its own wire, printer, state folder and program.

KIOSK_JOURNEY_SHOTS names a folder for pictures, KIOSK_JOURNEY_DISPLAY a display (1280x1024x17).
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import OtherTerminal, Region, leave_out_today, make_database

#: The layout of 1080x1920 on 23.8 inches with a third of the pixels to be painted without a graphics card.
DISPLAY = "640x1138x23.8"


@pytest.fixture(scope="session")
def region_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo region's database from tomorrow on, made once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    path = shared / "journey-region.sqlite"
    with (shared / "journey-region.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            new = path.with_suffix(".new")
            make_database(new)
            leave_out_today(new)
            new.rename(path)
    return path


@pytest.fixture(scope="module")
def region(region_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    """The registry of one module's journeys."""
    folder = tmp_path_factory.mktemp("region")
    shutil.copyfile(region_template, folder / "registry.sqlite")
    region = Region(folder / "registry.sqlite", folder / "registry.log")
    region.process.start()
    yield region
    region.process.stop()


@pytest.fixture(scope="module")
def place(
    region: Region, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Lobby]:
    """A terminal of the home facility: one patient after the other, as in a lobby."""
    with _lobby(region, tmp_path_factory.mktemp("lobby"), request.node.path.stem) as lobby:
        yield lobby


@pytest.fixture
def lobby(place: Lobby) -> Iterator[Lobby]:
    """The terminal, all well; the program runs perhaps. Afterwards nothing typed is found in any file (R39)."""
    place.clear()
    yield place
    place.tidy()
    assert place.found() == []


def _lobby(region: Region, folder: Path, name: str) -> Lobby:
    width, height, inches = os.environ.get("KIOSK_JOURNEY_DISPLAY", DISPLAY).split("x")
    shots = os.environ.get("KIOSK_JOURNEY_SHOTS")
    return Lobby(
        region, folder, (int(width), int(height), float(inches)), Path(shots) / name if shots else None
    )


@pytest.fixture
def kiosk(lobby: Lobby) -> Kiosk:
    """The program at its welcome screen."""
    return lobby.ready()


@pytest.fixture
def other(region: Region) -> Iterator[OtherTerminal]:
    """Another terminal at the same registry."""
    other = OtherTerminal(region)
    yield other
    other.close()
