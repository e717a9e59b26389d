"""The diagnostic bundle: one zip with what a helper far away asks for, and nothing of a person. For the workers."""

import zipfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from kiosk.errors import KioskError

FOLDER = "diagnostics"
#: Older bundles in the state folder are dropped.
KEPT = 5
_MOUNTS = Path("/proc/mounts")
#: Where a stick that is plugged in is mounted, by hand or by the desktop.
STICKS = ("/media/", "/run/media/")


class BundleFault(KioskError):
    """The bundle could not be written; the message is the reason of the operating system."""


def write(parts: Mapping[str, str], name: str, state: Path, stick: Path | None) -> Path:
    """The zip of these texts on the stick, else in the state folder; whole or not at all. Raises BundleFault."""
    for folder in ([stick] if stick else []) + [state / FOLDER]:
        try:
            path = _write(parts, folder / f"{name}.zip")
        except OSError as error:
            problem = error
            continue
        if folder != stick:
            _drop_old(folder)
        return path
    raise BundleFault(problem.strerror or type(problem).__name__) from problem


def find_stick(mounts: Path = _MOUNTS, roots: tuple[str, ...] = STICKS) -> Path | None:
    """The folder of a USB stick that is mounted for writing; None where there is none."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    for device, place, _kind, options, *_ in (words for line in lines if len(words := line.split()) >= 4):
        if device.startswith("/dev/sd") and place.startswith(roots) and "rw" in options.split(","):
            return Path(place.replace("\\040", " "))
    return None


def _write(parts: Mapping[str, str], path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in parts.items():
                bundle.writestr(name, text)
        return new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise


def _drop_old(folder: Path) -> None:
    with suppress(OSError):
        for old in sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
            old.unlink()
