"""The terminal's settings: typed, from one TOML file, every mistake in one readable report.

Each key is a field of a dataclass below; config/kiosk.toml shows all of them with their meaning.
"""

import os
import re
import stat
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from ipaddress import ip_address
from math import hypot
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.errors import SettingsError

Rule = Callable[[Any], str | None]


def _between(least: float, most: float) -> Rule:
    return lambda value: None if least <= value <= most else f"must be between {least:g} and {most:g}"


def _one_of(*choices: str) -> Rule:
    return lambda value: None if value in choices else "must be one of " + ", ".join(choices)


def _not_empty(value: Any) -> str | None:
    return None if value else "must not be empty"


def _time_zone(value: str) -> str | None:
    try:
        if value:
            ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "must be a time zone such as Europe/Moscow"
    return None


def _http_url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    return None if usable else "must be an http or https address"


def _secret(value: str) -> str | None:
    """What fits into one HTTP header; '' where it is not given."""
    good = value.isascii() and value.isprintable() and " " not in value
    return None if good else "must be letters, digits and signs without spaces"


def _usb_numbers(value: str) -> str | None:
    """Vendor and product as lsusb prints them; '' where they are not given."""
    good = not value or re.fullmatch(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}", value)
    return None if good else "must be vendor:product as lsusb prints them, such as 04b8:0e28"


def _queue_url(value: str) -> str | None:
    """Where CUPS has the printer; '' where it is not given."""
    try:
        parts = urlsplit(value)
        usable = not value or (parts.scheme == "ipp" and parts.hostname and parts.port != 0 and parts.path)
    except ValueError:
        usable = False
    return None if usable else "must be an address such as ipp://localhost:631/printers/NAME"


def _code_page(value: str) -> str | None:
    good = value in ("auto", "raster") or (value.isascii() and value.isdecimal() and int(value) <= 255)
    return None if good else 'must be "auto", "raster" or the number of a page, "0" to "255"'


def _time_of_day(value: str) -> str | None:
    good = re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value)
    return None if good else "must be a time of the day such as 22:00"


def _pin_hash(value: str) -> str | None:
    """As `kiosk pin` prints it; '' where maintenance is off."""
    good = not value or re.fullmatch(r"scrypt\$[0-9a-f]{32}\$[0-9a-f]{64}", value)
    return None if good else "must be a line as `kiosk pin` prints it"


def _setting(default: Any = MISSING, rule: Rule | None = None) -> Any:
    return field(default=default, metadata={"rule": rule} if rule else {})


#: What everybody knows of the demo: its terminal's credential, and of its PIN 2468.
DEMO_CREDENTIAL = "demo-terminal-of-an-invented-region"
DEMO_PIN_HASH = (
    "scrypt$9ea66edf71ad9cffbc6398e8aa5437cd$be3b533168d0dda05399348ea6701d5e06cd3ca3e7c5314e0a51e3f02febf10a"
)
MM_PER_INCH = 25.4
STATE_FOLDER = Path("/var/lib/clinic-kiosk")


@dataclass(frozen=True)
class TerminalSettings:
    """Which terminal this is and how it treats a visit. `state` is the folder of the journal and the logs.

    `zone` is the IANA time zone of the facility, '' that of the machine.
    """

    name: str = _setting(rule=_not_empty)
    home_facility: str = _setting(rule=_not_empty)
    mode: str = _setting("production", _one_of("production", "demo"))
    language: str = _setting("ru", _one_of("ru", "en"))
    zone: str = _setting("", _time_zone)
    idle_seconds: int = _setting(60, _between(20, 600))
    warning_seconds: int = _setting(20, _between(20, 120))
    state: Path = STATE_FOLDER


@dataclass(frozen=True)
class RegistrySettings:
    """Where the central registry is and how this terminal proves itself there (api.md sections 1 and 13)."""

    url: str = _setting(rule=_http_url)
    credential: str = field(default="", repr=False, metadata={"rule": _secret})
    credential_file: Path | None = None
    allow_plain_http: bool = False
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    connect_seconds: float = _setting(3.0, _between(0.5, 30))
    read_seconds: float = _setting(8.0, _between(1, 60))


@dataclass(frozen=True)
class DisplaySettings:
    """The screen in px and inches; every size on it is given in mm and derived from these."""

    width: int = _setting(1080, _between(640, 7680))
    height: int = _setting(1920, _between(640, 7680))
    diagonal_inches: float = _setting(23.8, _between(10, 100))
    fullscreen: bool = True

    @property
    def per_mm(self) -> float:
        """How many px a mm has."""
        return hypot(self.width, self.height) / (self.diagonal_inches * MM_PER_INCH)


