"""The screens: one module and one kv file for each step of the visit, registered in steps.py.

Here is what the first frame needs. The rest is loaded with the first screen that is built after it: it would
double the time to a welcome screen that reacts (issue 2).
"""

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang.parser import global_idmap

from kiosk.flow import Step
from kiosk.screens.dress import Dress
from kiosk.screens.rules import load_rules, load_widget_rules
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.widgets import bands, panels, text, touch
from kiosk.screens.words import _
from kiosk.terminal import Terminal

#: The components of the frame and the welcome screen.
WIDGETS = (text, touch, panels, bands)


def install(theme: Dress) -> None:
    """Makes the theme and the words known to kv files, and loads the rules of the first components and the frame.

    Screens made from now on look as this theme says, and follow it.
    """
    # As the window's own colour the page costs nothing; as a rectangle it takes as long to draw as all that is on it.
    Window.clearcolor = theme.page
    # Before one frame parts are placed inside out, with large text up to three times (fitting.py).
    Clock.max_iteration = 60
    global_idmap.update(theme=theme, _=_)
    load_widget_rules(WIDGETS)
    load_rules("widgets/page")
    load_rules("frame")


def make_screen(step: Step, terminal: Terminal) -> StepScreen:
    """The screen of a step, new."""
    kind = WelcomeScreen if step is Step.WELCOME else _later(step)
    load_rules(kind.__module__.rpartition(".")[2])
    return kind(terminal)


def _later(step: Step) -> type[StepScreen]:
    from kiosk.screens import steps

    load_widget_rules(steps.WIDGETS)
    return next(kind for kind in steps.SCREENS if kind.step is step)
