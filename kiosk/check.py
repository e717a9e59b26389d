"""`kiosk check`: settings, registry and devices in one readable report."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kiosk.bootstrap import Services, build
from kiosk.devices.printer_status import PrinterState
from kiosk.errors import KioskError
from kiosk.settings import Settings, load

#: More than this, and tickets would show times that differ from the wall clock by minutes.
CLOCK_DRIFT_SECONDS = 30
FREE_BYTES = 200_000_000


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    subject: str
    good: bool
    words: str


def check(config: Path) -> int:
    """Prints the report of a settings file; 0 when all is well, 1 when something is not.

    Raises SettingsError where the file itself has mistakes.
    """
    settings = load(config)
    services = build(settings)
    try:
        findings = [Finding("settings", True, str(config)), *examine(settings, services)]
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
    return Finding("clock", abs(drift) <= CLOCK_DRIFT_SECONDS, f"{drift:+.0f} s from the registry's")


def _printer(settings: Settings, services: Services) -> Finding:
    printer = settings.printer
    if printer.driver == "none":
        return Finding("printer", True, "none: tickets are shown, not printed")
    state = services.printer.state()
    good = state in (PrinterState.READY, PrinterState.PAPER_LOW)
    words = state.name.lower().replace("_", " ")
    return Finding("printer", good, f"{printer.driver}, {printer.profile}, {printer.width_mm} mm: {words}")


def _problem(ask: Callable[[], object]) -> str:
    """What went wrong with a question to the registry, '' when it was answered."""
    try:
        ask()
    except KioskError as error:
        return f"{type(error).__name__}: {error}"
    return ""
