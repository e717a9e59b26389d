"""How parts stand on a page: whole px, no guessing, no scrolling."""

from typing import ClassVar

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, VariableListProperty
from kivy.uix.widget import Widget


class Part(Widget):
    """Something that stands in a container: `gap` px after the part before it; not there at all unless `shown`.

    A `stretch` part takes what the others leave, in a Stack up to its `limit`; with less than `least` it is of no use.
    """

    gap = NumericProperty(0)
    shown = BooleanProperty(True)
    stretch = BooleanProperty(False)
    limit = NumericProperty(100_000)
    least = NumericProperty(0)

    def __init__(self, **options):
        super().__init__(size_hint=(None, None), **options)


class Container(Part):
    """Base of the arrangements: keeps its parts in their order, places those that are shown, before the next frame.

    With `fit` it is as large as its parts need, across the direction in which it grows. `lacking` says by how many px
    it is too small for them: then large text is made smaller (fitting.py), here `alone` or on the whole screen.
    """

    alone: ClassVar[bool] = False

    padding = VariableListProperty([0, 0, 0, 0])
    fit = BooleanProperty(True)
    lacking = NumericProperty(0)

    def __init__(self, **options):
        self.parts = []
        self._arrange = Clock.create_trigger(self._place, -1)
        super().__init__(**options)
        self.bind(pos=self._arrange, size=self._arrange, padding=self._arrange)

    def add_widget(self, widget, *args, **options):
        """A part at the end of the order, or any widget that places itself."""
        if isinstance(widget, Part):
            self.parts.append(widget)
            widget.bind(size=self._arrange, gap=self._arrange, limit=self._arrange, shown=self._show)
            if not widget.shown:
                return
        super().add_widget(widget, *args, **options)
        self._arrange()

    def _show(self, part, shown):
        if shown:
            super().add_widget(part)
        else:
            super().remove_widget(part)
        self._arrange()

    def on_lacking(self, *_args):
        part = self
        while part is not None and part.parent is not part:
            if isinstance(part, Page):
                part.fit_soon()
                return
            part = part.parent

    @property
    def unsettled(self):
        """Whether its parts are still to be placed before the next frame."""
        return self._arrange.is_triggered

    @property
    def seen(self):
        """The parts that are there now, in order."""
        return [part for part in self.parts if part.shown]

    def _place(self, *_args):
        left, top, right, bottom = self.padding
        self.place(
            self.seen, self.x + left, self.y + bottom, self.width - left - right, self.height - top - bottom
        )

    def place(self, parts, x, y, width, height):
        """Gives each part its place in the inner rectangle; here, the kv rule does."""


class Stack(Container):
    """Parts under each other from the top (`low`: down to the bottom), each as wide as the stack."""

    low = BooleanProperty(False)

    def __init__(self, **options):
        super().__init__(**options)
        self.bind(low=self._arrange)

    def place(self, parts, x, y, width, height):
        used = sum(part.gap + part.height for part in parts if not part.stretch)
        rest = max(0, height - used - sum(part.gap for part in parts if part.stretch))
        for part in parts:
            part.width = width
            if part.stretch:
                part.height = min(rest, part.limit)
        top = y + (sum(part.gap + part.height for part in parts) if self.low else height)
        for part in parts:
            top -= part.gap + part.height
            part.pos = (x, top)
        if self.fit:
            self.height = used + self.padding[1] + self.padding[3]
        else:
            stretching = sum(part.gap + part.least for part in parts if part.stretch)
            self.lacking = max(0, used + stretching - height)


class Page(Stack):
    """Base of the screens: a stack that is as high as it is."""

    def fit_soon(self):
        """Something on it lacks room."""


class Bar(Container):
    """Parts beside each other from the left, middles on one level; with `level` the tops are on one level instead.

    With `hug` it is as wide as its parts need.
    """

    level = BooleanProperty(False)
    hug = BooleanProperty(False)

    def place(self, parts, x, y, width, height):
        used = sum(part.gap + part.width for part in parts if not part.stretch)
        rest = max(0, width - used - sum(part.gap for part in parts if part.stretch))
        if self.hug:
            self.width = used + self.padding[0] + self.padding[2]
        for part in parts:
            if part.stretch:
                part.width = rest
            x += part.gap
            part.pos = (x, y + (height - part.height if self.level else (height - part.height) // 2))
            x += part.width
        if self.fit and parts:
            self.height = max(part.height for part in parts) + self.padding[1] + self.padding[3]


class Split(Container):
    """Two parts: under each other, or (`beside`) the second at the right, `side` px wide, both from the top."""

    beside = BooleanProperty(False)
    side = NumericProperty(0)
    spacing = NumericProperty(0)

    def __init__(self, **options):
        super().__init__(**options)
        self.bind(beside=self._arrange, side=self._arrange, spacing=self._arrange)

    def place(self, parts, x, y, width, height):
        first, second = parts
        top = y + height
        if self.beside:
            first.width, second.width = width - self.side - self.spacing, self.side
            first.pos, second.pos = (x, top - first.height), (x + width - self.side, top - second.height)
            used = max(first.height, second.height)
        else:
            first.width = second.width = width
            first.pos = (x, top - first.height)
            second.pos = (x, first.y - self.spacing - second.height)
            used = first.height + self.spacing + second.height
        if not self.fit:
            second.height = height if self.beside else height - first.height - self.spacing
            second.y = y
            self.lacking = max(0, first.height - (height if self.beside else height - self.spacing))
        else:
            self.height = used


class Place(Widget):
    """Gives its one child its own place and size."""

    def __init__(self, **options):
        super().__init__(size_hint=(None, None), **options)
        self.bind(pos=self._fit, size=self._fit, children=self._fit)

    def _fit(self, *_args):
        for child in self.children:
            child.pos, child.size = self.pos, self.size
