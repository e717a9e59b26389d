"""What an ESC/POS ticket looks like on paper, read back from its bytes: for the demo and for people who look.

Knows the commands that escpos_writer.py sends and shows any other in its place; pure, nothing is printed.
"""

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.ticket_layout import COLUMNS, Align, PaperCode, PaperLine

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

_CELL = (12, 24)
_LINE_STEP = 30
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


Printed = PaperLine | PrintedCode | Feed | Cut


def read(data: bytes) -> tuple[Printed, ...]:
    """What comes out of the printer, in order. Text is taken for CP866, the page that our writer forces."""
    return tuple(_Reader(data).printed())


def render_text(data: bytes, width_mm: int = 80) -> str:
    """The ticket in plain text: large lines marked `(x5)`, the QR as `[QR TALON:...]`, the end as `[cut]`."""
    columns = COLUMNS[width_mm]
    rows = [_row(item, columns) for item in read(data)]
    return "".join(f"{row.rstrip()}\n" for row in rows)


def render_picture(data: bytes, width_mm: int = 80) -> "Image":
    """The ticket as a black and white picture: 576 px wide for 80 mm, 384 for 58, one px a dot."""
    from PIL import Image

    width = COLUMNS[width_mm] * _CELL[0]
    font = _font()
    strips = [_strip(item, width, font) for item in read(data)]
    # A printer cuts some way above its head, so that the first line never stands at the edge.
    top = _LINE_STEP
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
    if isinstance(item, PrintedCode):
        return f"[QR {item.payload}]".center(columns)
    text = item.text if item.scale == 1 else f"{item.text}  (x{item.scale})"
    return text.center(columns) if item.align is Align.CENTER else text


def _strip(item: Printed, width: int, font: "FreeTypeFont | BitmapFont") -> "Image":
    """One line of the paper over its whole width."""
    from PIL import Image

    if isinstance(item, Cut):
        return Image.new("1", (width, 2), 0)
    if isinstance(item, Feed):
        return Image.new("1", (width, item.lines * _LINE_STEP), 1)
    mark = _qr_mark(item) if isinstance(item, PrintedCode) else _text_mark(item, font)
    centred = isinstance(item, PrintedCode) or item.align is Align.CENTER
    strip = Image.new("1", (width, max(_LINE_STEP, mark.height)), 1)
    strip.paste(mark, ((width - mark.width) // 2 if centred else 0, 0))
    return strip


def _text_mark(line: PaperLine, font: "FreeTypeFont | BitmapFont") -> "Image":
    """The text in the printer's cells, enlarged as a printer does it: dot by dot."""
    from PIL import Image, ImageDraw

    wide, high = _CELL
    shades = Image.new("L", (max(1, len(line.text)) * wide, high), 255)
    draw = ImageDraw.Draw(shades)
    for at, sign in enumerate(line.text):
        for shift in range(2 if line.bold else 1):
            draw.text((at * wide + wide / 2 + shift, 18), sign, font=font, fill=0, anchor="ms")
    dots = shades.point([0] * 128 + [255] * 128).convert("1")
    return dots.resize((dots.width * line.scale, high * line.scale), Image.Resampling.NEAREST)


def _qr_mark(code: PrintedCode) -> "Image":
    from PIL import Image
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    drawn = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    drawn.add_data(code.payload)
    matrix = drawn.get_matrix()
    modules = Image.new("1", (len(matrix), len(matrix)), 1)
    modules.putdata([0 if dark else 1 for row in matrix for dark in row])
    return modules.resize((len(matrix) * code.dots,) * 2, Image.Resampling.NEAREST)


def _font() -> "FreeTypeFont | BitmapFont":
    """The mono font of Kivy's wheel, else DejaVu of the system, else Pillow's own (which lacks Cyrillic)."""
    from PIL import ImageFont

    spec = importlib.util.find_spec("kivy")
    folders = [Path(folder) / "data" / "fonts" for folder in (spec and spec.submodule_search_locations) or ()]
    for name in [*(folder / "RobotoMono-Regular.ttf" for folder in folders), "DejaVuSansMono.ttf"]:
        try:
            return ImageFont.truetype(str(name), 20)
        except OSError:
            continue
    return ImageFont.load_default(20)
