"""A ticket's lines laid out on paper: sizes, words wrapped, only signs that the printer has. Pure.

Between kiosk/ticket.py (what is said) and escpos_writer.py (the bytes). Source: look.md section 9.
"""

import re
import textwrap
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from kiosk.ticket import Line, Role

#: Columns of the usual 12-dot font on the two widths of paper.
COLUMNS = {80: 48, 58: 32}

_NO_BREAK = "\N{NO-BREAK SPACE}"


class Align(Enum):
    """Where a line stands."""

    LEFT = "left"
    CENTER = "center"


@dataclass(frozen=True)
class PaperLine:
    """One line as it is printed: `text` fits the paper at `scale` times the usual font."""

    text: str
    scale: int = 1
    align: Align = Align.LEFT
    bold: bool = False


@dataclass(frozen=True)
class PaperCode:
    """A QR code in the middle of the paper."""

    payload: str


Paper = PaperLine | PaperCode

_EMPTY = PaperLine("", align=Align.CENTER)


@dataclass(frozen=True)
class _Style:
    section: int
    scale: int = 1
    align: Align = Align.CENTER
    bold: bool = False
    capitals: bool = False


_STYLES = {
    Role.FACILITY: _Style(0, bold=True, capitals=True),
    Role.ADDRESS: _Style(0),
    Role.TITLE: _Style(1, scale=2, bold=True),
    Role.DATE: _Style(1, scale=2, bold=True),
    Role.TIME: _Style(1, scale=5, bold=True),
    Role.ROOM: _Style(1, scale=2, bold=True, capitals=True),
    Role.NOTICE: _Style(1, bold=True),
    Role.NUMBER: _Style(2, align=Align.LEFT, bold=True),
    Role.FACT: _Style(2, align=Align.LEFT),
    Role.NOTE: _Style(3, align=Align.LEFT),
    Role.QR: _Style(3),
    Role.CODE: _Style(3, scale=2, bold=True),
    Role.PRINTED: _Style(4, align=Align.LEFT),
}

# Signs outside CP866 that have a plain likeness in it.
_LIKENESS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("«»“”„‟″", '"'),
        **dict.fromkeys("‘’‚‛ʻʼ′`´", "'"),
        **dict.fromkeys("\t\n\r\v\f\u2002\u2003\u2009\u2028\u2029", " "),
        **dict.fromkeys("\u2007\u202f", _NO_BREAK),
        **dict(zip("×•⁄", "x·/", strict=True)),
        "€": "EUR",
        "₽": "руб.",
        "…": "...",
        "ß": "ss",
        # Cyrillic letters of the neighbours, by the nearest Russian (or alike Latin) letter.
        **dict(zip("ҚқҒғҲҳҶҷҢңӨөҮүҰұӘәҺһҖҗІіҐґЈј", "КкГгХхЧчНнОоУуУуЭэХхЖжIiГгJj", strict=True)),
    }
)


def arrange(lines: Sequence[Line], columns: int, largest: int = 5) -> tuple[Paper, ...]:
    """The ticket for paper of so many columns: nothing is clipped, a word too long for a line is parted.

    Where the printer cannot enlarge the time five times (`largest` < 5), everything large is double.
    """
    return tuple(_spaced(lines, columns, largest))


def printable(text: str) -> str:
    """The text in signs of CP866 (and no-break spaces), never with a '?' in the place of another sign.

    Typographic signs become plain ones; letters that CP866 lacks lose their accents or become the nearest
    letter; control characters and what has no likeness are dropped (client-facts.md section 5).
    """
    composed = unicodedata.normalize("NFC", text).translate(_LIKENESS)
    return "".join(_printable_sign(sign) for sign in composed)


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` signs, broken at spaces but not at no-break ones."""
    bound = re.sub(r"№ (?=\S)", f"№{_NO_BREAK}", printable(text))
    parts = [part for word in bound.split(" ") for part in _unbound(word, width)]
    lines = textwrap.wrap(" ".join(parts), width)
    return [line.replace(_NO_BREAK, " ") for line in lines]


def _unbound(word: str, width: int) -> list[str]:
    return word.split(_NO_BREAK) if len(word) > width else [word]


def _printable_sign(sign: str) -> str:
    if _in_page(sign):
        return sign
    return "".join(
        part for part in unicodedata.normalize("NFKD", sign).translate(_LIKENESS) if _in_page(part)
    )


def _in_page(sign: str) -> bool:
    return sign == _NO_BREAK or (sign.isprintable() and sign.encode("cp866", "ignore") != b"")


def _spaced(lines: Sequence[Line], columns: int, largest: int) -> Iterator[Paper]:
    section = 0
    for line in lines:
        style = _STYLES[line.role]
        if style.section != section:
            yield PaperLine("-" * columns)
        section = style.section
        yield from _placed(line, style, columns, largest)


def _placed(line: Line, style: _Style, columns: int, largest: int) -> Iterator[Paper]:
    if line.role is Role.QR:
        # A scanner needs four modules of white around the code.
        yield from (_EMPTY, PaperCode(line.text), _EMPTY)
        return
    scale = style.scale if style.scale <= largest else 2
    text = line.text.upper() if style.capitals else line.text
    for row in _rows(line, text, columns // scale):
        yield PaperLine(row, scale, style.align, style.bold)


def _rows(line: Line, text: str, width: int) -> list[str]:
    if line.role is Role.PRINTED:
        return _both_sides(line.label, text, width)
    if line.role in (Role.NUMBER, Role.FACT):
        return _second_column(line.label, text, width)
    if line.role is Role.CODE:
        return _groups(text, width)
    return wrap(text, width)


def _groups(code: str, width: int) -> list[str]:
    """A code in fours, over rows of about as many fours each where it is too long for one."""
    groups = code.split("-")
    if len(code) <= width or max(map(len, groups)) >= width:
        return wrap(code, width)
    rows = -(-len(code) // width)
    each = -(-len(groups) // rows)
    return ["-".join(groups[at : at + each]) for at in range(0, len(groups), each)]


def _second_column(label: str, text: str, width: int) -> list[str]:
    indent = 12 if width >= 40 else 9
    labels = (printable(label)[: indent - 1], "")
    rows = wrap(text, width - indent)
    return [labels[min(at, 1)].ljust(indent) + row for at, row in enumerate(rows)]


def _both_sides(left: str, right: str, width: int) -> list[str]:
    one_row = f"{printable(left)}{printable(right).replace(_NO_BREAK, ' '):>{width - len(printable(left))}}"
    fits = len(printable(left)) + len(printable(right)) < width
    return [one_row] if fits else [*wrap(left, width), *wrap(right, width)]
