"""The way of the staff: PIN and maintenance as states of the terminal, between visits only (issue 5, item 7; R36)."""

from collections.abc import Callable

from kiosk.devices.card_reader import CardRead
from kiosk.devices.sound import Cue
from kiosk.errors import KioskError
from kiosk.flow import Step
from kiosk.maintenance.maintenance import Maintenance, Shown
from kiosk.maintenance.page import Tools
from kiosk.maintenance.staff_room import StaffRoom
from kiosk.terminal.stage import Stage
from kiosk.views import PinView

#: Whoever came by mistake and does not type is back at the welcome screen after so many seconds.
PIN_SECONDS = 30


class StaffDoor:
    """`room` is None where the settings have no PIN: then the door does not open."""

    def __init__(
        self,
        stage: Stage,
        room: StaffRoom | None,
        monotonic: Callable[[], float],
        restart: Callable[[], None],
    ) -> None:
        self._stage = stage
        self._room = room
        self._monotonic = monotonic
        self._restart = restart
        self._asked: object = None
        self._is_wrong = False
        self._last = monotonic()
        self.step: Step | None = None
        self.maintenance: Maintenance | None = None

    @property
    def is_locked(self) -> bool:
        """Whether there is none, or somebody is through it already."""
        return self._room is None or self.step is not None

    @property
    def pin(self) -> PinView:
        """What PIN shows."""
        left = self._room.lock.left if self._room else 0
        return PinView(self._asked is not None, self._is_wrong, left)

    def knock(self) -> None:
        """The hidden gesture was made."""
        self.step, self._is_wrong = Step.PIN, False
        self.touched()
        self._stage.on_change()

    def try_pin(self, pin: str) -> None:
        """A typed PIN, one at a time."""
        room = self._room
        if room is None or self.step is not Step.PIN or self._asked is not None:
            return
        mine = self._asked = object()

        def judged(opens: bool) -> None:
            if self._asked is not mine:
                return
            self._asked, self._is_wrong = None, not opens
            if opens:
                self._enter(room)
            else:
                self._stage.cue(Cue.ERROR)
            self._stage.on_change()

        def failed(error: KioskError) -> None:
            judged(False)

        self._stage.jobs.run(lambda: room.lock.opens(pin), judged, failed)
        self._stage.on_change()

    def take(self, shown: Shown) -> bool:
        """A card or a code: whether it is the staff's, to be tested, and nobody's visit."""
        if self.step is None:
            return False
        if self.maintenance is not None:
            if isinstance(shown, CardRead):
                self._stage.cue(Cue.CARD)
            self.maintenance.hear(shown)
            self._stage.on_change()
        return True

    def touched(self) -> None:
        """Somebody is there."""
        self._last = self._monotonic()

    @property
    def is_forgotten(self) -> bool:
        """Whether nobody has touched anything for so long that it has to close."""
        if self.step is None or self._room is None:
            return False
        patience = PIN_SECONDS if self.step is Step.PIN else self._room.idle_seconds
        return self._monotonic() - self._last >= patience

    def close(self) -> None:
        """Back to the patients; may be called again."""
        if self.maintenance is not None:
            self.maintenance.close()
        self.step = self.maintenance = self._asked = None
        self._is_wrong = False

    def _enter(self, room: StaffRoom) -> None:
        stage = self._stage
        self.touched()
        tools = Tools(stage.jobs, self._changed, lambda: stage.language, stage.clock)
        self.maintenance = room.furnish(tools, self._restart)
        self.step = Step.MAINTENANCE

    def _changed(self) -> None:
        """The app may hang another `on_change` on the stage later."""
        self._stage.on_change()
