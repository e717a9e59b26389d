"""The test print: shows whether model, code page and paper of the settings are right (R36). Pure.

Its table has one cell for each page of the printer: the number of the one that reads «Ёж№» is `code_page`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kiosk.devices.ticket_layout import Align, Paper, PaperCode, PaperLine, printable, wrap
from kiosk.texts import DEFAULT_LANGUAGE, catalog
from kiosk.ticket import qr_payload

#: Every page by which a printer in python-escpos's list has Cyrillic, and some more.
PAGES = range(80)
SAMPLE_WORD = "Ёж№"
#: « 17 Ёж№» and a blank.
_CELL_COLUMNS = 8
_CODE = "TEST-PRINT"
_LETTERS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_SIGNS = "№ «кавычки» – тире — … €"


@dataclass(frozen=True)
class SampleSheet:
    """What a test print tells; `printer` are words for the present settings."""

    terminal_name: str
    printer: str
    printed_at: datetime
    language: str = DEFAULT_LANGUAGE


@dataclass(frozen=True)
class PageRow:
    """A row of the table: the sample word by each of these pages, whatever the page of the settings is."""

    pages: tuple[int, ...]


def arrange_sample(sheet: SampleSheet, columns: int, largest: int = 5) -> tuple[Paper | PageRow, ...]:
    """The test print for paper of so many columns."""
    return tuple(_lines(sheet, columns, largest))


def page_cell(page: int) -> str:
    """The cell of one page: right where the printer shows it so."""
    return f"{page:>3} {SAMPLE_WORD}"


def _lines(sheet: SampleSheet, columns: int, largest: int) -> Iterator[Paper | PageRow]:
    texts = catalog("ticket", sheet.language)
    rule = PaperLine("-" * columns)
    yield PaperLine(printable(texts.gettext("Test print")), 2, Align.CENTER, bold=True)
    yield from _wrapped(f"{sheet.terminal_name}, {sheet.printed_at.strftime('%d.%m.%Y %H:%M')}", columns)
    yield from _wrapped(sheet.printer, columns)
    yield rule
    yield from _wrapped(texts.gettext("The row of figures fills one line exactly:"), columns)
    yield PaperLine("".join(str(at % 10) for at in range(1, columns + 1)))
    yield from _wrapped(_LETTERS, columns)
    yield from _wrapped(_SIGNS, columns)
    for scale in sorted({2, largest}):
        yield PaperLine("8:45", scale, Align.CENTER, bold=True)
    yield rule
    yield PaperLine(f"code_page = ? ({SAMPLE_WORD})")
    width = columns // _CELL_COLUMNS
    for first in range(0, len(PAGES), width):
        yield PageRow(tuple(PAGES[first : first + width]))
    yield rule
    yield PaperLine("", align=Align.CENTER)
    yield PaperCode(qr_payload(_CODE))
    yield PaperLine("", align=Align.CENTER)
    yield PaperLine(_CODE, align=Align.CENTER)


def _wrapped(text: str, columns: int) -> Iterator[Paper]:
    for row in wrap(text, columns):
        yield PaperLine(row)
