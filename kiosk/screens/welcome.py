"""WELCOME: what this terminal is for, and one large button."""

from kivy.properties import StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen


class WelcomeScreen(StepScreen):
    """Stands between two visits."""

    step = Step.WELCOME
    has_trail = has_back = has_finish = False
    desk = StringProperty("")

    def paint(self):
        super().paint()
        self.desk = desk_words(self.terminal.home, self.now().date())
