"""Large text as large as a page bears: where the parts of a screen do not stand on it, its text is one step smaller.

Nothing is scrolled and nothing is cut; a list has more pages instead, and comes here only when not one row has room.
"""

from collections.abc import Iterator
from typing import Any

from kivy.clock import Clock

from kiosk.screens.widgets.layout import Container
from kiosk.screens.widgets.text import Text


class Fitting:
    """Watches one screen. Text stays smaller as long as the screen is on show: it does not jump when a notice goes."""

    def __init__(self, screen: Container) -> None:
        self._screen = screen
        self._check = Clock.create_trigger(self._shrink, -1)
        for part in _all(screen):
            if isinstance(part, Container):
                part.bind(lacking=self._lacks)

    def reset(self, theme: Any) -> None:
        """The screen comes on show: its text is as the theme says."""
        for part in _all(self._screen):
            if getattr(part, "theme", theme) is not theme:
                part.theme = theme

    def _lacks(self, *_args: object) -> None:
        self._check()

    def _shrink(self, _dt: float) -> None:
        shown = [part for part in self._screen.walk(restrict=True) if isinstance(part, Container | Text)]
        if not any(part.lacking for part in shown if isinstance(part, Container)):
            return
        if any(part.unsettled for part in shown):
            self._check()
            return
        for part in shown:
            smaller = getattr(getattr(part, "theme", None), "smaller", None)
            if smaller is not None:
                part.theme = smaller
                self._check()


def _all(part: Any) -> Iterator[Any]:
    """A part and all in it, those that are not shown too."""
    yield part
    for child in getattr(part, "parts", part.children):
        yield from _all(child)
