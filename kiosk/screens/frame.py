"""What stands around the present screen and over it: header, trail, footer, dialogs. Follows `terminal.step`."""

from collections import defaultdict
from collections.abc import Callable

from kivy.core.window import Window
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.widget import Widget

from kiosk.flow import Step
from kiosk.formats import clock_words, day_words, seconds_words, shortest_day_words, time_words
from kiosk.modes import USUAL
from kiosk.screens import trail
from kiosk.screens.dress import Dress
from kiosk.screens.live import COMMON, Group
from kiosk.screens.own import cancel_words
from kiosk.screens.rules import load_rules
from kiosk.screens.steadiness import HAND_MM, Steadiness
from kiosk.screens.widgets.bands import Lowered
from kiosk.screens.widgets.dialog import CancelDialog, IdleDialog, LeavingDialog
from kiosk.screens.words import SHORT_NAMES, _, other
from kiosk.terminal import Terminal
from kiosk.views import Busy, PlaceRow, Ready
from kiosk.visit import Detour, Intent

#: Where there is nothing to help with, or nobody to be helped.
WITHOUT_HELP = (Step.HELP, Step.WELCOME, Step.LOCKED, Step.OUT_OF_SERVICE, Step.PIN, Step.MAINTENANCE)

#: Built ahead before all others: where the first touch leads, and where a policy does that is shown right after a start.
_FIRST = (Step.HOME, Step.IDENTIFY, Step.MINE)


