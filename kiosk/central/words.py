"""What things are found by: the words of their names and addresses (api.md section 2; tables `word`, `vocabulary`).

Each thing keeps the line of its name. Where there are many of a kind, `word` holds besides every beginning of every
word, so that looking one up is plain equality on the primary key: the same on every database, whatever its collation.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, bindparam, delete, insert, select, update

from kiosk.central.schema import area, district, facility, practitioner, role, specialty, vocabulary, word
from kiosk.lettering import words

_NUMBER = re.compile(r"[0-9]+")
#: Numbers are not longer: behind this length they no longer stand in their order.
_MOST_DIGITS = 40


class Kind(Enum):
    """Which text of which thing; a doctor's is the name of the role's practitioner."""

    DISTRICT_NAME = "district-name"
    FACILITY_NAME = "facility-name"
    FACILITY_ADDRESS = "facility-address"
    AREA_NAME = "area-name"
    SPECIALTY_NAME = "specialty-name"
    PRACTITIONER_NAME = "practitioner-name"
    DOCTOR_NAME = "doctor-name"


#: The id of the thing that has the text, and the line of the text.
PLACES: dict[Kind, tuple[Column[str], Column[str]]] = {
    Kind.DISTRICT_NAME: (district.c.id, district.c.name_words),
    Kind.FACILITY_NAME: (facility.c.id, facility.c.name_words),
    Kind.FACILITY_ADDRESS: (facility.c.id, facility.c.address_words),
    Kind.AREA_NAME: (area.c.id, area.c.name_words),
    Kind.SPECIALTY_NAME: (specialty.c.code, specialty.c.name_words),
    Kind.PRACTITIONER_NAME: (practitioner.c.id, practitioner.c.name_words),
    Kind.DOCTOR_NAME: (role.c.id, role.c.name_words),
}

#: Of these there are many, and they are searched without more being known: their beginnings stand in `word`.
INDEXED = frozenset((Kind.FACILITY_NAME, Kind.FACILITY_ADDRESS, Kind.DOCTOR_NAME))


# --- lines -------------------------------------------------------------------------------------------------------


def line(text: str) -> str:
    """The folded words of a text, a space before and behind each: by it a text is sorted, № 2 before № 10.

    A number is led by its length: « городская поликлиника #15 ».
    """
    return f" {' '.join(map(_sortable, words(text)))} "


def within(beginning: str, *, whole: bool = False) -> str:
    """The LIKE pattern of the lines in which this beginning, or just this word, stands."""
    led = f"#_{beginning}" if _NUMBER.match(beginning) else beginning
    return f"% {led} %" if whole else f"% {led}%"


def _sortable(item: str) -> str:
    digits = _NUMBER.match(item)
    return f"#{chr(ord('0') + min(len(digits[0]), _MOST_DIGITS))}{item}" if digits else item


# --- writing -----------------------------------------------------------------------------------------------------


def index(connection: Connection, kind: Kind, texts: Mapping[str, str]) -> None:
    """Let new things, by their ids, be found by these texts and sorted by them."""
    if not texts:
        return
    id, column = PLACES[kind]
    change = update(column.table).where(id == bindparam("owner")).values({column.name: bindparam("said")})
    connection.execute(change, [{"owner": owner, "said": line(text)} for owner, text in texts.items()])
    if kind in INDEXED:
        rows = [row for owner, text in texts.items() for row in _beginnings(kind, owner, text)]
        # In the order of the table many rows are written several times as fast.
        connection.execute(insert(word), sorted(rows, key=itemgetter("text", "part", "line")))
    _learn(connection, kind, texts.values())


def unindex(connection: Connection, kind: Kind, texts: Mapping[str, str]) -> None:
    """Let things no longer be found by these texts, which are to be replaced: as they stand in the index now."""
    if kind not in INDEXED or not texts:
        return
    rows = [row for owner, text in texts.items() for row in _beginnings(kind, owner, text)]
    if not rows:
        return
    key = [word.c[name] == bindparam(f"the_{name}") for name in rows[0]]
    connection.execute(
        delete(word).where(*key), [{f"the_{k}": value for k, value in row.items()} for row in rows]
    )


def _beginnings(kind: Kind, owner: str, text: str) -> Iterator[dict[str, Any]]:
    whole = set(words(text))
    said = line(text)
    for beginning in {item[:length] for item in whole for length in range(1, len(item) + 1)}:
        part = beginning not in whole
        yield {"kind": kind.value, "text": beginning, "part": part, "line": said, "owner_id": owner}


def _learn(connection: Connection, kind: Kind, texts: Iterable[str]) -> None:
    known = connection.scalars(select(vocabulary.c.text).where(vocabulary.c.kind == kind.value))
    new = {item for text in texts for item in words(text)}.difference(known)
    if new:
        connection.execute(insert(vocabulary), [{"kind": kind.value, "text": item} for item in sorted(new)])
