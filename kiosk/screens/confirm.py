"""CONFIRM: every detail once more, and one large button (R24); of a move the old time and the new one."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import day_words, masked, relative_day_words, short_day_words, time_words
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Fact, Intent


class ConfirmScreen(StepScreen):
    """The booking as it would be; of a move also (`before`) as it is now. Of the patient: initials, birth year, the end
    of the policy number."""

    step = Step.CONFIRM
    time = StringProperty("")
    day = StringProperty("")
    near = StringProperty("")
    doctor = StringProperty("")
    specialty = StringProperty("")
    room = StringProperty("")
    address = StringProperty("")
    street = StringProperty("")
    patient = StringProperty("")
    policy = StringProperty("")
    contact = StringProperty("")
    before = StringProperty("")
    before_doctor = StringProperty("")
    moving = BooleanProperty(False)
    approval = BooleanProperty(False)
    booking = BooleanProperty(False)
    in_doubt = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.booking = self.terminal.busy is Busy.BOOK
        self.in_doubt = self.terminal.in_doubt
        if self.in_doubt:
            # Its own banner says it.
            self.notice = None
        get = self.terminal.visit.get
        self.moving = self.terminal.visit.intent is Intent.MOVE
        self._paint_before(get(Fact.MOVING) if self.moving else None)
        if get(Fact.TIME) is not None and get(Fact.PATIENT) is not None:
            self._paint_visit(get)
            self._paint_patient(get)

    def forget(self):
        super().forget()
        for name in ("time", "day", "near", "doctor", "specialty", "room", "address", "street"):
            setattr(self, name, "")
        self.patient = self.policy = self.contact = self.before = self.before_doctor = ""

    def change_contacts(self):
        """«Изменить»."""
        self.terminal.change(Fact.CONTACTS)

    def _paint_before(self, row):
        if row is None:
            self.before = self.before_doctor = ""
            return
        start = row.booking.appointment.start
        self.before = f"{short_day_words(start.date(), _.language)}, {time_words(start)}"
        self.before_doctor = "" if row.specialty.discreet else row.doctor.short_name

    def _paint_visit(self, get):
        start, doctor, facility = get(Fact.TIME).start, get(Fact.DOCTOR), get(Fact.FACILITY)
        self.time, self.day = time_words(start), day_words(start.date(), _.language)
        relative = relative_day_words(start.date(), self.now().date(), _.language)
        self.near = _("that is {day}").format(day=relative) if relative else ""
        self.doctor, self.specialty = doctor.full_name, get(Fact.SPECIALTY).name
        self.approval = get(Fact.SPECIALTY).approval
        self.room = _("Room {room}").format(room=doctor.room) if doctor.room else facility.name
        self.street = facility.address
        self.address = ", ".join(
            part for part in ((facility.name if doctor.room else ""), facility.address) if part
        )

    def _paint_patient(self, get):
        patient, contacts = get(Fact.PATIENT), get(Fact.CONTACTS)
        born = _("{initials}, born {year}") if patient.birth_year else "{initials}"
        self.patient = born.format(initials=patient.initials, year=patient.birth_year)
        tail = self.terminal.policy_tail
        self.policy = _("Policy •••• {tail}").format(tail=tail) if tail else ""
        ways = [way for way in (contacts.phone, contacts.email) if way] if contacts else []
        self.contact = masked("\n".join(ways)) or _("no messages")
