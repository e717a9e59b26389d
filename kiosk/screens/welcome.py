"""WELCOME: what this terminal is for, and one large button."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen


class WelcomeScreen(StepScreen):
    """Stands between two visits. Nobody can start before the terminal has found its own facility."""

    step = Step.WELCOME
    has_trail = has_back = has_finish = False
    desk = StringProperty("")
    is_ready = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.is_ready = self.terminal.home is not None
        self.desk = desk_words(self.terminal.home, self.now().date())
