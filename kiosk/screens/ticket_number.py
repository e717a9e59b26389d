"""TICKET_NUMBER: types the number of a paper ticket or stub, or the code under its QR, for who has no scanner (R15)."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.ticket import CODE_SIGNS, NUMBER_SIGNS
from kiosk.views import Busy

#: Russian letters that look like those of a code.
LATIN = str.maketrans("авекмнорстух", "abekmhopctyx")


class TicketNumberScreen(StepScreen):
    """Whoever else has such a ticket is not told of. `lettered`: the code is typed, on the board of the searches."""

    step = Step.TICKET_NUMBER
    has_trail = False
    typed = StringProperty("")
    mistake = StringProperty("")
    finding = BooleanProperty(False)
    lettered = BooleanProperty(False)

    def open(self):
        self._letter(len(self.terminal.visit.draft.ticket) > NUMBER_SIGNS)

    def forget(self):
        super().forget()
        self.typed = self.mistake = ""

    def paint(self):
        super().paint()
        self.typed = self.terminal.visit.draft.ticket
        self.mistake = self.terminal.mistakes.get("ticket", "")
        self.finding = self.terminal.busy is Busy.FIND

    def press(self, key):
        """A key of the keypad or the board; signs that no code has are not taken."""
        if key == CLEAR:
            self._type("")
        elif key == ERASE:
            self._type(self.typed[:-1])
        elif (sign := key.translate(LATIN)).isascii() and sign.isalnum():
            most = CODE_SIGNS if self.lettered else NUMBER_SIGNS
            self._type((self.typed + sign.upper())[:most])

    def switch(self):
        """From the number to the code, or back; what was typed of the other is gone."""
        self._letter(not self.lettered)
        self._type("")

    def _letter(self, lettered):
        self.lettered = lettered
        self.ids.board.layer = "en"

    def _type(self, text):
        self.terminal.type("ticket", text)
