"""Maintenance as it stands when somebody has opened a page of it; the pages are the real ones, what they show is invented."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from inline_jobs import InlineJobs

from kiosk.booking import Booking
from kiosk.devices.card_reader import CardFault, CardRead, CardRefused, ReaderState
from kiosk.devices.code_scanner import ScannerState
from kiosk.devices.health import Health
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.devices.scanned import NumberScanned, ScanFault, ScanRefused, TicketScanned
from kiosk.devices.sound import SoundState
from kiosk.errors import KioskError
from kiosk.journal import Entry, Paper, State
from kiosk.maintenance import settings_table
from kiosk.maintenance.bundle_page import BundlePage
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.closing_page import ClosingPage
from kiosk.maintenance.devices_page import DevicesPage
from kiosk.maintenance.journal_page import JournalPage, Open
from kiosk.maintenance.log_page import LogPage
from kiosk.maintenance.log_tail import LogEntry
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Page, Tools
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.maintenance.paper_page import PaperPage
from kiosk.maintenance.papers_page import PapersPage
from kiosk.maintenance.printing_page import PrintingPage
from kiosk.maintenance.probe import Answering, Probe
from kiosk.maintenance.program import Program
from kiosk.maintenance.program_page import ProgramPage
from kiosk.maintenance.registry_page import RegistryPage
from kiosk.maintenance.report import Report
from kiosk.maintenance.restart_page import RestartPage
from kiosk.maintenance.settings_page import SettingsPage
from kiosk.maintenance.sizes_page import Sizes, SizesPage
from kiosk.maintenance.touch_page import TouchPage
from kiosk.settings import Settings, load

NOW = datetime(2025, 11, 24, 14, 32, tzinfo=UTC)
FOLDER = Path("/var/lib/clinic-kiosk")
BUNDLE = Path("/media/kiosk/STICK/kiosk-T-01-20251124-143200.zip")
PROBE = Probe((0.012, 0.014, 0.011, 0.031, 0.013), None, 6.3, NOW - timedelta(seconds=1))
PROGRAM = Program(
    "0.1.0",
    "3.11.2",
    "2.3.1",
    "3.40.1",
    "Debian GNU/Linux 12 (bookworm), Linux 6.1.0",
    21_400_000_000,
    187_000_000,
)
TOUCHED = ((10, 10), (200, 10), (400, 10), (10, 200), (200, 200), (600, 900))


def _entry(number: int, state: State, ticket: str = "", paper: Paper = Paper.NONE) -> Entry:
    at = NOW - timedelta(minutes=7 * number)
    return Entry(
        f"urn:uuid:{number}c9b1f3e-0000-4000-8000-0000000000{number}0", state, "", ticket, paper, at, at
    )


OPEN = Open(
    (_entry(1, State.ASKED), _entry(2, State.ABANDONED, "14-031")),
    (_entry(3, State.SHOWN, "14-027", Paper.UNSURE), _entry(4, State.SHOWN, "14-019", Paper.NOT_PRINTED)),
)
ENTRIES = tuple(
    LogEntry(f"2025-11-24 14:{31 - number}:07", level, name, text)
    for number, (level, name, text) in enumerate(
        (
            ("INFO", "kiosk.maintenance.maintenance", "maintenance: page Log"),
            ("INFO", "kiosk.devices.health", "printer is paper-low"),
            ("WARNING", "kiosk.booking", "a booking is still to be put right: Unreachable"),
            ("WARNING", "kiosk.terminal.watch", "out of service: Unreachable"),
            ("ERROR", "kiosk.app", "unforeseen ValueError at kiosk/screens/time.py:41 show"),
            ("INFO", "kiosk.devices.health", "card reader is absent"),
        )
        * 4
    )
)
SETTINGS = Path(__file__).parents[2] / "config" / "demo.toml"


class Found(InlineJobs):
    """Jobs that have found this, whatever they are asked."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        done(self._value)


