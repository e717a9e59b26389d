"""FACILITY_CARD: where a facility is, when it is open, how to get there (R7)."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words, opening_words
from kiosk.screens.step_screen import StepScreen
from kiosk.visit import Fact


class FacilityCardScreen(StepScreen):
    """Information without a person; its doctors are one touch away."""

    step = Step.FACILITY_CARD
    name = StringProperty("")
    address = StringProperty("")
    directions = StringProperty("")
    phones = StringProperty("")
    hours = StringProperty("")
    desk = StringProperty("")
    looks_aside = BooleanProperty(False)

    def show(self, value):
        facility = value.facility
        self.name, self.address, self.directions = facility.name, facility.address, facility.directions
        self.phones = "\n".join(facility.phones)
        self.hours, self.desk = opening_words(facility), desk_words(facility, self.now().date())
        self.looks_aside = self.terminal.visit.detour is not None

    def show_doctors(self):
        """«Врачи и расписание»."""
        self.terminal.choose(Fact.CARD, True)

    def choose_another(self):
        """«Другая поликлиника»."""
        self.terminal.change(Fact.FACILITY)
