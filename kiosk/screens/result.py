"""RESULT: what was booked, and what became of the paper (R24, R25)."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.printing import PrintingScreen
from kiosk.screens.words import _


class ResultScreen(PrintingScreen):
    """The booking stands whatever the printer does; what was not surely printed is said, with the QR in its place."""

    step = Step.RESULT
    has_trail = has_back = False
    ticket = ObjectProperty(None, allownone=True)
    outcome = StringProperty("")
    outcome_detail = StringProperty("")
    awaiting = BooleanProperty(False)

    def paint(self):
        super().paint()
        self.ticket = self.terminal.ticket
        self._paint_outcome(self.ticket is not None and self.ticket.awaiting_approval)

    def forget(self):
        super().forget()
        self.ticket = None

    def _paint_outcome(self, awaiting):
        self.awaiting = awaiting
        self.outcome = _("Request accepted") if awaiting else _("You are booked")
        self.outcome_detail = (
            _("The clinic still has to approve it. Ask here or at the reception desk before you come.")
            if awaiting
            else _("The booking is saved at the clinic")
        )
