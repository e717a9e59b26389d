"""From settings to services: the only file that names concrete devices and clients.

A driver that not every terminal has is imported where the settings name it: each costs the start some ms (issue 2).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from time import monotonic
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from kiosk.api_client.late import LateClient, Proof
from kiosk.booking import Booking
from kiosk.devices.card_reader import CardReader, NoCardReader
from kiosk.devices.code_scanner import CodeScanner, NoScanner, ScannerState
from kiosk.devices.health import Health
from kiosk.devices.printer_wire import SocketWire, Wire
from kiosk.devices.receipt_printer import (
    AnsweringPrinter,
    FilePrinter,
    NoPrinter,
    PrinterModel,
    ReceiptPrinter,
)
from kiosk.devices.sound import AplaySounds, Loudness, Sounds
from kiosk.errors import JournalFault
from kiosk.journal import Journal
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.counted_printer import CountedPrinter
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Tools
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.maintenance.pin import PinLock
from kiosk.maintenance.staff_room import StaffRoom
from kiosk.ports import Jobs, Registry
from kiosk.rounds import Question, Rounds
from kiosk.settings import (
    CardReaderSettings,
    PrinterSettings,
    RegistrySettings,
    ScannerSettings,
    Settings,
    credential,
    make_folder,
)
from kiosk.terminal import Terminal

if TYPE_CHECKING:
    from kiosk.keys import Keys

JOURNAL = "journal.sqlite"
CLOSED, PAPER, WRONG_PINS = "closed.json", "paper.json", "wrong-pins.json"


@dataclass(frozen=True)
class Services:
    """What a terminal works with. `close` when the program ends."""

    registry: Registry
    journal: Journal
    printer: ReceiptPrinter
    card_reader: CardReader
    scanner: CodeScanner
    sounds: Sounds
    health: Health
    closing: Closing
    counter: PaperCounter
    close: Callable[[], None]


def _proof(settings: RegistrySettings) -> Proof:
    paths = (settings.ca_file, settings.client_certificate, settings.client_key)
    return Proof(*("" if path is None else str(path) for path in paths))


def build(settings: Settings) -> Services:
    """The services the settings name. Opens the journal; no device and no network yet."""
    make_folder(settings.terminal.state)
    timeouts = (settings.registry.connect_seconds, settings.registry.read_seconds)
    registry = LateClient(
        settings.registry.url, credential(settings.registry), timeouts, _proof(settings.registry)
    )
    registry.speak(settings.terminal.language)
    journal = Journal(settings.terminal.state / JOURNAL)
    reader, scanner = card_reader(settings.card_reader), code_scanner(settings.scanner)
    sounds = _sounds(settings)

    def close() -> None:
        reader.stop()
        scanner.stop()
        sounds.close()
        journal.close()
        registry.close()

    counter = PaperCounter(settings.terminal.state / PAPER, settings.maintenance.roll_metres)
    printer = CountedPrinter(
        receipt_printer(settings.printer, leftover=left_in_printer(journal)),
        counter,
        settings.printer.width_mm,
    )
    health = Health(lambda: datetime.now(UTC))
    closing = Closing(settings.terminal.state / CLOSED, settings.maintenance.closed_text)
    return Services(
        cast(Registry, registry), journal, printer, reader, scanner, sounds, health, closing, counter, close
    )


def build_terminal(settings: Settings, services: Services, jobs: Jobs) -> Terminal:
    """The coordinator over these services; it does nothing before its first `tick`."""
    booking = Booking(services.registry, services.journal)
    return Terminal(
        registry=services.registry,
        booking=booking,
        printer=services.printer,
        card_reader=services.card_reader,
        scanner=services.scanner,
        sounds=services.sounds,
        jobs=jobs,
        home_facility_id=settings.terminal.home_facility,
        terminal_name=settings.terminal.name,
        clock=_clock(settings.terminal.zone),
        production=settings.production,
        idle_seconds=settings.terminal.idle_seconds,
        warning_seconds=settings.terminal.warning_seconds,
        language=settings.terminal.language,
        staff=_staff_room(settings, services, booking),
        closed=services.closing.explain,
        devices=services.health.devices,
    )


def _staff_room(settings: Settings, services: Services, booking: Booking) -> StaffRoom | None:
    """Maintenance mode; its pages are loaded when somebody has the PIN, as hardly any start needs them."""
    if not settings.maintenance.pin_hash:
        return None

    started = monotonic()

    def furnish(tools: Tools, restart: Callable[[], None]) -> Maintenance:
        from kiosk.maintenance.pages import House, furnish
        from kiosk.screens.measures import measures
        from kiosk.screens.theme import Theme

        house = House(
            settings,
            services.registry,
            booking,
            services.journal,
            services.printer,
            services.health,
            services.closing,
            measures(Theme(settings.display)),
            started,
            services.counter,
        )
        return furnish(house, tools, restart)

    lock = PinLock(settings.maintenance.pin_hash, settings.terminal.state / WRONG_PINS)
    return StaffRoom(lock, furnish, settings.maintenance.idle_seconds)


def build_rounds(settings: Settings, services: Services, jobs: Jobs) -> Rounds:
    """What asks the devices how they are; it does nothing before its first `tick`."""
    questions = {
        "printer": Question("printer", services.printer.state),
        "card reader": Question("registry", services.card_reader.state),
        "scanner": Question("registry", services.scanner.state),
        "sound": Question("registry", services.sounds.state),
    }
    drivers = {
        "printer": settings.printer.driver,
        "card reader": settings.card_reader.driver,
        "scanner": settings.scanner.driver,
    }
    for device, driver in drivers.items():
        if driver == "none":
            del questions[device]
    return Rounds(questions, services.health, jobs, monotonic)


def build_keys(services: Services) -> "Keys | None":
    """What hands the window's keys on, where the scanner is one that types. Kivy must have been configured before."""
    if services.scanner.state() is not ScannerState.UNKNOWN:
        return None
    from kiosk.devices.keyboard_scanner import KeyboardScanner
    from kiosk.keys import Keys

    return Keys(services.scanner) if isinstance(services.scanner, KeyboardScanner) else None


