"""JSON of a stranger, read without trust: every access has a type, and what does not fit is a BadReply."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeVar

from kiosk.errors import BadReply

#: Instants beyond these years are mistakes, and would break the arithmetic of days and zones.
YEARS = range(1900, 2200)

T = TypeVar("T")


@dataclass(frozen=True)
class Node:
    """One JSON object. Asking for what is not there, or is of another type, raises BadReply with the name only."""

    values: dict[str, Any] = field(repr=False)

    @classmethod
    def of(cls, value: Any) -> "Node":
        if not isinstance(value, dict):
            raise BadReply("not an object")
        return cls(value)

    @property
    def kind(self) -> str:
        """The FHIR resourceType, '' where there is none."""
        return self.optional("resourceType")

    def text(self, name: str) -> str:
        """A text that must be there; never empty, and always printable as UTF-8."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value or not _encodes(value):
            raise BadReply(name)
        return value

    def optional(self, name: str, default: str = "") -> str:
        """A text that may be missing or empty."""
        return self.text(name) if self.values.get(name, "") != "" else default

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(Node({name: value}).text(name) for value in self._list(name))

    def whole(self, name: str) -> int:
        """A count: an int from 0 to a million."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 1_000_000:
            raise BadReply(name)
        return value

    def number(self, name: str, default: float) -> float:
        """A share between 0 and 1."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise BadReply(name)
        return float(value)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.values.get(name, default)
        if not isinstance(value, bool):
            raise BadReply(name)
        return value

    def instant(self, name: str) -> datetime:
        """An aware datetime with the offset that the registry gave."""
        moment = _parsed(datetime.fromisoformat, self.text(name), name)
        if moment.tzinfo is None or moment.year not in YEARS:
            raise BadReply(name)
        return moment

    def day(self, name: str) -> date:
        day = _parsed(date.fromisoformat, self.text(name), name)
        if day.year not in YEARS:
            raise BadReply(name)
        return day

    def clock(self, name: str) -> time:
        return _parsed(time.fromisoformat, self.text(name), name)

    def node(self, name: str) -> "Node":
        """An object that must be there."""
        if name not in self.values:
            raise BadReply(name)
        return Node.of(self.values[name])

    def child(self, name: str) -> "Node":
        """An object, an empty one where there is none."""
        return Node.of(self.values.get(name, {}))

    def nodes(self, name: str) -> tuple["Node", ...]:
        return tuple(Node.of(value) for value in self._list(name))

    def reference(self, kind: str) -> str:
        """The id in this Reference where it points to that type of resource, else ''."""
        head, _, id = self.optional("reference").rpartition("/")
        return id if head.rpartition("/")[2] == kind else ""

    def _list(self, name: str) -> list[Any]:
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise BadReply(name)
        return value


def _encodes(text: str) -> bool:
    """JSON can spell half a surrogate pair, which no font and no printer can show."""
    return text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)


def _parsed(parse: Callable[[str], T], text: str, name: str) -> T:
    try:
        return parse(text)
    except ValueError:
        raise BadReply(name) from None
