"""A doctor's week and day: seven days, and the times of one day in their columns (look.md section 5)."""

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.formats import places_words, short_day_words, time_words, weekday_words
from kiosk.screens.paging import COLUMNS, Line, day_parts
from kiosk.screens.widgets.layout import Container, Stack
from kiosk.screens.widgets.rows import Paged
from kiosk.screens.widgets.touch import Touchable
from kiosk.screens.words import _


class DayChip(Stack, Touchable):
    """One day of the strip: weekday, number, how many free times."""

    alone = True
    weekday = StringProperty("")
    number = StringProperty("")
    count = StringProperty("")

    def place(self, parts, x, y, width, height):
        super().place(parts, x, y, width, height)
        self.lacking = max(self.lacking, *(part.natural - width for part in parts))


class DayStrip(Container):
    """The seven days of a week (DayLoads) with the chosen one; `on_choose` gives the date."""

    days = ListProperty([])
    chosen = ObjectProperty(None, allownone=True)
    spacing = NumericProperty(0)
    short = BooleanProperty(False)
    language = StringProperty("")

    def __init__(self, **options):
        self.register_event_type("on_choose")
        super().__init__(fit=False, **options)
        self.bind(days=self._fill, chosen=self._fill, short=self._fill, language=self._fill)
        self.bind(spacing=self._arrange)

    def _fill(self, *_args):
        while len(self.parts) < len(self.days):
            chip = DayChip()
            chip.bind(on_tap=self._tapped)
            self.add_widget(chip)
        for number, chip in enumerate(self.parts):
            chip.shown = number < len(self.days)
            if chip.shown:
                self._fill_chip(chip, self.days[number])

    def _fill_chip(self, chip, load):
        chip.weekday = weekday_words(load.day, _.language)
        chip.number = str(load.day.day)
        chip.look = "none" if not load.free else "chosen" if load.day == self.chosen else "normal"
        chip.count = (
            places_words(load.free, _.language)
            if load.free
            else _("full")
            if load.busy
            else _("none")
            if self.short
            else _("closed")
        )
        chip.value = load.day

    def place(self, parts, x, y, width, height):
        if not parts:
            return
        for number, chip in enumerate(parts):
            left = number * (width + self.spacing) // len(parts)
            right = (number + 1) * (width + self.spacing) // len(parts) - self.spacing
            chip.size = (right - left, height)
            chip.pos = (x + left, y)

    def _tapped(self, chip):
        if chip.look != "chosen":
            self.dispatch("on_choose", chip.value)

    def on_choose(self, day):
        pass


class TimeChip(Touchable):
    """One time: free, being taken, or struck through; with `detail` (its day) among the nearest."""

    alone = True
    text = StringProperty("")
    detail = StringProperty("")
    style = StringProperty("body")
    struck = BooleanProperty(False)

    def place(self, parts, x, y, width, height):
        self.lacking = max(0, self.ids.words.natural - width)


class TimeGroup(Stack):
    """The name of a part of the day and how many times are free in it; beside its times where `beside`."""

    alone = True
    text = StringProperty("")
    free = StringProperty("")
    beside = BooleanProperty(False)

    def place(self, parts, x, y, width, height):
        super().place(parts, x, y, width, height)
        self.lacking = max(self.lacking, self.ids.words.natural - width)


