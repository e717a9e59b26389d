"""The devices: how each is now, since when, and what it was before."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kiosk.devices.health import Change, DeviceHealth, Grade, Health
from kiosk.maintenance.page import Action, Kind, Row, Tone, Tools, _
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.maintenance.paper_page import left_row

TONES: Mapping[Grade, Tone] = MappingProxyType(
    {Grade.GOOD: "ok", Grade.WARNING: "attention", Grade.BAD: "fault", Grade.UNKNOWN: "attention"}
)
DEVICES = {
    "printer": _("Printer"),
    "card reader": _("Card reader"),
    "scanner": _("Scanner"),
    "sound": _("Sound"),
}
#: The states of all devices, by their names in devices/health.py.
STATES = {
    "ready": _("ready"),
    "none": _("none, as the settings want it"),
    "paper-low": _("paper is running low"),
    "out-of-paper": _("no paper"),
    "cover-open": _("the cover is open"),
    "offline": _("not reachable: power, cable, address"),
    "unknown": _("says nothing"),
    "absent": _("not plugged in"),
    "no-service": _("pcscd does not answer"),
    "no-library": _("pyscard is not installed"),
    "no-player": _("aplay is not installed"),
    "no-card": _("this machine has no sound card"),
}
#: Earlier states that are shown of each device.
EARLIER = 5


class DevicesPage:
    """Live: the rounds ask the devices anyway, here they are only read."""

    title = _("Devices")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, health: Health, counter: PaperCounter) -> None:
        self._tools = tools
        self._health = health
        self._counter = counter

    @property
    def rows(self) -> Sequence[Row]:
        devices = self._health.devices()
        if not devices:
            return (Row(self._tools.say("Devices"), self._tools.say("not asked yet")),)
        now = (self._now(device) for device in devices)
        earlier = (
            self._earlier(device, change) for device in devices for change in device.changes[1:EARLIER]
        )
        left = left_row(self._tools, self._counter)
        return (*now, *((left,) if left else ()), *earlier)

    @property
    def actions(self) -> Sequence[Action]:
        return ()

    def refresh(self) -> None:
        """There is nothing to ask for."""

    def _now(self, device: DeviceHealth) -> Row:
        words = self._tools.say("{state}, since {at}")
        value = words.format(state=self._state(device.changes[0]), at=self._tools.moment(device.since))
        return Row(self._name(device), value, TONES[device.grade])

    def _earlier(self, device: DeviceHealth, change: Change) -> Row:
        words = self._tools.say("{device} before").format(device=self._name(device))
        return Row(words, f"{self._tools.moment(change.at)}: {self._state(change)}")

    def _name(self, device: DeviceHealth) -> str:
        return self._tools.say(DEVICES.get(device.device, device.device))

    def _state(self, change: Change) -> str:
        return self._tools.say(STATES.get(change.state, change.state))
