"""HISTORY: the patient's bookings that are over or cancelled (R15)."""

from kivy.properties import ListProperty

from kiosk.flow import Step
from kiosk.screens.own import past_item
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _


class HistoryScreen(StepScreen):
    """Latest first; each can be opened."""

    step = Step.HISTORY
    has_trail = False
    items = ListProperty([])
    _shown = None

    def open(self):
        self.ids.page.begin()

    def forget(self):
        super().forget()
        self.items, self._shown = [], None

    def show(self, value):
        today = self.now().date()
        # Of many years there are hundreds: they are not told anew each second.
        shown = (value, today, _.language)
        if shown == self._shown:
            return
        self._shown = shown
        self.items = [past_item(row, self.terminal.home, today) for row in value]

    def choose(self, id):
        """One of them, with all its facts."""
        self.terminal.open_ticket(id)
