"""MESSAGES: what the registry told the patient (R25, R26)."""

from kivy.properties import ListProperty

from kiosk.flow import Step
from kiosk.screens.own import message_item
from kiosk.screens.step_screen import StepScreen


class MessagesScreen(StepScreen):
    """Latest first; those that were not read stand out."""

    step = Step.MESSAGES
    has_trail = False
    items = ListProperty([])

    def open(self):
        self.ids.page.begin()

    def forget(self):
        super().forget()
        self.items = []

    def show(self, value):
        now = self.now()
        self.items = [message_item(message, now.tzinfo, now.date()) for message in value]

    def choose(self, message):
        """One in full."""
        self.terminal.open_message(message)
