"""Maintenance as it stands when somebody has opened a page of it; the pages are the real ones, what they show is invented."""

import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kiosk.devices.card_reader import CardFault, CardRead, CardRefused, ReaderState
from kiosk.devices.code_scanner import ScannerState
from kiosk.devices.health import Health
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.devices.scanned import NumberScanned, ScanFault, ScanRefused, TicketScanned
from kiosk.devices.sound import SoundState
from kiosk.errors import KioskError
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.closing_page import ClosingPage
from kiosk.maintenance.devices_page import DevicesPage
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Page, Tools
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.maintenance.paper_page import PaperPage
from kiosk.maintenance.papers_page import PapersPage
from kiosk.maintenance.printing_page import PrintingPage
from kiosk.maintenance.restart_page import RestartPage
from kiosk.settings import Settings, load

NOW = datetime(2025, 11, 24, 14, 32, tzinfo=UTC)
SETTINGS = Path(__file__).parents[2] / "config" / "demo.toml"


class AtOnce:
    """Jobs that are done when they are asked for."""

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None:
        done(work())

    def post(self, call: Callable[[], None]) -> None:
        call()

    def close(self) -> None:
        """Nothing is running."""


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
    tools = Tools(AtOnce(), lambda: None, lambda: language, lambda: NOW)
    papers = PapersPage(tools)
    pages: tuple[Page, ...] = (
        DevicesPage(tools, health(), _counter()),
        PaperPage(tools, _counter()),
        PrintingPage(tools, SayingPrinter(), _settings()),
        papers,
        ClosingPage(tools, _closing(closed)),
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
    for key in keys:
        assert made.page is not None
        made.act(next(action for action in made.page.actions if action.key == key))
    return made


def _settings() -> Settings:
    return load(SETTINGS)


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
