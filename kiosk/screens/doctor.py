"""DOCTOR: the doctors of the specialty with their nearest free time and how many there are."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import near_moment_words
from kiosk.screens.listing import doctor_item, is_far
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Detour, Fact, Intent


class DoctorScreen(StepScreen):
    """Which doctor, or any; the patient's own first, then by nearest free time."""

    step = Step.DOCTOR
    items = ListProperty([])
    order = StringProperty("")
    any_nearest = StringProperty("")
    asks = BooleanProperty(False)
    choosing = BooleanProperty(False)
    lists_elsewhere = BooleanProperty(False)
    far = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def paint(self):
        super().paint()
        self.asks = self.terminal.visit.intent is not Intent.LOOK
        self.choosing = self.terminal.busy is Busy.LOOK_UP

    def show(self, value):
        today = self.now().date()
        self.items = [
            *(doctor_item(row, today) for row in value.rows),
            *([elsewhere_row()] if self.lists_elsewhere and self.asks else ()),
        ]
        own = any(row.own for row in value.rows)
        self.order = (
            _("Your area doctor first, then by the nearest time") if own else _("By the nearest free time")
        )
        nearest = value.any_nearest
        self.any_nearest = (
            _("Nearest: {moment}").format(moment=near_moment_words(nearest, today, _.language))
            if nearest
            else _("There are no times. See what can be done")
        )
        self.far = is_far(nearest.date() if nearest else None, today)

    def choose(self, doctor):
        """A doctor, or the way to other facilities."""
        if doctor is ELSEWHERE:
            self.look_elsewhere()
        else:
            self.terminal.choose(Fact.DOCTOR, doctor)

    def look_elsewhere(self):
        """«В других поликлиниках»: the nearest time in the district."""
        self.terminal.look_aside(Detour.ELSEWHERE)

    def choose_any(self):
        """«Ближайшее время у любого врача»."""
        self.terminal.choose_any()


#: What the row behind the doctors stands for.
ELSEWHERE = object()


def elsewhere_row():
    """Where there is no room for a button of its own, it is the last row."""
    return {
        "kind": "secondary",
        "icon": "building",
        "names": [_("In other clinics of the district")],
        "value": ELSEWHERE,
    }
