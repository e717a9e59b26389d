"""A search as you type: what was typed, large, what was found, and the keyboard under it (R18, R19)."""

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.screens.widgets.layout import Stack
from kiosk.screens.widgets.typing import CLEAR, ERASE, SPACE

#: More letters than anybody needs to find somebody; so many stand in the field.
MOST_LETTERS = 28


class SearchPage(Stack):
    """`items` are rows (rows.Rows) for what was found, `status` says how many; where it `says` more, it stands on every display.

    `wider` is the name of the way to search in more places, '' where there is none. Sends `on_typed` with the new
    text, `on_choose` with the value of a row, `on_widen`, `on_retry`.
    """

    title = StringProperty("")
    hint = StringProperty("")
    advice = StringProperty("")
    example = StringProperty("")
    text = StringProperty("")
    items = ListProperty([])
    searching = BooleanProperty(False)
    says = BooleanProperty(False)
    wider = StringProperty("")
    failure = ObjectProperty(None, allownone=True)
    status = StringProperty("")

    def __init__(self, **options):
        for event in ("on_typed", "on_choose", "on_widen", "on_retry"):
            self.register_event_type(event)
        super().__init__(fit=False, **options)

    def begin(self):
        """From the first page, with Russian letters."""
        self.ids.rows.page = 0
        self.ids.board.layer = "ru"

    def press(self, key):
        """A key of the board. Names begin with a capital, whatever is typed."""
        text = self.text
        if key == CLEAR:
            text = ""
        elif key == ERASE:
            text = text[:-1]
        elif len(text) < MOST_LETTERS and not (key == SPACE and text[-1:] in ("", SPACE)):
            text += key.upper() if text[-1:] in ("", SPACE, "-") else key
        if text != self.text:
            self.ids.rows.page = 0
            self.dispatch("on_typed", text)

    def on_typed(self, text):
        pass

    def on_choose(self, value):
        pass

    def on_widen(self):
        pass

    def on_retry(self):
        pass
