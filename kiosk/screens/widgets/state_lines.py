"""What maintenance shows: facts page by page, buttons beside each other, a field to touch, a bar of 50 mm."""

from functools import lru_cache

from kivy.graphics import Color, Line, Rectangle
from kivy.properties import (
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)

from kiosk.screens.paging import Line as PageLine
from kiosk.screens.paging import in_columns
from kiosk.screens.widgets.layout import Bar, Container, Part
from kiosk.screens.widgets.rows import Paged
from kiosk.screens.widgets.text import block_height
from kiosk.screens.widgets.touch import PushButton

#: The same words are drawn again with every change.
words_height = lru_cache(maxsize=2000)(block_height)


class StateLine(Bar):
    """What it is, how it is, and a sign for how well."""

    label = StringProperty("")
    text = StringProperty("")
    tone = OptionProperty("plain", options=["plain", "ok", "attention", "fault"])
    style = StringProperty("label")


class StateLines(Paged):
    """`items` are (label, value, tone); each line is as high as its words need in `style`, nothing is cut."""

    style = StringProperty("label")
    spacing = NumericProperty(0)
    margin = NumericProperty(0)
    theme = ObjectProperty(None, allownone=True)

    def __init__(self, **options):
        self._lines = []
        super().__init__(**options)
        self.bind(style=self._arrange, spacing=self._arrange, margin=self._arrange, theme=self._arrange)

    def place(self, parts, x, y, width, height):
        if self.theme is None or width <= self.margin:
            return
        lines = [
            PageLine((item,), self._height(item, width - self.margin), self.spacing) for item in self.items
        ]
        page = self.present(lines, height)
        while len(self._lines) < len(page):
            self._lines.append(StateLine(shown=False, fit=False))
            self.add_widget(self._lines[-1])
        top = y + height
        for number, line in enumerate(page):
            top -= line.height + (line.gap if number else 0)
            shown = self._lines[number]
            shown.label, shown.text, shown.tone = line.cells[0]
            shown.style, shown.shown = self.style, True
            shown.size, shown.pos = (width, line.height), (x, top)
        for spare in self._lines[len(page) :]:
            spare.shown = False

    def _height(self, item, width):
        label, text, _tone = item
        return (
            words_height(self.theme, label, "caption", width)
            + self.theme.mm(3)
            + words_height(self.theme, text, self.style, width)
        )


class ButtonField(Container):
    """`items` are (key, words, kind), so many beside each other; `on_choose` gives the key that was touched."""

    items = ListProperty([])
    columns = NumericProperty(2)
    row_height = NumericProperty(0)
    spacing = NumericProperty(0)

    def __init__(self, **options):
        self.register_event_type("on_choose")
        super().__init__(fit=False, **options)
        for name in ("columns", "row_height", "spacing"):
            self.bind(**{name: self.on_items})

    def on_items(self, *_args):
        while len(self.parts) < len(self.items):
            button = PushButton(shown=False)
            button.bind(on_tap=self._tapped)
            self.add_widget(button)
        for number, button in enumerate(self.parts):
            if number < len(self.items):
                button.value, button.text, button.kind = self.items[number]
            button.shown = number < len(self.items)
        rows = -(-len(self.items) // self.columns)
        self.height = rows * (self.row_height + self.spacing) - self.spacing if rows else 0
        self._arrange()

    def place(self, parts, x, y, width, height):
        top = y + height
        for row in in_columns(parts, self.columns):
            top -= self.row_height
            column = (width - self.spacing * (len(row) - 1)) // len(row)
            for number, button in enumerate(row):
                button.size = (column, self.row_height)
                button.pos = (x + number * (column + self.spacing), top)
            top -= self.spacing

    def _tapped(self, button):
        self.dispatch("on_choose", button.value)

    def on_choose(self, key):
        pass


class TouchField(Part):
    """A field of cells; those in `done` are filled. `on_touch` tells each finger from its upper left corner."""

    columns = NumericProperty(1)
    rows = NumericProperty(1)
    done = ListProperty([])
    fill = ColorProperty([0, 0, 0, 1])
    line = ColorProperty([0, 0, 0, 1])

    def __init__(self, **options):
        self.register_event_type("on_finger")
        super().__init__(**options)
        for name in ("pos", "size", "columns", "rows", "done", "fill", "line"):
            self.bind(**{name: self._draw})

    def on_touch_down(self, touch):
        return self._finger(touch)

    def on_touch_move(self, touch):
        return self._finger(touch)

    def _finger(self, touch):
        if not self.collide_point(*touch.pos):
            return False
        self.dispatch("on_finger", touch.x - self.x, self.top - touch.y)
        return True

    def _draw(self, *_args):
        self.canvas.clear()
        wide, high = self.width / self.columns, self.height / self.rows
        with self.canvas:
            Color(*self.fill)
            for column, row in self.done:
                Rectangle(pos=(self.x + column * wide, self.top - (row + 1) * high), size=(wide, high))
            Color(*self.line)
            for column in range(self.columns + 1):
                Line(points=(self.x + column * wide, self.y, self.x + column * wide, self.top))
            for row in range(self.rows + 1):
                Line(points=(self.x, self.y + row * high, self.right, self.y + row * high))

    def on_finger(self, x, y):
        pass


class Ruler(Part):
    """A bar that is `length` px long, to hold a real ruler against."""

    length = NumericProperty(0)
