"""LOCKED: the glass takes no touch for half a minute, so that it can be wiped (R48)."""

from kivy.properties import NumericProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import clock_words
from kiosk.screens.step_screen import StepScreen
from kiosk.terminal.coordinator import CLEANING_SECONDS


class LockedScreen(StepScreen):
    """The seconds that are left; it opens by itself."""

    step = Step.LOCKED
    has_trail = has_back = has_finish = has_language = has_access = False
    words = StringProperty("")
    share = NumericProperty(0)

    def paint(self):
        super().paint()
        left = self.terminal.lock_left or 0
        self.words, self.share = clock_words(left), left / CLEANING_SECONDS
