"""The screens: one module and one kv file for each step of the visit, registered here."""

from functools import cache
from pathlib import Path

from kivy.lang import Builder
from kivy.lang.parser import global_idmap

from kiosk.flow import Step
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.contacts import ContactsScreen
from kiosk.screens.district import DistrictScreen
from kiosk.screens.doctor import DoctorScreen
from kiosk.screens.facility import FacilityScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.home import HomeScreen
from kiosk.screens.icons import icon
from kiosk.screens.identify import IdentifyScreen
from kiosk.screens.out_of_service import OutOfServiceScreen
from kiosk.screens.result import ResultScreen
from kiosk.screens.specialty import SpecialtyScreen
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.theme import Theme
from kiosk.screens.time import TimeScreen
from kiosk.screens.welcome import WelcomeScreen
from kiosk.screens.widgets import bands, dialog, panels, rows, text, ticket_tile, times, touch, typing
from kiosk.screens.words import _
from kiosk.terminal import Terminal

FOLDER = Path(__file__).parent

#: Every step has its screen; a test keeps it so. In the order in which they are built ahead.
SCREENS: tuple[type[StepScreen], ...] = (
    WelcomeScreen,
    HomeScreen,
    SpecialtyScreen,
    DoctorScreen,
    TimeScreen,
    IdentifyScreen,
    ContactsScreen,
    ConfirmScreen,
    ResultScreen,
    HelpScreen,
    DistrictScreen,
    FacilityScreen,
    OutOfServiceScreen,
)

#: The components, in the order in which their rules build on each other; each has its kv file beside it.
WIDGETS = (text, touch, rows, panels, bands, dialog, times, typing, ticket_tile)


def install(theme: Theme) -> None:
    """Makes the theme and the words known to kv files, and loads the rules of the components and the frame.

    Screens made from now on look as this theme says.
    """
    theme.icon = icon
    global_idmap.update(theme=theme, _=_)
    for widget in WIDGETS:
        load_rules(f"widgets/{widget.__name__.rpartition('.')[2]}")
    load_rules("widgets/page")
    load_rules("frame")


def make_screen(step: Step, terminal: Terminal) -> StepScreen:
    """The screen of a step, new."""
    kind = next(kind for kind in SCREENS if kind.step is step)
    load_rules(kind.__module__.rpartition(".")[2])
    return kind(terminal)


@cache
def load_rules(name: str) -> None:
    """Loads one kv file of this folder; twice would double every child."""
    Builder.load_file(str(FOLDER / f"{name}.kv"))
