"""FACILITY: the medical organisations of the district (R17)."""

from kivy.properties import ListProperty

from kiosk.flow import Step
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Fact


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
        home = self.terminal.home
        self.items = [
            {
                "names": [facility.name],
                "detail": facility.address,
                "pill": _("you are here") if home and home.id == facility.id else "",
                "look": "recommended" if home and home.id == facility.id else "normal",
                "value": facility,
            }
            for facility in value
        ]

    def choose(self, facility):
        """A facility."""
        self.terminal.choose(Fact.FACILITY, facility)
