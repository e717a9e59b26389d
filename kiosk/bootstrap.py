"""From settings to services: the only file that names concrete devices and clients."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import requests

from kiosk.api_client.client import RegistryClient
from kiosk.booking import Booking
from kiosk.devices.receipt_printer import FilePrinter, NetworkPrinter, NoPrinter, ReceiptPrinter
from kiosk.journal import Journal
from kiosk.ports import Jobs
from kiosk.settings import PrinterSettings, Settings, credential
from kiosk.terminal import Terminal

JOURNAL = "journal.sqlite"


@dataclass(frozen=True)
class Services:
    """What a terminal works with. `close` when the program ends."""

    registry: RegistryClient
    journal: Journal
    printer: ReceiptPrinter
    close: Callable[[], None]


def build(settings: Settings) -> Services:
    """The services the settings name. Touches the journal's folder; no device and no network yet."""
    settings.terminal.state.mkdir(parents=True, exist_ok=True)
    session = requests.Session()
    timeouts = (settings.registry.connect_seconds, settings.registry.read_seconds)
    registry = RegistryClient(settings.registry.url, credential(settings.registry), session, timeouts)
    journal = Journal(settings.terminal.state / JOURNAL)

    def close() -> None:
        journal.close()
        session.close()

    return Services(registry, journal, receipt_printer(settings.printer), close)


def build_terminal(settings: Settings, services: Services, jobs: Jobs) -> Terminal:
    """The coordinator over these services; it does nothing before its first `tick`."""
    return Terminal(
        registry=services.registry,
        booking=Booking(services.registry, services.journal),
        printer=services.printer,
        jobs=jobs,
        home_facility_id=settings.terminal.home_facility,
        terminal_name=settings.terminal.name,
        clock=lambda: datetime.now(UTC).astimezone(),
        production=settings.production,
        idle_seconds=settings.terminal.idle_seconds,
        warning_seconds=settings.terminal.warning_seconds,
    )


def receipt_printer(settings: PrinterSettings) -> ReceiptPrinter:
    """The printer of the chosen driver. With `none` every ticket is shown, and said not to be printed."""
    profile, width, timeout = settings.profile, settings.width_mm, settings.timeout_seconds
    if settings.driver == "network":
        return NetworkPrinter(
            host=settings.host, port=settings.port, profile=profile, width_mm=width, timeout=timeout
        )
    if settings.driver == "file" and settings.path is not None:
        return FilePrinter(path=settings.path, profile=profile, width_mm=width, timeout=timeout)
    return NoPrinter()
