"""CONTACTS: a phone and an e-mail address for notices, or neither (R23); `own` where they are changed in the cabinet."""

from kivy.properties import BooleanProperty, DictProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import masked
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Fact

PHONE_LENGTH, EMAIL_LENGTH = 10, 254


class ContactsScreen(StepScreen):
    """Where to send word if the visit changes."""

    step = Step.CONTACTS
    active = StringProperty("phone")
    phone = StringProperty("")
    email = StringProperty("")
    phone_known = StringProperty("")
    email_known = StringProperty("")
    mistakes = DictProperty({}, rebind=True)
    hints = DictProperty({}, rebind=True)
    own = BooleanProperty(False)
    typed = BooleanProperty(False)
    saving = BooleanProperty(False)
    skip_words = StringProperty("")

    def open(self):
        self.active = self.terminal.visit.get(Fact.TYPING) or "phone"

    def paint(self):
        super().paint()
        draft, patient = self.terminal.visit.draft, self.terminal.visit.get(Fact.PATIENT)
        self.phone, self.email = draft.phone, draft.email
        self.typed = bool(draft.phone or draft.email)
        self.mistakes, self.hints = dict(self.terminal.mistakes), dict(self.terminal.hints)
        self.own = self.terminal.visit.has(Fact.TYPING)
        self.saving = self.terminal.busy is Busy.CONTACTS
        phone, email = (patient.phone, patient.email) if patient else ("", "")
        self.phone_known, self.email_known = _known(phone), _known(email)
        self.skip_words = _("Leave as it is") if phone or email else _("No messages")

    def forget(self):
        super().forget()
        self.phone = self.email = self.phone_known = self.email_known = ""
        self.mistakes = self.hints = {}

    def touch_field(self, name):
        """The patient wants to type in this field."""
        self.active = name
        self.dismiss()

    def press(self, key):
        """A key of the keypad or of the letters."""
        text = getattr(self, self.active)
        if key == CLEAR:
            text = ""
        elif key == ERASE:
            text = text[:-1]
        else:
            text = (text + key)[: PHONE_LENGTH if self.active == "phone" else EMAIL_LENGTH]
        self.terminal.type(self.active, text)


def _known(contact):
    return _("now: {contact}").format(contact=masked(contact)) if contact else ""
