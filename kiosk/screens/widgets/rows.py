"""Lists that are pages of large rows with arrows, never scrolled (look.md section 5: list row, tile)."""

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)

from kiosk.screens.paging import Line, in_columns, paginate
from kiosk.screens.widgets.layout import Bar, Container, Stack
from kiosk.screens.widgets.text import Text, block_height, measure
from kiosk.screens.widgets.touch import PushButton, Touchable


class RowDetail(Bar):
    """The second line of a row, with the pill."""

    alone = True

    def place(self, parts, x, y, width, height):
        super().place(parts, x, y, width, height)
        self.lacking = max(0, sum(part.gap + part.width for part in parts) - width)


class ListRow(Bar, Touchable):
    """A name with a second line and, at the right, what decides. Its names are given from the longest to the
    shortest (a line break parts one in two); the first that fits is shown, and never cut. Where it was `searched`
    for, the `marks` of its first name and of its detail stand out, and the rest is of the weight of reading.
    """

    alone = True
    names = ListProperty([""])
    icon = StringProperty("")
    detail = StringProperty("")
    detail_colour = StringProperty("quiet")
    pill = StringProperty("")
    nearest = StringProperty("")
    nearest_detail = StringProperty("")
    nearest_colour = StringProperty("primary")
    sign = StringProperty("right")
    style = StringProperty("body")
    marks = ListProperty([])
    detail_marks = ListProperty([])
    searched = BooleanProperty(False)
    theme = ObjectProperty(None, allownone=True)
    whole = ObjectProperty(None, allownone=True)

    def __init__(self, **options):
        super().__init__(**options)
        # Placing chooses the name: without this a row keeps the name of another doctor whose parts are as large.
        self.bind(names=self._arrange, detail=self._arrange, marks=self._arrange)
        self.bind(theme=self._arrange)
        self.bind(names=self._restore)

    def place(self, parts, x, y, width, height):
        super().place(parts, x, y, width, height)
        words = self.ids.name
        words.text, words.style = self._fitting(words.parent.width)
        words.marks = [mark for mark in self.marks if self._stands(mark, words.text)]

    def _stands(self, mark, name):
        """Whether these signs of the first name stand at their place in the one that is shown."""
        first, last = mark
        return self.names[0][first:last] == name[first:last].replace("\n", " ")

    def _fitting(self, width):
        """The name that is shown and its style."""
        name, style = self._longest(width)
        self.lacking = max(0, self._needs(name, style, width) - self.height)
        return name, style

    def _longest(self, width):
        """The longest name that stands unbroken; else the last one, smaller where it would not fit the height."""
        for name in self.names:
            lines = name.split("\n")
            whole = all(measure(self.theme, line, self.style, medium=True) <= width for line in lines)
            if whole and self._needs(name, self.style, width) <= self.height:
                return name, self.style
        name = self.names[-1]
        return name, self.style if self._needs(name, self.style, width) <= self.height else "label"

    def _needs(self, name, style, width):
        """How high the name and what stands under it would be, with a little air."""
        detail = 0
        if self.detail:
            detail = self.theme.mm(5.6) + block_height(self.theme, self.detail, "label", width)
        return block_height(self.theme, name, style, width, medium=True) + detail + self.theme.mm(6)

    def _restore(self, *_args):
        """Other words may have room again."""
        for part in self.walk(restrict=True):
            if isinstance(part, Text | ListRow):
                part.theme = self.whole


