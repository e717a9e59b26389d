"""What the cells of files mean. Every reader takes a text that is not empty; ValueError says what it must be.

The words never repeat the cell: it may be a person's (R39).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.central.call import Refusal
from kiosk.central.contacts import email, phone
from kiosk.central.rules import TICK_SECONDS
from kiosk.central.schedule.shifts import DAYS
from kiosk.central.sign_in import folded
from kiosk.check_digits import digits_only, is_valid_snils

Reader = Callable[[str], Any]

#: A time is made of whole ticks (api.md section 12).
TICK_MINUTES = TICK_SECONDS // 60

_MOST_TEXT = 300
_CODE = re.compile(r"[^\s,;/|]{1,64}")
_PARTS = re.compile(r"[,;\n]+")
#: How Excel shows a long number, and how it saves it: its last digits are gone.
_CUT = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2100
_MOST_POLICY = 32


@dataclass(frozen=True)
class Column:
    """A column: its name, its Russian heading, what its cells mean. A cell that is empty means `default`."""

    name: str
    heading: str
    read: Reader
    required: bool = False
    default: Any = None

    def value(self, cell: str) -> Any:
        """What the cell means, or ValueError."""
        if not cell:
            if self.required:
                raise ValueError("is missing")
            return self.default
        if _CUT.fullmatch(cell):
            raise ValueError("Excel has cut this number: format the column as text and enter it again")
        return self.read(cell)


# --- texts -------------------------------------------------------------------------------------------------------


def text(cell: str) -> str:
    """A text in one line."""
    said = " ".join(cell.split())
    if not said.isprintable() or len(said) > _MOST_TEXT:
        raise ValueError(f"must be a printable text of {_MOST_TEXT} characters at most")
    return said


def code(cell: str) -> str:
    """What something is called in its source."""
    if not _CODE.fullmatch(cell) or not cell.isprintable():
        raise ValueError("must be 1 to 64 characters without spaces, commas, semicolons, slashes and bars")
    return cell


def codes(cell: str) -> list[str]:
    """Codes with commas or semicolons between, each once."""
    return list(dict.fromkeys(code(part.strip()) for part in _PARTS.split(cell) if part.strip()))


def texts(cell: str) -> list[str]:
    """Texts with commas or semicolons between."""
    return [text(part) for part in _PARTS.split(cell) if part.strip()]


def token(cell: str) -> str:
    """A code as FHIR searches for it."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", cell):
        raise ValueError("must be 1 to 64 Latin letters, digits, hyphens, dots or underscores")
    return cell


def tokens(cell: str) -> list[str]:
    """Such codes with commas or semicolons between."""
    return list(dict.fromkeys(token(part.strip()) for part in _PARTS.split(cell) if part.strip()))


# --- choices and numbers -----------------------------------------------------------------------------------------


def choice(meanings: Mapping[str, Any], words: str) -> Reader:
    """The reader of a cell that says one of these; `words` are the choices as they are told."""

    def read(cell: str) -> Any:
        said = cell.casefold()
        if said not in meanings:
            raise ValueError(f"must be {words}")
        return meanings[said]

    return read


_YES = dict.fromkeys(("да", "yes", "1", "true", "истина", "+"), True)
_NO = dict.fromkeys(("нет", "no", "0", "false", "ложь", "-"), False)

#: «да» or «нет».
flag = choice({**_YES, **_NO}, "«да» or «нет»")

#: «м» or «ж», as FHIR's administrative gender.
sex = choice(
    {
        **dict.fromkeys(("м", "муж", "мужской", "m", "male"), "male"),
        **dict.fromkeys(("ж", "жен", "женский", "f", "female"), "female"),
    },
    "«м» or «ж»",
)


