"""All screens but the first, and the components that only they need."""

from kiosk.screens.access import AccessScreen
from kiosk.screens.area import AreaScreen
from kiosk.screens.cabinet import CabinetScreen
from kiosk.screens.code import CodeScreen
from kiosk.screens.confirm import ConfirmScreen
from kiosk.screens.contacts import ContactsScreen
from kiosk.screens.district import DistrictScreen
from kiosk.screens.doctor import DoctorScreen
from kiosk.screens.doctor_card import DoctorCardScreen
from kiosk.screens.doctor_search import DoctorSearchScreen
from kiosk.screens.elsewhere import ElsewhereScreen
from kiosk.screens.facility import FacilityScreen
from kiosk.screens.facility_card import FacilityCardScreen
from kiosk.screens.facility_search import FacilitySearchScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.history import HistoryScreen
from kiosk.screens.home import HomeScreen
from kiosk.screens.identify import IdentifyScreen
from kiosk.screens.locked import LockedScreen
from kiosk.screens.maintenance import MaintenanceScreen
from kiosk.screens.message import MessageScreen
from kiosk.screens.messages import MessagesScreen
from kiosk.screens.mine import MineScreen
from kiosk.screens.no_times import NoTimesScreen
from kiosk.screens.out_of_service import OutOfServiceScreen
from kiosk.screens.own_contacts import OwnContactsScreen
from kiosk.screens.pin import PinScreen
from kiosk.screens.result import ResultScreen
from kiosk.screens.specialty import SpecialtyScreen
from kiosk.screens.step_screen import StepScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.ticket_number import TicketNumberScreen
from kiosk.screens.time import TimeScreen
from kiosk.screens.wait import WaitScreen
from kiosk.screens.waiting import WaitingScreen
from kiosk.screens.widgets import (
    cards,
    list_page,
    rows,
    search_board,
    search_page,
    state_lines,
    ticket_tile,
    times,
    typing,
)

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
    DoctorSearchScreen,
    FacilitySearchScreen,
    MineScreen,
    FacilityCardScreen,
    DoctorCardScreen,
    AreaScreen,
    NoTimesScreen,
    ElsewhereScreen,
    WaitScreen,
    WaitingScreen,
    CabinetScreen,
    HistoryScreen,
    TicketScreen,
    MessagesScreen,
    MessageScreen,
    LockedScreen,
    OutOfServiceScreen,
    PinScreen,
    TicketNumberScreen,
    OwnContactsScreen,
    CodeScreen,
    MaintenanceScreen,
)

#: In the order in which their rules build on each other; each has its kv file beside it.
WIDGETS = (rows, times, typing, search_board, search_page, list_page, ticket_tile, cards, state_lines)
