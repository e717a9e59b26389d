"""What runs here and what it has: versions, disk, memory. Reads files; for the workers."""

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: Less free disk than this is a fault: journal and logs must always find room.
FREE_BYTES = 200_000_000
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Program:
    """Versions ('' where there is none), free bytes beside the journal, bytes of memory in use (None: not known)."""

    program: str
    python: str
    kivy: str
    sqlite: str
    system: str
    free: int
    memory: int | None


def look(state: Path) -> Program:
    """The program as it is now; `state` is the folder of journal and logs. Never raises."""
    return Program(
        program=_version("clinic-kiosk"),
        python=platform.python_version(),
        kivy=_version("kivy"),
        sqlite=sqlite3.sqlite_version,
        system=f"{_system()}, Linux {platform.release()}",
        free=_free(state),
        memory=memory_of(_STATUS),
    )


def memory_of(status: Path) -> int | None:
    """The resident bytes in a file like /proc/self/status."""
    try:
        lines = status.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    found = next((line.split() for line in lines if line.startswith("VmRSS:")), [])
    return int(found[1]) * 1024 if len(found) > 1 and found[1].isdigit() else None


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _system() -> str:
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        return platform.system()


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
