"""The chip policy: its application, files and fields over any `transmit`. Pure; source: policy-formats.md section 1.

The files hold BER objects in any order; a photo and a signature, which may be large, are stepped over unread.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date

from kiosk.devices.policy_data import PolicyData, Sex
from kiosk.devices.policy_error import PolicyFault, PolicyFormatError

__all__ = ["PolicyData", "PolicyFault", "PolicyFormatError", "Transmit", "read"]

#: Sends a command to the card: (data, 16-bit status word). What it raises goes through to who called `read`.
Transmit = Callable[[bytes], tuple[bytes, int]]

_ROOT, _OWNER_FOLDER, _INSURER_FOLDER = b"foms_root", b"FOMS_ID", b"FOMS_INS"
_OWNER_FILE = b"\x02\x01"
_OWNER, _INSURER = 0x62, 0x64

_LAST_NAME, _FIRST_NAME, _PATRONYMIC = 0x5F21, 0x5F22, 0x5F23
_BIRTH_DATE, _SEX, _NUMBER, _SNILS, _EXPIRES = 0x5F24, 0x5F25, 0x5F26, 0x5F27, 0x5F28
_OGRN, _OKATO = 0x5F51, 0x5F52
_WANTED = {
    *(_LAST_NAME, _FIRST_NAME, _PATRONYMIC, _BIRTH_DATE, _SEX, _NUMBER, _SNILS, _EXPIRES),
    *(_OGRN, _OKATO),
}

_OK = 0x9000
#: More than this at once some cards do not give.
_CHUNK = 220
#: READ BINARY has 15 bits for the offset.
_LARGEST_FILE = 0x8000
_SEXES: dict[bytes, Sex] = {b"\x01": "male", b"\x02": "female"}

_Fields = Mapping[int, bytes]


def read(transmit: Transmit) -> PolicyData:
    """The policy on the card. Raises PolicyFormatError where it is none, whatever the card answers.

    Only the number must be there: a field that cannot be understood is absent, and so is an insurer that the
    card does not give.
    """
    _select(transmit, _ROOT)
    _select(transmit, _OWNER_FOLDER)
    owner = _file_fields(transmit, _OWNER_FILE, _OWNER)
    insurer = _insurer(transmit)
    return PolicyData(
        number=_number(owner),
        last_name=_text(owner, _LAST_NAME),
        first_name=_text(owner, _FIRST_NAME),
        patronymic=_text(owner, _PATRONYMIC),
        sex=_SEXES.get(owner.get(_SEX, b"")),
        birth_date=_date(owner, _BIRTH_DATE),
        snils=_digits(owner, _SNILS, 11),
        expires=_date(owner, _EXPIRES),
        insurer_ogrn=_digits(insurer, _OGRN, 13),
        insurer_okato=_digits(insurer, _OKATO, 5),
    )


def _insurer(transmit: Transmit) -> _Fields:
    with suppress(PolicyFormatError):
        _select(transmit, _ROOT)
        _select(transmit, _INSURER_FOLDER)
        current = _ask(transmit, b"\x00\xca\x01\xb0\x02")
        if len(current) == 2:
            return _file_fields(transmit, current, _INSURER)
    return {}


def _ask(transmit: Transmit, command: bytes) -> bytes:
    data, status = transmit(command)
    if status != _OK:
        raise PolicyFormatError(PolicyFault.REFUSED)
    return data


def _select(transmit: Transmit, folder: bytes) -> None:
    """A card that does not know the folder is no policy; its ATR is not asked, issuers differ in it."""
    _data, status = transmit(b"\x00\xa4\x04\x0c" + bytes([len(folder)]) + folder)
    if status != _OK:
        raise PolicyFormatError(PolicyFault.FOREIGN)


def _file_fields(transmit: Transmit, name: bytes, kind: int) -> _Fields:
    """The fields of a file, by tag, from the single object of this kind that it holds."""
    _ask(transmit, b"\x00\xa4\x02\x0c\x02" + name)
    file = _File(transmit)
    tag, length, start = file.header(0)
    if tag != kind:
        raise PolicyFormatError(PolicyFault.MALFORMED)
    if start + length > _LARGEST_FILE:
        raise PolicyFormatError(PolicyFault.MALFORMED)
    file.known_to_end(start + length)
    return _fields(file, start)


def _fields(file: "_File", at: int) -> _Fields:
    """The first object of each wanted tag that is not empty; all others are stepped over."""
    fields: dict[int, bytes] = {}
    while (at := file.past_padding(at)) < file.end:
        tag, length, at = file.header(at)
        if at + length > file.end:
            raise PolicyFormatError(PolicyFault.TRUNCATED)
        if length and tag in _WANTED and tag not in fields:
            fields[tag] = file.take(at, length)
        at += length
    return fields


class _File:
    """The file selected on the card, read ahead only from where bytes are asked for and never beyond its end.

    Until the end is known, from the header of its one object, it is read byte by byte.
    """

    def __init__(self, transmit: Transmit) -> None:
        self._transmit = transmit
        self._start = 0
        self._ahead = b""
        self._chunk = 1
        self.end = _LARGEST_FILE

    def known_to_end(self, end: int) -> None:
        self._chunk = _CHUNK
        self.end = end

    def take(self, at: int, count: int) -> bytes:
        if at + count > self.end:
            raise PolicyFormatError(PolicyFault.TRUNCATED)
        if not self._start <= at <= self._start + len(self._ahead):
            self._start, self._ahead = at, b""
        while self._start + len(self._ahead) < at + count:
            self._ahead += self._next()
        return self._ahead[at - self._start : at - self._start + count]

    def _next(self) -> bytes:
        offset = self._start + len(self._ahead)
        length = min(self._chunk, self.end - offset)
        data = _ask(self._transmit, b"\x00\xb0" + offset.to_bytes(2, "big") + bytes([length]))
        if not data:
            raise PolicyFormatError(PolicyFault.TRUNCATED)
        return data[:length]

    def past_padding(self, at: int) -> int:
        """Where the next object begins: 00 and FF between objects mean nothing."""
        while at < self.end and self.take(at, 1) in (b"\x00", b"\xff"):
            at += 1
        return at

    def header(self, at: int) -> tuple[int, int, int]:
        """Tag and length of the object that begins here, and where its content begins."""
        tag, at = self._tag(at)
        length, at = self._length(at)
        return tag, length, at

    def _tag(self, at: int) -> tuple[int, int]:
        tag = self.take(at, 1)[0]
        if tag & 0x1F != 0x1F:
            return tag, at + 1
        second = self.take(at + 1, 1)[0]
        if second & 0x80:
            raise PolicyFormatError(PolicyFault.MALFORMED)
        return tag << 8 | second, at + 2

    def _length(self, at: int) -> tuple[int, int]:
        first = self.take(at, 1)[0]
        if first < 0x80:
            return first, at + 1
        if first not in (0x81, 0x82):
            raise PolicyFormatError(PolicyFault.MALFORMED)
        size = first - 0x80
        return int.from_bytes(self.take(at + 1, size), "big"), at + 1 + size


def _number(fields: _Fields) -> str:
    number = _digits(fields, _NUMBER, 16)
    if number is None:
        raise PolicyFormatError(PolicyFault.NO_NUMBER)
    return number


def _text(fields: _Fields, tag: int) -> str | None:
    try:
        text = fields.get(tag, b"").decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text.strip(" \t\r\n\0") or None


def _digits(fields: _Fields, tag: int, count: int) -> str | None:
    """So many digits, whatever separates them on this card."""
    digits = re.sub(rb"[^0-9]", b"", fields.get(tag, b""))
    return digits.decode("ascii") if len(digits) == count else None


def _date(fields: _Fields, tag: int) -> date | None:
    """A day in BCD, DDMMYYYY; zeros and impossible days are none."""
    digits = fields.get(tag, b"").hex()
    if len(digits) != 8 or not digits.isdecimal():
        return None
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2]))
    except ValueError:
        return None
