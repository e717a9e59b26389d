"""Laid-out paper as one ESC/POS byte string, made by python-escpos' `Dummy`; the only place that knows escpos.

escpos is imported on the first use: it takes a third of a second.
"""

from collections.abc import Sequence
from typing import Any

from kiosk.devices.ticket_layout import COLUMNS, Align, Paper, PaperCode, PaperLine, arrange
from kiosk.errors import DeviceError
from kiosk.ticket import Slip, slip_lines

#: The page forced for the whole ticket: left to itself escpos changes pages within a sentence (client-facts.md).
CODE_PAGE = "CP866"
_QR_MODULE_DOTS = 8


def ticket_bytes(ticket: Slip, profile: str, width_mm: int) -> bytes:
    """The whole ticket from ESC @ to the cut, about 1 KB (client-facts.md section 5).

    `profile` is python-escpos's name of the printer model, `width_mm` 80 or 58. A model without native QR
    prints the code in letters alone; one without Cyrillic, or not known, raises DeviceError.
    """
    printer = _recorder(profile)
    stars = printer.profile.supports("starCommands")
    paper = arrange(slip_lines(ticket), _columns(printer, width_mm), largest=2 if stars else 5)
    return _encoded(printer, paper)


def check_profile(profile: str) -> None:
    """Raises DeviceError where no ticket could be made for this model."""
    _recorder(profile)


def _recorder(profile: str) -> Any:
    from escpos.printer import Dummy

    try:
        printer = Dummy(profile=profile)
        printer.magic.encoder.get_encoding_name(CODE_PAGE)
    except KeyError as error:
        raise DeviceError(f"python-escpos knows no printer {profile!r}") from error
    except ValueError as error:
        raise DeviceError(f"the printer {profile!r} has no Cyrillic code page ({CODE_PAGE})") from error
    return printer


def _columns(printer: Any, width_mm: int) -> int:
    """Those of the paper, or of a model with fewer; below 32 the profile's figure is a mistake (NT-80-V-UL)."""
    known = printer.profile.get_columns("a")
    return min(COLUMNS[width_mm], known) if known >= COLUMNS[58] else COLUMNS[width_mm]


def _encoded(printer: Any, paper: Sequence[Paper]) -> bytes:
    printer.hw("INIT")
    printer.magic.force_encoding(CODE_PAGE)
    before = PaperLine("")
    for item in paper:
        if isinstance(item, PaperCode):
            before = _code(printer, item, before)
        else:
            _style(printer, before, item)
            printer.textln(item.text)
            before = item
    printer.cut()
    return bytes(printer.output)


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
