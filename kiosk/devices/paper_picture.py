"""Laid-out paper as a black and white picture, one px a dot: what a printer without Cyrillic is sent (raster_writer.py).

Pillow is imported on the first use.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.devices.ticket_layout import Align, Paper, PaperCode

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont
    from PIL.ImageFont import ImageFont as BitmapFont

#: Dots of one sign of the usual font, and from one line to the next.
CELL = (12, 24)
LINE_STEP = 30
_BASELINE = 18
_SIGN_SIZE = 20
_MODULE_DOTS = 8


def draw(paper: Sequence[Paper], columns: int) -> "Image":
    """The paper in Roboto Mono, as wide as so many columns (in whole bytes): the same lines that a printer's own font would show."""
    from PIL import Image

    width = -(-columns * CELL[0] // 8) * 8
    strips = [_strip(item, width) for item in paper]
    picture = Image.new("1", (width, sum(strip.height for strip in strips)), 1)
    top = 0
    for strip in strips:
        picture.paste(strip, (0, top))
        top += strip.height
    return picture


def qr_dots(payload: str, dots: int) -> "Image":
    """A QR code with modules of so many dots, without the white around it."""
    from PIL import Image
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    drawn = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    drawn.add_data(payload)
    matrix = drawn.get_matrix()
    modules = Image.new("1", (len(matrix), len(matrix)), 1)
    modules.putdata([0 if dark else 1 for row in matrix for dark in row])
    return modules.resize((len(matrix) * dots,) * 2, Image.Resampling.NEAREST)


def text_dots(text: str, scale: int, bold: bool) -> "Image":
    """The text in cells of `scale` times the usual font."""
    from PIL import Image, ImageDraw

    wide, high = CELL[0] * scale, CELL[1] * scale
    shades = Image.new("L", (max(1, len(text)) * wide, high), 255)
    pen = ImageDraw.Draw(shades)
    for at, sign in enumerate(text):
        # Bold as a printer makes it: struck again, a dot further.
        for shift in range(scale + 1 if bold else 1):
            place = (at * wide + wide / 2 + shift, _BASELINE * scale)
            pen.text(place, sign, font=_font(_SIGN_SIZE * scale), fill=0, anchor="ms")
    return shades.point([0] * 128 + [255] * 128).convert("1")


def _strip(item: Paper, width: int) -> "Image":
    """One line of the paper over its whole width."""
    from PIL import Image

    if isinstance(item, PaperCode):
        mark, centred = qr_dots(item.payload, _MODULE_DOTS), True
    else:
        mark, centred = text_dots(item.text, item.scale, item.bold), item.align is Align.CENTER
    strip = Image.new("1", (width, max(LINE_STEP, mark.height)), 1)
    strip.paste(mark, ((width - mark.width) // 2 if centred else 0, 0))
    return strip


@cache
def _font(size: int) -> "FreeTypeFont | BitmapFont":
    """The mono font of Kivy's wheel, else DejaVu of the system, else Pillow's own (which lacks Cyrillic)."""
    import importlib.util

    from PIL import ImageFont

    spec = importlib.util.find_spec("kivy")
    folders = [Path(folder) / "data" / "fonts" for folder in (spec and spec.submodule_search_locations) or ()]
    for name in [*(folder / "RobotoMono-Regular.ttf" for folder in folders), "DejaVuSansMono.ttf"]:
        try:
            return ImageFont.truetype(str(name), size)
        except OSError:
            continue
    return ImageFont.load_default(size)
