"""What is said around the answers: banners, waiting, failures, progress (look.md section 5)."""

from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.widgets.layout import Bar, Part, Stack
from kiosk.screens.widgets.touch import Box


class Banner(Bar, Box):
    """What happened and what now, at the place where it matters, until its cause ends.

    `tone` is info, good, warning or danger; `action` is the text of its button, which sends `on_act`.
    """

    tone = StringProperty("warning")
    title = StringProperty("")
    text = StringProperty("")
    action = StringProperty("")
    theme_colour = ColorProperty([0, 0, 0, 1])

    def __init__(self, **options):
        self.register_event_type("on_act")
        super().__init__(**options)

    def on_act(self):
        pass


class Notice(Banner):
    """The banner of an Explanation (kiosk/explanations.py); not there without one.

    With `acts` it offers to try again where that makes sense.
    """

    explanation = ObjectProperty(None, allownone=True)
    acts = BooleanProperty(True)

    def on_explanation(self, _banner, explanation):
        self.title = explanation.title if explanation else ""
        self.text = explanation.text if explanation else ""
        self.shown = explanation is not None


class Head(Bar):
    """The question of the screen; what turns its pages stands right of it."""

    text = StringProperty("")


class HintPanel(Bar, Box):
    """What can be done instead of typing, with the devices that are there; not touchable."""

    card = BooleanProperty(False)
    code = BooleanProperty(False)
    title = StringProperty("")
    text = StringProperty("")


class WaitPanel(Stack):
    """The answer is being asked for; `slow` says so in words and names the way out."""

    slow = BooleanProperty(False)


class FailPanel(Stack):
    """The answer could not be had: what happened, what now; `on_retry` where trying again makes sense."""

    explanation = ObjectProperty(None, allownone=True)

    def __init__(self, **options):
        self.register_event_type("on_retry")
        super().__init__(**options)

    def on_retry(self):
        pass


class Meter(Part):
    """A bar that shows how much of something is left, 0 to 1."""

    share = NumericProperty(0)


class HoldLine(Stack):
    """For how long the chosen time is still held; `full` adds the bar."""

    left = NumericProperty(0)
    total = NumericProperty(1)
    words = StringProperty("")
    full = BooleanProperty(False)


class AcuteLine(Bar):
    """What to do at once where times are far away (R46)."""


class Disc(Part):
    """An outcome at a glance: a white icon on a coloured disc."""

    icon = StringProperty("")
    colour = ColorProperty([0, 0, 0, 1])


class HelpLine(Bar):
    """Something to know: an icon, a line, and more about it."""

    icon = StringProperty("")
    title = StringProperty("")
    text = StringProperty("")