def whole(least: int, most: int) -> Reader:
    """The reader of a whole number within these bounds."""

    def read(cell: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", cell) or not least <= int(cell) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(cell)

    return read


def visit_minutes(cell: str) -> int:
    """The length of a visit."""
    minutes: int = whole(TICK_MINUTES, 24 * 60)(cell)
    if minutes % TICK_MINUTES:
        raise ValueError(f"must be a multiple of {TICK_MINUTES} minutes")
    return minutes


# --- days and hours ----------------------------------------------------------------------------------------------


def day(cell: str) -> date:
    """31.12.2026 or 2026-12-31."""
    russian = re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", cell)
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", cell)
    parts = russian.groups()[::-1] if russian else iso.groups() if iso else None
    try:
        found = None if parts is None else date(*map(int, parts))
    except ValueError:
        found = None
    if found is None or not _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
        raise ValueError("must be a date: 31.12.2026 or 2026-12-31")
    return found


def clock(cell: str) -> time:
    """A time of the day, in whole ticks (api.md section 12)."""
    match = re.fullmatch(r"([0-9]{1,2})[:.]([0-9]{2})(:00)?", cell)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError("must be a time: 08:30")
    if int(match[2]) % TICK_MINUTES:
        raise ValueError(f"must be a multiple of {TICK_MINUTES} minutes")
    return time(int(match[1]), int(match[2]))


_RUSSIAN_DAYS = dict(zip(("пн", "вт", "ср", "чт", "пт", "сб", "вс"), DAYS, strict=True))
_ALL_DAYS = {**_RUSSIAN_DAYS, **{name: name for name in DAYS}}


def weekdays(cell: str) -> tuple[str, ...]:
    """«пн-пт», «пн, ср, пт», «сб вс» as the days of FHIR, in the order of the week."""
    found: set[str] = set()
    for part in re.split(r"[\s,;]+", re.sub(r"\s*[-–—]\s*", "-", cell.strip().casefold())):
        first, _, last = part.partition("-")
        if first not in _ALL_DAYS or (last or first) not in _ALL_DAYS:
            raise ValueError("must be days of the week: «пн-пт» or «пн, ср, пт»")
        begin, end = DAYS.index(_ALL_DAYS[first]), DAYS.index(_ALL_DAYS[last or first])
        if begin > end:
            raise ValueError("must have the days in the order of the week")
        found.update(DAYS[begin : end + 1])
    return tuple(name for name in DAYS if name in found)


_OPEN = re.compile(r"([^0-9]+?)\s*([0-9]{1,2}[:.][0-9]{2})\s*[-–—]\s*([0-9]{1,2}[:.][0-9]{2})[\s,;]*")


def opening_hours(cell: str) -> list[dict[str, Any]]:
    """«пн-пт 08:00-20:00, сб 09:00-15:00» as FHIR Location.hoursOfOperation."""
    rest, found = cell, []
    while rest:
        match = _OPEN.match(rest)
        if not match:
            raise ValueError("must be days and hours: «пн-пт 08:00-20:00, сб 09:00-15:00»")
        opens, closes = clock(match[2]), clock(match[3])
        if closes <= opens:
            raise ValueError("must not close before it opens")
        days = list(weekdays(match[1]))
        found.append(
            {"daysOfWeek": days, "openingTime": opens.isoformat(), "closingTime": closes.isoformat()}
        )
        rest = rest[match.end() :]
    return found


def zone(cell: str) -> str:
    """An IANA time zone."""
    try:
        return ZoneInfo(cell).key
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("must be a time zone: Europe/Moscow") from error


# --- papers and contacts -----------------------------------------------------------------------------------------


def policy(cell: str) -> str:
    """A policy number, series and number together, as it is compared when a patient identifies (api.md section 9)."""
    number = folded(cell)
    if len(number) > _MOST_POLICY or not number.isalnum() or not any(sign.isdigit() for sign in number):
        raise ValueError(f"must be letters and digits, {_MOST_POLICY} at most: series and number together")
    return number


def document_number(cell: str) -> str:
    """The digits of an identity document, without its series (R9)."""
    number = digits_only(cell)
    if not re.fullmatch(r"[0-9]{1,20}", number):
        raise ValueError("must be digits: the number without the series")
    return number


def snils(cell: str) -> str:
    """A СНИЛС as eleven digits."""
    number = digits_only(cell)
    if not is_valid_snils(number):
        raise ValueError("must be the eleven digits of a СНИЛС: its check does not fit")
    return number


def phone_number(cell: str) -> str:
    """A phone number as `+` and digits."""
    try:
        return phone(cell)
    except Refusal as refusal:
        raise ValueError("must be a phone number: +7 916 123-45-67") from refusal


def email_address(cell: str) -> str:
    """An e-mail address."""
    try:
        return email(cell)
    except Refusal as refusal:
        raise ValueError("must be an e-mail address") from refusal
