"""Words and icons, placed by their capitals and on whole px (look.md sections 3 and 10)."""

import re
from bisect import bisect_right
from functools import cache

from kivy.clock import Clock
from kivy.core.text import Label as Renderer
from kivy.core.text.markup import MarkupLabel
from kivy.graphics import Color, Rectangle
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    OptionProperty,
    StringProperty,
)
from kivy.utils import escape_markup, get_hex_from_color

from kiosk.screens.hyphens import hyphenated
from kiosk.screens.widgets.layout import Part

#: Spaces at which a line is not broken: «№ 5», «ул. Садовая», «1958 г. р.», «103 или 112».
TOGETHER = re.compile(r"(?<=№) |(?<=ул\.) |(?<=пр\.) |(?<=г\.) |(?<=\d) (?=или \d)|(?<=или) (?=\d)")
NO_BREAK = "\N{NO-BREAK SPACE}"


class Text(Part):
    """Words in one style. Its height is that of the capitals of its lines: accents and tails stand outside.

    The signs in the ranges of `marks` (from, to) stand out by weight and by `mark_colour`.
    It is as wide as its words (`natural`), unless `wrap` fits them into the width it is given; a container may
    make it wider, then `align` counts. `theme` is set by the kv rule.
    """

    text = StringProperty("")
    style = OptionProperty("label", options=["caption", "label", "body", "title", "display", "huge"])
    medium = BooleanProperty(False)
    wrap = BooleanProperty(False)
    align = OptionProperty("left", options=["left", "center", "right"])
    colour = ColorProperty([0, 0, 0, 1])
    theme = ObjectProperty(None, allownone=True)
    natural = NumericProperty(0)
    marks = ListProperty([])
    mark_colour = ColorProperty([0, 0, 0, 1])

    def __init__(self, **options):
        self._render_soon = Clock.create_trigger(self._render, -1)
        self._renderer = None
        self._wrapped_at = None
        super().__init__(**options)
        with self.canvas:
            self._tint = Color(*self.colour)
            self._picture = Rectangle(size=(0, 0))
        self.bind(
            text=self._render_soon, style=self._render_soon, medium=self._render_soon, theme=self._render_soon
        )
        self.bind(wrap=self._render_soon, align=self._render_soon, colour=self._paint)
        self.bind(marks=self._render_soon, mark_colour=self._paint)
        self.bind(pos=self._put, size=self._put, width=self._rewrap)
        self._render_soon()

    @property
    def lines(self):
        """How many lines the words take."""
        return self._lines

    @property
    def unsettled(self):
        """Whether it is still to be drawn before the next frame."""
        return self._render_soon.is_triggered

    def _rewrap(self, *_args):
        if self.wrap and self.width != self._wrapped_at:
            self._render_soon()

    def _render(self, *_args):
        if self.theme is None:
            return
        theme = self.theme
        font = theme.medium if self.medium else theme.regular
        size, step = theme.size(self.style), theme.step(self.style)
        self._wrapped_at = self.width if self.wrap else None
        limit = (max(1, self.width), None) if self.wrap else (None, None)
        words = TOGETHER.sub(NO_BREAK, self.text)
        # Less than a few signs is a width from before the layout; marks count the signs as they came.
        if self.wrap and not self.marks and self.width > 4 * size:
            words = hyphenated(words, self._fits)
        look = {
            "font_name": font,
            "font_size": size,
            "line_height": step,
            "text_size": limit,
            "halign": self.align,
        }
        if self.marks:
            marked = marked_up(words, self.marks, theme.medium, get_hex_from_color(self.mark_colour))
            renderer = MarkupLabel(text=marked, color=self.colour, **look)
        else:
            renderer = Renderer(text=words, **look)
        renderer.refresh()
        picture = renderer.texture
        one = line_height(font, size, step)
        self._lines = max(1, round(picture.height / one)) if self.text else 0
        self._above = ascent(font, size) - theme.capital(self.style)
        self._picture.texture = picture if self.text else None
        self._picture.size = picture.size if self.text else (0, 0)
        self.height = theme.capital(self.style) + (self._lines - 1) * one if self.text else 0
        self.natural = self._picture.size[0]
        if not self.wrap:
            self.width = self.natural
        self._tint.rgba = (1, 1, 1, 1) if self.marks else self.colour
        self._put()

    def _fits(self, words):
        return measure(self.theme, words, self.style, medium=self.medium) <= self.width

    def _paint(self, *_args):
        """Marked words are drawn in their colours, others are drawn white and tinted: cheaper."""
        if self.marks:
            self._render_soon()
        else:
            self._tint.rgba = self.colour

    def _put(self, *_args):
        width, height = self._picture.size
        if not width:
            return
        free = {"left": 0, "center": (self.width - width) // 2, "right": self.width - width}[self.align]
        # Not self.top: Kivy caches it, and it may be a step behind while `pos` is being told.
        self._picture.pos = (int(self.x + free), int(self.y + self.height + self._above - height))


def marked_up(text, marks, font, colour):
    """Kivy's markup of words in which some ranges of signs stand out."""
    parts, end = [], 0
    for first, last in marks:
        parts.append(escape_markup(text[end:first]))
        parts.append(f"[font={font}][color={colour}]{escape_markup(text[first:last])}[/color][/font]")
        end = last
    return "".join([*parts, escape_markup(text[end:])])


@cache
def line_height(font, size, step):
    """How far apart the lines of a font are, in px, as Kivy lays them out."""
    two, one = (_picture_height(font, size, step, words) for words in ("A\nA", "A"))
    return two - one


def _picture_height(font, size, step, words):
    renderer = Renderer(text=words, font_name=font, font_size=size, line_height=step)
    renderer.refresh()
    return renderer.texture.height


@cache
def ascent(font, size):
    """From the top of a line to its baseline, in px."""
    renderer = Renderer(text="A", font_name=font, font_size=size)
    renderer.refresh()
    return round(renderer.get_ascent())


def measure(theme, text, style, *, medium=False):
    """How wide these words would be, in px."""
    font = theme.medium if medium else theme.regular
    return Renderer(font_name=font, font_size=theme.size(style)).get_extents(text)[0]


def wrapped(theme, text, style, width, *, medium=False):
    """The lines into which Kivy would break these words; a word that is wider (an address, a path) breaks anywhere."""
    lines = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if measure(theme, longer, style, medium=medium) <= width:
            lines[-1:] = [longer]
        else:
            lines += _broken(theme, word, style, width, medium=medium)
    return lines or [""]


def _broken(theme, word, style, width, *, medium):
    """A word in parts as long as the width bears."""

    def wide(count):
        return measure(theme, word[:count], style, medium=medium)

    while word:
        fits = max(1, bisect_right(range(1, len(word) + 1), width, key=wide))
        yield word[:fits]
        word = word[fits:]


def block_height(theme, text, style, width, *, medium=False):
    """How high these words would stand in this width, in px."""
    size = theme.size(style)
    lines = len(wrapped(theme, text, style, width, medium=medium))
    font = theme.medium if medium else theme.regular
    return theme.capital(style) + (lines - 1) * line_height(font, size, theme.step(style))


class Icon(Part):
    """A drawing of assets/icons by its name, in one colour; its texture has the exact px size."""

    name = StringProperty("")
    side = NumericProperty(0)
    colour = ColorProperty([0, 0, 0, 1])
