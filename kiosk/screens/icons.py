"""Icons as textures in exactly the px size wanted, from assets/icons/atlas.png (drawn by script/icons)."""

from functools import cache
from pathlib import Path

from kivy.graphics.texture import Texture
from PIL import Image

FOLDER = Path(__file__).parents[2] / "assets" / "icons"
CELL = 128
COLUMNS = 8


@cache
def icon(name: str, side: int) -> Texture | None:
    """The icon, white on clear, `side` px square; None for no name or no size. An unknown name raises ValueError."""
    if not name or side <= 0:
        return None
    number = names().index(name)
    left, top = number % COLUMNS * CELL, number // COLUMNS * CELL
    # Icons are white and differ in what is clear: one channel to reduce, not four.
    clear = _atlas().crop((left, top, left + CELL, top + CELL)).getchannel("A")
    white = Image.new("L", (side, side), 255)
    drawn = Image.merge("RGBA", (white, white, white, clear.resize((side, side), Image.Resampling.LANCZOS)))
    texture = Texture.create(size=(side, side), colorfmt="rgba")
    texture.blit_buffer(drawn.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


@cache
def names() -> tuple[str, ...]:
    """All icons in the order of the atlas."""
    return tuple((FOLDER / "atlas.txt").read_text("ascii").split())


@cache
def _atlas() -> Image.Image:
    with Image.open(FOLDER / "atlas.png") as atlas:
        atlas.load()
        return atlas
