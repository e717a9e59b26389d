"""CODE: the six digits that came to a new contact (api.md section 10). Until they are entered no word goes there."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import masked
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.screens.words import _
from kiosk.terminal.own_contacts import CODE_DIGITS
from kiosk.views import Busy
from kiosk.visit import Fact


class CodeScreen(StepScreen):
    """Nobody has to: it can be done later, and a booking goes on without it."""

    step = Step.CODE
    has_trail = False
    code = StringProperty("")
    sent_to = StringProperty("")
    mistake = StringProperty("")
    complete = BooleanProperty(False)
    judging = BooleanProperty(False)

    def forget(self):
        super().forget()
        self.code = self.sent_to = self.mistake = ""

    def paint(self):
        super().paint()
        draft, contact = self.terminal.visit.draft, self.terminal.visit.get(Fact.CODE)
        self.code = draft.code
        self.mistake = self.terminal.mistakes.get("code", "")
        self.judging = self.terminal.busy is Busy.CONTACTS
        self.complete = len(draft.code) == CODE_DIGITS
        if contact is not None:
            value = masked(contact.value)
            self.sent_to = _("We sent six digits to {contact}").format(contact=value)

    def press(self, key):
        """A key of the keypad."""
        text = "" if key == CLEAR else self.code[:-1] if key == ERASE else (self.code + key)[:CODE_DIGITS]
        self.terminal.type("code", text)
