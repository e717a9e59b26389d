"""A small file in the state folder: JSON, replaced as a whole, so that a power cut leaves the old or the new one."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

_log = logging.getLogger(__name__)


def read(file: Path) -> Mapping[str, object] | None:
    """What it holds; nothing where it is not there, None where it cannot be understood."""
    try:
        told = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None


def write(file: Path, told: Mapping[str, object]) -> bool:
    """Whether it is kept; that it is not is logged, and no reason for the terminal to fail."""
    new = file.with_suffix(".new")
    try:
        with new.open("w", encoding="utf-8") as out:
            json.dump(told, out)
            out.flush()
            os.fsync(out.fileno())
        new.replace(file)
    except OSError as error:
        _log.error("%s cannot be written: %s", file.name, error.strerror)
        return False
    return True
