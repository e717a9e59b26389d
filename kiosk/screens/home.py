"""HOME: what the patient came for."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hints import policy_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact, Intent


class HomeScreen(StepScreen):
    """Booking here (R41), finding a doctor or clinic, information (R7), what is one's own (R12 to R14), help."""

    step = Step.HOME
    has_trail = has_back = False
    here = StringProperty("")
    who = StringProperty("")
    known = BooleanProperty(False)
    takes_card = BooleanProperty(False)
    takes_code = BooleanProperty(False)
    hint = StringProperty("")

    def paint(self):
        super().paint()
        home, patient = self.terminal.home, self.terminal.visit.get(Fact.PATIENT)
        self.here = home.name if home else _("Choose the doctor, the day and the time")
        self.known = patient is not None
        self.who = patient.initials if patient else ""
        self.takes_card, self.takes_code = self.terminal.takes_card, self.terminal.takes_code
        way = policy_words(self.takes_card, self.takes_code)
        self.hint = _("Is your policy with you? {way}").format(way=way) if way else ""

    def forget(self):
        super().forget()
        self.who = ""

    def book(self, *, here):
        """«Записаться к врачу», or to a doctor who has to be found first."""
        self.terminal.begin(Intent.BOOK, here=here)

    def look(self):
        """«Расписание и справки»."""
        self.terminal.begin(Intent.LOOK)

    def show_mine(self):
        """«Мой врач и поликлиника»."""
        if self.known:
            self.terminal.show_mine()
        else:
            self.terminal.begin(Intent.MINE)

    def help(self):
        """«Помощь»."""
        self.terminal.look_aside(Detour.HELP)
