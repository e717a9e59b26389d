"""RESULT: what was booked, and what became of the paper (R24, R25)."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import short_day_words, time_words
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
        if self.ticket is not None and self.ticket.moved_from is not None:
            self._paint_move(self.ticket.moved_from)

    def forget(self):
        super().forget()
        self.ticket = None

    def _paint_move(self, before):
        """That it was moved, and which time counts no longer."""
        when = f"{short_day_words(before.date(), _.language)}, {time_words(before)}"
        gone = _("The old time no longer counts: {when}").format(when=when)
        if self.awaiting:
            self.outcome = _("Request to move accepted")
            self.outcome_detail = _("{gone}. The clinic still has to approve the new one.").format(gone=gone)
        else:
            self.outcome, self.outcome_detail = _("Your visit is moved"), gone

    def _paint_outcome(self, awaiting):
        self.awaiting = awaiting
        self.outcome = _("Request accepted") if awaiting else _("You are booked")
        self.outcome_detail = (
            _("The clinic still has to approve it. Ask here or at the reception desk before you come.")
            if awaiting
            else _("The booking is saved at the clinic")
        )
