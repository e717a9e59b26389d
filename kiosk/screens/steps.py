"""All screens but the first, and the components that only they need."""

from kiosk.screens.access import AccessScreen
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.contacts import ContactsScreen
from kiosk.screens.district import DistrictScreen
from kiosk.screens.doctor import DoctorScreen
from kiosk.screens.facility import FacilityScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.home import HomeScreen
from kiosk.screens.identify import IdentifyScreen
from kiosk.screens.out_of_service import OutOfServiceScreen
from kiosk.screens.result import ResultScreen
from kiosk.screens.specialty import SpecialtyScreen
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.time import TimeScreen
from kiosk.screens.widgets import rows, search_board, ticket_tile, times, typing

#: Every other step has its screen.
SCREENS: tuple[type[StepScreen], ...] = (
    HomeScreen,
    SpecialtyScreen,
    DoctorScreen,
    TimeScreen,
    IdentifyScreen,
    ContactsScreen,
    ConfirmScreen,
    ResultScreen,
    HelpScreen,
    AccessScreen,
    DistrictScreen,
    FacilityScreen,
    OutOfServiceScreen,
)

#: In the order in which their rules build on each other; each has its kv file beside it.
WIDGETS = (rows, times, typing, search_board, ticket_tile)
