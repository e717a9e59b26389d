"""FACILITY: the medical organisations of the district (R17)."""

from kivy.properties import ListProperty

from kiosk.flow import Step
from kiosk.screens.listing import facility_item
from kiosk.screens.step_screen import StepScreen
from kiosk.visit import Detour, Fact


class FacilityScreen(StepScreen):
    """Which facility of the district."""

    step = Step.FACILITY
    items = ListProperty([])

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        self.items = [facility_item(facility, self.terminal.home) for facility in value]

    def choose(self, facility):
        """A facility."""
        self.terminal.choose(Fact.FACILITY, facility)

    def find(self):
        """«Найти поликлинику»."""
        self.terminal.look_aside(Detour.FACILITY_SEARCH)
