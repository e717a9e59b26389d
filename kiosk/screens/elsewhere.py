"""ELSEWHERE: where else in the district the specialty has times, and the nearest of each."""

from kivy.properties import BooleanProperty, ListProperty

from kiosk.flow import Step
from kiosk.screens.listing import elsewhere_item
from kiosk.screens.step_screen import StepScreen


class ElsewhereScreen(StepScreen):
    """Another facility; the specialty is kept."""

    step = Step.ELSEWHERE
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
        self.items = [elsewhere_item(load, self.terminal.home, today) for load in value]
        self.is_empty = not self.items

    def choose(self, load):
        """A facility with its times."""
        self.terminal.choose_elsewhere(load)
