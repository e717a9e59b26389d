"""OUT_OF_SERVICE: why this terminal cannot serve now, and where to book instead. It recovers by itself, unless staff has closed it."""

from kivy.properties import BooleanProperty, StringProperty

from kiosk.flow import Step
from kiosk.screens.hours import desk_words
from kiosk.screens.step_screen import StepScreen


class OutOfServiceScreen(StepScreen):
    """Stands instead of the welcome screen while the terminal cannot serve."""

    step = Step.OUT_OF_SERVICE
    has_trail = has_back = has_finish = has_access = False
    title = StringProperty("")
    text = StringProperty("")
    desk = StringProperty("")
    phone = StringProperty("")
    recovers = BooleanProperty(True)

    def paint(self):
        super().paint()
        why, home = self.terminal.out_of_service, self.terminal.home
        self.title, self.text = (why.title, why.text) if why else ("", "")
        self.recovers = not self.terminal.is_closed
        self.desk = desk_words(home, self.now().date())
        self.phone = home.phones[0] if home and home.phones else ""
