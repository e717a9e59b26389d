"""The look in px: colours, type and sizes of look.md, worked out for one display and the visitor's modes. No Kivy.

Kv files read it as `theme` (kiosk/screens/dress.py), which changes with the modes.
"""

from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path

from kiosk.modes import USUAL, Modes
from kiosk.settings import DisplaySettings

Colour = tuple[float, float, float, float]

ROBOTO = Path("/usr/share/fonts/truetype/roboto/unhinted/RobotoTTF")
CAPITAL_PER_EM = 0.711

#: Capital height in mm (look.md, section 3).
CAPITALS = {"caption": 4.8, "label": 5.8, "body": 7.3, "title": 9.0, "display": 12.0, "huge": 18.0}
#: The same for large text (section 8), from what is wished for to what stands on a full page (fitting.py): caption as
#: label, label as body, body as title; names and answers as they are; as without the mode.
LARGE_CAPITALS = (
    {**CAPITALS, "caption": 5.8, "label": 7.3, "body": 9.0},
    {**CAPITALS, "caption": 5.8, "label": 7.3},
    CAPITALS,
)

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
    "few_row": (50, 32, 32),
    "first_choice": (64, 36, 36),
    "choice": (49, 30, 30),
    "tile": (47, 34.5, 34.5),
    "small_tile": (39, 30, 30),
    "main_button": (40, 28, 28),
    "side_button": (32, 22, 22),
    "field": (32, 25, 25),
    "day": (43, 33, 33),
    "schedule": (48, 40, 40),
    "time_most": (29, 20.5, 20.6),
    "time_least": (20.5, 20.5, 20.6),
    "group_gap": (13, 8, 8),
    "key_most": (31, 38, 36),
    "letter_key": (20, 15, 15),
    "found": (43, 28, 28),
    "pager": (22, 20.5, 20.5),
    "dialog_text": (170, 170, 200),
}

#: The same where text is large.
LARGE_SIZES = {
    "trail": (31, 0, 0),
    "trail_part": (29, 31, 31),
    "row": (54, 42, 42),
    "few_row": (49, 35, 35),
    "found": (52, 36, 36),
    "tile": (54, 42, 42),
    "small_tile": (50, 40, 40),
    "day": (52, 41, 41),
    "time_most": (33, 23, 23),
    "group_gap": (15, 10, 10),
}
#: As high as a seated person reaches on a display on end (section 8), in mm.
LOW_HEIGHT = 330


def _rgba(text: str, alpha: float = 1.0) -> Colour:
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return (red, green, blue, alpha)


CLEAR: Colour = (0, 0, 0, 0)
COLOURS = {
    "page": _rgba("#F4F6F8"),
    "surface": _rgba("#FFFFFF"),
    "divider": _rgba("#C9D2DB"),
    "tile_line": _rgba("#C9D2DB"),
    "outline": _rgba("#5F7182"),
    "ink": _rgba("#12202E"),
    "quiet": _rgba("#435464"),
    "struck": _rgba("#435464"),
    "primary": _rgba("#0A5592"),
    "on_primary": _rgba("#FFFFFF"),
    "pressed": _rgba("#084A82"),
    "tint": _rgba("#E3EEF7"),
    "touched": _rgba("#E3EEF7"),
    "pill_ink": _rgba("#0A5592"),
    "panel_line": CLEAR,
    "good": _rgba("#1B7A3D"),
    "good_panel": _rgba("#E6F3EA"),
    "warning": _rgba("#9A5B00"),
    "warning_panel": _rgba("#FCF3E2"),
    "danger": _rgba("#B3261E"),
    "danger_panel": _rgba("#FBEAE9"),
    "disabled": _rgba("#E7EBEF"),
    "disabled_line": _rgba("#E7EBEF"),
    "disabled_ink": _rgba("#55656F"),
    "track": _rgba("#D6DEE6"),
    "scrim": _rgba("#12202E", 0.62),
    "paper": _rgba("#FFFFFF"),
    "clear": CLEAR,
}
_BLACK, _WHITE, _YELLOW, _GREY = (_rgba(text) for text in ("#000000", "#FFFFFF", "#FFD600", "#BDBDBD"))
#: High contrast: yellow is what can be touched, white is all else; a dark yellow lies under what is touched.
CONTRAST = {
    **COLOURS,
    **dict.fromkeys(("page", "surface", "tint", "disabled"), _BLACK),
    **dict.fromkeys(("good_panel", "warning_panel", "danger_panel", "on_primary"), _BLACK),
    **dict.fromkeys(("divider", "ink", "quiet", "pressed", "pill_ink", "panel_line"), _WHITE),
    **dict.fromkeys(("good", "warning", "danger"), _WHITE),
    **dict.fromkeys(("primary", "outline", "tile_line"), _YELLOW),
    **dict.fromkeys(("struck", "disabled_ink", "disabled_line"), _GREY),
    "touched": _rgba("#463B00"),
    "track": _rgba("#555555"),
}


@dataclass(frozen=True)
class Paint:
    """How a touchable thing looks in one state: its fill, its border and the border's width in mm, its words."""

    fill: str
    line: str
    ink: str
    width: float = 0.5


