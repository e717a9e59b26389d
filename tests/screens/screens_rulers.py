"""What is measured on a frame with a screen: sizes, gaps, places, contrast, words. Each ruler yields what is wrong."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import combinations, product
from typing import Any, NamedTuple

from screens_stage import Stage

from kiosk.maintenance.sizes_page import LEAST_CAPITAL as LEAST_CAPITAL_MM
from kiosk.maintenance.sizes_page import LEAST_GAP as LEAST_GAP_MM
from kiosk.maintenance.sizes_page import LEAST_LETTER as LEAST_LETTER_MM
from kiosk.maintenance.sizes_page import LEAST_TARGET as LEAST_TARGET_MM
from kiosk.screens.theme import CAPITALS, Colour
from kiosk.screens.widgets.bands import Band
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.layout import Container
from kiosk.screens.widgets.panels import Disc
from kiosk.screens.widgets.search_board import DigitKeys, SearchKeys
from kiosk.screens.widgets.text import Icon, Text
from kiosk.screens.widgets.ticket_tile import QrCode
from kiosk.screens.widgets.touch import Box, Touchable
from kiosk.screens.widgets.typing import LetterKeys
from kiosk.texts import catalog

#: WCAG 2.2: text, and signs that say what a control is; in the contrast mode both are at least as look.md says.
LEAST_TEXT, LEAST_ICON, LEAST_IN_CONTRAST = 4.5, 3.0, 7.0
LETTERS = (LetterKeys, SearchKeys, DigitKeys)
DOMAINS = ("screens", "formats", "terminal", "ticket", "maintenance")
PX = 1


def problems(stage: Stage) -> list[str]:
    """Everything that is wrong with what the stage shows."""
    rulers = (targets, gaps, clipped, overlapping, capitals, contrasts, untranslated, restless)
    return [problem for ruler in rulers for problem in ruler(stage)]


def widgets(stage: Stage, kind: Any) -> list[Any]:
    """Of the top layer: a dialog covers the rest."""
    dialogs = [child for child in stage.frame.children if isinstance(child, Dialog)]
    top = dialogs[0] if dialogs else stage.frame
    return [widget for widget in top.walk(restrict=True) if isinstance(widget, kind)]


def targets(stage: Stage) -> Iterator[str]:
    for widget in widgets(stage, Touchable):
        least = LEAST_LETTER_MM if isinstance(widget.parent, LETTERS) else LEAST_TARGET_MM
        if widget.look != "none" and min(widget.size) < least * stage.theme.per_mm - PX:
            yield f"target {name(widget)} is {millimetres(stage, widget.size)}"


def gaps(stage: Stage) -> Iterator[str]:
    touchables = [area(widget) for widget in widgets(stage, Touchable) if widget.look != "none"]
    least = LEAST_GAP_MM * stage.theme.per_mm - PX
    for one, other in combinations(touchables, 2):
        across, along = -overlap(one, other)[0], -overlap(one, other)[1]
        if max(across, along) < least:
            size = millimetres(stage, (across, along))
            yield f"gap {name(one.widget)} to {name(other.widget)} is {size}"


def clipped(stage: Stage) -> Iterator[str]:
    """Words and boxes stand inside the box or the area they belong to."""
    for widget in [*widgets(stage, Text), *widgets(stage, Box)]:
        if isinstance(widget, Text) and not widget.text:
            continue
        place, inside = around(stage, widget), area(widget)
        if (
            inside.left < place.x - PX
            or inside.right > place.right + PX
            or inside.low < place.y - PX
            or inside.top > place.top + PX
        ):
            yield f"{name(widget)} stands outside of {name(place)}: {widget.pos} {widget.size} in {place.pos} {place.size}"


def overlapping(stage: Stage) -> Iterator[str]:
    texts = [area(text) for text in widgets(stage, Text) if text.text]
    for one, other in combinations(texts, 2):
        if min(overlap(one, other)) > PX:
            yield f"{one.widget.text!r} overlaps {other.widget.text!r}"
    boxes = [area(box) for box in widgets(stage, Box) if not isinstance(box, Touchable) and box.fill[3]]
    boxes += [area(code) for code in widgets(stage, QrCode) if code.texture]
    for text, box in product(texts, boxes):
        if min(overlap(text, box)) > PX and box.widget not in ancestors(text.widget):
            yield f"{text.widget.text!r} under {name(box.widget)}"


def capitals(stage: Stage) -> Iterator[str]:
    for text in widgets(stage, Text):
        if text.text and text.theme.capital(text.style) < LEAST_CAPITAL_MM * stage.theme.per_mm - PX:
            yield f"capitals of {text.text!r} are {text.theme.capital(text.style)} px"


def contrasts(stage: Stage) -> Iterator[str]:
    least = {Text: LEAST_TEXT, Icon: LEAST_ICON}
    for widget in widgets(stage, (Text, Icon)):
        if not (widget.text if isinstance(widget, Text) else widget.name):
            continue
        floor = LEAST_IN_CONTRAST if stage.terminal.modes.contrast else least[type(widget)]
        found = contrast(tuple(widget.colour), under(stage, widget))
        if found < floor:
            what = widget.text if isinstance(widget, Text) else f"icon {widget.name}"
            yield f"{what!r} has {found:.1f} : 1 on {name(around(stage, widget))}"


def untranslated(stage: Stage) -> Iterator[str]:
    """Words of ours in the other language: data of the registry are not ours."""
    for text in widgets(stage, Text):
        if is_foreign(text.text, stage.terminal.language):
            yield f"{text.text!r} is not in {stage.terminal.language}"


@cache
def is_foreign(text: str, language: str) -> bool:
    foreign = russian() if language == "en" else english()
    return any(pattern.fullmatch(text) for pattern in foreign)


@cache
def russian() -> tuple[re.Pattern[str], ...]:
    """Each translation with two Russian words or more as a pattern; of one word it might be a name."""
    return patterns(value for _key, value in translations() if re.search(r"[а-яё]{3,} [а-яё]{2,}", value))


@cache
def english() -> tuple[re.Pattern[str], ...]:
    """Each source text with a word in it that is translated otherwise, as a pattern."""
    return patterns(key for key, value in translations() if key != value and re.search(r"[A-Za-z]{2,}", key))


def translations() -> Iterator[tuple[str, str]]:
    for domain in DOMAINS:
        for key, value in catalog(domain, "ru")._catalog.items():  # type: ignore[attr-defined]
            source = key if isinstance(key, str) else key[0]
            if source:
                yield source, value


def patterns(texts: Iterator[str]) -> tuple[re.Pattern[str], ...]:
    """What a text may look like when its places are filled; what is all places says nothing."""
    whole = (re.sub(r"\\\{\w+\\\}", r".+", re.escape(text)) for text in texts)
    return tuple(re.compile(pattern) for pattern in whole if re.search(r"[A-Za-zА-яё]{2,}", pattern))


def under(stage: Stage, widget: Any) -> Colour:
    """The colour on which a widget stands."""
    for parent in ancestors(widget):
        if isinstance(parent, Box) and parent.fill[3]:
            return tuple(parent.fill)
        if isinstance(parent, Disc):
            return tuple(parent.colour)
        if isinstance(parent, Band):
            return stage.theme.surface
    return stage.theme.page


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's ratio of luminances."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: Colour) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


class Area(NamedTuple):
    """Where the px of a widget are."""

    widget: Any
    left: float
    right: float
    low: float
    top: float


def area(widget: Any) -> Area:
    return Area(widget, left(widget), right(widget), widget.y, widget.top)


def overlap(one: Area, other: Area) -> tuple[float, float]:
    """By how many px two areas overlap, across and along; negative where they are apart."""
    return (
        min(one.right, other.right) - max(one.left, other.left),
        min(one.top, other.top) - max(one.low, other.low),
    )


def restless(stage: Stage) -> Iterator[str]:
    """Two parts that undo each other's layout would keep the program at work for ever."""
    for widget in widgets(stage, Container):
        if widget._arrange.is_triggered:
            yield f"{name(widget)} does not come to rest"


