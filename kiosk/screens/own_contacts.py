"""OWN_CONTACTS: where word of changes goes, as the registry has it, masked (R15, R23)."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import masked
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.layout import Stack
from kiosk.screens.widgets.touch import Box
from kiosk.screens.words import _
from kiosk.visit import Fact


class OwnContactsScreen(StepScreen):
    """The first telephone and the first address. What is removed is asked about once more, in its place."""

    step = Step.OWN_CONTACTS
    has_trail = False
    phone = ObjectProperty(None, allownone=True)
    email = ObjectProperty(None, allownone=True)
    leaving = StringProperty("")

    def open(self):
        self.leaving = ""

    def forget(self):
        super().forget()
        self.phone = self.email = None

    def paint(self):
        super().paint()
        patient = self.terminal.visit.get(Fact.PATIENT)
        contacts = patient.contacts if patient else ()
        self.phone, self.email = (_first(contacts, system) for system in ("phone", "email"))

    def edit(self, system):
        """«Изменить» or «Указать»."""
        self.leaving = ""
        self.terminal.edit_contact(system)

    def leave(self, system, meant):
        """«Удалить»: asked first, then done; or kept."""
        asked, self.leaving = self.leaving, ""
        if meant and asked == system:
            self.terminal.remove_contact(getattr(self, system))
        elif meant:
            self.leaving = system

    def switch_notices(self, contact):
        """«Не присылать» or «Присылать»."""
        self.terminal.set_notices(contact, not contact.notices)


class ContactPanel(Stack, Box):
    """One contact and what can be done with it. Events: `on_edit`, `on_leave` with whether it is meant, `on_switch`,
    `on_code`."""

    label = StringProperty("")
    contact = ObjectProperty(None, allownone=True)
    language = StringProperty("ru")
    leaving = BooleanProperty(False)
    free = BooleanProperty(True)
    given = BooleanProperty(False)
    notices = BooleanProperty(False)
    unconfirmed = BooleanProperty(False)
    value = StringProperty("")
    state_words = StringProperty("")

    def __init__(self, **options):
        for event in ("on_edit", "on_leave", "on_switch", "on_code"):
            self.register_event_type(event)
        super().__init__(**options)
        self.bind(contact=self._read, language=self._read)
        self._read()

    def _read(self, *_args):
        contact = self.contact
        self.given = contact is not None
        self.notices = contact is not None and contact.notices
        self.unconfirmed = contact is not None and contact.unconfirmed
        self.value = masked(contact.value) if contact else _("not given")
        self.state_words = _state_words(contact)

    def on_edit(self):
        pass

    def on_leave(self, meant):
        pass

    def on_switch(self):
        pass

    def on_code(self):
        pass


def _first(contacts, system):
    return next((one for one in contacts if one.system == system), None)


def _state_words(contact):
    if contact is None:
        return ""
    if contact.unconfirmed:
        return _("Not confirmed: no word goes there yet")
    return _("Messages are sent here") if contact.notices else _("No messages are sent here")
