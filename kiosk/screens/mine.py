"""MINE: the patient's own doctor and facilities (R12 to R14)."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.flow import Step
from kiosk.models import Doctor
from kiosk.screens.listing import doctor_item, facility_item
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.visit import Detour, Fact


class MineScreen(StepScreen):
    """One touch leads to the times of the area doctor, to a facility, or to the patient's bookings (R15)."""

    step = Step.MINE
    has_trail = False
    who = StringProperty("")
    items = ListProperty([])
    is_empty = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.who = ""
        self.items = []

    def paint(self):
        super().paint()
        patient = self.terminal.visit.get(Fact.PATIENT)
        self.who = patient.initials if patient else ""

    def show(self, value):
        doctor = [own_doctor_item(value, self.now().date())] if value.area_doctor else []
        clinics = [
            *(self._clinic(facility, _("attached")) for facility in (value.attached,) if facility),
            *(
                self._clinic(facility, _("has a card"))
                for facility in value.cards
                if facility != value.attached
            ),
        ]
        self.items = [
            *([_("Your area doctor"), *doctor] if doctor else ()),
            *([_("Your clinics"), *clinics] if clinics else ()),
        ]
        self.is_empty = not self.items

    def choose(self, choice):
        """The area doctor or a facility."""
        if isinstance(choice, Doctor):
            self.terminal.choose_area_doctor(choice)
        else:
            self.terminal.choose_mine(choice)

    def find_facility(self):
        """«Найти поликлинику»."""
        self.terminal.look_aside(Detour.FACILITY_SEARCH)

    def _clinic(self, facility, why):
        return facility_item(facility, self.terminal.home, look="normal", icon="building", pill=why)


def own_doctor_item(value, today):
    """The area doctor, with the facility where that is not the one of attachment."""
    elsewhere = value.area_facility is not None and value.area_facility != value.attached
    parts = (
        value.area_specialty.name if value.area_specialty else "",
        value.area_facility.name if elsewhere else "",
    )
    item = doctor_item(value.area_doctor, today)
    return {
        **item,
        "icon": "user",
        "pill": "",
        "look": "recommended",
        "detail": " · ".join(filter(None, parts)),
    }
