"""RESULT: what was booked, and what became of the paper (R24, R25)."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Printing


class ResultScreen(StepScreen):
    """The booking stands whatever the printer does; what was not surely printed is said, with the QR in its place."""

    step = Step.RESULT
    has_trail = has_back = False
    ticket = ObjectProperty(None, allownone=True)
    outcome = StringProperty("")
    outcome_detail = StringProperty("")
    awaiting = BooleanProperty(False)
    printing_title = StringProperty("")
    printing_text = StringProperty("")
    printing_icon = StringProperty("printer")
    problem = ObjectProperty(None, allownone=True)
    can_print_again = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.ticket = self.terminal.ticket
        self._paint_outcome(self.ticket is not None and self.ticket.awaiting_approval)
        self._paint_printing(self.terminal.printing)

    def forget(self):
        super().forget()
        self.ticket = self.problem = None

    def _paint_outcome(self, awaiting):
        self.awaiting = awaiting
        self.outcome = _("Request accepted") if awaiting else _("You are booked")
        self.outcome_detail = (
            _("The clinic still has to approve it. Ask here or at the reception desk before you come.")
            if awaiting
            else _("The booking is saved at the clinic")
        )

    def _paint_printing(self, printing):
        under_way, printed = printing is Printing.UNDER_WAY, printing is Printing.PRINTED
        self.printing_title = (
            _("Printing the ticket…") if under_way else _("Take your ticket") if printed else ""
        )
        self.printing_text = _("It comes out below the screen") if under_way else ""
        self.printing_icon = "ok" if printed else "printer"
        self.problem = self.terminal.print_problem if not (under_way or printed) else None
        self.can_print_again = printing in (Printing.NOT_PRINTED, Printing.UNSURE)