def left_in_printer(journal: Journal) -> bool:
    """Whether a ticket from before the start may be held in the printer; without a journal nobody can say no."""
    try:
        return journal.left_in_printer()
    except JournalFault:
        return True


def _clock(zone: str) -> Callable[[], datetime]:
    """The facility's wall clock."""
    place = ZoneInfo(zone) if zone else None
    return lambda: datetime.now(UTC).astimezone(place)


def _sounds(settings: Settings) -> Sounds:
    sound = settings.sound
    night = (time.fromisoformat(sound.night_from), time.fromisoformat(sound.night_until))
    loudness = Loudness(sound.volume, sound.night_volume, *night)
    return AplaySounds(loudness, _clock(settings.terminal.zone), sound.device)


def receipt_printer(settings: PrinterSettings, *, leftover: bool = False) -> ReceiptPrinter:
    """The printer of the chosen driver. With `none` every ticket is shown, and said not to be printed.

    `leftover`: a printer that holds data clears itself before anything else.
    """
    model = PrinterModel(settings.profile, settings.width_mm, settings.code_page)
    timeout = settings.timeout_seconds
    if settings.driver == "file" and settings.path is not None:
        return FilePrinter(path=settings.path, model=model, timeout=timeout)
    if settings.driver == "cups":
        from kiosk.devices.cups_printer import CupsPrinter

        return CupsPrinter(queue=settings.queue, model=model, timeout=timeout, leftover=leftover)
    connect = _printer_wire(settings)
    if connect is None:
        return NoPrinter()
    return AnsweringPrinter(connect, model=model, timeout=timeout, leftover=leftover)


def _printer_wire(settings: PrinterSettings) -> Callable[[], Wire] | None:
    """The way to a printer that answers, None for a driver that has none."""
    path = settings.path
    if settings.driver == "serial" and path is not None:
        from kiosk.devices.serial_wire import SerialWire

        return lambda: SerialWire(path, settings.baud, settings.flow)
    if settings.driver == "usb":
        from kiosk.devices.usb_wire import UsbWire

        vendor, product = (int(number, 16) for number in settings.usb.split(":"))
        return lambda: UsbWire(vendor, product)
    if settings.driver == "network":
        return lambda: SocketWire(settings.host, settings.port, settings.timeout_seconds)
    return None


def card_reader(settings: CardReaderSettings) -> CardReader:
    """The card reader of the chosen driver; nothing is looked for before it is listened to."""
    if settings.driver == "pcsc":
        from kiosk.devices.pcsc_reader import PcscReader

        return PcscReader()
    return NoCardReader()


def code_scanner(settings: ScannerSettings) -> CodeScanner:
    """The scanner of the chosen driver; its port is not opened before it is listened to."""
    if settings.driver == "serial" and settings.path is not None:
        from kiosk.devices.serial_scanner import SerialScanner

        return SerialScanner(str(settings.path), settings.baud)
    if settings.driver == "keyboard":
        from kiosk.devices.keyboard_scanner import KeyboardScanner

        return KeyboardScanner()
    return NoScanner()
