"""Base of all screens: what each shows of the terminal besides its own answer."""

from datetime import datetime
from typing import ClassVar

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import clock_words, time_words
from kiosk.screens.fitting import Fitting
from kiosk.screens.widgets.layout import Page
from kiosk.screens.words import _
from kiosk.terminal import Terminal
from kiosk.views import Busy, Failed, Ready, Waiting
from kiosk.visit import Fact


class StepScreen(Page):
    """One step of the visit. Built once and reused: `open` when the step begins, `paint` at each change.

    Of `waiting`, `failure` and `ready` one is true; the kv rule shows the answer only when ready. While `looking_up`,
    what was touched is being asked for: the question says so.
    """

    step: ClassVar[Step]
    #: Whether the trail of what was chosen stands beside this screen, and whether Back and Finish do.
    has_trail: ClassVar[bool] = True
    has_back: ClassVar[bool] = True
    has_finish: ClassVar[bool] = True
    #: Whether the language can be changed here, and the modes.
    has_language: ClassVar[bool] = True
    has_access: ClassVar[bool] = True

    notice = ObjectProperty(None, allownone=True)
    failure = ObjectProperty(None, allownone=True)
    waiting = BooleanProperty(False)
    slow = BooleanProperty(False)
    ready = BooleanProperty(False)
    busy = BooleanProperty(False)
    looking_up = BooleanProperty(False)
    hold_left = NumericProperty(0)
    hold_total = NumericProperty(1)
    hold_words = StringProperty("")

    def __init__(self, terminal: Terminal, **options):
        self.terminal = terminal
        self._dismissed = None
        # Before its parts, which report to it: one that was not finished may still be laid out.
        self._fitting = Fitting(self)
        super().__init__(fit=False, **options)

    def now(self) -> datetime:
        """The local time of the terminal."""
        return self.terminal.clock()

    def fit_to(self, theme, *, anew):
        """Its text as large as this theme wishes or as its page bears, where it is another or the screen opens `anew`."""
        if anew or theme is not self._fitting.theme:
            self._fitting.reset(theme)

    def fit_soon(self):
        self._fitting.check()

    def open(self):
        """The step begins: what the screen alone remembers is as at first."""

    def forget(self):
        """The visit is over: nothing of it may be left on the screen, shown or not."""
        self._dismissed = self.notice = self.failure = None
        self.hold_words = ""

    def paint(self):
        """Shows the terminal as it is now; cheap where nothing changed."""
        self._fitting.check()
        content = self.terminal.content
        self.notice = None if self.terminal.notice is self._dismissed else self.terminal.notice
        self.busy = self.terminal.busy is not None
        self.looking_up = self.terminal.busy is Busy.LOOK_UP
        self.waiting = isinstance(content, Waiting)
        self.slow = isinstance(content, Waiting) and content.slow
        self.failure = content.explanation if isinstance(content, Failed) else None
        self.ready = isinstance(content, Ready)
        self._paint_hold()
        if isinstance(content, Ready):
            self.show(content.value)

    def show(self, value):
        """Shows the step's data (types: views.Ready)."""

    def dismiss(self):
        """The notice has been read; it makes room until there is another."""
        self._dismissed = self.terminal.notice
        self.paint()

    def retry(self):
        """«Попробовать ещё раз»."""
        self.terminal.retry()

    def _paint_hold(self):
        self.hold_left = self.terminal.hold_left or 0
        self.hold_total = self.terminal.hold_total
        self.hold_words = hold_words(self.terminal)


def hold_words(terminal: Terminal) -> str:
    """«Время 15:40 держим за вами ещё 4:32», '' while none is held."""
    appointment = terminal.visit.get(Fact.TIME)
    if not terminal.hold_left or appointment is None:
        return ""
    words = _("We keep {time} for you: {left} left")
    return words.format(time=time_words(appointment.start), left=clock_words(terminal.hold_left))
