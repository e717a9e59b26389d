"""`kiosk check`: settings, registry and devices in one readable report."""

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kiosk.bootstrap import Services, build
from kiosk.devices.card_reader import CardReader, ReaderState
from kiosk.devices.code_scanner import CodeScanner, ScannerState
from kiosk.devices.escpos_writer import check_profile
from kiosk.devices.receipt_printer import PrintResult
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.devices.sound import SoundState
from kiosk.errors import DeviceError, KioskError
from kiosk.explanations import printer_care
from kiosk.maintenance.probe import DRIFT_SECONDS
from kiosk.maintenance.program import FREE_BYTES
from kiosk.settings import PrinterSettings, ScannerSettings, Settings, SoundSettings, load

#: What is plugged in is heard of within so many seconds.
HEARD_SECONDS = 2.0
_RESULTS = {
    PrintResult.PRINTED: "the printer says that it is printed",
    PrintResult.NOT_PRINTED: "surely not printed",
    PrintResult.UNSURE: "handed over; the printer does not say whether it is printed",
}


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    subject: str
    good: bool
    words: str


def check(config: Path, *, prints: bool = False) -> int:
    """Prints the report of a settings file, and with `prints` a test print; 0 when all is well, 1 when something is not.

    Raises SettingsError where the file itself has mistakes.
    """
    settings = load(config)
    services = build(settings)
    try:
        findings = [Finding("settings", True, str(config)), *examine(settings, services)]
        if prints:
            findings.append(_test_print(settings, services))
    finally:
        services.close()
    for finding in findings:
        sys.stdout.write(f"{'ok  ' if finding.good else 'FAIL'}  {finding.subject:<10} {finding.words}\n")
    return 0 if all(finding.good for finding in findings) else 1


def examine(settings: Settings, services: Services) -> Iterator[Finding]:
    """What was found, subject by subject; a subject that fails does not keep the next from being looked at."""
    display = settings.display
    yield Finding(
        "display", True, f"{display.width} x {display.height} px, {display.diagonal_inches:g} inches"
    )
    yield _state_folder(settings.terminal.state)
    yield _registry(settings, services)
    yield _facility(settings, services)
    yield _clock(services)
    yield _printer(settings, services)
    yield _card_reader(services)
    yield _scanner(settings.scanner, services)
    yield _sound(settings.sound, services)
    yield _maintenance(settings, services)


