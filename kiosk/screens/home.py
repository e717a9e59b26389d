"""HOME: what the patient came for."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hints import policy_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact, Intent


class HomeScreen(StepScreen):
    """Booking here (R41), finding a doctor or clinic, what is one's own (R12 to R15), information (R7), help."""

    step = Step.HOME
    has_trail = has_back = False
    here = StringProperty("")
    items = ListProperty([])
    known = BooleanProperty(False)
    takes_card = BooleanProperty(False)
    takes_code = BooleanProperty(False)
    hint = StringProperty("")

    def paint(self):
        super().paint()
        home, patient = self.terminal.home, self.terminal.visit.get(Fact.PATIENT)
        self.here = home.name if home else _("Choose the doctor, the day and the time")
        self.known = patient is not None
        self.items = self._ways(patient.initials if patient else "")
        self.takes_card, self.takes_code = self.terminal.takes_card, self.terminal.takes_code
        way = policy_words(self.takes_card, self.takes_code)
        self.hint = _("Is your policy with you? {way}").format(way=way) if way else ""

    def forget(self):
        super().forget()
        self.items = self._ways("")

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

    def show_cabinet(self):
        """«Мои записи»."""
        if self.known:
            self.terminal.show_cabinet()
        else:
            self.terminal.begin(Intent.CABINET)

    def help(self):
        """«Помощь»."""
        self.terminal.look_aside(Detour.HELP)

    def find(self):
        """«Найти врача или поликлинику»."""
        self.book(here=False)

    def _ways(self, who):
        """All but the first, as items of rows; `who` is known already."""
        return [
            _way("search", _("Find a doctor or a clinic"), _("By name, address or district"), self.find),
            _way(
                "ticket", _("My bookings"), _("Tickets, moving, cancelling, messages"), self.show_cabinet, who
            ),
            _way(
                "card",
                _("My doctor and clinic"),
                _("By your policy: the area doctor, your clinics"),
                self.show_mine,
                who,
            ),
            _way(
                "calendar",
                _("Schedules and information"),
                _("Hours, rooms, addresses, free times"),
                self.look,
            ),
            _way("help", _("Help"), _("How to book and whom to ask"), self.help),
        ]


def _way(icon, name, detail, go, pill=""):
    return {"icon": icon, "names": [name], "detail": detail, "pill": pill, "value": go}
