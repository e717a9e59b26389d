"""The scanner of barcodes and QR codes: what it promises (`CodeScanner`), and having none."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from kiosk.devices.scanned import Scanned

__all__ = ["CodeScanner", "NoScanner", "ScannerChanged", "ScannerEvent", "ScannerState"]


class ScannerState(Enum):
    """Whether a scanner can be read.

    ABSENT: not plugged in, gone, or in use by another program. UNKNOWN: it does not say. NONE: the terminal is meant
    to have no scanner.
    """

    READY = "ready"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NONE = "none"


@dataclass(frozen=True)
class ScannerChanged:
    """The scanner was plugged in or out."""

    state: ScannerState


ScannerEvent: TypeAlias = "Scanned | ScannerChanged"


class CodeScanner(Protocol):
    """A scanner that may come and go at any time."""

    def state(self) -> ScannerState:
        """How it was when last heard of; never blocks."""

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        """Tells of each scan and each change of state, in the scanner's own thread, until `stop`."""

    def stop(self) -> None:
        """Nothing is told any more once this returns. May be called again."""


class NoScanner:
    """A terminal without one."""

    def state(self) -> ScannerState:
        return ScannerState.NONE

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        """Nothing will come."""

    def stop(self) -> None:
        """There is nothing to stop."""
