"""TIME: a week of the doctor and the times of one day; nearest times instead of one just taken."""

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from kiosk.flow import Step
from kiosk.formats import time_words, week_words
from kiosk.screens.listing import is_far
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.words import _
from kiosk.views import Busy
from kiosk.visit import Detour, Fact, Intent


class TimeScreen(StepScreen):
    """When. A touch on a free time holds it (R22)."""

    step = Step.TIME
    days = ListProperty([])
    times = ListProperty([])
    nearest = ListProperty([])
    chosen = ObjectProperty(None, allownone=True)
    taking = ObjectProperty(None, allownone=True)
    week = StringProperty("")
    as_of = StringProperty("")
    taken_title = StringProperty("")
    nearest_title = StringProperty("")
    has_earlier = BooleanProperty(False)
    has_later = BooleanProperty(False)
    is_empty = BooleanProperty(False)
    far = BooleanProperty(False)
    moving = BooleanProperty(False)

    def open(self):
        self.taking = None
        self.ids.board.page = -1

    def paint(self):
        super().paint()
        if self.terminal.busy is not Busy.HOLD:
            self.taking = None
        self.moving = self.terminal.visit.intent is Intent.MOVE
        taken = self.terminal.taken
        if taken:
            # Its own banner says it, with the time.
            self.notice = None
        self.nearest = list(taken.nearest) if taken else []
        time = time_words(taken.start) if taken else ""
        self.taken_title = _("The time {time} has just been taken").format(time=time) if taken else ""
        self.nearest_title = _("Nearest to {time}").format(time=time) if taken and taken.nearest else ""

    def forget(self):
        super().forget()
        self.days, self.times, self.chosen = [], [], None

    def show(self, value):
        if value.chosen != self.chosen:
            self.ids.board.page = -1
        self.days = list(value.days)
        self.chosen = value.chosen
        self.times = [time for load in value.days if load.day == value.chosen for time in load.times]
        self.week = week_words(value.days[0].day, value.days[-1].day, _.language) if value.days else ""
        self.as_of = _("Times as of {time}").format(time=time_words(value.as_of))
        self.has_earlier, self.has_later = value.has_earlier, value.has_later
        self.is_empty = value.chosen is None
        free = [load.day for load in value.days if load.free]
        self.far = not value.has_earlier and is_far(free[0] if free else None, self.now().date())

    def choose_time(self, time):
        """A free time of the board (TimeState), or one of the nearest (Appointment)."""
        self.taking = time.start
        self.terminal.choose_time(time)

    def show_doctor(self):
        """«О враче» (R7)."""
        self.terminal.look_aside(Detour.DOCTOR_CARD)

    def choose_another_doctor(self):
        """«Другой врач»."""
        self.terminal.change(Fact.DOCTOR)
