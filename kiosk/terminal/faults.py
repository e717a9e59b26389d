"""Which faults of the devices are news to be reported (api.md section 10): those that last, and not every few minutes."""

from collections.abc import Callable, Iterator, Sequence

from kiosk.devices.health import DeviceHealth, Grade

#: A state that goes by in less is none: a printer between two tickets, a cable that was touched.
LASTS_SECONDS = 10.0
#: The same state of the same device is not reported again within so many seconds.
AGAIN_SECONDS = 600.0


class Faults:
    """Looks at the devices' states as they are, once a second or so."""

    def __init__(self, devices: Callable[[], Sequence[DeviceHealth]], monotonic: Callable[[], float]) -> None:
        self._devices = devices
        self._monotonic = monotonic
        self._seen: dict[str, tuple[str, float]] = {}
        self._told: dict[tuple[str, str], float] = {}

    def news(self) -> Iterator[DeviceHealth]:
        """The devices whose fault is to be reported now."""
        now = self._monotonic()
        for device in self._devices():
            state, since = self._seen.get(device.device, ("", now))
            if state != device.state:
                since = now
            self._seen[device.device] = (device.state, since)
            if device.grade is not Grade.GOOD and now - since >= LASTS_SECONDS and self._is_news(device, now):
                yield device

    def _is_news(self, device: DeviceHealth, now: float) -> bool:
        """Told once while it lasts; what comes back soon is told no more."""
        told_at = self._told.get((device.device, device.state))
        self._told[device.device, device.state] = now
        return told_at is None or now - told_at >= AGAIN_SECONDS
