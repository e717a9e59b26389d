"""What the registry's own settings file decides: which database, and whether plain http may leave the machine."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import SettingsError

DEFAULT_FILE = Path("/etc/clinic-kiosk/registry.toml")
TABLE = "registry"


@dataclass(frozen=True)
class Configuration:
    """The table `[registry]`, every key with its default."""

    database: str = "sqlite:////var/lib/clinic-kiosk/registry.sqlite"
    allow_plain_http: bool = False


def read(path: Path | None) -> Configuration:
    """The settings in `path`; without one those of DEFAULT_FILE, if it is there.

    Raises SettingsError with every problem found.
    """
    if path is None and not DEFAULT_FILE.exists():
        return Configuration()
    return _parsed(path or DEFAULT_FILE)


def _parsed(path: Path) -> Configuration:
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError((f"{path}: {error}",)) from error
    table = data.pop(TABLE, {})
    problems = [f"{path}: [{name}] is not known" for name in data]
    if not isinstance(table, dict):
        raise SettingsError((*problems, f"{path}: {TABLE} must be a table"))
    problems += [f"{path}: [{TABLE}] {problem}" for problem in _problems(table)]
    if problems:
        raise SettingsError(tuple(problems))
    return Configuration(**table)


def _problems(table: dict[str, Any]) -> list[str]:
    kinds = {"database": (str, "a database URL"), "allow_plain_http": (bool, "true or false")}
    unknown = [f"{name}: is not known" for name in table if name not in kinds]
    wrong = [
        f"{name}: must be {words}"
        for name, (kind, words) in kinds.items()
        if name in table and not isinstance(table[name], kind)
    ]
    return unknown + wrong
