"""What stands behind the hidden gesture, where the settings have a PIN."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Tools
from kiosk.maintenance.pin import PinLock


@dataclass(frozen=True)
class StaffRoom:
    """`furnish` makes the pages when the PIN was right; what it is given besides the tools ends the program, to be
    started anew. `idle_seconds` without a touch close it."""

    lock: PinLock
    furnish: Callable[[Tools, Callable[[], None]], Maintenance]
    idle_seconds: int
