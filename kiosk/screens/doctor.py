"""DOCTOR: the doctors of the specialty with their nearest free time and how many there are."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import near_moment_words
from kiosk.screens.listing import doctor_item, is_far
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact, Intent


class DoctorScreen(StepScreen):
    """Which doctor, or any; the patient's own first, then by nearest free time."""

    step = Step.DOCTOR
    items = ListProperty([])
    order = StringProperty("")
    any_nearest = StringProperty("")
    asks = BooleanProperty(False)
    looks_further = BooleanProperty(False)
    lists_further = BooleanProperty(False)
    far = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def paint(self):
        super().paint()
        intent = self.terminal.visit.intent
        self.asks, self.looks_further = intent is not Intent.LOOK, intent not in (Intent.LOOK, Intent.MOVE)

    def show(self, value):
        today = self.now().date()
        self.items = [
            *(doctor_item(row, today) for row in value.rows),
            *(further_rows() if self.lists_further and self.looks_further else ()),
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
        """A doctor, or one of the further ways."""
        if doctor is FIND:
            self.find_doctor()
        elif doctor is ELSEWHERE:
            self.look_elsewhere()
        else:
            self.terminal.choose(Fact.DOCTOR, doctor)

    def find_doctor(self):
        """«По фамилии» among the doctors of the specialty (R19)."""
        self.terminal.look_aside(Detour.DOCTOR_SEARCH)

    def look_elsewhere(self):
        """«В других поликлиниках»: the nearest time in the district."""
        self.terminal.look_aside(Detour.ELSEWHERE)

    def choose_any(self):
        """«Ближайшее время у любого врача»."""
        self.terminal.choose_any()


#: What the rows behind the doctors stand for.
FIND, ELSEWHERE = object(), object()


def further_rows():
    """Where there is no room for buttons of their own, the further ways are the last rows."""
    return [
        {"kind": "secondary", "icon": "search", "names": [_("Find by surname")], "value": FIND},
        {"kind": "secondary", "icon": "building", "names": [_("Other clinics")], "value": ELSEWHERE},
    ]
