"""DISTRICT: this facility first (R41), then the districts (R17)."""

from kivy.properties import ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import facilities_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Fact


class DistrictScreen(StepScreen):
    """Where to go."""

    step = Step.DISTRICT
    home_name = StringProperty("")
    home_address = StringProperty("")
    items = ListProperty([])

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        self.home_name = value.home.name if value.home else ""
        self.home_address = value.home.address if value.home else ""
        self.items = [
            {"names": [district.name], "detail": facilities_words(count, _.language), "value": district}
            for district, count in value.districts
        ]

    def choose(self, district):
        """A district."""
        self.terminal.choose(Fact.DISTRICT, district)

    def choose_home(self):
        """«Эта поликлиника»."""
        self.terminal.choose(Fact.FACILITY, self.terminal.home)
