"""NO_TIMES: what else can be done where the doctor or the whole specialty has no free time."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import date_words
from kiosk.screens.listing import doctor_item, elsewhere_item
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact


class NoTimesScreen(StepScreen):
    """Never a dead end: other doctors here, the same specialty elsewhere, the waiting list."""

    step = Step.NO_TIMES
    title = StringProperty("")
    text = StringProperty("")
    wait_for = StringProperty("")
    elsewhere_title = StringProperty("")
    others = ListProperty([])
    elsewhere = ListProperty([])
    can_wait = BooleanProperty(False)

    def forget(self):
        super().forget()
        self.others, self.elsewhere = [], []

    def show(self, value):
        today = self.now().date()
        doctor, specialty = (self.terminal.visit.get(fact) for fact in (Fact.DOCTOR, Fact.SPECIALTY))
        who = doctor.full_name if doctor else specialty.name
        self.title = _("This doctor has no free times") if doctor else _("There are no free times here")
        until = date_words(value.until, _.language)
        self.text = _("{who}, until {day}. This is what you can do:").format(who=who, day=until)
        self.wait_for = _("Wait for a time: {who}").format(
            who=doctor.short_name if doctor else specialty.name
        )
        self.elsewhere_title = _("{specialty}: other clinics").format(specialty=specialty.name)
        self.others = [{**doctor_item(row, today), "icon": "user"} for row in value.others]
        self.elsewhere = [
            {**elsewhere_item(load, self.terminal.home, today), "icon": "building"}
            for load in value.elsewhere
        ]
        self.can_wait = value.can_wait

    def choose_doctor(self, doctor):
        """Another doctor of the specialty here."""
        self.terminal.choose(Fact.DOCTOR, doctor)

    def show_elsewhere(self):
        """«Все поликлиники района»."""
        self.terminal.look_aside(Detour.ELSEWHERE)