_PRESSED = Paint("pressed", "pressed", "on_primary", 0)
_DISABLED = Paint("disabled", "disabled_line", "disabled_ink")
_FILLED = Paint("primary", "primary", "on_primary", 0)
#: What is touched, by kind and state; a state not named looks as in "normal" (look.md, section 5).
PAINTS = {
    "primary": {"normal": _FILLED, "pressed": _PRESSED, "disabled": _DISABLED},
    "secondary": {
        "normal": Paint("surface", "outline", "primary"),
        "pressed": _PRESSED,
        "chosen": Paint("tint", "primary", "primary", 1),
        "disabled": _DISABLED,
    },
    "danger": {
        "normal": Paint("surface", "danger", "danger"),
        "pressed": Paint("danger", "danger", "on_primary", 0),
        "disabled": _DISABLED,
    },
    "row": {
        "normal": Paint("surface", "tile_line", "ink"),
        "recommended": Paint("surface", "primary", "ink", 1),
        "pressed": Paint("touched", "primary", "ink"),
        "locked": _DISABLED,
    },
    "key": {"normal": Paint("surface", "tile_line", "ink"), "pressed": _PRESSED},
    "key_word": {"normal": Paint("surface", "tile_line", "primary"), "pressed": _PRESSED},
    "time": {
        "normal": Paint("surface", "outline", "primary"),
        "pressed": _PRESSED,
        "chosen": _FILLED,
        "taking": Paint("tint", "primary", "primary", 1),
        "none": Paint("clear", "clear", "struck", 0),
    },
    "nearest": {
        "normal": Paint("surface", "primary", "primary", 1),
        "pressed": _PRESSED,
        "taking": Paint("tint", "primary", "primary", 1),
    },
    "field": {
        "normal": Paint("surface", "outline", "ink"),
        "active": Paint("surface", "primary", "ink", 1),
        "wrong": Paint("surface", "danger", "ink", 1),
        "pressed": Paint("touched", "primary", "ink", 1),
    },
    "plain": {
        "normal": Paint("clear", "clear", "primary", 0),
        "pressed": Paint("touched", "touched", "primary", 0),
    },
}
#: What the contrast theme paints otherwise: there a tint does not show, and danger is said by words alone.
CONTRAST_PAINTS = {
    "secondary": {"chosen": _FILLED},
    "danger": PAINTS["secondary"],
    "row": {"pressed": Paint("touched", "primary", "ink", 1)},
    "time": {"taking": Paint("touched", "primary", "primary", 1)},
    "nearest": {"taking": Paint("touched", "primary", "primary", 1)},
    "field": {"active": Paint("touched", "primary", "ink", 1)},
}


class Theme:
    """Everything that kv files ask for, in px of one display.

    Each key of SIZES and COLOURS is an attribute; sizes are rounded up, so that no target is too small.
    """

    def __init__(self, display: DisplaySettings, modes: Modes = USUAL, smaller: int = 0) -> None:
        self._made_of = (display, modes, smaller)
        self.modes, self.large = modes, modes.large
        self.per_mm = display.per_mm
        self.has_rail = display.width > display.height
        self.can_be_low = not self.has_rail and display.height > self.mm(LOW_HEIGHT)
        self.low = modes.low and self.can_be_low
        self.landscape = self.has_rail or self.low
        self.narrow = self.low or (self.has_rail and display.width / self.per_mm < 400)
        self._capitals = LARGE_CAPITALS[smaller] if modes.large else CAPITALS
        self.line = max(1, self.mm(0.4))
        column = (2 - self.narrow) if self.landscape else 0
        sizes = {**SIZES, **LARGE_SIZES} if modes.large else SIZES
        self.__dict__.update({name: self.up(widths[column]) for name, widths in sizes.items()})
        if self.low:
            self.rail, self.trail, self.found = 0, self.trail_part + self.up(3), self.up(36)
        self.frame_height = self.mm(LOW_HEIGHT) if self.low else display.height
        self._colours = CONTRAST if modes.contrast else COLOURS
        self.__dict__.update(self._colours)
        self.panel_border = self.mm(0.5) if modes.contrast else 0
        # Four buttons stand beside each other there, and are no smaller than a body without the mode.
        self.frame_style = "label" if modes.large else "body"
        self.regular, self.medium = fonts()

    def mm(self, length: float) -> int:
        """A distance or a width, to the nearest px."""
        return round(length * self.per_mm)

    def up(self, length: float) -> int:
        """The size of a target or a gap between targets: never less than asked for."""
        return ceil(length * self.per_mm - 1e-6)

    def capital(self, style: str) -> int:
        """The capital height of a type style in px."""
        return round(self._capitals[style] * self.per_mm)

    def size(self, style: str) -> int:
        """The font size of a type style: px per em."""
        return round(self._capitals[style] * self.per_mm / CAPITAL_PER_EM)

    def step(self, style: str) -> float:
        """Kivy's line_height of a type style: lines about 1.75 capitals apart in titles, 1.9 in text."""
        return 1.06 if self._capitals[style] >= CAPITALS["title"] else 1.15

    @cached_property
    def smaller(self) -> "Theme | None":
        """The same with text one step smaller; None where it is not large."""
        display, modes, steps = self._made_of
        last = not modes.large or steps + 1 == len(LARGE_CAPITALS)
        return None if last else Theme(display, modes, steps + 1)

    def paint(self, kind: str, state: str) -> Paint:
        """How a thing of this kind looks in this state."""
        other = CONTRAST_PAINTS.get(kind, {}).get(state) if self.modes.contrast else None
        return other or PAINTS[kind].get(state) or PAINTS[kind]["normal"]

    def colour(self, name: str) -> Colour:
        """A colour of look.md section 4 by its name."""
        return self._colours[name]


def fonts() -> tuple[str, str]:
    """Regular and Medium: Debian's Roboto, else Kivy's own, which has Bold in Medium's width (look.md section 10)."""
    if (ROBOTO / "Roboto-Medium.ttf").exists():
        return str(ROBOTO / "Roboto-Regular.ttf"), str(ROBOTO / "Roboto-Medium.ttf")
    return "data/fonts/Roboto-Regular.ttf", "data/fonts/Roboto-Bold.ttf"