class Frame(Widget):
    """The whole window. `make` builds the screen of a step; each is built once, at its first showing or by `prepare`."""

    name = StringProperty("")
    date = StringProperty("")
    clock = StringProperty("")
    other_language = StringProperty("")
    has_trail = BooleanProperty(False)
    has_footer = BooleanProperty(False)
    has_back = BooleanProperty(False)
    has_usual = BooleanProperty(False)
    has_help = BooleanProperty(False)
    has_access = BooleanProperty(False)
    has_language = BooleanProperty(False)
    has_finish = BooleanProperty(False)
    trail_items = ListProperty([])
    hold = StringProperty("")
    screen = ObjectProperty(None, allownone=True)

    def __init__(self, terminal: Terminal, theme: Dress, make: Callable[[Step], Widget], **options):
        self.terminal = terminal
        self._theme = theme
        self._make = make
        self._screens = {}
        self._groups = defaultdict(Group)
        self._bands = Group()
        self._steadiness = Steadiness()
        self._visit_key = ""
        self._trail_said = None
        with self._bands.collecting():
            super().__init__(**options)
        self._leaving = self._idle = self._cancel = self._lowered = None
        self._footer, self._trail = (self.ids[name].__self__ for name in ("footer", "trail"))
        for layer in (self._footer, self._trail):
            self.remove_widget(layer)

    def prepare(self, step: Step) -> None:
        """Builds the screen of a step ahead of its first showing."""
        if step not in self._screens:
            with self._groups[step].collecting():
                self._screens[step] = self._make(step)

    def prepare_next(self) -> bool:
        """Builds what is missing ahead of its first showing, one screen at a time; False when nothing is."""
        step = next((step for step in (*_FIRST, *Step) if step not in self._screens), None)
        if step is not None:
            self.prepare(step)
        elif self._idle is None:
            self.prepare_dialogs()
        else:
            return False
        return True

    def prepare_dialogs(self) -> None:
        """Builds the dialogs, where they are not there yet."""
        if self._idle is None:
            load_rules("widgets/dialog")
            terminal = self.terminal
            with self._bands.collecting():
                self._leaving = LeavingDialog(
                    on_main=lambda _dialog: terminal.stay(), on_other=lambda _dialog: terminal.leave()
                )
                self._cancel = CancelDialog(
                    on_main=lambda _dialog: terminal.keep(), on_other=lambda _dialog: terminal.cancel()
                )
                self._idle = IdleDialog(
                    on_main=lambda _dialog: terminal.stay(), on_other=lambda _dialog: terminal.finish()
                )
            self.bind(size=self._place_dialogs)
            self._place_dialogs()

    def start_over(self) -> None:
        """Forgets all screens, as one of them may be broken, and shows the terminal on new ones."""
        if self.screen is not None:
            self.ids.place.remove_widget(self.screen)
        self.screen = None
        self._screens.clear()
        self._groups.clear()
        self.paint()

    def paint(self, *_args: object) -> None:
        """Shows the terminal as it is now."""
        self._follow_the_visitor()
        self._forget_the_last_visit()
        self._paint_screen(self.terminal.step)
        self._paint_bands(self.terminal.step)
        self._paint_dialogs()

    def _follow_the_visitor(self):
        """The language and the modes of the visit; a screen that is not on show follows when it comes."""
        if self.terminal.language != _.language:
            _.speak(self.terminal.language)
        if self.terminal.modes != self._theme.modes:
            self._theme.wear(self.terminal.modes)
            Window.clearcolor = self._theme.page
        for group in (COMMON, self._bands):
            group.renew()

    def _forget_the_last_visit(self):
        if self._visit_key == self.terminal.visit.key:
            return
        self._visit_key = self.terminal.visit.key
        self.trail_items = []
        self._trail_said = None
        if self._cancel is not None:
            self._cancel.text = ""
        for step, screen in self._screens.items():
            if step is not self.terminal.step:
                screen.forget()

    def _paint_screen(self, step):
        self.prepare(step)
        self._groups[step].renew()
        screen = self._screens[step]
        screen.fit_to(self._theme.now, anew=screen is not self.screen)
        if screen is not self.screen:
            if self.screen is not None:
                self.ids.place.remove_widget(self.screen)
            self.screen = screen
            screen.open()
            self.ids.place.add_widget(screen)
        screen.paint()

    def _paint_bands(self, step):
        now, home = self.terminal.clock(), self.terminal.home
        self.name = home.name if home else ""
        self.clock = time_words(now)
        self.other_language = SHORT_NAMES[other(_.language)]
        day = shortest_day_words if self._theme.large else day_words
        words = day(now.date(), _.language)
        self.date = words[0].upper() + words[1:] if step is Step.WELCOME else ""
        self.has_finish, self.has_back = self.screen.has_finish, self.screen.has_back
        self.has_help = step not in WITHOUT_HELP
        self.has_language, self.has_access = self.screen.has_language, self.screen.has_access
        self.has_usual = self._theme.modes.any and self.screen.has_language
        self.has_footer = self.has_back or self.has_help or self.has_access or self.has_usual
        self._layer(self._footer, self.has_footer)
        self._paint_lowered()
        self._paint_trail()

    def _paint_lowered(self):
        """Over the frame, where that has moved down."""
        low = self._theme.low
        if low and self._lowered is None:
            with self._bands.collecting():
                self._lowered = Lowered()
        if low:
            margin, header = self._theme.margin, self.ids.header
            self._lowered.pos = (self.x + margin, header.top + self._theme.mm(24))
            self._lowered.width = self.width - 2 * margin
        if self._lowered is not None:
            self._layer(self._lowered, low)

    def _paint_trail(self):
        visit, widget = self.terminal.visit, self._trail
        if self.screen.has_trail:
            self._say_trail(visit, widget)
        self.has_trail = self.screen.has_trail and bool(self.trail_items)
        left = self.terminal.hold_left
        self.hold = _("We keep this time for you: {left}").format(left=clock_words(left)) if left else ""
        self._layer(widget, self.has_trail)

    def _say_trail(self, visit, widget):
        """Measuring the words takes longer than all the rest of the bands, and they seldom change."""
        known = (visit.intent, visit.known)
        said = (known, _.language, self._theme.now, widget.width, widget.upright)
        if said != self._trail_said:
            self._trail_said = said
            self.trail_items = trail.rail(visit) if widget.upright else trail.line(visit, widget.fits)

    def _paint_dialogs(self):
        leaving, left = self.terminal.leaving, self.terminal.idle_left
        cancelling = self.terminal.cancelling and isinstance(self.terminal.content, Ready)
        if leaving or cancelling or left is not None:
            self.prepare_dialogs()
        if self._idle is None:
            return
        if left is not None:
            words = _("In {seconds} we clear the screen, so that nobody sees your data.")
            self._idle.left, self._idle.text = left, words.format(seconds=seconds_words(left, _.language))
        if leaving:
            self._leaving.of = self._left_open()
        if cancelling:
            row = self.terminal.content.value.row
            self._cancel.waits, self._cancel.text = isinstance(row, PlaceRow), cancel_words(row)
        self._layer(self._cancel, cancelling, on_top=True)
        self._layer(self._leaving, leaving, on_top=True)
        self._layer(self._idle, left is not None, on_top=True)

    def _left_open(self):
        """What is asked for and not answered yet, besides a booking."""
        if self.terminal.busy is Busy.CANCEL:
            return "cancel"
        return "move" if self.terminal.visit.intent is Intent.MOVE else ""

    def _place_dialogs(self, *_args):
        for dialog in (self._leaving, self._cancel, self._idle):
            dialog.pos, dialog.size = self.pos, self.size

    def _layer(self, widget, shown, *, on_top=False):
        if shown and widget.parent is None:
            self.add_widget(widget, index=0 if on_top else len(self.children))
        elif not shown and widget.parent is not None:
            self.remove_widget(widget)

    def on_touch_down(self, touch):
        if self._theme.modes.steady and self._steadiness.is_again(touch, self._theme.mm(HAND_MM)):
            return True
        return super().on_touch_down(touch)

    def turn_language(self) -> None:
        """«Eng», «Рус»: the other language, the visit as it is."""
        self.terminal.set_language(other(_.language))

    def access(self) -> None:
        """«Доступность»."""
        self.terminal.look_aside(Detour.ACCESS)

    def usual(self) -> None:
        """«Обычный вид»."""
        self.terminal.set_modes(USUAL)

    def help(self) -> None:
        """«Помощь»."""
        self.terminal.look_aside(Detour.HELP)
