"""CABINET: the patient's bookings to come, places on the waiting list, and the ways to all else that is theirs (R15)."""

from kivy.properties import ListProperty, NumericProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.own import booking_item, place_item
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Fact


class CabinetScreen(StepScreen):
    """One touch leads to a ticket, where it is printed, moved and cancelled."""

    step = Step.CABINET
    has_trail = False
    who = StringProperty("")
    items = ListProperty([])
    unread = NumericProperty(0)
    share = NumericProperty(0)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.who = ""
        self.items = []
        self.unread = 0

    def paint(self):
        super().paint()
        patient = self.terminal.visit.get(Fact.PATIENT)
        tail = self.terminal.policy_tail
        policy = _("policy •••• {tail}").format(tail=tail) if tail else ""
        self.who = " · ".join(filter(None, (patient.initials, policy))) if patient else ""

    def show(self, value):
        home, today = self.terminal.home, self.now().date()
        bookings = [booking_item(row, home, today) for row in value.bookings]
        places = [place_item(row, home, today) for row in value.places]
        self.items = [*bookings, *([_("Waiting list"), *places] if places else ())]
        self.unread = value.unread

    def choose(self, id):
        """A ticket, or a place on the waiting list."""
        self.terminal.open_ticket(id)