def around(stage: Stage, widget: Any) -> Any:
    """The nearest box around a widget, else the area of the screen, else the window."""
    for parent in ancestors(widget):
        if isinstance(parent, Box) or parent is stage.frame.ids.place.__self__:
            return parent
    return stage.frame


def ancestors(widget: Any) -> Iterator[Any]:
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget
        if type(widget).__name__ == "Frame":
            return


def left(widget: Any) -> float:
    if not isinstance(widget, Text):
        return float(widget.x)
    free = widget.width - widget.natural
    return float(widget.x + {"left": 0, "center": free / 2, "right": free}[widget.align])


def right(widget: Any) -> float:
    return left(widget) + widget.natural if isinstance(widget, Text) else float(widget.right)


def name(widget: Any) -> str:
    words = [text.text for text in widget.walk(restrict=True) if isinstance(text, Text) and text.text]
    return f"{type(widget).__name__}({' / '.join(words)})"


def millimetres(stage: Stage, size: tuple[float, float]) -> str:
    return " x ".join(f"{length / stage.theme.per_mm:.1f} mm" for length in size)


def least_style(stage: Stage) -> float:
    """The smallest capital of the theme's own type, in mm."""
    return min(stage.theme.capital(style) for style in CAPITALS) / stage.theme.per_mm
