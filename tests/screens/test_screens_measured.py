"""The checks of look.md section 11 over the real widgets: every picture, three displays."""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import pytest
from screens_displays import DISPLAYS
from screens_stage import Stage
from screens_stand_in import PICTURES, Picture

from kiosk.screens.theme import CAPITALS
from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.layout import Container
from kiosk.screens.widgets.search_board import DigitKeys, SearchKeys
from kiosk.screens.widgets.text import Text
from kiosk.screens.widgets.touch import Box, Touchable
from kiosk.screens.widgets.typing import LetterKeys

LEAST_TARGET_MM, LEAST_LETTER_MM, LEAST_GAP_MM = 20.0, 14.0, 3.0
PX = 1
#: Keys that are smaller than other targets: those of letters (product.md).
LETTERS = (LetterKeys, SearchKeys, DigitKeys)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
@pytest.mark.parametrize("display", DISPLAYS)
def test_nothing_is_clipped_crowded_or_too_small(
    display: str, picture: Picture, stages: Callable[[str], Stage]
) -> None:
    stage = stages(display)
    stage.show(picture)
    problems = [*targets(stage), *gaps(stage), *clipped(stage), *overlapping(stage), *restless(stage)]
    assert not problems, "\n".join(problems)


def test_no_style_is_smaller_than_the_least_capital() -> None:
    assert min(CAPITALS.values()) >= 4.8


def widgets(stage: Stage, kind: type) -> list[Any]:
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
    touchables = [widget for widget in widgets(stage, Touchable) if widget.look != "none"]
    for one, other in combinations(touchables, 2):
        across = max(one.x, other.x) - min(one.right, other.right)
        along = max(one.y, other.y) - min(one.top, other.top)
        if max(across, along) < LEAST_GAP_MM * stage.theme.per_mm - PX:
            yield f"gap {name(one)} to {name(other)} is {millimetres(stage, (across, along))}"


def clipped(stage: Stage) -> Iterator[str]:
    """Words and boxes stand inside the box or the area they belong to."""
    for widget in [*widgets(stage, Text), *widgets(stage, Box)]:
        if isinstance(widget, Text) and not widget.text:
            continue
        area = around(stage, widget)
        if (
            widget.x < area.x - PX
            or right(widget) > area.right + PX
            or widget.y < area.y - PX
            or widget.top > area.top + PX
        ):
            yield f"{name(widget)} stands outside of {name(area)}: {widget.pos} {widget.size} in {area.pos} {area.size}"


def restless(stage: Stage) -> Iterator[str]:
    """Two parts that undo each other's layout would keep the program at work for ever."""
    for widget in widgets(stage, Container):
        if widget._arrange.is_triggered:
            yield f"{name(widget)} does not come to rest"


def overlapping(stage: Stage) -> Iterator[str]:
    texts = [text for text in widgets(stage, Text) if text.text]
    for one, other in combinations(texts, 2):
        across = min(right(one), right(other)) - max(left(one), left(other))
        along = min(one.top, other.top) - max(one.y, other.y)
        if across > PX and along > PX:
            yield f"{one.text!r} overlaps {other.text!r}"
    boxes = [box for box in widgets(stage, Box) if not isinstance(box, Touchable) and box.fill[3]]
    for text in texts:
        for box in boxes:
            inside = box in ancestors(text)
            across = min(right(text), box.right) - max(left(text), box.x)
            along = min(text.top, box.top) - max(text.y, box.y)
            if not inside and across > PX and along > PX and text not in list(box.walk(restrict=True)):
                yield f"{text.text!r} under {name(box)}"


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


def left(text: Any) -> float:
    free = text.width - text.natural
    return float(text.x + {"left": 0, "center": free / 2, "right": free}[text.align])


def right(widget: Any) -> float:
    return left(widget) + widget.natural if isinstance(widget, Text) else float(widget.right)


def name(widget: Any) -> str:
    words = [text.text for text in widget.walk(restrict=True) if isinstance(text, Text) and text.text]
    return f"{type(widget).__name__}({' / '.join(words)})"


def millimetres(stage: Stage, size: tuple[float, float]) -> str:
    return " x ".join(f"{length / stage.theme.per_mm:.1f} mm" for length in size)
