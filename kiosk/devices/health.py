"""How the devices are and how they were: one model for screens, maintenance and `kiosk check`. Pure but for a lock.

Each device has states of its own (PrinterState, ReaderState ...); what they have in common is graded here.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from threading import Lock

_log = logging.getLogger(__name__)

#: Changes that are kept of each device.
HISTORY = 50


class Grade(Enum):
    """What a state means for the service; UNKNOWN is never taken for GOOD."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


class Silence(Enum):
    """The state of a device that was asked and has not answered."""

    UNKNOWN = "unknown"


_GRADES = {"ready": Grade.GOOD, "none": Grade.GOOD, "paper-low": Grade.WARNING, "unknown": Grade.UNKNOWN}


@dataclass(frozen=True)
class Change:
    """The device came into this state (its name, such as "paper-low")."""

    state: str
    at: datetime


@dataclass(frozen=True)
class DeviceHealth:
    """One device: its changes, newest first, and when it was last heard of."""

    device: str
    changes: tuple[Change, ...]
    heard_at: datetime

    @property
    def state(self) -> str:
        return self.changes[0].state

    @property
    def since(self) -> datetime:
        """When it came into its present state."""
        return self.changes[0].at

    @property
    def grade(self) -> Grade:
        return grade(self.state)


def grade(state: str) -> Grade:
    """What a state of any device means; one that is not known here is BAD, so that nothing is glossed over."""
    return _GRADES.get(state, Grade.BAD)


class Health:
    """The devices' states, told from any thread and read from any other."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = Lock()
        self._devices: dict[str, DeviceHealth] = {}

    def tell(self, device: str, state: Enum) -> None:
        """The device is in this state now; the same state again is no change."""
        name = str(state.value)
        with self._lock:
            now = self._now()
            known = self._devices.get(device)
            if known is not None and known.state == name:
                self._devices[device] = replace(known, heard_at=now)
                return
            changes = (Change(name, now), *(known.changes if known else ()))[:HISTORY]
            self._devices[device] = DeviceHealth(device, changes, now)
        _log.info("%s is %s", device, name)

    def devices(self) -> tuple[DeviceHealth, ...]:
        """All that were told of, in the order in which they first were."""
        with self._lock:
            return tuple(self._devices.values())

    def of(self, device: str) -> DeviceHealth | None:
        """One device; None before anything was told of it."""
        with self._lock:
            return self._devices.get(device)
