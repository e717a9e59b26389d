"""Internet Printing Protocol (RFC 8010), as much of it as a queue of CUPS needs: pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_VERSION = b"\x01\x01"
_OPERATION_GROUP, _END = 0x01, 0x03
_INTEGERS = (0x21, 0x23)


class Operation(IntEnum):
    """What is asked."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER = 0x000B


class Tag(IntEnum):
    """The kind of a value."""

    INTEGER = 0x21
    BOOLEAN = 0x22
    NAME = 0x42
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and the attributes of each job or printer in it."""

    status: int
    groups: tuple[dict[str, tuple[int | str, ...]], ...]

    @property
    def is_good(self) -> bool:
        """Whether it was done."""
        return self.status < 0x0100

    def values(self, name: str) -> tuple[int | str, ...]:
        """Those of an attribute, in the first group that has it; none where it is not told."""
        return next((group[name] for group in self.groups if name in group), ())


def request(operation: Operation, attributes: list[tuple[Tag, str, int | str]]) -> bytes:
    """A request in ASCII and English."""
    charset = (Tag.CHARSET, "attributes-charset", "utf-8")
    language = (Tag.LANGUAGE, "attributes-natural-language", "en")
    encoded = b"".join(_attribute(*one) for one in (charset, language, *attributes))
    head = _VERSION + operation.to_bytes(2, "big") + (1).to_bytes(4, "big")
    return head + bytes([_OPERATION_GROUP]) + encoded + bytes([_END])


def answer(data: bytes) -> Answer:
    """What an answer says. Raises ValueError where it is none."""
    if len(data) < 9:
        raise ValueError("too short for IPP")
    groups: list[dict[str, tuple[int | str, ...]]] = []
    last = ""
    for tag, name, value in _attributes(data[8:]):
        if tag < 0x10:
            groups.append({})
        elif groups:
            last = name or last
            groups[-1][last] = (*groups[-1].get(last, ()), value)
    return Answer(int.from_bytes(data[2:4], "big"), tuple(groups))


def _attribute(tag: Tag, name: str, value: int | str) -> bytes:
    encoded = value.encode("ascii") if isinstance(value, str) else _number(tag, value)
    parts = (name.encode("ascii"), encoded)
    return bytes([tag]) + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _number(tag: Tag, value: int) -> bytes:
    return value.to_bytes(1 if tag is Tag.BOOLEAN else 4, "big")


def _attributes(data: bytes) -> Iterator[tuple[int, str, int | str]]:
    """Tags, names and values; a tag below 0x10 begins a group and has neither."""
    at = 0
    while at < len(data) and data[at] != _END:
        tag = data[at]
        at += 1
        if tag < 0x10:
            yield tag, "", ""
            continue
        name, at = _part(data, at)
        value, at = _part(data, at)
        yield tag, name.decode("utf-8", "replace"), _value(tag, value)


def _part(data: bytes, at: int) -> tuple[bytes, int]:
    length = int.from_bytes(data[at : at + 2], "big")
    end = at + 2 + length
    if at + 2 > len(data) or end > len(data):
        raise ValueError("cut off in the middle of an attribute")
    return data[at + 2 : end], end


def _value(tag: int, value: bytes) -> int | str:
    return int.from_bytes(value, "big", signed=True) if tag in _INTEGERS else value.decode("utf-8", "replace")
