"""Base of what hands out paper: how the printing goes, in words (R24)."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Printing


class PrintingScreen(StepScreen):
    """What was not surely printed is said, and can be printed again."""

    printing_title = StringProperty("")
    printing_text = StringProperty("")
    printing_icon = StringProperty("printer")
    problem = ObjectProperty(None, allownone=True)
    can_print_again = BooleanProperty(False)

    def paint(self):
        super().paint()
        printing = self.terminal.printing
        under_way, printed = printing is Printing.UNDER_WAY, printing is Printing.PRINTED
        self.printing_title = (
            _("Printing the ticket…") if under_way else _("Take your ticket") if printed else ""
        )
        self.printing_text = _("It comes out below the screen") if under_way else ""
        self.printing_icon = "ok" if printed else "printer"
        self.problem = self.terminal.print_problem if not (under_way or printed) else None
        self.can_print_again = printing in (Printing.NOT_PRINTED, Printing.UNSURE)

    def forget(self):
        super().forget()
        self.problem = None
