"""The settings as they are in force: each key, its value without secrets, and where it comes from."""

from collections.abc import Iterator
from dataclasses import Field, dataclass, fields
from enum import Enum
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from kiosk.errors import SettingsError
from kiosk.settings import SECTIONS, Settings, load


class Source(Enum):
    """Where a value comes from. OTHER: the file says something else; it was changed, or the command line did."""

    FILE = "file"
    DEFAULT = "default"
    OTHER = "other"


@dataclass(frozen=True)
class Setting:
    """One key in force. `value` is '' where nothing is set, `in_file` what the file says now where that differs."""

    section: str
    key: str
    value: str
    source: Source
    in_file: str = ""
    is_secret: bool = False


@dataclass(frozen=True)
class SettingsTable:
    """All keys in force, and what is wrong with the file as it is now."""

    settings: tuple[Setting, ...]
    problems: tuple[str, ...]


def look(settings: Settings) -> SettingsTable:
    """Reads the file again; for the workers. Never raises."""
    try:
        now = load(settings.file) if settings.file else settings
    except SettingsError as error:
        return SettingsTable(tuple(_settings(settings, settings)), error.problems)
    return SettingsTable(tuple(_settings(settings, now)), ())


def shown(one: Field[Any], value: Any) -> str:
    """A value as it may be shown: what has no place in a repr is a secret, and so is a login in an address."""
    if value is None or value == "":
        return ""
    if not one.repr:
        return "***"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return without_login(str(value)) if isinstance(value, str) else str(value)


def without_login(address: str) -> str:
    """An address without user and password; any other text as it is."""
    try:
        parts = urlsplit(address)
        if parts.scheme and "@" in parts.netloc:
            return urlunsplit(parts._replace(netloc=f"***@{parts.netloc.rpartition('@')[2]}"))
    except ValueError:
        return "***"
    return address


def _settings(running: Settings, now: Settings) -> Iterator[Setting]:
    for name, kind in SECTIONS.items():
        for one in fields(kind):
            value, in_file = getattr(getattr(running, name), one.name), getattr(getattr(now, name), one.name)
            words = shown(one, value)
            source = Source.FILE if f"{name}.{one.name}" in running.given else Source.DEFAULT
            if value == in_file:
                yield Setting(name, one.name, words, source, is_secret=not one.repr)
            else:
                yield Setting(name, one.name, words, Source.OTHER, shown(one, in_file), not one.repr)


def lines(table: SettingsTable) -> Iterator[str]:
    """The table as text: "[section] key = value (source)"."""
    for one in table.settings:
        differs = f": {one.in_file}" if one.source is Source.OTHER else ""
        yield f"[{one.section}] {one.key} = {one.value} ({one.source.value}{differs})"
    yield from table.problems
