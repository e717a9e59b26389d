"""Every source text stands in the Russian catalog of its room, translated, and no translation is left over (issue 3, 6).

The texts are extracted by Babel, from kv files line by line.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from kiosk import formats, ticket
from kiosk.texts import LOCALES

ROOT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "say": None, "ngettext": (1, 2)}
#: The files of each domain, and what they choose from by number: those texts bear no mark.
SOURCES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "screens": (("kiosk/screens/**/*.py", "kiosk/screens/**/*.kv"), ()),
    "formats": (
        ("kiosk/formats.py",),
        (formats._DATES, formats._SHORT_DATES, formats._WEEKDAYS, formats._SHORT_WEEKDAYS),
    ),
    "terminal": (("kiosk/explanations.py",), ()),
    "maintenance": (("kiosk/maintenance/**/*.py",), ()),
    "booking": (
        tuple(f"kiosk/central/{name}.py" for name in ("outbox", "waiting_outbox", "codes", "times")),
        (("d MMMM", "d MMMM, HH:mm"),),
    ),
    "central": (("kiosk/central/refusals.py", "kiosk/central/patients.py"), ()),
    "directory": (("kiosk/central/directory.py",), ()),
    "statistics": (("kiosk/central/statistics/*.py",), ()),
    "notices": (("kiosk/central/notices/*.py",), ()),
    "staff": (("kiosk/central/staff/schedule.py",), ()),
    "ticket": (("kiosk/ticket.py", "kiosk/devices/sample_sheet.py"), (ticket._DATES, ticket._WEEKDAYS)),
}
PLACE = re.compile(r"\{\w*\}")


@pytest.mark.parametrize("domain", SOURCES)
def test_what_is_said_and_what_is_translated_are_the_same(domain: str) -> None:
    said, known = set(texts(domain)), {source(message) for message in messages(domain)}
    assert said - known == set(), "untranslated"
    assert known - said == set(), "left over"


@pytest.mark.parametrize("domain", SOURCES)
def test_every_translation_is_there_in_all_its_forms_and_keeps_its_places(domain: str) -> None:
    for message in messages(domain):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.fuzzy
        assert len(forms) == (3 if message.pluralizable else 1)
        for form in forms:
            assert set(PLACE.findall(form)) <= set(PLACE.findall(" ".join(ids(message)))), message.id


@pytest.mark.parametrize("domain", SOURCES)
def test_russian_plurals_are_those_of_the_language(domain: str) -> None:
    assert catalog(domain).plural_forms.startswith("nplurals=3; plural=(n%10==1 && n%100!=11 ? 0")


def texts(domain: str) -> Iterator[str]:
    """The source texts of a domain; of a plural its singular."""
    patterns, unmarked = SOURCES[domain]
    for path in (path for pattern in patterns for path in ROOT.glob(pattern)):
        yield from extracted(path)
    for group in unmarked:
        yield from group


def extracted(path: Path) -> Iterator[str]:
    if path.suffix == ".py":
        sources = [path.read_text("utf-8")]
    else:
        sources = [line.partition(":")[2].strip() for line in path.read_text("utf-8").splitlines()]
    for words in sources:
        for _line, message, _comments, _context in extract("python", BytesIO(words.encode()), KEYWORDS):
            yield message[0] if isinstance(message, tuple) else message


def catalog(domain: str) -> Catalog:
    with (LOCALES / "ru" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
        return read_po(file)


def messages(domain: str) -> list[Message]:
    return [message for message in catalog(domain) if message.id]


def source(message: Message) -> str:
    return ids(message)[0]


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)
