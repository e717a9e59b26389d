"""The keyboard of the searches: letters and digits, a line that shows what was typed. No Shift, no text input, no focus."""

from typing import ClassVar

from kivy.properties import BooleanProperty, NumericProperty, OptionProperty, StringProperty

from kiosk.screens.widgets.layout import Bar, Container
from kiosk.screens.widgets.touch import Box
from kiosk.screens.widgets.typing import CLEAR, ERASE, SPACE, Keys

#: The key that changes between Russian and Latin letters.
LAYER = "layer"


class SearchKeys(Keys):
    """Russian letters with Ё, or Latin ones; a key changes between them. Capitals stand on the keys, small letters are typed."""

    LAYERS: ClassVar = {
        "ru": (
            tuple("йцукенгшщзхъ"),
            tuple("фывапролджэё"),
            (*"ячсмитьбю", ERASE),
            (LAYER, SPACE, CLEAR),
        ),
        "en": (tuple("qwertyuiop"), tuple("asdfghjkl"), (*"zxcvbnm", ERASE), (LAYER, SPACE, CLEAR)),
    }
    layer = OptionProperty("ru", options=["ru", "en"])
    space_text = StringProperty("")

    def caption(self, key):
        if key == LAYER:
            return "ABC" if self.layer == "ru" else "АБВ"
        return self.space_text if key == SPACE else super().caption(key) if len(key) > 1 else key.upper()

    def on_space_text(self, *_args):
        self.on_rows()

    def _tapped(self, button):
        if button.value == LAYER:
            self.layer = "en" if self.layer == "ru" else "ru"
        else:
            super()._tapped(button)


class DigitKeys(Keys):
    """The digits of house numbers: a row over the letters, or a block beside them."""


class SearchBoard(Container):
    """Letters and digits at once; `on_key` as Keys. The block of digits stands right of the letters where `beside`."""

    spacing = NumericProperty(0)
    beside = BooleanProperty(False)
    layer = OptionProperty("ru", options=["ru", "en"])

    def __init__(self, **options):
        self.register_event_type("on_key")
        super().__init__(fit=False, **options)

    def place(self, parts, x, y, width, height):
        digits, letters = parts
        if self.beside:
            digits.width = (width - self.spacing) * 3 // 15 - self.spacing
            digits.height = letters.height = height
            letters.width = width - digits.width - 2 * self.spacing
            digits.pos = (x + width - digits.width, y)
        else:
            digits.size = (width, (height - 4 * self.spacing) // 5)
            letters.size = (width, height - digits.height - self.spacing)
            digits.pos = (x, y + letters.height + self.spacing)
        letters.pos = (x, y)

    def on_key(self, key):
        pass


class SearchField(Bar, Box):
    """What is searched for, large, with the bar where the next letter goes; what may be typed stands in it while it is empty."""

    text = StringProperty("")
    hint = StringProperty("")
