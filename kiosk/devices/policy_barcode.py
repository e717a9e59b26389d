"""The barcode of the paper policy, types 01 and 02, each 130 bytes. Pure; source: policy-formats.md section 2.

The signature at the end (65 bytes) is not verified: nothing public says how.
"""

import string
from base64 import b64encode
from dataclasses import dataclass
from datetime import date, timedelta

from kiosk.devices.policy_data import PolicyData, Sex
from kiosk.devices.policy_error import PolicyFault, PolicyFormatError

__all__ = ["LENGTH", "PolicyData", "PolicyFault", "PolicyFormatError", "decode"]

LENGTH = 130

#: The 6-bit alphabet: 47 signs, 16 reserved codes, the separator. The apostrophe is the plain one.
_ALPHABET = " .-'0123456789АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЬЪЫЭЮЯ" + "\0" * 16 + "|"
_RESERVED = "\0"
# Six bits at a time, the highest first, is what base64 does; only its letters are others.
_FROM_BASE64 = str.maketrans(
    string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/", _ALPHABET
)
_FIRST_DAY = date(1900, 1, 1)
_SEXES: dict[int, Sex] = {1: "male", 2: "female"}
_NAME_AT = 9


@dataclass(frozen=True)
class _Layout:
    """Where the fields of one type end; the insurer is in type 01 alone."""

    name_end: int
    insurer: bool


_LAYOUTS = {1: _Layout(51, insurer=True), 2: _Layout(60, insurer=False)}


def decode(payload: bytes) -> PolicyData:
    """The policy in a barcode. Raises PolicyFormatError for anything that is none, whatever the bytes."""
    layout = _LAYOUTS.get(payload[0]) if payload else None
    if layout is None:
        raise PolicyFormatError(PolicyFault.UNKNOWN_TYPE if payload else PolicyFault.EMPTY)
    if len(payload) != LENGTH:
        short = len(payload) < LENGTH
        raise PolicyFormatError(PolicyFault.TRUNCATED if short else PolicyFault.MALFORMED)
    number = _number(payload[1:_NAME_AT])
    name = payload[_NAME_AT : layout.name_end]
    last, first, patronymic = _reversed_name(name) if layout.insurer else _name(name)
    rest = payload[layout.name_end :]
    return PolicyData(
        number=number,
        last_name=last or None,
        first_name=first or None,
        patronymic=patronymic or None,
        sex=_SEXES.get(rest[0]),
        birth_date=_day(rest[1:3]),
        expires=_day(rest[3:5]),
        insurer_ogrn=_digits(rest[5:11], 13) if layout.insurer else None,
        insurer_okato=_digits(rest[11:14], 5) if layout.insurer else None,
    )


def _number(field: bytes) -> str:
    number = _digits(field, 16)
    if number is None:
        empty = not any(field)
        raise PolicyFormatError(PolicyFault.NO_NUMBER if empty else PolicyFault.MALFORMED)
    return number


def _digits(field: bytes, count: int) -> str | None:
    """The whole number in a field, with its leading zeros; None for zero and for more than so many digits."""
    value = int.from_bytes(field, "big")
    return f"{value:0{count}}" if 0 < value < 10**count else None


def _day(field: bytes) -> date | None:
    days = int.from_bytes(field, "big")
    return _FIRST_DAY + timedelta(days) if days else None


def _name(packed: bytes) -> tuple[str, str, str]:
    """Type 02: last, first, patronymic."""
    parts = _parts(packed)
    last, first, patronymic = (*parts, "", "")[:3]
    return last, first, patronymic


def _reversed_name(packed: bytes) -> tuple[str, str, str]:
    """Type 01: patronymic, last, first, each written backwards; and the bytes are backwards once more.

    Where there is no patronymic, its separator may be missing as well.
    """
    parts = [part[::-1] for part in _parts(packed[::-1])]
    patronymic, last, first = ("", *parts) if len(parts) == 2 else (*parts, "", "")[:3]
    return last, first, patronymic


def _parts(packed: bytes) -> list[str]:
    name = b64encode(packed).decode("ascii").translate(_FROM_BASE64)
    if _RESERVED in name or name.count("|") > 2:
        raise PolicyFormatError(PolicyFault.MALFORMED)
    return [part.strip() for part in name.split("|")]
