"""A black and white picture as ESC/POS raster commands (GS v 0). Pure but for Pillow's picture."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

#: Rows of one command: small enough for the buffers of cheap printers, and little is left half-taken after a fault.
_ROWS = 48
#: DLE EOT, DLE ENQ and DLE DC4 within a picture would be taken for commands in real time.
_REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")


def raster_bytes(picture: "Image") -> bytes:
    """The picture's commands; its width must be a multiple of 8."""
    return b"".join(_strips(picture))


def _strips(picture: "Image") -> Iterator[bytes]:
    for top in range(0, picture.height, _ROWS):
        strip = picture.crop((0, top, picture.width, min(top + _ROWS, picture.height)))
        head = b"\x1dv0\x00" + (strip.width // 8).to_bytes(2, "little") + strip.height.to_bytes(2, "little")
        yield head + _REAL_TIME.sub(b"\x18", _dots(strip))


def _dots(strip: "Image") -> bytes:
    """A set bit for a black dot; Pillow has it the other way round."""
    return bytes(byte ^ 0xFF for byte in strip.tobytes())
