"""DISTRICT: this facility first (R41), the patient's own (R12, R13), then the districts (R17) and the searches (R18, R19)."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import facilities_words
from kiosk.screens.listing import facility_item
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact, Intent


class DistrictScreen(StepScreen):
    """Where to go, whatever of it one knows."""

    step = Step.DISTRICT
    question = StringProperty("")
    first = ListProperty([])
    items = ListProperty([])
    known = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.first = self.items = []

    def paint(self):
        super().paint()
        visit = self.terminal.visit
        self.known = visit.has(Fact.PATIENT)
        looks = visit.intent is Intent.LOOK
        self.question = _("Which clinic are you asking about?") if looks else _("Where would you like to go?")

    def show(self, value):
        home = self.terminal.home
        own = [facility for facility in value.own if home is None or facility.id != home.id]
        here = [facility_item(value.home, home, icon="pin")] if value.home else []
        self.first = [
            *here,
            *(facility_item(facility, home, icon="card", pill=_("yours")) for facility in own),
        ]
        self.items = [
            {"names": [district.name], "detail": facilities_words(count, _.language), "value": district}
            for district, count in value.districts
        ]

    def choose(self, district):
        """A district."""
        self.terminal.choose(Fact.DISTRICT, district)

    def choose_facility(self, facility):
        """«Эта поликлиника», or one of the patient's own."""
        self.terminal.choose(Fact.FACILITY, facility)

    def find_facility(self):
        """«Найти поликлинику»."""
        self.terminal.look_aside(Detour.FACILITY_SEARCH)

    def find_doctor(self):
        """«Найти врача»."""
        self.terminal.look_aside(Detour.DOCTOR_SEARCH)
