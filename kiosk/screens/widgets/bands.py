"""The frame around every screen: header, trail, footer (look.md section 5)."""

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)

from kiosk.screens.widgets.layout import Bar, Container, Part, Stack
from kiosk.screens.widgets.text import Icon, measure
from kiosk.screens.widgets.touch import Touchable


class Band(Part):
    """A white area with a line at the side where the page begins."""

    edge = OptionProperty("bottom", options=["bottom", "top", "right"])


class Header(Bar, Band):
    """Clinic, clock, the other language, «Завершить»; sends `on_language`, `on_finish`."""

    name = StringProperty("")
    date = StringProperty("")
    clock = StringProperty("")
    other_language = StringProperty("")
    has_language = BooleanProperty(True)
    has_finish = BooleanProperty(True)

    def __init__(self, **options):
        self.register_event_type("on_language")
        self.register_event_type("on_finish")
        super().__init__(**options)

    def on_language(self):
        pass

    def on_finish(self):
        pass


class Footer(Bar, Band):
    """«Назад», «Обычный вид», «Помощь», «Доступность»; sends `on_back`, `on_usual`, `on_help`, `on_access`.

    Icons stand where there is room for them beside the words.
    """

    has_back = BooleanProperty(True)
    has_usual = BooleanProperty(False)
    has_help = BooleanProperty(True)
    has_access = BooleanProperty(True)
    roomy = BooleanProperty(True)

    def __init__(self, **options):
        for event in ("on_back", "on_usual", "on_help", "on_access"):
            self.register_event_type(event)
        super().__init__(**options)

    def on_usual(self):
        pass

    def on_access(self):
        pass

    def on_back(self):
        pass

    def on_help(self):
        pass


class Lowered(Bar):
    """What happened, over the frame that has moved into reach."""


class TrailPart(Stack, Touchable):
    """A caption over its value; a touch changes it."""

    caption = StringProperty("")
    text = StringProperty("")
    upright = BooleanProperty(False)
    needs = NumericProperty(0)


class Trail(Container, Band):
    """The parts on one line, or under each other in the rail; sends `on_change` with the fact touched.

    `items` are trail.Part; how long the hold lasts stands at the bottom of the rail.
    """

    items = ListProperty([])
    upright = BooleanProperty(False)
    theme = ObjectProperty(None, allownone=True)
    hold = StringProperty("")

    def __init__(self, **options):
        self.register_event_type("on_change")
        self._pool = []
        self._signs = []
        super().__init__(fit=False, **options)
        self.bind(items=self._fill, upright=self._fill, theme=self._arrange)

    def fits(self, items):
        """Whether these parts would stand on one line."""
        return sum(self._width(item) for item in items) + self._between * (len(items) - 1) <= (
            self.width - self.padding[0] - self.padding[2]
        )

    def _width(self, item):
        text = measure(self.theme, item.value, "label", medium=True)
        return max(text, measure(self.theme, item.caption, "caption"), self.theme.up(20))

    @property
    def _between(self):
        return self.theme.mm(12)

    def _fill(self, *_args):
        while len(self._pool) < len(self.items):
            part = TrailPart(fit=False)
            part.bind(on_tap=self._tapped, needs=self._arrange)
            self._pool.append(part)
            self._signs.append(Icon(name="right"))
            self.add_widget(part)
            self.add_widget(self._signs[-1])
        for number, part in enumerate(self._pool):
            part.shown = number < len(self.items)
            if part.shown:
                item = self.items[number]
                part.caption, part.text, part.value = item.caption, item.value, item.fact
                part.upright = self.upright
            self._signs[number].shown = number < len(self.items) - 1 and not self.upright
        self._arrange()

    def place(self, parts, x, y, width, height):
        if self.theme is None:
            return
        there = self._pool[: len(self.items)]
        if self.upright:
            self._place_upright(there, x, y, width, height)
        else:
            self._place_line(there, x, y, height)

    def _place_line(self, parts, x, y, height):
        for number, part in enumerate(parts):
            part.size = (self._width(self.items[number]), self.theme.trail_part)
            part.pos = (x, y + (height - part.height) // 2)
            sign = self._signs[number]
            sign.side, sign.colour = self.theme.mm(6), self.theme.quiet
            sign.pos = (part.right + (self._between - sign.side) // 2, part.y + self.theme.mm(6))
            x = part.right + self._between

    def _place_upright(self, parts, x, y, width, height):
        top = y + height - self.theme.mm(17)
        for part in parts:
            part.width = width
            part.height = max(self.theme.trail_part, part.needs)
        between = self.theme.up(3)
        hold = self.ids.hold.height + between if self.hold else 0
        room = top - y - self.theme.mm(8) - hold
        # Where not all have room, the oldest go.
        for number, part in enumerate(parts):
            later = sum(one.height + between for one in parts[number:])
            part.shown = later <= room or part is parts[-1]
        for part in (part for part in parts if part.shown):
            top -= part.height
            part.pos = (x, top)
            top -= self.theme.up(3)

    def _tapped(self, part):
        self.dispatch("on_change", part.value)

    def on_change(self, fact):
        pass
