"""HELP: how to book, and whom to ask."""

from kivy.properties import StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen


class HelpScreen(StepScreen):
    """A look aside from any step; Back returns to it."""

    step = Step.HELP
    has_trail = False
    desk = StringProperty("")
    phone = StringProperty("")

    def paint(self):
        super().paint()
        home = self.terminal.home
        self.desk = desk_words(home, self.now().date())
        self.phone = home.phones[0] if home and home.phones else ""

    def back(self):
        """«Понятно»."""
        self.terminal.back()
