"""Large text as large as a page bears: where parts have no room, their text is a step smaller (Theme.smaller).

Nothing is scrolled and nothing is cut. A list has more pages instead, and comes here only when not one row has room.
"""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock

from kiosk.screens.widgets.layout import Container, Page
from kiosk.screens.widgets.text import Text


class Fitting:
    """Watches one screen. Text stays smaller as long as the screen is on show: it does not jump when a notice goes."""

    def __init__(self, screen: Page) -> None:
        self._screen = screen
        self.theme: Any = None
        self._soon = Clock.create_trigger(self._check, -1)

    def reset(self, theme: Any) -> None:
        """All text is as the theme says."""
        self.theme = theme
        for part in _all(self._screen):
            if getattr(part, "theme", theme) is not theme:
                part.theme = theme

    def check(self) -> None:
        """Looks for parts without room before the next frame, when all stand at their places."""
        if self.theme is not None and self.theme.large:
            self._soon()

    def _check(self, _dt: float) -> None:
        if self._screen.parent is None:
            return
        shown = _themed(self._screen)
        lacking = [part for part in shown if isinstance(part, Container) and part.lacking]
        if not lacking:
            return
        if any(part.unsettled for part in shown):
            self.check()
            return
        changed = [_shrink(part if part.alone else self._screen) for part in lacking]
        if any(changed):
            self.check()


def _all(part: Any) -> Iterator[Any]:
    """A part and all in it, those that are not shown too."""
    yield part
    for child in getattr(part, "parts", part.children):
        yield from _all(child)


def _themed(part: Any) -> list[Any]:
    return [one for one in part.walk(restrict=True) if isinstance(one, Container | Text)]


def _shrink(part: Any) -> bool:
    """Its text one step smaller; whether there was a step."""
    smaller = [(one, _smaller(one)) for one in _themed(part)]
    for one, theme in smaller:
        if theme is not None:
            one.theme = theme
    return any(theme is not None for one, theme in smaller)


def _smaller(part: Any) -> Any:
    """The next theme that makes a difference; None without one."""
    theme = getattr(part, "theme", None)
    smaller = theme.smaller if theme is not None else None
    while isinstance(part, Text) and smaller is not None and smaller.smaller is not None:
        if smaller.size(part.style) != theme.size(part.style):
            break
        smaller = smaller.smaller
    return smaller
