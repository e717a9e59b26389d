"""HOME: what the patient came for."""

from kivy.properties import StringProperty

from kiosk.flow import Step
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Intent


class HomeScreen(StepScreen):
    """Booking here, booking elsewhere, help (R41: here comes first)."""

    step = Step.HOME
    has_trail = has_back = False
    here = StringProperty("")

    def paint(self):
        super().paint()
        home = self.terminal.home
        self.here = home.name if home else _("Choose the doctor, the day and the time")

    def book(self, *, here):
        """«Записаться к врачу», or to a doctor in another clinic."""
        self.terminal.begin(Intent.BOOK, here=here)

    def help(self):
        """«Помощь»."""
        self.terminal.look_aside(Detour.HELP)
