"""MESSAGE: one message in full (R25, R26)."""

from kivy.properties import StringProperty

from kiosk.flow import Step
from kiosk.formats import day_words, time_words
from kiosk.screens.own import headline
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _


class MessageScreen(StepScreen):
    """It counts as read from now on."""

    step = Step.MESSAGE
    has_trail = False
    title = StringProperty("")
    sent = StringProperty("")
    text = StringProperty("")

    def forget(self):
        super().forget()
        self.title = self.sent = self.text = ""

    def show(self, value):
        sent = value.sent.astimezone(self.now().tzinfo)
        self.title, self.text = headline(value.text), value.text
        self.sent = f"{day_words(sent.date(), _.language)}, {time_words(sent)}"
