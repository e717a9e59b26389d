"""How notices are sent: the table `[notices]` of the registry's settings (config/registry.toml)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kiosk.central.checks import Check, is_text, is_whole, mistakes, one_of
from kiosk.central.local import is_loopback
from kiosk.errors import SettingsError

TABLE = "notices"
EMAIL, SMS = f"{TABLE}.email", f"{TABLE}.sms"
#: The hour of `reminder_hour` that never comes.
NO_REMINDERS = 24


@dataclass(frozen=True)
class Email:
    """A mail server that takes letters for everybody; `timeout` is of each step, in seconds."""

    host: str
    sender: str
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password_file: str = ""
    timeout: float = 10.0


@dataclass(frozen=True)
class Sms:
    """A gateway that sends an SMS for a request over HTTP; `timeout` is of each step, in seconds."""

    url: str
    body: Mapping[str, Any]
    method: str = "POST"
    encoding: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    token_file: str = ""
    success: str = ""
    timeout: float = 10.0


@dataclass(frozen=True)
class Notices:
    """The table `[notices]`, every key with its default; a way that is None is not taken."""

    reminder_hour: int = 18
    give_up_hours: int = 24
    attempt_seconds: int = 150
    email: Email | None = None
    sms: Sms | None = None


def parsed(table: Mapping[str, Any]) -> Notices:
    """The settings in a table without `problems`."""
    plain = {name: value for name, value in table.items() if name not in ("email", "sms")}
    email = Email(**table["email"]) if "email" in table else None
    sms = Sms(**table["sms"]) if "sms" in table else None
    return Notices(**plain, email=email, sms=sms)


def problems(table: Any) -> Iterator[str]:
    """A line for each mistake in the table `[notices]`."""
    yield from mistakes(TABLE, table, _CHECKS)
    if not isinstance(table, dict):
        return
    if "email" in table:
        yield from mistakes(EMAIL, table["email"], _EMAIL_CHECKS, ("host", "sender"))
        yield from _open_mail(table["email"])
    if "sms" in table:
        yield from mistakes(SMS, table["sms"], _SMS_CHECKS, ("url", "body"))
        yield from _deep_form(table["sms"])


def secret(path: str) -> str:
    """What stands in a file that its owner alone can read; '' for no file. Raises SettingsError."""
    if not path:
        return ""
    try:
        if Path(path).stat().st_mode & 0o077:
            raise SettingsError((f"{path}: others than its owner may read it (chmod 600)",))
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError((f"{path}: {error}",)) from error


# --- checks ------------------------------------------------------------------------------------------------------


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 120


def _is_sender(value: Any) -> bool:
    if not isinstance(value, str) or not value.isprintable():
        return False
    address = parseaddr(value)[1]
    return address.isascii() and re.fullmatch(r"[^@\s]+@[^@\s]+", address) is not None


def _is_address(value: Any) -> bool:
    """An address of a gateway: https, or http to this machine (R39)."""
    if not isinstance(value, str) or not re.fullmatch(r"[!-~]+", value):
        return False
    try:
        parts = urlsplit(value)
        return (
            bool(parts.hostname)
            and parts.port != 0
            and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or "")))
        )
    except ValueError:
        return False


def _is_pattern(value: Any) -> bool:
    try:
        return isinstance(value, str) and re.compile(value) is not None
    except re.error:
        return False


def _is_headers(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(text, str) and text.isascii() and text.isprintable() for text in value.values()
    )


def _open_mail(table: Any) -> Iterator[str]:
    """Notices are about persons: they do not leave this machine in the clear (R39)."""
    if (
        isinstance(table, dict)
        and table.get("security") == "none"
        and not is_loopback(str(table.get("host")))
    ):
        yield f"[{EMAIL}] security: may be none only for a mail server on this machine"


def _deep_form(table: Any) -> Iterator[str]:
    if not isinstance(table, dict) or table.get("encoding", "json") == "json":
        return
    body = table.get("body")
    if isinstance(body, dict) and any(isinstance(value, dict | list) for value in body.values()):
        yield f"[{SMS}] body: has tables or lists in it, which JSON alone can say"


_TEXT: Check = (is_text, "must be a text")
_SECONDS: Check = (_is_seconds, "must be seconds, 120 at most")
_FILE: Check = (is_text, "must be the path of a file")
#: Its keys are looked at by themselves.
_WHATEVER: Check = (lambda value: True, "")

_CHECKS: dict[str, Check] = {
    "reminder_hour": (lambda value: is_whole(value, 0, NO_REMINDERS), "must be an hour, 0 to 24"),
    "give_up_hours": (lambda value: is_whole(value, 1, 240), "must be hours, 1 to 240"),
    "attempt_seconds": (lambda value: is_whole(value, 1, 3600), "must be seconds, 1 to 3600"),
    "email": _WHATEVER,
    "sms": _WHATEVER,
}
_EMAIL_CHECKS: dict[str, Check] = {
    "host": _TEXT,
    "sender": (_is_sender, "must be an address, or a name and an address in <>"),
    "port": (lambda value: is_whole(value, 1, 65535), "must be a port"),
    "security": one_of("starttls", "tls", "none"),
    "user": _TEXT,
    "password_file": _FILE,
    "timeout": _SECONDS,
}
_SMS_CHECKS: dict[str, Check] = {
    "url": (_is_address, "must be an https address; http only on this machine"),
    "body": (lambda value: isinstance(value, dict), "must be a table"),
    "method": one_of("POST", "PUT", "GET"),
    "encoding": one_of("json", "form", "query"),
    "headers": (_is_headers, "must be a table of texts"),
    "token_file": _FILE,
    "success": (_is_pattern, "must be a regular expression"),
    "timeout": _SECONDS,
}
