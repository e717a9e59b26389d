"""Typing on the glass: keys and the fields they fill (look.md section 5). No text input, no focus, no clipboard."""

from itertools import pairwise

from kivy.properties import BooleanProperty, DictProperty, ListProperty, NumericProperty, StringProperty

from kiosk.screens.widgets.layout import Bar, Container, Stack
from kiosk.screens.widgets.touch import PushButton, Touchable

ERASE, CLEAR, SPACE = "erase", "clear", " "
EMPTY_PLACE = "_"
GROUP_GAP = "  "
THIN_GAP = "\N{THIN SPACE}"
LAST_SHOWN = 4


class Keys(Container):
    """Rows of keys that fill the width; `on_key` gives the text of the key, or ERASE or CLEAR.

    `units` tells which keys are wider than the others. New `rows` are shown by the same buttons.
    """

    rows = ListProperty([])
    units = DictProperty({})
    spacing = NumericProperty(0)
    style = StringProperty("title")
    word_style = StringProperty("body")
    clear_text = StringProperty("")
    least_mm = NumericProperty(20)

    def __init__(self, **options):
        self.register_event_type("on_key")
        super().__init__(fit=False, **options)
        self.bind(spacing=self._arrange)
        for name in ("style", "word_style", "clear_text"):
            self.bind(**{name: self.on_rows})

    def on_rows(self, *_args):
        keys = [key for row in self.rows for key in row]
        while len(self.parts) < len(keys):
            button = PushButton(bare=True)
            button.bind(on_tap=self._tapped)
            self.add_widget(button)
        for number, button in enumerate(self.parts):
            button.shown = number < len(keys)
            if button.shown:
                self._fill(button, keys[number])
        self._arrange()

    def _fill(self, button, key):
        word = len(key) > 1 or key == SPACE
        button.value, button.kind = key, "key_word" if word else "key"
        button.style = self.word_style if word else self.style
        button.icon = "bksp" if key == ERASE else ""
        button.text = self.caption(key)

    def caption(self, key):
        """What stands on a key."""
        return "" if key == ERASE else self.clear_text if key == CLEAR else key

    def place(self, parts, x, y, width, height):
        keys = iter(parts)
        row_height = (height - self.spacing * (len(self.rows) - 1)) // max(1, len(self.rows))
        top = y + height
        for row in self.rows:
            top -= row_height
            for left, right in self._spans(row, width):
                button = next(keys)
                button.size = (right - left, row_height)
                button.pos = (x + left, top)
            top -= self.spacing

    def _spans(self, row, width):
        """From where to where the keys of a row reach; gaps are as wide between narrow keys as between wide ones."""
        units = [self.units.get(key, 1) for key in row]
        ends = [
            round(sum(units[:number]) * (width + self.spacing) / sum(units)) for number in range(len(row) + 1)
        ]
        return [(left, right - self.spacing) for left, right in pairwise(ends)]

    def _tapped(self, button):
        self.dispatch("on_key", button.value)

    def on_key(self, key):
        pass


class Keypad(Keys):
    """Digits, «Сброс» and backspace."""


class LetterKeys(Keys):
    """Small Latin letters, digits and what an e-mail address needs."""


class FieldBox(Touchable):
    """The box of a field: what was typed, the bar where the next sign goes, short lines for those that are missing.

    `groups` are the lengths of the groups in which it is read (none: as typed). `masked` shows dots but for the last
    four signs.
    """

    alone = True
    text = StringProperty("")
    before = StringProperty("")
    groups = ListProperty([])
    active = BooleanProperty(False)
    masked = BooleanProperty(False)
    align = StringProperty("left")
    typed = StringProperty("")
    missing = StringProperty("")

    def __init__(self, **options):
        super().__init__(**options)
        self.bind(text=self._read, groups=self._read, masked=self._read)
        self._read()

    def _read(self, *_args):
        self.typed, self.missing = shown_text(self.text, self.groups, self.masked)

    def place(self, parts, x, y, width, height):
        used = sum(part.width + part.gap for part in parts)
        self.lacking = max(0, used - width)
        left = x + (width - used) // 2 if self.align == "center" else x
        for part in parts:
            left += part.gap
            part.pos = (left, y + (height - part.height) // 2)
            left += part.width


class FieldNote(Bar):
    """A mistake or a hint under a field; not there without either."""

    hint = StringProperty("")
    mistake = StringProperty("")


class Field(Stack):
    """A label, the box, and a hint or a mistake under it; `on_touched` when the patient wants to type here."""

    label = StringProperty("")
    note = StringProperty("")
    text = StringProperty("")
    before = StringProperty("")
    groups = ListProperty([])
    active = BooleanProperty(False)
    masked = BooleanProperty(False)
    align = StringProperty("left")
    hint = StringProperty("")
    mistake = StringProperty("")
    under = StringProperty("")
    name = StringProperty("")

    def __init__(self, **options):
        self.register_event_type("on_touched")
        super().__init__(**options)

    def on_touched(self):
        pass


def shown_text(text, groups, masked):
    """What was typed, and what is missing of the groups, as they are read: («•••• •••• •••• 4821», '')."""
    typed = ["•" if masked and number < len(text) - LAST_SHOWN else sign for number, sign in enumerate(text)]
    missing = [EMPTY_PLACE] * (sum(groups) - len(text))
    breaks = {sum(groups[:number]) for number in range(1, len(groups))}
    signs = [(GROUP_GAP if place in breaks else "") + sign for place, sign in enumerate(typed + missing)]
    return "".join(signs[: len(typed)]), THIN_GAP.join(signs[len(typed) :])


class BirthFields(Container):
    """Day, month, year beside each other: 28, 28 and 44 % of the width."""

    SHARES = (28, 28, 44)
    spacing = NumericProperty(0)

    def place(self, parts, x, y, width, height):
        top = y + height
        free = width - self.spacing * (len(parts) - 1)
        for part, share in zip(parts, self.SHARES, strict=True):
            part.width = free * share // 100
            part.pos = (x, top - part.height)
            x = part.right + self.spacing
        self.height = max(part.height for part in parts)
