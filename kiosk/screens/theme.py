"""The look in px: colours, type and sizes of look.md, worked out for one display and the visitor's modes. No Kivy.

Kv files read it as `theme` (kiosk/screens/dress.py), which changes with the modes.
"""

from dataclasses import dataclass
from math import ceil, hypot
from pathlib import Path

from kiosk.modes import USUAL, Modes
from kiosk.settings import DisplaySettings

Colour = tuple[float, float, float, float]

ROBOTO = Path("/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF")
MM_PER_INCH = 25.4
CAPITAL_PER_EM = 0.711

#: Capital height in mm (look.md, section 3).
CAPITALS = {"caption": 4.8, "label": 5.8, "body": 7.3, "title": 9.0, "display": 12.0, "huge": 18.0}
LARGE = ("title", "display", "huge")

#: Sizes in mm: portrait, narrow landscape (17"), wide landscape (21.5"); look.md sections 2 and 5.
SIZES = {
    "margin": (12, 9, 12),
    "header": (32, 27, 27),
    "header_button": (22, 20.5, 20.5),
    "rail": (0, 85, 100),
    "trail": (29, 0, 0),
    "trail_part": (26, 27, 27),
    "footer": (34, 28, 28),
    "footer_button": (24, 20.5, 20.5),
    "question": (17, 13, 13),
    "row": (45, 32, 32),
    "tile": (47, 35, 35),
    "small_tile": (39, 30, 30),
    "main_button": (40, 28, 28),
    "side_button": (32, 22, 22),
    "field": (32, 25, 25),
    "day": (43, 33, 33),
    "time_most": (29, 20.5, 20.6),
    "time_least": (20.5, 20.5, 20.6),
    "group_gap": (13, 8, 8),
    "key_most": (31, 38, 36),
    "letter_key": (20, 15, 15),
    "found": (44, 28, 28),
    "pager": (22, 20.5, 20.5),
    "dialog_text": (170, 170, 200),
}


def _rgba(text: str, alpha: float = 1.0) -> Colour:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue, alpha)


CLEAR: Colour = (0, 0, 0, 0)
COLOURS = {
    "page": _rgba("#F4F6F8"),
    "surface": _rgba("#FFFFFF"),
    "divider": _rgba("#C9D2DB"),
    "outline": _rgba("#5F7182"),
    "ink": _rgba("#12202E"),
    "quiet": _rgba("#435464"),
    "primary": _rgba("#0A5592"),
    "pressed": _rgba("#084A82"),
    "tint": _rgba("#E3EEF7"),
    "good": _rgba("#1B7A3D"),
    "good_panel": _rgba("#E6F3EA"),
    "warning": _rgba("#9A5B00"),
    "warning_panel": _rgba("#FCF3E2"),
    "danger": _rgba("#B3261E"),
    "danger_panel": _rgba("#FBEAE9"),
    "disabled": _rgba("#E7EBEF"),
    "disabled_ink": _rgba("#55656F"),
    "track": _rgba("#D6DEE6"),
    "scrim": _rgba("#12202E", 0.62),
    "clear": CLEAR,
}


@dataclass(frozen=True)
class Paint:
    """How a touchable thing looks in one state: its fill, its border and the border's width in mm, its words."""

    fill: str
    line: str
    ink: str
    width: float = 0.5


