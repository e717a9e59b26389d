"""What can be seen on the window and what a touch would reach."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from kivy.core.window import Window

from kiosk.screens.widgets.dialog import Dialog
from kiosk.screens.widgets.text import Text
from kiosk.screens.widgets.touch import Touchable

#: What to look for: the whole text as it stands there, or a pattern that matches it from its beginning.
Sought = str | re.Pattern[str]


def matches(text: str, sought: Sought) -> bool:
    """Whether this is what is looked for."""
    return text == sought if isinstance(sought, str) else sought.match(text) is not None


def seen() -> Iterator[Any]:
    """Every widget on the window that is not under a dialog, those behind first."""
    layers = [layer for root in reversed(Window.children) for layer in reversed(root.children)]
    dialogs = [number for number, layer in enumerate(layers) if isinstance(layer, Dialog)]
    for layer in layers[dialogs[-1] if dialogs else 0 :]:
        yield from layer.walk(restrict=True)


def texts() -> Iterator[Any]:
    """The words that can be read."""
    return (widget for widget in seen() if isinstance(widget, Text) and widget.text and _is_inside(widget))


def _is_inside(widget: Any) -> bool:
    across = widget.x >= 0 and widget.right <= Window.width
    return bool(across and widget.y >= 0 and widget.top <= Window.height)


def in_reading_order(found: Iterable[Any]) -> list[Any]:
    """From the top left."""
    return sorted(found, key=lambda text: (-round(text.top), text.x))


def owner(text: Any) -> Any:
    """The touchable thing of which this text is a part."""
    widget = text
    while widget is not None and widget is not Window:
        if isinstance(widget, Touchable):
            return widget
        widget = widget.parent
    return None


def takes_touch(widget: Any) -> bool:
    """Whether a touch on its middle would reach it and do something."""
    return bool(widget.answers) and _hit(Window.children, widget.center) is widget


def _hit(widgets: list[Any], position: tuple[float, float]) -> Any:
    """What a touch here reaches, in the order in which Kivy asks."""
    for widget in widgets[:]:
        found = _hit(widget.children, position)
        if found is not None:
            return found
        if isinstance(widget, (Touchable, Dialog)) and widget.collide_point(*position):
            return widget
    return None


def distance(box: Any, text: Any) -> float:
    """Between the edges of two widgets, in px."""
    across = max(box.x - text.right, text.x - box.right, 0)
    along = max(box.y - text.top, text.y - box.top, 0)
    return float(across + along)


def screen_name() -> str:
    """The class of the present screen."""
    names = (
        type(root.screen).__name__ for root in Window.children if getattr(root, "screen", None) is not None
    )
    return next(names, "")
