"""HELP: how to book, and whom to ask."""

from kivy.properties import ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.layout import Split


class StaffButtons(Split):
    """What somebody of the clinic is needed for, or needs: a call, and half a minute without touches (R48)."""

    screen = ObjectProperty(None)


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

    def call_staff(self):
        """«Позвать сотрудника»."""
        self.terminal.call_staff()

    def lock(self):
        """«Протереть экран» (R48)."""
        self.terminal.lock_screen()

    def back(self):
        """«Понятно»."""
        self.terminal.back()