def _state_folder(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    return Finding("state", free >= FREE_BYTES, f"{folder}, {free // 1_000_000} MB free")


def _registry(settings: Settings, services: Services) -> Finding:
    begun = time.monotonic()
    problem = _problem(services.registry.districts)
    if problem:
        return Finding("registry", False, f"{settings.registry.url}: {problem}")
    taken = (time.monotonic() - begun) * 1000
    return Finding(
        "registry", True, f"{settings.registry.url} takes the credential, answers in {taken:.0f} ms"
    )


def _facility(settings: Settings, services: Services) -> Finding:
    wanted = settings.terminal.home_facility
    problem = _problem(services.registry.facilities)
    if problem:
        return Finding("facility", False, f"{wanted}: {problem}")
    name = next((one.name for one in services.registry.facilities() if one.id == wanted), None)
    return Finding("facility", name is not None, name or f"the registry has no facility {wanted}")


def _clock(services: Services) -> Finding:
    if _problem(services.registry.ready):
        return Finding("clock", False, "cannot be compared with the registry's")
    drift = (datetime.now(UTC) - services.registry.now()).total_seconds()
    return Finding("clock", abs(drift) <= DRIFT_SECONDS, f"{drift:+.0f} s from the registry's")


def _printer(settings: Settings, services: Services) -> Finding:
    printer = settings.printer
    if printer.driver == "none":
        return Finding("printer", True, "none: tickets are shown, not printed")
    problem = _problem(lambda: check_profile(printer.profile, printer.code_page))
    if problem:
        return Finding("printer", False, problem)
    state = services.printer.state()
    care = printer_care(state, "en")
    return Finding("printer", state.can_print, f"{_connection(printer)}: {care.title}. {care.text}")


def _card_reader(services: Services) -> Finding:
    words = {
        ReaderState.READY: "ready",
        ReaderState.NONE: "none: policies are typed or scanned",
        ReaderState.ABSENT: "no reader is plugged in, or pcscd knows none; see pcsc_scan",
        ReaderState.NO_SERVICE: "pcscd does not run, or lets this user do nothing (docs/hardware.md)",
        ReaderState.NO_LIBRARY: "pyscard is not installed (script/setup --card)",
    }
    _hear(services.card_reader)
    state = services.card_reader.state()
    return Finding("reader", state in (ReaderState.READY, ReaderState.NONE), words[state])


def _scanner(scanner: ScannerSettings, services: Services) -> Finding:
    words = {
        ScannerState.READY: f"{scanner.driver} {scanner.path}, {scanner.baud} baud: ready",
        ScannerState.NONE: "none: policies are typed or put in",
        ScannerState.UNKNOWN: f"{scanner.driver}: only a scan tells whether it is there",
        ScannerState.ABSENT: f"{scanner.path} is not there, in use, or closed to this user (group dialout)",
    }
    _hear(services.scanner)
    state = services.scanner.state()
    return Finding("scanner", state is not ScannerState.ABSENT, words[state])


def _hear(device: CardReader | CodeScanner) -> None:
    """Until a device that tells by itself has said that it is there, or long enough."""
    told = threading.Event()
    device.listen(lambda event: told.set())
    if device.state() in (ReaderState.ABSENT, ScannerState.ABSENT):
        told.wait(HEARD_SECONDS)


def _sound(sound: SoundSettings, services: Services) -> Finding:
    """Silence is no fault: many a terminal has no loudspeaker."""
    night = f"{sound.night_volume} % from {sound.night_from} to {sound.night_until}"
    words = {
        SoundState.READY: f"{sound.volume} %, at night {night}",
        SoundState.NONE: "silent, as the settings want it",
        SoundState.NO_PLAYER: "silent: aplay is not installed (package alsa-utils)",
        SoundState.NO_CARD: "silent: this machine has no sound card",
    }
    return Finding("sound", True, words[services.sounds.state()])


def _maintenance(settings: Settings, services: Services) -> Finding:
    """Off is no fault; closed is, as no patient is served, and without a PIN nobody can open it again."""
    has_pin = bool(settings.maintenance.pin_hash)
    if services.closing.text:
        undo = (
            "maintenance mode opens it again"
            if has_pin
            else "without a PIN nobody can open it: see `kiosk pin`"
        )
        return Finding("staff", False, f"taken out of service by staff ({services.closing.text}); {undo}")
    off = "maintenance mode is off: there is no PIN, see `kiosk pin`"
    return Finding("staff", True, "maintenance mode has its PIN" if has_pin else off)


def _connection(printer: PrinterSettings) -> str:
    """Where the printer is and how it is spoken to, in one line."""
    places = {
        "network": f"{printer.host}:{printer.port}",
        "serial": f"{printer.path}, {printer.baud} baud, flow {printer.flow}",
        "usb": printer.usb,
        "cups": printer.queue,
        "file": str(printer.path),
    }
    place = places.get(printer.driver, "")
    model = f"{printer.profile}, {printer.width_mm} mm, code_page {printer.code_page}"
    return f"{printer.driver} {place}, {model}"


def _test_print(settings: Settings, services: Services) -> Finding:
    name, now = settings.terminal.name, datetime.now(UTC).astimezone()
    sheet = SampleSheet(name, _connection(settings.printer), now, settings.terminal.language)
    try:
        outcome = services.printer.print(sheet)
    except DeviceError as error:
        return Finding("test print", False, str(error))
    return Finding(
        "test print",
        outcome.result is PrintResult.PRINTED,
        f"{_RESULTS[outcome.result]} ({outcome.state.value})",
    )


def _problem(ask: Callable[[], object]) -> str:
    """What went wrong with a question to the registry, '' when it was answered."""
    try:
        ask()
    except KioskError as error:
        return f"{type(error).__name__}: {error}"
    return ""
