"""Rounded boxes as small textures whose corners keep their size: one rectangle to draw for a box with its border.

Drawn as two smooth shapes, boxes would take twice as long as all else on a screen (issue 2: press to reaction).
"""

from functools import cache
from math import ceil, hypot

from kivy.graphics.texture import Texture

Colour = tuple[float, float, float, float]


def box(radius: float, border: float, fill: Colour, line: Colour) -> Texture | None:
    """A box of this look, to be drawn with `corner(radius)` as its border; None without fill and border."""
    if not fill[3] and not border:
        return None
    # Without a border there is no line that could show through at a smooth edge.
    return _texture(corner(radius), round(border), tuple(fill), tuple(line if round(border) else fill))


def corner(radius: float) -> int:
    """The side of the square at each corner of a box that keeps its size, in px."""
    return max(1, ceil(radius))


@cache
def _texture(radius: int, border: int, fill: Colour, line: Colour) -> Texture:
    side = 2 * radius + 2
    # One quarter is worked out, the others are its mirror images: a start makes a dozen boxes.
    left = [_row(y + 0.5, radius, border, fill, line) for y in range(radius + 1)]
    rows = [b"".join((*row, *reversed(row))) for row in left]
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    # Corners stand px on px, the rest is even: nothing to smooth.
    texture.mag_filter = texture.min_filter = "nearest"
    texture.blit_buffer(b"".join((*rows, *reversed(rows))), colorfmt="rgba", bufferfmt="ubyte")
    return texture


def _row(y: float, radius: int, border: int, fill: Colour, line: Colour) -> list[bytes]:
    """The px of the left half of a row."""
    side = 2 * radius + 2
    row = []
    for column in range(radius + 1):
        outer = _inside(column + 0.5, y, 0, radius, side)
        inner = _inside(column + 0.5, y, border, max(1, radius - border), side)
        colour = [under + (over - under) * inner for over, under in zip(fill, line, strict=True)]
        row.append(bytes(round(part * 255) for part in (*colour[:3], colour[3] * outer)))
    return row


def _inside(x: float, y: float, inset: float, radius: float, side: float) -> float:
    """How much of the px around this point is inside a rounded square that stands `inset` px from the edges."""
    near, far = inset + radius, side - inset - radius
    across, along = x - min(max(x, near), far), y - min(max(y, near), far)
    return min(1.0, max(0.0, radius - hypot(across, along) + 0.5))
