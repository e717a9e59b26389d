"""TICKET_NUMBER: types the number of a paper ticket or stub, for who has it at hand and no scanner (R15)."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.views import Busy

#: As many digits as the longest number has (api.md section 6).
MOST = 9


class TicketNumberScreen(StepScreen):
    """Whoever else has a ticket of this number is not told of."""

    step = Step.TICKET_NUMBER
    has_trail = False
    number = StringProperty("")
    mistake = StringProperty("")
    finding = BooleanProperty(False)

    def forget(self):
        super().forget()
        self.number = self.mistake = ""

    def paint(self):
        super().paint()
        self.number = self.terminal.visit.draft.ticket
        self.mistake = self.terminal.mistakes.get("ticket", "")
        self.finding = self.terminal.busy is Busy.FIND

    def press(self, key):
        """A key of the keypad."""
        number = "" if key == CLEAR else self.number[:-1] if key == ERASE else (self.number + key)[:MOST]
        self.terminal.type("ticket", number)
