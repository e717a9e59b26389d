"""ACCESS: how the terminal shows itself to this visitor, by switches that say their state in words (product.md, Accessibility)."""

from dataclasses import replace

from kivy.properties import BooleanProperty, ObjectProperty

from kiosk.flow import Step
from kiosk.modes import USUAL
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.rows import ListRow
from kiosk.screens.widgets.touch import Box


class Knob(Box):
    """A switch whose knob stands at the right while it is on."""

    on = BooleanProperty(False)


class SwitchRow(ListRow):
    """A row that is on or off, and says so at its right side."""

    on = BooleanProperty(False)


class AccessScreen(StepScreen):
    """A look aside from any step; Back returns to it. All is as usual again when the visit ends."""

    step = Step.ACCESS
    has_trail = has_access = False
    modes = ObjectProperty(USUAL)
    large = BooleanProperty(False)
    contrast = BooleanProperty(False)
    low = BooleanProperty(False)
    steady = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.modes = modes = self.terminal.modes
        self.large, self.contrast, self.low, self.steady = (
            modes.large,
            modes.contrast,
            modes.low,
            modes.steady,
        )

    def switch(self, name):
        """One of the switches was touched."""
        self.terminal.set_modes(replace(self.modes, **{name: not getattr(self.modes, name)}))

    def back(self):
        """«Готово»."""
        self.terminal.back()
