"""The ticket as a picture to be shown or printed: the lines of kiosk/ticket.py and the QR, black on white, PNG."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

from kiosk.ticket import Line, Role, Ticket, ticket_lines

WIDTH, MARGIN = 640, 40
_MODULE = 12
#: The first that is installed: pairs of usual and bold.
_FONTS = (("Roboto-Regular.ttf", "Roboto-Bold.ttf"), ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))


@dataclass(frozen=True)
class _Style:
    """Size of the letters, and the room above the line, in px."""

    size: int
    above: int
    bold: bool = False
    centred: bool = True


_STYLES = {
    Role.FACILITY: _Style(26, 0, bold=True),
    Role.ADDRESS: _Style(20, 6),
    Role.TITLE: _Style(34, 28, bold=True),
    Role.DATE: _Style(34, 28, bold=True),
    Role.TIME: _Style(88, 4, bold=True),
    Role.ROOM: _Style(34, 10, bold=True),
    Role.NOTICE: _Style(26, 14, bold=True),
    Role.NUMBER: _Style(26, 28, bold=True, centred=False),
    Role.FACT: _Style(24, 8, centred=False),
    Role.NOTE: _Style(20, 16, centred=False),
    Role.QR: _Style(0, 48),
    Role.CODE: _Style(26, 44, bold=True),
}


def draw(ticket: Ticket) -> bytes | None:
    """The picture of a ticket as PNG; None where no typeface with Russian letters is installed."""
    if _family() is None:
        return None
    strips = list(_strips(ticket_lines(ticket)))
    height = sum(above + strip.height for above, strip in strips)
    page = Image.new("L", (WIDTH, height + 2 * MARGIN), 255)
    top = MARGIN
    for above, strip in strips:
        page.paste(strip, (0, top + above))
        top += above + strip.height
    file = io.BytesIO()
    page.save(file, "PNG")
    return file.getvalue()


def _strips(lines: tuple[Line, ...]) -> Iterator[tuple[int, Image.Image]]:
    """Each line of writing over the whole width, and the room above it."""
    for line in lines:
        style = _STYLES.get(line.role)
        if style is None:
            continue
        if line.role is Role.QR:
            yield style.above, _qr(line.text)
            continue
        said = f"{line.label}: {line.text}" if line.label else line.text
        for number, words in enumerate(_wrapped(said, style)):
            yield 0 if number else style.above, _written(words, style)


def _wrapped(text: str, style: _Style) -> list[str]:
    """The text in lines that fit; a no-break space does not part."""
    font, lines = _font(style), [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if lines[-1] and font.getlength(longer) > WIDTH - 2 * MARGIN:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _written(words: str, style: _Style) -> Image.Image:
    strip = Image.new("L", (WIDTH, round(style.size * 1.25)), 255)
    place, anchor = ((WIDTH // 2, 0), "ma") if style.centred else ((MARGIN, 0), "la")
    ImageDraw.Draw(strip).text(place, words, font=_font(style), fill=0, anchor=anchor)
    return strip


def _qr(payload: str) -> Image.Image:
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(payload)
    matrix = code.get_matrix()
    modules = Image.new("L", (len(matrix), len(matrix)), 255)
    modules.putdata([0 if dark else 255 for row in matrix for dark in row])
    large = modules.resize((len(matrix) * _MODULE,) * 2, Image.Resampling.NEAREST)
    strip = Image.new("L", (WIDTH, large.height), 255)
    strip.paste(large, ((WIDTH - large.width) // 2, 0))
    return strip


@cache
def _font(style: _Style) -> ImageFont.FreeTypeFont:
    family = _family()
    assert family is not None
    return ImageFont.truetype(family[style.bold], style.size)


@cache
def _family() -> tuple[str, str] | None:
    for family in _FONTS:
        try:
            for name in family:
                ImageFont.truetype(name, 20)
        except OSError:
            continue
        return family
    return None
