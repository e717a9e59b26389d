"""Laid-out paper as one ESC/POS byte string, made by python-escpos' `Dummy`; the only place that knows escpos.

escpos is imported on the first use: it takes a third of a second.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from kiosk.devices.paper_picture import draw
from kiosk.devices.raster_writer import raster_bytes
from kiosk.devices.sample_sheet import PageRow, SampleSheet, arrange_sample, page_cell
from kiosk.devices.ticket_layout import COLUMNS, Align, Paper, PaperCode, PaperLine, arrange
from kiosk.errors import DeviceError
from kiosk.ticket import Slip, slip_lines

#: The page forced for the whole ticket: left to itself escpos changes pages within a sentence (client-facts.md).
CODE_PAGE = "CP866"
#: `code_page`: what the profile says, or a picture where it has no Cyrillic; always a picture; else a page's number.
AUTO, RASTER = "auto", "raster"
_SELECT_PAGE = b"\x1bt"
_QR_MODULE_DOTS = 8


@dataclass(frozen=True)
class PrinterModel:
    """What turns bytes into paper: python-escpos's name of the printer, its paper, and how it has Cyrillic."""

    profile: str
    width_mm: int = 80
    code_page: str = AUTO


def ticket_bytes(ticket: Slip, profile: str, width_mm: int, code_page: str = AUTO) -> bytes:
    """The whole ticket from ESC @ to the cut: about 1 KB of text, or 90 KB of picture (client-facts.md section 5).

    `profile` is python-escpos's name of the printer model, `width_mm` 80 or 58. A model without native QR
    prints the code in letters alone; one that can print neither Cyrillic nor pictures, or not known, raises
    DeviceError.
    """
    printer = _recorder(profile)
    columns = _columns(printer, width_mm)
    return _encoded(printer, arrange(slip_lines(ticket), columns, _largest(printer)), columns, code_page)


def sample_bytes(sheet: SampleSheet, profile: str, width_mm: int, code_page: str = AUTO) -> bytes:
    """The test print in the same way; its table of pages is text where all else is a picture as well."""
    printer = _recorder(profile)
    columns = _columns(printer, width_mm)
    return _encoded(printer, arrange_sample(sheet, columns, _largest(printer)), columns, code_page)


def check_profile(profile: str, code_page: str = AUTO) -> None:
    """Raises DeviceError where no ticket could be made for this model."""
    _page(_recorder(profile), code_page)


def _recorder(profile: str) -> Any:
    from escpos.printer import Dummy

    try:
        return Dummy(profile=profile)
    except KeyError as error:
        raise DeviceError(f"python-escpos knows no printer {profile!r}") from error


def _page(printer: Any, code_page: str) -> int | None:
    """The number of the printer's Cyrillic page, None where pictures are sent."""
    if code_page == RASTER:
        return None
    if code_page != AUTO:
        return int(code_page)
    known = printer.magic.encoder.codepages.get(CODE_PAGE)
    if known is None and not printer.profile.supports("bitImageRaster"):
        model = printer.profile.profile_data["name"]
        raise DeviceError(
            f"the printer {model!r} has neither a Cyrillic code page ({CODE_PAGE}) nor pictures"
        )
    return None if known is None else int(known)


def _largest(printer: Any) -> int:
    return 2 if printer.profile.supports("starCommands") else 5


def _columns(printer: Any, width_mm: int) -> int:
    """Those of the paper, or of a model with fewer; below 32 the profile's figure is a mistake (NT-80-V-UL)."""
    known = printer.profile.get_columns("a")
    return min(COLUMNS[width_mm], known) if known >= COLUMNS[58] else COLUMNS[width_mm]


def _encoded(printer: Any, paper: Sequence[Paper | PageRow], columns: int, code_page: str) -> bytes:
    page = _page(printer, code_page)
    printer.hw("INIT")
    for is_table, items in groupby(paper, lambda item: isinstance(item, PageRow)):
        if is_table:
            _table(printer, cast(Iterable[PageRow], items))
        elif page is None:
            _picture(printer, cast(Iterable[Paper], items), columns)
        else:
            _text(printer, cast(Iterable[Paper], items), page)
    printer.cut()
    return bytes(printer.output)


def _text(printer: Any, items: Iterable[Paper], page: int) -> None:
    """Begins and ends with the plain style."""
    printer._raw(_SELECT_PAGE + bytes([page]))
    before = PaperLine("")
    for item in items:
        if isinstance(item, PaperCode):
            before = _code(printer, item, before)
        else:
            _style(printer, before, item)
            printer._raw(item.text.encode(CODE_PAGE) + b"\n")
            before = item
    _style(printer, before, PaperLine(""))


def _picture(printer: Any, items: Iterable[Paper], columns: int) -> None:
    printer._raw(raster_bytes(draw(list(items), columns)))


def _table(printer: Any, rows: Iterable[PageRow]) -> None:
    for row in rows:
        cells = (_SELECT_PAGE + bytes([page]) + page_cell(page).encode(CODE_PAGE) for page in row.pages)
        printer._raw(b" ".join(cells) + b"\n")


def _code(printer: Any, code: PaperCode, before: PaperLine) -> PaperLine:
    from escpos.constants import QR_ECLEVEL_M

    if not printer.profile.supports("qrCode"):
        return before
    centred = PaperLine("", align=Align.CENTER)
    _style(printer, before, centred)
    printer.qr(code.payload, ec=QR_ECLEVEL_M, size=_QR_MODULE_DOTS, native=True)
    return centred


def _style(printer: Any, before: PaperLine, line: PaperLine) -> None:
    """Only what changes. Sizes by GS !, because ESC ! would reset bold as well."""
    if line.scale != before.scale:
        printer.set(custom_size=True, width=line.scale, height=line.scale)
    if line.bold != before.bold:
        printer.set(bold=line.bold)
    if line.align != before.align:
        printer.set(align=line.align.value)
