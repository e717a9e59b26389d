"""WAIT: what the patient waits for, and how they will be told; one large button joins the list."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import masked
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Fact


class WaitScreen(StepScreen):
    """Nothing is asked of the registry before the button."""

    step = Step.WAIT
    doctor = StringProperty("")
    specialty = StringProperty("")
    facility = StringProperty("")
    address = StringProperty("")
    patient = StringProperty("")
    contact = StringProperty("")
    joining = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.joining = self.terminal.busy is Busy.BOOK
        get = self.terminal.visit.get
        if get(Fact.SPECIALTY) is not None and get(Fact.PATIENT) is not None:
            self._paint_facts(get)

    def forget(self):
        super().forget()
        for name in ("doctor", "specialty", "facility", "address", "patient", "contact"):
            setattr(self, name, "")

    def change_contacts(self):
        """«Изменить»."""
        self.terminal.change(Fact.CONTACTS)

    def _paint_facts(self, get):
        doctor, facility = get(Fact.DOCTOR), get(Fact.FACILITY)
        self.doctor = doctor.full_name if doctor else _("Any doctor")
        self.specialty = get(Fact.SPECIALTY).name
        self.facility, self.address = facility.name, facility.address
        self.patient = get(Fact.PATIENT).initials
        contacts = get(Fact.CONTACTS)
        ways = [way for way in (contacts.phone, contacts.email) if way] if contacts else []
        self.contact = masked("\n".join(ways)) or _("no messages")
