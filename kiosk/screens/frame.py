"""What stands around the present screen and over it: header, trail, footer, dialogs. Follows `terminal.step`."""

from collections.abc import Callable

from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.flow import Step
from kiosk.formats import clock_words, day_words, seconds_words, time_words
from kiosk.screens import trail
from kiosk.screens.words import _
from kiosk.terminal import Terminal
from kiosk.visit import Detour


class Frame(Widget):
    """The whole window. `make` builds the screen of a step; each is built once, at its first showing or by `prepare`."""

    name = StringProperty("")
    date = StringProperty("")
    clock = StringProperty("")
    has_trail = BooleanProperty(False)
    has_footer = BooleanProperty(False)
    has_back = BooleanProperty(False)
    has_help = BooleanProperty(False)
    has_finish = BooleanProperty(False)
    trail_items = ListProperty([])
    hold = StringProperty("")
    idle_left = NumericProperty(0)
    idle_total = NumericProperty(20)
    idle_words = StringProperty("")
    screen = ObjectProperty(None, allownone=True)

    def __init__(self, terminal: Terminal, make: Callable[[Step], Widget], **options):
        self.terminal = terminal
        self._make = make
        self._screens = {}
        super().__init__(**options)
        self._footer, self._trail, self._leaving, self._idle = (
            self.ids[name].__self__ for name in ("footer", "trail", "leaving", "idle")
        )
        for layer in (self._footer, self._trail, self._leaving, self._idle):
            self.remove_widget(layer)

    def prepare(self, step: Step) -> None:
        """Builds the screen of a step ahead of its first showing."""
        if step not in self._screens:
            self._screens[step] = self._make(step)

    def start_over(self) -> None:
        """Forgets all screens, as one of them may be broken, and shows the terminal on new ones."""
        if self.screen is not None:
            self.ids.place.remove_widget(self.screen)
        self.screen = None
        self._screens.clear()
        self.paint()

    def paint(self, *_args: object) -> None:
        """Shows the terminal as it is now."""
        self._paint_screen(self.terminal.step)
        self._paint_bands(self.terminal.step)
        self._paint_dialogs()

    def _paint_screen(self, step):
        self.prepare(step)
        screen = self._screens[step]
        if screen is not self.screen:
            if self.screen is not None:
                self.ids.place.remove_widget(self.screen)
            self.screen = screen
            self.ids.place.add_widget(screen)
            screen.open()
        screen.paint()

    def _paint_bands(self, step):
        now, home = self.terminal.clock(), self.terminal.home
        self.name = home.name if home else ""
        self.clock = time_words(now)
        words = day_words(now.date())
        self.date = words[0].upper() + words[1:] if step is Step.WELCOME else ""
        self.has_finish, self.has_back = self.screen.has_finish, self.screen.has_back
        self.has_help = step not in (Step.HELP, Step.WELCOME, Step.OUT_OF_SERVICE)
        self.has_footer = self.has_back or self.has_help
        self._layer(self._footer, self.has_footer)
        self._paint_trail()

    def _paint_trail(self):
        visit, widget = self.terminal.visit, self._trail
        if self.screen.has_trail:
            self.trail_items = trail.rail(visit) if widget.upright else trail.line(visit, widget.fits)
        self.has_trail = self.screen.has_trail and bool(self.trail_items)
        left = self.terminal.hold_left
        self.hold = _("We keep this time for you: {left}").format(left=clock_words(left)) if left else ""
        self._layer(widget, self.has_trail)

    def _paint_dialogs(self):
        left = self.terminal.idle_left
        self.idle_left = left or 0
        self.idle_words = _("In {seconds} we clear the screen, so that nobody sees your data.").format(
            seconds=seconds_words(left or 0)
        )
        self._layer(self._leaving, self.terminal.leaving, on_top=True)
        self._layer(self._idle, left is not None, on_top=True)

    def _layer(self, widget, shown, *, on_top=False):
        if shown and widget.parent is None:
            self.add_widget(widget, index=0 if on_top else len(self.children))
        elif not shown and widget.parent is not None:
            self.remove_widget(widget)

    def help(self) -> None:
        """«Помощь»."""
        self.terminal.look_aside(Detour.HELP)
