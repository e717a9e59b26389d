"""WELCOME: what this terminal is for, and one large button."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen


class WelcomeScreen(StepScreen):
    """Stands between two visits. Who touches it before the terminal has found its own facility starts as soon as it has."""

    step = Step.WELCOME
    has_trail = has_back = has_finish = False
    desk = StringProperty("")
    starting = BooleanProperty(False)

    def open(self):
        self.starting = False

    def paint(self):
        super().paint()
        self.desk = desk_words(self.terminal.home, self.now().date())
        if self.starting and self.terminal.home is not None:
            self.starting = False
            self.terminal.start()

    def start(self):
        """«Начать»."""
        self.starting = True
        self.paint()
