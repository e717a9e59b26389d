"""Which pages there are, in the order of the menu."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.booking import Booking
from kiosk.devices.health import Health
from kiosk.devices.receipt_printer import ReceiptPrinter
from kiosk.journal import Journal
from kiosk.maintenance.bundle_page import BundlePage
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.closing_page import ClosingPage
from kiosk.maintenance.devices_page import DevicesPage
from kiosk.maintenance.journal_page import JournalPage
from kiosk.maintenance.log_page import LogPage
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Page, Tools
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.maintenance.paper_page import PaperPage
from kiosk.maintenance.papers_page import PapersPage
from kiosk.maintenance.printing_page import PrintingPage
from kiosk.maintenance.program_page import ProgramPage
from kiosk.maintenance.registry_page import RegistryPage
from kiosk.maintenance.report import Report
from kiosk.maintenance.restart_page import RestartPage
from kiosk.maintenance.settings_page import SettingsPage
from kiosk.maintenance.sizes_page import Sizes, SizesPage
from kiosk.maintenance.touch_page import TouchPage
from kiosk.ports import Registry
from kiosk.settings import Settings


@dataclass(frozen=True)
class House:
    """What the pages are about; `started` by the monotonic clock."""

    settings: Settings
    registry: Registry
    booking: Booking
    journal: Journal
    printer: ReceiptPrinter
    health: Health
    closing: Closing
    sizes: Sizes
    started: float
    counter: PaperCounter


def furnish(house: House, tools: Tools, restart: Callable[[], None]) -> Maintenance:
    """All pages, new; `restart` ends the program, to be started anew."""
    papers, state = PapersPage(tools), house.settings.terminal.state
    report = Report(house.settings, house.registry, house.journal, house.health)
    pages: tuple[Page, ...] = (
        DevicesPage(tools, house.health, house.counter),
        PaperPage(tools, house.counter),
        PrintingPage(tools, house.printer, house.settings),
        papers,
        ClosingPage(tools, house.closing),
        JournalPage(tools, house.booking),
        RegistryPage(tools, house.registry, house.settings.registry.url),
        ProgramPage(tools, state, house.started),
        SettingsPage(tools, house.settings),
        LogPage(tools, state),
        BundlePage(tools, report, state, house.settings.terminal.name),
        TouchPage(tools, house.settings.display),
        SizesPage(tools, house.settings.display, house.sizes),
        RestartPage(tools, restart),
    )
    return Maintenance(pages, papers.hear, tools.changed)
