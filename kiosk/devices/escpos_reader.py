"""What an ESC/POS ticket looks like on paper, read back from its bytes: for the demo and for people who look.

Knows the commands that escpos_writer.py sends and shows any other in its place; pure, nothing is printed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from kiosk.devices.paper_picture import CELL, LINE_STEP, qr_dots, text_dots
from kiosk.devices.ticket_layout import COLUMNS, Align, PaperCode, PaperLine

if TYPE_CHECKING:
    from PIL.Image import Image

_ALIGN = {0: Align.LEFT, 1: Align.CENTER}
_PARAMETERS = {
    b"\x1b@": 0,
    b"\x1bt": 1,
    b"\x1ba": 1,
    b"\x1bE": 1,
    b"\x1bd": 1,
    b"\x1d!": 1,
    b"\x1dV": 1,
    b"\x1dr": 1,
}


@dataclass(frozen=True)
class Feed:
    """Paper fed by some lines."""

    lines: int


@dataclass(frozen=True)
class Cut:
    """The paper is cut."""


@dataclass(frozen=True)
class PrintedCode(PaperCode):
    """A QR code with the size of its modules."""

    dots: int


@dataclass(frozen=True)
class PrintedDots:
    """A picture: `width` dots, 8 in a byte, a set bit is black."""

    width: int
    rows: bytes

    @property
    def height(self) -> int:
        return len(self.rows) * 8 // self.width if self.width else 0


Printed = PaperLine | PrintedCode | PrintedDots | Feed | Cut


def read(data: bytes) -> tuple[Printed, ...]:
    """What comes out of the printer, in order. Text is taken for CP866, the page that our writer forces."""
    return tuple(_Reader(data).printed())


def render_text(data: bytes, width_mm: int = 80) -> str:
    """The ticket in plain text: large lines marked `(x5)`, the QR as `[QR TALON:...]`, a picture as its
    size, the end as `[cut]`."""
    columns = COLUMNS[width_mm]
    rows = [_row(item, columns) for item in read(data)]
    return "".join(f"{row.rstrip()}\n" for row in rows)


def render_picture(data: bytes, width_mm: int = 80) -> "Image":
    """The ticket as a black and white picture: 576 px wide for 80 mm, 384 for 58, one px a dot."""
    from PIL import Image

    width = COLUMNS[width_mm] * CELL[0]
    strips = [_strip(item, width) for item in read(data)]
    # A printer cuts some way above its head, so that the first line never stands at the edge.
    top = LINE_STEP
    picture = Image.new("1", (width, top + sum(strip.height for strip in strips)), 1)
    for strip in strips:
        picture.paste(strip, (0, top))
        top += strip.height
    return picture


class _Reader:
    """The printer's modes while it works through the bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._mode = PaperLine("")
        self._text = ""
        self._code = PrintedCode("", 3)

    def printed(self) -> Iterator[Printed]:
        while self._at < len(self._data):
            byte = self._take(1)
            if byte == b"\n":
                yield replace(self._mode, text=self._text)
                self._text = ""
            elif byte in (b"\x1b", b"\x1d"):
                yield from self._command(byte + self._take(1))
            else:
                self._text += byte.decode("cp866")

    def _take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken

    def _command(self, command: bytes) -> Iterator[Printed]:
        if command == b"\x1d(":
            yield from self._two_dimensional(self._take(1))
            return
        if command == b"\x1dv":
            yield self._dots(self._take(6))
            return
        if command not in _PARAMETERS:
            self._text += f"[{command.hex(' ')}]"
            return
        parameter = int.from_bytes(self._take(_PARAMETERS[command]), "big")
        if command == b"\x1bd":
            yield Feed(parameter)
        elif command == b"\x1dV":
            yield Cut()
        else:
            self._mode = _mode_after(self._mode, command, parameter)

    def _two_dimensional(self, kind: bytes) -> Iterator[Printed]:
        body = self._take(int.from_bytes(self._take(2), "little"))
        if kind + body[:2] == b"k1C":
            self._code = replace(self._code, dots=body[2])
        elif kind + body[:2] == b"k1P":
            self._code = replace(self._code, payload=body[3:].decode("utf-8", "replace"))
        elif kind + body[:2] == b"k1Q":
            yield self._code

    def _dots(self, head: bytes) -> PrintedDots:
        """GS v 0 m xL xH yL yH: bytes of a row, rows."""
        width, height = (int.from_bytes(head[at : at + 2], "little") for at in (2, 4))
        return PrintedDots(width * 8, self._take(width * height))


def _mode_after(mode: PaperLine, command: bytes, parameter: int) -> PaperLine:
    if command == b"\x1b@":
        return PaperLine("")
    if command == b"\x1ba":
        return replace(mode, align=_ALIGN.get(parameter, Align.LEFT))
    if command == b"\x1bE":
        return replace(mode, bold=bool(parameter & 1))
    if command == b"\x1d!":
        return replace(mode, scale=(parameter & 7) + 1)
    return mode


def _row(item: Printed, columns: int) -> str:
    if isinstance(item, Cut):
        return "[cut]"
    if isinstance(item, Feed):
        return "\n" * (item.lines - 1)
    if isinstance(item, PrintedDots):
        return f"[picture {item.width}x{item.height}]"
    if isinstance(item, PrintedCode):
        return f"[QR {item.payload}]".center(columns)
    text = item.text if item.scale == 1 else f"{item.text}  (x{item.scale})"
    return text.center(columns) if item.align is Align.CENTER else text


def _strip(item: Printed, width: int) -> "Image":
    """One line of the paper over its whole width."""
    from PIL import Image

    if isinstance(item, Cut):
        return Image.new("1", (width, 2), 0)
    if isinstance(item, Feed):
        return Image.new("1", (width, item.lines * LINE_STEP), 1)
    mark = _mark(item)
    centred = isinstance(item, PrintedCode) or (isinstance(item, PaperLine) and item.align is Align.CENTER)
    least = mark.height if isinstance(item, PrintedDots) else LINE_STEP
    strip = Image.new("1", (width, max(least, mark.height)), 1)
    strip.paste(mark, ((width - mark.width) // 2 if centred else 0, 0))
    return strip


def _mark(item: PaperLine | PrintedCode | PrintedDots) -> "Image":
    if isinstance(item, PrintedCode):
        return qr_dots(item.payload, item.dots)
    if isinstance(item, PrintedDots):
        return _picture(item)
    return _text_mark(item)


def _picture(dots: PrintedDots) -> "Image":
    """The whole rows of a picture; what is cut off in the middle of one is not shown."""
    from PIL import Image

    whole = dots.rows[: dots.height * dots.width // 8]
    return Image.frombytes("1", (dots.width, dots.height), bytes(byte ^ 0xFF for byte in whole))


def _text_mark(line: PaperLine) -> "Image":
    """The text in the printer's cells, enlarged as a printer does it: dot by dot."""
    from PIL import Image

    dots = text_dots(line.text, 1, line.bold)
    return dots.resize((dots.width * line.scale, dots.height * line.scale), Image.Resampling.NEAREST)
