"""AREA: the areas of the facility and who serves them (R17)."""

from kivy.properties import BooleanProperty, ListProperty

from kiosk.flow import Step
from kiosk.screens.listing import load_item
from kiosk.screens.step_screen import StepScreen


class AreaScreen(StepScreen):
    """Which area; its doctor is chosen with it."""

    step = Step.AREA
    has_trail = False
    items = ListProperty([])
    is_empty = BooleanProperty(False)

    def open(self):
        self.ids.rows.page = 0

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        today = self.now().date()
        self.items = [area_item(area, row, today) for area in value for row in area.doctors]
        self.is_empty = not self.items

    def choose(self, doctor):
        """The doctor of an area."""
        self.terminal.choose_area_doctor(doctor)


def area_item(area, row, today):
    """An area and one of its doctors."""
    doctor = row.doctor
    return {
        "names": [area.name],
        "detail": " · ".join(part for part in (doctor.short_name, doctor.specialty_name) if part),
        "look": "recommended" if row.own else "normal",
        "value": doctor,
        **load_item(row.load, today),
    }
