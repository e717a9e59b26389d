"""Base of the two searches: what is typed goes to the terminal, what it found becomes rows."""

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _


class SearchScreen(StepScreen):
    """The text stands in the visit; rows of an older text stay until those of the newest are there."""

    has_trail = False
    typed = StringProperty("")
    items = ListProperty([])
    hits = ListProperty([])
    searching = BooleanProperty(False)
    corrected = BooleanProperty(False)
    status = StringProperty("")
    scoped = BooleanProperty(False)

    def open(self):
        self.ids.page.begin()

    def forget(self):
        super().forget()
        self.typed = self.status = ""
        self.items = self.hits = []

    def paint(self):
        super().paint()
        self.typed = self.terminal.visit.draft.search

    def show(self, value):
        self.corrected, self.scoped = bool(value.corrected), value.scope is not None
        self.searching = value.searching
        self.hits = list(value.hits)
        self.items = [self.item(hit) for hit in value.hits]
        self.status = _status(value)

    def item(self, hit):
        """The row of something that was found.

        It stands for the facility or the doctor, not for the hit: marks and how full one is change while a finger is
        on the row, and that takes no touch away.
        """
        raise NotImplementedError


def _status(value):
    """«Возможно, вы искали: Соколова», «Нашлось: 12», «Первые 20 из 340: наберите ещё»."""
    if value.corrected:
        return _("Perhaps you meant: {words}").format(words=value.corrected)
    if value.total > len(value.hits):
        words = _("The first {shown} of {total}. Type more letters.")
        return words.format(shown=len(value.hits), total=value.total)
    return _("Found: {total}").format(total=value.total)
