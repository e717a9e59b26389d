"""The theme as kv rules see it: that of the present modes, followed by all of them."""

from typing import Any

from kiosk.modes import Modes
from kiosk.screens.boxes import box, corner
from kiosk.screens.icons import icon
from kiosk.screens.live import Live
from kiosk.screens.theme import Theme
from kiosk.settings import DisplaySettings


class Dress(Live):
    """Gives whatever `now`, the Theme of the present modes, has; textures of icons and boxes besides.

    Widgets that ask for more than one thing in Python take `now` as a property: `theme: theme.now`.
    """

    icon, box, corner = staticmethod(icon), staticmethod(box), staticmethod(corner)

    def __init__(self, display: DisplaySettings) -> None:
        super().__init__()
        self._display = display
        self.wear(Modes())

    def wear(self, modes: Modes) -> None:
        """The modes from now on; what is on show follows when its group is renewed."""
        self.now = Theme(self._display, modes)
        self.state = modes

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)