#: What is touched, by kind and state; a state not named looks as in "normal" (look.md, section 5).
PAINTS = {
    "primary": {
        "normal": Paint("primary", "primary", "surface", 0),
        "pressed": Paint("pressed", "pressed", "surface", 0),
        "disabled": Paint("disabled", "disabled", "disabled_ink", 0),
    },
    "secondary": {
        "normal": Paint("surface", "outline", "primary"),
        "pressed": Paint("pressed", "pressed", "surface", 0),
        "chosen": Paint("tint", "primary", "primary", 1),
        "disabled": Paint("disabled", "disabled", "disabled_ink", 0),
    },
    "row": {
        "normal": Paint("surface", "divider", "ink"),
        "recommended": Paint("surface", "primary", "ink", 1),
        "pressed": Paint("tint", "primary", "ink"),
        "locked": Paint("disabled", "disabled", "disabled_ink", 0),
    },
    "key": {
        "normal": Paint("surface", "divider", "ink"),
        "pressed": Paint("pressed", "pressed", "surface", 0),
    },
    "key_word": {
        "normal": Paint("surface", "divider", "primary"),
        "pressed": Paint("pressed", "pressed", "surface", 0),
    },
    "time": {
        "normal": Paint("surface", "outline", "primary"),
        "pressed": Paint("pressed", "pressed", "surface", 0),
        "chosen": Paint("primary", "primary", "surface", 0),
        "taking": Paint("tint", "primary", "primary", 1),
        "none": Paint("clear", "clear", "quiet", 0),
    },
    "nearest": {
        "normal": Paint("surface", "primary", "primary", 1),
        "pressed": Paint("pressed", "pressed", "surface", 0),
        "taking": Paint("tint", "primary", "primary", 1),
    },
    "field": {
        "normal": Paint("surface", "outline", "ink"),
        "active": Paint("surface", "primary", "ink", 1),
        "wrong": Paint("surface", "danger", "ink", 1),
        "pressed": Paint("tint", "primary", "ink", 1),
    },
    "plain": {
        "normal": Paint("clear", "clear", "primary", 0),
        "pressed": Paint("tint", "tint", "primary", 0),
    },
}


class Theme:
    """Everything that kv files ask for, in px of one display.

    Each key of SIZES and COLOURS is an attribute; sizes are rounded up, so that no target is too small.
    """

    def __init__(self, display: DisplaySettings, modes: Modes = USUAL) -> None:
        self.modes = modes
        diagonal = hypot(display.width, display.height)
        self.per_mm = diagonal / (display.diagonal_inches * MM_PER_INCH)
        self.landscape = display.width > display.height
        self.narrow = self.landscape and display.width / self.per_mm < 400
        self.line = max(1, self.mm(0.4))
        column = (2 - self.narrow) if self.landscape else 0
        self.__dict__.update({name: self.up(sizes[column]) for name, sizes in SIZES.items()})
        self.__dict__.update(COLOURS)
        self.regular, self.medium = fonts()

    def mm(self, length: float) -> int:
        """A distance or a width, to the nearest px."""
        return round(length * self.per_mm)

    def up(self, length: float) -> int:
        """The size of a target or a gap between targets: never less than asked for."""
        return ceil(length * self.per_mm - 1e-6)

    def capital(self, style: str) -> int:
        """The capital height of a type style in px."""
        return round(CAPITALS[style] * self.per_mm)

    def size(self, style: str) -> int:
        """The font size of a type style: px per em."""
        return round(CAPITALS[style] * self.per_mm / CAPITAL_PER_EM)

    def step(self, style: str) -> float:
        """Kivy's line_height of a type style: lines about 1.75 capitals apart in titles, 1.9 in text."""
        return 1.06 if style in LARGE else 1.15

    def paint(self, kind: str, state: str) -> Paint:
        """How a thing of this kind looks in this state."""
        return PAINTS[kind].get(state) or PAINTS[kind]["normal"]

    def colour(self, name: str) -> Colour:
        """A colour of look.md section 4 by its name."""
        return COLOURS[name]


def fonts() -> tuple[str, str]:
    """Regular and Medium: Debian's Roboto, else Kivy's own, which has Bold in Medium's width (look.md section 10)."""
    if (ROBOTO / "Roboto-Medium.ttf").exists():
        return str(ROBOTO / "Roboto-Regular.ttf"), str(ROBOTO / "Roboto-Medium.ttf")
    return "data/fonts/Roboto-Regular.ttf", "data/fonts/Roboto-Bold.ttf"
