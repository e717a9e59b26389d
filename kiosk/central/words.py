"""The index by which things are found by their words (api.md section 2, table `word`).

It holds every beginning of every word, folded, so that looking up is plain equality on the primary key: the same
on every database, whatever its collation.
"""

import re
import unicodedata
from collections.abc import Iterator
from enum import Enum

from sqlalchemy import ColumnElement, Select, select

from kiosk.central.call import Refusal
from kiosk.central.schema import word

#: More distinct words than this are no name and no address.
MOST_WORDS = 32

_WORD = re.compile(r"[^\W_]+")


class Kind(Enum):
    """What a text is the name or address of; the owner is a district, facility, area or practitioner."""

    DISTRICT_NAME = "district-name"
    FACILITY_NAME = "facility-name"
    FACILITY_ADDRESS = "facility-address"
    AREA_NAME = "area-name"
    PRACTITIONER_NAME = "practitioner-name"


def fold(text: str) -> str:
    """Without case, Ё as Е: what is compared instead of the text itself."""
    return unicodedata.normalize("NFC", text).casefold().replace("ё", "е")


def words(text: str) -> list[str]:
    """The distinct folded words in order; whatever is neither letter nor digit parts words, a hyphen too."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))


def rows(kind: Kind, owner_id: str, text: str) -> Iterator[dict[str, str]]:
    """The rows of table `word` under which `text` is found."""
    beginnings = {item[:length] for item in words(text) for length in range(1, len(item) + 1)}
    for beginning in sorted(beginnings):
        yield {"kind": kind.value, "text": beginning, "owner_id": owner_id}


def matches(owner: ColumnElement[str], kind: Kind, asked: str, parameter: str) -> list[ColumnElement[bool]]:
    """Conditions, all of which hold where every word asked for begins some word of the owner's text.

    A text without words asks for nothing. Raises Refusal("invalid", parameter) for more than MOST_WORDS words.
    """
    wanted = words(asked)
    if len(wanted) > MOST_WORDS:
        raise Refusal("invalid", parameter)
    return [owner.in_(_owners(kind, item)) for item in wanted]


def _owners(kind: Kind, beginning: str) -> Select[tuple[str]]:
    return select(word.c.owner_id).where(word.c.kind == kind.value, word.c.text == beginning)
