"""What the registry's own settings file decides: its database, TLS or plain http, how far ahead there are
times, and how notices are sent."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from kiosk.central.checks import Check, is_text, is_whole, mistakes
from kiosk.central.notices import settings as notice_settings
from kiosk.central.notices.settings import Notices
from kiosk.errors import SettingsError

DEFAULT_FILE = Path("/etc/clinic-kiosk/registry.toml")
TABLE = "registry"

_CHECKS: dict[str, Check] = {
    "database": (lambda value: isinstance(value, str), "must be a database URL"),
    "allow_plain_http": (lambda value: isinstance(value, bool), "must be true or false"),
    "certificate": (is_text, "must be the path of a PEM file"),
    "key": (is_text, "must be the path of a PEM file"),
    "client_ca": (is_text, "must be the path of a PEM file"),
    "local_pages": (lambda value: isinstance(value, bool), "must be true or false"),
    "backups": (lambda value: isinstance(value, str), "must be the path of a folder"),
    "days_ahead": (lambda value: is_whole(value, 1, 366), "must be a whole number from 1 to 366"),
}


@dataclass(frozen=True)
class Configuration:
    """The table `[registry]`, every key with its default, and the table `[notices]`."""

    database: str = "sqlite:////var/lib/clinic-kiosk/registry.sqlite"
    allow_plain_http: bool = False
    certificate: str = ""
    key: str = ""
    client_ca: str = ""
    local_pages: bool = True
    backups: str = ""
    days_ahead: int = 14
    notices: Notices = field(default_factory=Notices)


def read(path: Path | None) -> Configuration:
    """The settings in `path`; without one those of DEFAULT_FILE, if it is there.

    Raises SettingsError with every problem found.
    """
    if path is None and not DEFAULT_FILE.exists():
        return Configuration()
    return _parsed(path or DEFAULT_FILE)


def _parsed(path: Path) -> Configuration:
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError((f"{path}: {error}",)) from error
    table, told = data.pop(TABLE, {}), data.pop(notice_settings.TABLE, {})
    problems = [f"[{name}] is not known" for name in data]
    problems += mistakes(TABLE, table, _CHECKS)
    problems += [*_half_told(table), *_open_secret(table, path)] if isinstance(table, dict) else []
    problems += notice_settings.problems(told)
    if problems:
        raise SettingsError(tuple(f"{path}: {problem}" for problem in problems))
    return Configuration(**table, notices=notice_settings.parsed(told))


def _half_told(table: dict[str, Any]) -> list[str]:
    """TLS needs a certificate and its key."""
    given = table.keys() & {"certificate", "key", "client_ca"}
    missing = {"certificate", "key"} - given if given else set()
    return [
        f"[{TABLE}] {name}: is missing, as {', '.join(sorted(given))} is there" for name in sorted(missing)
    ]


def _open_secret(table: dict[str, Any], path: Path) -> list[str]:
    """A password of the database is for nobody else to read (R39)."""
    try:
        password = make_url(str(table.get("database"))).password
    except ArgumentError:
        return []  # It is told by who opens the database.
    if not password or not path.stat().st_mode & 0o077:
        return []
    return [f"[{TABLE}] database: has a password, and others than its owner may read this file (chmod 600)"]