@dataclass(frozen=True)
class PrinterSettings:
    """The receipt printer: `driver` names the connection; `profile` is python-escpos's name of the model."""

    driver: str = _setting("network", _one_of("network", "serial", "usb", "cups", "file", "none"))
    host: str = ""
    port: int = _setting(9100, _between(1, 65535))
    path: Path | None = None
    baud: int = _setting(9600, _between(1200, 4_000_000))
    flow: str = _setting("hardware", _one_of("none", "hardware", "software"))
    usb: str = _setting("", _usb_numbers)
    queue: str = _setting("", _queue_url)
    profile: str = _setting("TM-T20II", _not_empty)
    code_page: str = _setting("auto", _code_page)
    width_mm: int = _setting(80, lambda value: None if value in (58, 80) else "must be 58 or 80")
    timeout_seconds: float = _setting(3.0, _between(0.5, 30))


@dataclass(frozen=True)
class CardReaderSettings:
    """The reader of chip policies: `pcsc` is whatever readers the PC/SC daemon knows."""

    driver: str = _setting("none", _one_of("pcsc", "none"))


@dataclass(frozen=True)
class ScannerSettings:
    """The scanner: on a serial port at `path`, or typing like a keyboard."""

    driver: str = _setting("none", _one_of("serial", "keyboard", "none"))
    path: Path | None = None
    baud: int = _setting(9600, _between(1200, 4_000_000))


@dataclass(frozen=True)
class SoundSettings:
    """Short cues: how loud in percent, by day and by night; 0 is silent. `device` is ALSA's name of a sound card."""

    volume: int = _setting(60, _between(0, 100))
    night_volume: int = _setting(0, _between(0, 100))
    night_from: str = _setting("22:00", _time_of_day)
    night_until: str = _setting("07:00", _time_of_day)
    device: str = ""


@dataclass(frozen=True)
class MaintenanceSettings:
    """The technician's mode: off without a PIN. `closed_text` is what patients read where staff chooses it.

    `roll_metres` is how long a new roll of paper is, 0 where it is not counted.
    """

    pin_hash: str = field(default="", repr=False, metadata={"rule": _pin_hash})
    idle_seconds: int = _setting(180, _between(30, 1800))
    roll_metres: float = _setting(80.0, _between(0, 500))
    closed_text: str = _setting("", lambda value: None if len(value) <= 200 else "must be 200 signs or less")


@dataclass(frozen=True)
class Settings:
    """All sections of one settings file. `given` are the keys that stand in it ("terminal.name"); the others have
    their defaults."""

    terminal: TerminalSettings
    registry: RegistrySettings
    display: DisplaySettings
    printer: PrinterSettings
    card_reader: CardReaderSettings
    scanner: ScannerSettings
    sound: SoundSettings
    maintenance: MaintenanceSettings
    file: Path | None = None
    given: frozenset[str] = frozenset()

    @property
    def production(self) -> bool:
        return self.terminal.mode == "production"


def load(path: Path) -> Settings:
    """The settings in `path`; relative paths in it count from its folder. Raises SettingsError with every problem."""
    table = _parse(path)
    problems = [f"{path}: [{name}]: unknown section" for name in table if name not in SECTIONS]
    sections = {
        name: _read_section(path, name, kind, table.get(name, {}), problems)
        for name, kind in SECTIONS.items()
    }
    if not problems:
        given = frozenset(f"{name}.{key}" for name, keys in table.items() for key in keys)
        settings = Settings(**sections, file=path, given=given)
        problems = [f"{path}: {problem}" for problem in _contradictions(settings)]
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def make_folder(state: Path) -> None:
    """Makes the folder of journal and logs where it is not there. Raises SettingsError where that is not possible."""
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError((f"{state}: [terminal] state: {error.strerror}",)) from error


def credential(settings: RegistrySettings) -> str:
    """The terminal's credential, from the settings or its file. Raises SettingsError where the file is unusable."""
    if settings.credential_file is None:
        return settings.credential
    where = f"{settings.credential_file}: [registry] credential_file"
    try:
        found = settings.credential_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((f"{where}: {type(error).__name__}",)) from error
    problem = _not_empty(found) or _secret(found)
    if problem:
        raise SettingsError((f"{where}: {problem}",))
    return found