class TimeBoard(Paged):
    """The times of a day (`times`: TimeStates) by part of the day; `on_choose` gives the time touched.

    `taking` is the start of the time that is being held at the moment. Times shrink from `most` to `least_time` before
    they are parted into pages.
    """

    times = ListProperty([])
    taking = ObjectProperty(None, allownone=True)
    most = NumericProperty(0)
    least_time = NumericProperty(0)
    spacing = NumericProperty(0)
    group_gap = NumericProperty(0)
    head_height = NumericProperty(0)
    beside = NumericProperty(0)
    language = StringProperty("")

    def __init__(self, **options):
        self._chips = []
        self._groups = []
        super().__init__(**options)
        self.bind(times=self._arrange, taking=self._arrange, most=self._arrange, beside=self._arrange)
        self.bind(language=self._arrange)

    def opening(self, pages):
        """The first with a time that can be had."""
        with_free = (number for number, page in enumerate(pages) if any(map(has_free, page)))
        return next(with_free, 0)

    def place(self, parts, x, y, width, height):
        day = day_parts(self.times)
        lines = self._lines(day, self._height(day, height + (self.pager_room if self.paged else 0)))
        page = self.present(lines, height)
        self._make_chips(sum(cell is not None for line in page for cell in line.cells[1:]))
        self._make_groups(len(day))
        chips, groups = iter(self._chips), iter(self._groups)
        top = y + height
        before = None
        for number, line in enumerate(page):
            top -= line.height + (line.gap if number else 0)
            part, row = line.cells[0], line.cells[1:]
            if line.head or (self.beside and part is not before):
                self._put_group(next(groups), part, x, top, width, line.height)
            before = part
            if not line.head:
                self._put_row(chips, row, x + self.beside, top, width - self.beside, line.height)
        for spare in (*chips, *groups):
            spare.shown = False

    def _height(self, day, height):
        """How high the times may be so that the day fits on one page, between `most` and `least_time`."""
        rows = sum(len(part.rows) for part in day)
        if not rows:
            return self.most
        heads = 0 if self.beside else len(day) * (self.head_height + self.spacing)
        gaps = (len(day) - 1) * self.group_gap + (rows - len(day)) * self.spacing
        return max(self.least_time, min(self.most, (height - heads - gaps) // rows))

    def _lines(self, day, height):
        lines = []
        for part in day:
            if not self.beside:
                lines.append(Line((part,), self.head_height, self.group_gap, head=True))
            for number, row in enumerate(part.rows):
                gap = self.group_gap if self.beside and not number else self.spacing
                lines.append(Line((part, *row), height, gap))
        return lines

    def on_reserve(self, *_args):
        self._make_chips(self.reserve)

    def _make_chips(self, count):
        while len(self._chips) < count:
            chip = TimeChip(kind="time", shown=False)
            chip.bind(on_tap=self._tapped)
            self._chips.append(chip)
            self.add_widget(chip)

    def _make_groups(self, count):
        while len(self._groups) < count:
            self._groups.append(TimeGroup(fit=False, shown=False))
            self.add_widget(self._groups[-1])

    def _put_group(self, group, part, x, y, width, height):
        group.text = (_("Morning"), _("Day"), _("Evening"))[part.part]
        group.free = (
            places_words(part.free, _.language) if self.beside else _("{count} free").format(count=part.free)
        )
        group.beside = bool(self.beside)
        group.shown = True
        group.size = (self.beside or width, height)
        group.pos = (x, y)

    def _put_row(self, chips, row, x, y, width, height):
        for number, time in enumerate(row):
            if time is None:
                continue
            left = number * (width + self.spacing) // COLUMNS
            right = (number + 1) * (width + self.spacing) // COLUMNS - self.spacing
            self._put_chip(next(chips), time, x + left, y, right - left, height)

    def _put_chip(self, chip, time, x, y, width, height):
        chip.value = time
        chip.text = time_words(time.start)
        chip.struck = not time.free
        taking = time.free and time.start == self.taking
        chip.look = "none" if not time.free else "taking" if taking else "normal"
        chip.shown = True
        chip.size = (width, height)
        chip.pos = (x, y)

    def _tapped(self, chip):
        self.dispatch("on_choose", chip.value)


def has_free(line):
    """Whether a line of the board has a time that can be had."""
    return any(time is not None and time.free for time in line.cells[1:])


class NearestTimes(Container):
    """Up to three free times (Appointments) instead of the one that was taken; `on_choose` gives the one touched."""

    items = ListProperty([])
    taking = ObjectProperty(None, allownone=True)
    spacing = NumericProperty(0)
    language = StringProperty("")

    def __init__(self, **options):
        self.register_event_type("on_choose")
        super().__init__(fit=False, **options)
        self.bind(items=self._fill, taking=self._fill, language=self._fill)

    def _fill(self, *_args):
        while len(self.parts) < len(self.items):
            chip = TimeChip(kind="nearest", style="title")
            chip.bind(on_tap=self._tapped)
            self.add_widget(chip)
        for number, chip in enumerate(self.parts):
            chip.shown = number < len(self.items)
            if chip.shown:
                appointment = self.items[number]
                chip.value = appointment
                chip.text = time_words(appointment.start)
                chip.detail = short_day_words(appointment.start.date(), _.language)
                chip.look = "taking" if appointment.start == self.taking else "normal"

    def place(self, parts, x, y, width, height):
        column = (width - 2 * self.spacing) // 3
        for number, chip in enumerate(parts):
            chip.size = (column, height)
            chip.pos = (x + number * (column + self.spacing), y)

    def _tapped(self, chip):
        self.dispatch("on_choose", chip.value)

    def on_choose(self, appointment):
        pass
