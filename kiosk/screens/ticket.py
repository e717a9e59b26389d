"""TICKET: one booking of the patient, or a place on the waiting list, and what can be done with it (R15, R16)."""

from dataclasses import replace

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.explanations import CANCELLED, LEFT_LIST, translated
from kiosk.flow import Step
from kiosk.formats import date_words, day_words, time_words
from kiosk.models import AppointmentStatus
from kiosk.screens.own import ticket_title
from kiosk.screens.printing import PrintingScreen
from kiosk.screens.words import _
from kiosk.views import Busy, PlaceRow

#: What is said of the patient's own doing, where it was done.
ENDED = (CANCELLED, LEFT_LIST)


class TicketScreen(PrintingScreen):
    """What it shows is what the registry holds now; a ticket that is not good any more has no code."""

    step = Step.TICKET
    has_trail = False
    title = StringProperty("")
    text = StringProperty("")
    ticket = ObjectProperty(None, allownone=True)
    stub = ObjectProperty(None, allownone=True)
    until = StringProperty("")
    offered = StringProperty("")
    offered_until = StringProperty("")
    stands = BooleanProperty(False)
    is_told = BooleanProperty(False)
    can_change = BooleanProperty(False)
    can_move = BooleanProperty(False)
    is_cancelling = BooleanProperty(False)
    is_holding = BooleanProperty(False)
    is_printing = BooleanProperty(False)

    def forget(self):
        super().forget()
        self.ticket = self.stub = None
        self.title = self.text = self.until = self.offered = self.offered_until = ""

    def paint(self):
        super().paint()
        self.is_cancelling = self.terminal.busy is Busy.CANCEL
        self.is_holding = self.terminal.busy is Busy.HOLD
        self.is_printing = bool(self.printing_text)

    def show(self, value):
        row = value.row
        self.title, self.stands, self.can_change = ticket_title(row), row.stands, row.can_change
        self.is_told = not row.stands and self.notice in [translated(one, _.language) for one in ENDED]
        if isinstance(row, PlaceRow):
            self._show_place(row, value.slip)
        else:
            self._show_booking(row, value.slip)

    def _show_booking(self, row, slip):
        self.stub = None
        self.ticket = slip if row.stands else replace(slip, code="")
        self.can_move = row.can_change
        awaits = row.booking.appointment.status is AppointmentStatus.AWAITING
        self.text = _("Ask here or at the reception desk before you come.") if awaits and row.stands else ""
        self.offered = self.offered_until = ""

    def _show_place(self, row, slip):
        self.ticket, self.stub, self.can_move = None, slip, False
        self.until = date_words(row.place.last_day, _.language)
        offer = row.place.offer
        self.text = "" if offer or not row.stands else _("We tell you when a time becomes free.")
        self.offered = self.offered_until = ""
        if offer is not None:
            self.offered = f"{day_words(offer.start.date(), _.language)}, {time_words(offer.start)}"
            self.offered_until = _("It is kept for you until {time}.").format(
                time=time_words(offer.held_until)
            )
