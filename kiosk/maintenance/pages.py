"""Which pages there are, in the order of the menu."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.booking import Booking
from kiosk.devices.health import Health
from kiosk.devices.receipt_printer import ReceiptPrinter
from kiosk.journal import Journal
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.closing_page import ClosingPage
from kiosk.maintenance.devices_page import DevicesPage
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Page, Tools
from kiosk.maintenance.papers_page import PapersPage
from kiosk.maintenance.printing_page import PrintingPage
from kiosk.maintenance.restart_page import RestartPage
from kiosk.ports import Registry
from kiosk.settings import Settings


@dataclass(frozen=True)
class House:
    """What the pages are about."""

    settings: Settings
    registry: Registry
    booking: Booking
    journal: Journal
    printer: ReceiptPrinter
    health: Health
    closing: Closing


def furnish(house: House, tools: Tools, restart: Callable[[], None]) -> Maintenance:
    """All pages, new; `restart` ends the program, to be started anew."""
    papers = PapersPage(tools)
    pages: tuple[Page, ...] = (
        DevicesPage(tools, house.health),
        PrintingPage(tools, house.printer, house.settings),
        papers,
        ClosingPage(tools, house.closing),
        RestartPage(tools, restart),
    )
    return Maintenance(pages, papers.hear, tools.changed)