class SearchEntry(PushButton):
    """The way into a search: looks like a field, words at the left."""

    def place(self, parts, x, y, width, height):
        left = x
        for number, part in enumerate(parts):
            left += part.gap if number else 0
            part.pos = (left, y + (height - part.height) // 2)
            left += part.width
        self.lacking = max(0, left - x - width)


class Paged(Container):
    """Base of what shows its `items` page by page, each page as many as there is room for.

    Offers `first`, `last` and `count` (cells, from 1), `has_before`, `has_after` and `paged` to a Pager;
    `pager_room` is what a Pager under it takes; so many cells as in `reserve` are built with it, the rest when needed.
    """

    items = ListProperty([])
    page = NumericProperty(0)
    first = NumericProperty(0)
    last = NumericProperty(0)
    count = NumericProperty(0)
    paged = BooleanProperty(False)
    has_before = BooleanProperty(False)
    has_after = BooleanProperty(False)
    pager_room = NumericProperty(0)
    reserve = NumericProperty(0)

    def __init__(self, **options):
        self.register_event_type("on_choose")
        self._pages = 0
        self._turned = False
        super().__init__(fit=False, **options)
        self.bind(items=self._arrange, page=self._arrange, pager_room=self._arrange)

    def turn(self, pages):
        """Pages further (1) or back (-1)."""
        self._turned = True
        self.page = max(0, self.page + pages)

    def present(self, lines, height):
        """The lines of the present page, when the container is `height` px high now."""
        whole = height + (self.pager_room if self.paged else 0)
        pages = paginate(lines, whole)
        if len(pages) > 1 and self.pager_room:
            pages = paginate(lines, whole - self.pager_room)
        self.paged = len(pages) > 1
        if self.page < 0:
            self._turned = False
        # A notice over the board makes two pages of one: then, too, the first with something to choose is on show.
        is_new = self.page < 0 or (len(pages) != self._pages and not self._turned)
        self.page = min(self.opening(pages) if is_new else self.page, max(0, len(pages) - 1))
        self._pages = len(pages)
        counts = [sum(cells(line) for line in page) for page in pages]
        self.count = sum(counts)
        before = sum(counts[: self.page])
        self.first, self.last = before + 1, before + (counts[self.page] if counts else 0)
        self.has_before, self.has_after = self.page > 0, self.page < len(pages) - 1
        return pages[self.page] if pages else ()

    def opening(self, pages):
        """The page that is shown where none was chosen (a `page` below 0)."""
        return 0

    def on_choose(self, value):
        pass


def cells(line):
    """How many cells of a line can be chosen or seen."""
    return 0 if line.head else sum(cell is not None for cell in line.cells)


class Rows(Paged):
    """Rows in `columns`, or `one_column` for large text. An item is a dict of ListRow's properties, or a text: the head of a group.

    `on_choose` gives the value of the row that was touched; all of them would be `needed` px high.
    """

    columns = NumericProperty(1)
    row_height = NumericProperty(0)
    head_height = NumericProperty(0)
    spacing = NumericProperty(0)
    group_gap = NumericProperty(0)
    one_column = BooleanProperty(False)
    needed = NumericProperty(0)

    def __init__(self, **options):
        self._rows = []
        self._heads = []
        super().__init__(**options)
        for name in ("items", "columns", "one_column", "row_height", "head_height", "spacing", "group_gap"):
            self.bind(**{name: self._measure})

    def _measure(self, *_args):
        lines = self._lines()
        self.needed = sum(line.gap + line.height for line in lines) - (lines[0].gap if lines else 0)
        self._arrange()

    def place(self, parts, x, y, width, height):
        page = self.present(self._lines(), height)
        self._make_rows(sum(cells(line) for line in page))
        self._make_heads(sum(line.head for line in page))
        rows, heads = iter(self._rows), iter(self._heads)
        top = y + height
        for number, line in enumerate(page):
            top -= line.height + (line.gap if number else 0)
            if line.head:
                self._put_head(next(heads), line, x, top, width)
            else:
                self._put_rows(rows, line, x, top, width)
        for spare in heads:
            spare.shown = False
        for spare in rows:
            spare.shown = False
            fill(spare, EMPTY)

    def _lines(self):
        lines, run = [], []
        for item in [*self.items, None]:
            if isinstance(item, dict):
                run.append(item)
                continue
            lines += [Line(row, self.row_height, self.spacing) for row in in_columns(run, self._columns)]
            run = []
            if item is not None:
                lines.append(Line((item,), self.head_height, self.group_gap, head=True))
        return lines

    @property
    def _columns(self):
        return 1 if self.one_column else self.columns

    def on_reserve(self, *_args):
        self._make_rows(self.reserve)

    def _make_rows(self, count):
        while len(self._rows) < count:
            row = ListRow(shown=False)
            row.bind(on_tap=self._tapped)
            self._rows.append(row)
            self.add_widget(row)

    def _make_heads(self, count):
        while len(self._heads) < count:
            self._heads.append(GroupHead(fit=False, shown=False))
            self.add_widget(self._heads[-1])

    def _put_head(self, head, line, x, y, width):
        head.text = line.cells[0]
        head.shown = True
        head.size = (width, line.height)
        head.pos = (x, y)

    def _put_rows(self, rows, line, x, y, width):
        column = (width - self.spacing * (self._columns - 1)) // self._columns
        for number, item in enumerate(line.cells):
            row = next(rows)
            fill(row, item)
            row.shown = True
            row.size = (column, line.height)
            row.pos = (x + number * (column + self.spacing), y)

    def _tapped(self, row):
        self.dispatch("on_choose", row.value)


class FewRows(Rows):
    """Rows as high as they need, for a few of them."""


class GroupHead(Stack):
    """The name of a group of rows, over them."""

    text = StringProperty("")


#: What a row is where its item does not say.
PLAIN = {
    "kind": "row",
    "look": "normal",
    "style": "body",
    "marks": (),
    "detail_marks": (),
    "searched": False,
    "icon": "",
    "detail": "",
    "detail_colour": "quiet",
    "pill": "",
    "nearest": "",
    "nearest_detail": "",
    "nearest_colour": "primary",
    "sign": "right",
}


#: A row that is not there says nothing of what stood on it.
EMPTY = {"names": [""], "value": None}


def fill(row, item):
    """Makes a row show an item, and nothing of the one before."""
    for name, value in {**PLAIN, **item}.items():
        setattr(row, name, value)


class Pager(Bar):
    """«Выше», «1–7 из 9», «Ниже» for a Paged; `compact` without the words, beside a title."""

    pages = ObjectProperty(None, allownone=True, rebind=True)
    compact = BooleanProperty(False)
    counted = BooleanProperty(True)
