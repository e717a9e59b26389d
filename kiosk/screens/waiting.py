"""WAITING: the place on the waiting list, and what became of its stub."""

from kivy.properties import ObjectProperty

from kiosk.flow import Step
from kiosk.screens.printing import PrintingScreen


class WaitingScreen(PrintingScreen):
    """The place stands whatever the printer does; the stub on the screen says all that the paper says."""

    step = Step.WAITING
    has_trail = has_back = False
    stub = ObjectProperty(None, allownone=True)

    def paint(self):
        super().paint()
        self.stub = self.terminal.stub

    def forget(self):
        super().forget()
        self.stub = None