class SayingPrinter:
    """A printer that says it printed."""

    def state(self) -> PrinterState:
        return PrinterState.READY

    def print(self, ticket: object) -> PrintOutcome:
        return PrintOutcome(PrintResult.PRINTED, PrinterState.PAPER_LOW)


def health() -> Health:
    """A printer with a past, a reader that is not there."""
    moments = iter(NOW - timedelta(minutes=minutes) for minutes in (300, 280, 240, 30, 12, 3, 2, 1))
    told = Health(lambda: next(moments))
    for state in (
        PrinterState.READY,
        PrinterState.OUT_OF_PAPER,
        PrinterState.COVER_OPEN,
        PrinterState.PAPER_LOW,
    ):
        told.tell("printer", state)
    told.tell("card reader", ReaderState.ABSENT)
    told.tell("scanner", ScannerState.READY)
    told.tell("sound", SoundState.READY)
    return told


def maintenance(language: str, page: str = "", *keys: str, closed: str = "") -> Maintenance:
    """Opened at the page of this title, its actions of these keys begun."""
    tools = Tools(InlineJobs(), lambda: None, lambda: language, lambda: NOW)
    papers, settings = PapersPage(tools), _settings()
    touch = TouchPage(tools, settings.display)

    def with_found(value: object) -> Tools:
        return replace(tools, jobs=Found(value))

    pages: tuple[Page, ...] = (
        DevicesPage(tools, health(), _counter()),
        PaperPage(tools, _counter()),
        PrintingPage(tools, SayingPrinter(), settings),
        papers,
        ClosingPage(tools, _closing(closed)),
        JournalPage(with_found(OPEN), Booking(cast(Any, None), cast(Any, None))),
        RegistryPage(with_found(PROBE), cast(Answering, None), "https://registry.example.org"),
        ProgramPage(with_found(PROGRAM), FOLDER, 0.0, lambda: 3 * 86400.0 + 4 * 3600 + 300),
        SettingsPage(with_found(settings_table.look(replace(settings, file=None))), settings),
        LogPage(with_found(ENTRIES), FOLDER),
        BundlePage(with_found(BUNDLE), cast(Report, None), FOLDER, settings.terminal.name, lambda: None),
        touch,
        SizesPage(tools, settings.display, _sizes(settings)),
        RestartPage(tools, lambda: None),
    )
    for shown in (
        CardRefused(CardFault.FOREIGN),
        CardRead(PolicyData("7700000000004821", "Петрова", "Ирина", "Михайловна")),
        ScanRefused(ScanFault.WRONG_CHECK),
        TicketScanned("7K2M94QDX3PW6HTA"),
        NumberScanned("7700000000004821"),
    ):
        papers.hear(shown)
    made = Maintenance(pages, papers.hear, lambda: None)
    for one in pages:
        if one.title == page:
            made.open(one)
    for x, y in TOUCHED:
        touch.touch(x, y, (900, 1200))
    for key in keys:
        assert made.page is not None
        made.act(next(action for action in made.page.actions if action.key == key))
    return made


def _settings() -> Settings:
    """Those of the demo, where a terminal has them."""
    settings = load(SETTINGS)
    return replace(
        settings,
        terminal=replace(settings.terminal, state=FOLDER),
        printer=replace(settings.printer, path=FOLDER / "tickets"),
        file=Path("/etc/clinic-kiosk/kiosk.toml"),
    )


def _sizes(settings: Settings) -> Sizes:
    """Importing the screens imports Kivy, which has to be configured before."""
    from kiosk.screens.measures import measures
    from kiosk.screens.theme import Theme

    return measures(Theme(settings.display))


def _counter() -> PaperCounter:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "paper.json").write_text(
            json.dumps({"metres": 76.6, "tickets": 412, "since": (NOW - timedelta(days=9)).isoformat()})
        )
        return PaperCounter(Path(folder) / "paper.json", 80)


def _closing(text: str) -> Closing:
    with tempfile.TemporaryDirectory() as folder:
        closing = Closing(Path(folder) / "closed.json", "")
        if text:
            closing.close(text)
        return closing
