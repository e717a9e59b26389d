"""PIN: asks the technician who made the hidden gesture (R36). Whoever came by mistake goes back."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import clock_words
from kiosk.maintenance.pin import LEAST, MOST
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.widgets.typing import CLEAR, ERASE
from kiosk.screens.words import _


class PinScreen(StepScreen):
    """What is typed stays here, unseen, until it is judged."""

    step = Step.PIN
    has_trail = has_back = has_finish = has_access = False
    typed = StringProperty("")
    says = StringProperty("")
    complete = BooleanProperty(False)
    judging = BooleanProperty(False)

    def open(self):
        self.typed = ""

    def forget(self):
        super().forget()
        self.typed = ""

    def paint(self):
        super().paint()
        pin = self.terminal.pin
        self.judging = pin.is_judging
        self.says = ""
        if pin.locked_left:
            words = _("Too many wrong ones. Again in {left}")
            self.says = words.format(left=clock_words(pin.locked_left))
        elif pin.is_wrong:
            self.says = _("That is not the PIN")
        self.complete = len(self.typed) >= LEAST and not (pin.locked_left or pin.is_judging)

    def press(self, key):
        """A key of the keypad."""
        if key == CLEAR:
            self.typed = ""
        elif key == ERASE:
            self.typed = self.typed[:-1]
        elif len(self.typed) < MOST:
            self.typed += key
        self.paint()

    def enter(self):
        """«Войти»."""
        typed, self.typed = self.typed, ""
        self.terminal.enter_pin(typed)

    def leave(self):
        """«Назад к пациентам»."""
        self.terminal.leave()