SECTIONS: dict[str, type] = {
    "terminal": TerminalSettings,
    "registry": RegistrySettings,
    "display": DisplaySettings,
    "printer": PrinterSettings,
    "card_reader": CardReaderSettings,
    "scanner": ScannerSettings,
    "sound": SoundSettings,
    "maintenance": MaintenanceSettings,
}


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError((f"{path}: cannot be read: {error.strerror}",)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError((f"{path}: not a TOML file: {error}",)) from error


def _read_section(path: Path, name: str, kind: type, table: Any, problems: list[str]) -> Any:
    if not isinstance(table, Mapping):
        problems.append(f"{path}: {name}: must be a section")
        return None
    hints = get_type_hints(kind)
    known = {one.name: one for one in fields(kind)}
    for key in table:
        if key not in known:
            problems.append(f"{path}: [{name}] {key}: unknown key")
    values = {}
    for key, one in known.items():
        value, problem = _read_value(one, hints[key], table, path.parent)
        if problem:
            problems.append(f"{path}: [{name}] {key}: {problem}")
        values[key] = value
    return kind(**values)


def _read_value(one: Field[Any], hint: Any, table: Mapping[str, Any], folder: Path) -> tuple[Any, str | None]:
    if one.name not in table:
        return (None, "is missing") if one.default is MISSING else (one.default, None)
    value, problem = _convert(hint, table[one.name], folder)
    rule = one.metadata.get("rule")
    return value, problem or (rule(value) if rule else None)


def _convert(hint: Any, value: Any, folder: Path) -> tuple[Any, str | None]:
    if hint in (Path, Path | None):
        return _path(folder, value) if isinstance(value, str) and value else (None, "must be a path")
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value), None
    words = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}
    return (value, None) if type(value) is hint else (value, f"must be {words[hint]}")


def _path(folder: Path, value: str) -> tuple[Path, None]:
    """The path as a person would write it: `config/../var` is `var`."""
    return Path(os.path.normpath(folder / value)), None


def _contradictions(settings: Settings) -> list[str]:
    """What no single key shows: keys that need or exclude each other."""
    return [
        *_registry_contradictions(settings.registry),
        *_secret_contradictions(settings),
        *_printer_contradictions(settings),
        *_scanner_contradictions(settings.scanner),
        *_maintenance_contradictions(settings),
    ]


def _registry_contradictions(registry: RegistrySettings) -> list[str]:
    problems = []
    parts = urlsplit(registry.url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or "") and not registry.allow_plain_http:
        problems.append("[registry] url: plain http beyond this machine needs allow_plain_http = true")
    if bool(registry.credential) == (registry.credential_file is not None):
        problems.append("[registry] credential: give either credential or credential_file")
    if (registry.client_certificate is None) != (registry.client_key is None):
        problems.append("[registry] client_certificate: needs client_key, and the reverse")
    for key in ("ca_file", "client_certificate"):
        problems += _file_problems(key, getattr(registry, key))
    for key in ("credential_file", "client_key"):
        problems += _file_problems(key, getattr(registry, key), secret=True)
    return problems


def _secret_contradictions(settings: Settings) -> list[str]:
    """In production a credential is nobody else's to read, and not the one that everybody knows."""
    if not settings.production:
        return []
    if settings.registry.credential == DEMO_CREDENTIAL:
        return ["[registry] credential: everybody knows that of the demo; see `kiosk central enroll`"]
    return _file_problems("credential", settings.file if settings.registry.credential else None, secret=True)


def _file_problems(key: str, path: Path | None, *, secret: bool = False) -> list[str]:
    """Of a file that [registry] names, where it names one: it is there, and a secret is its owner's alone."""
    if path is None:
        return []
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return [f"[registry] {key}: {path}: {error.strerror}"]
    if secret and mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [f"[registry] {key}: {path}: must be readable by its owner alone (chmod 600)"]
    return []


#: Which key says where the printer of a driver is.
_PRINTER_PLACES = {"network": "host", "serial": "path", "usb": "usb", "cups": "queue", "file": "path"}


def _printer_contradictions(settings: Settings) -> list[str]:
    printer = settings.printer
    place = _PRINTER_PLACES.get(printer.driver)
    if place is not None and not getattr(printer, place):
        return [f"[printer] {place}: is missing (driver = {printer.driver})"]
    return []


def _scanner_contradictions(scanner: ScannerSettings) -> list[str]:
    missing = scanner.driver == "serial" and scanner.path is None
    return ["[scanner] path: is missing (driver = serial)"] if missing else []


def _maintenance_contradictions(settings: Settings) -> list[str]:
    known = settings.production and settings.maintenance.pin_hash == DEMO_PIN_HASH
    return ["[maintenance] pin_hash: everybody knows the PIN of the demo; see `kiosk pin`"] if known else []


def is_loopback(host: str) -> bool:
    """Whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
