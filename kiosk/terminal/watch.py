"""What goes on while nobody looks: is there a registry, and are all bookings put right."""

import logging
from collections.abc import Callable

from kiosk.booking import Booking
from kiosk.errors import KioskError, Refused, RegistryError, SettingsError
from kiosk.explanations import NOT_ADMITTED, OUT_OF_SERVICE, Explanation, explain, translated
from kiosk.models import Facility
from kiosk.ports import Registry
from kiosk.terminal.stage import Stage

log = logging.getLogger(__name__)

#: Between two looks at the registry from the welcome screen, in seconds: while all is well, and while it is not.
WELL_PAUSE, ILL_PAUSES = 60.0, (2.0, 5.0, 10.0, 20.0)
#: A pass or a look that did not come back after this (its worker died of a mistake of ours) is not waited for.
LOST_SECONDS = 600.0
#: Between two passes over the bookings that are still to be put right; the last one repeats.
SETTLE_PAUSES = (2.0, 5.0, 15.0, 60.0, 300.0)


class ServiceWatch:
    """Says on the welcome screen that the terminal cannot serve, keeps trying, and comes back by itself."""

    def __init__(
        self, stage: Stage, registry: Registry, home_id: str, monotonic: Callable[[], float]
    ) -> None:
        self._stage = stage
        self._registry = registry
        self._home_id = home_id
        self._monotonic = monotonic
        self._next_at = monotonic()
        self._failures = 0
        self._asking_until = 0.0
        self._trouble: KioskError | None = None

    @property
    def out_of_service(self) -> Explanation | None:
        """Why nobody can be served now; None while all is well."""
        return None if self._trouble is None else _words(self._trouble, self._stage.language)

    def soon(self) -> None:
        """A visit has ended: look at once."""
        self._next_at = self._monotonic()

    def tick(self) -> None:
        """Looks when it is time to, between visits only."""
        now = self._monotonic()
        if self._stage.visit.started or now < max(self._next_at, self._asking_until):
            return
        self._asking_until = now + LOST_SECONDS
        self._stage.jobs.run(lambda: look(self._registry, self._home_id), self._well, self._ill)

    def _well(self, home: Facility) -> None:
        self._asking_until, self._failures = 0.0, 0
        self._next_at = self._monotonic() + WELL_PAUSE
        changed = (self._stage.home, self._trouble) != (home, None)
        self._stage.home, self._trouble = home, None
        if changed:
            self._stage.on_change()

    def _ill(self, error: KioskError) -> None:
        self._asking_until = 0.0
        self._next_at = self._monotonic() + ILL_PAUSES[min(self._failures, len(ILL_PAUSES) - 1)]
        self._failures += 1
        if self._failures == 1:
            log.warning("out of service: %s", type(error).__name__)
        if not self._stage.visit.started:
            self._trouble = error
            self._stage.on_change()


def look(registry: Registry, home_id: str) -> Facility:
    """The facility in which the terminal stands, where the registry can be worked with; else a KioskError."""
    registry.ready()
    home = next((one for one in registry.facilities() if one.id == home_id), None)
    if home is None:
        raise SettingsError((f"[terminal] home_facility: the registry knows no facility {home_id!r}",))
    return home


def _words(error: KioskError, language: str) -> Explanation:
    if isinstance(error, Refused):
        return translated(NOT_ADMITTED, language)
    if isinstance(error, RegistryError):
        return translated(OUT_OF_SERVICE, language)
    return explain(error, language)


class Settling:
    """Puts right in the background what booking.py has to; at once after a start, then with growing pauses."""

    def __init__(self, stage: Stage, booking: Booking, monotonic: Callable[[], float]) -> None:
        self._stage = stage
        self._booking = booking
        self._monotonic = monotonic
        self._work: Callable[[], int] = booking.recover
        self._next_at = monotonic()
        self._failures = 0
        self._working_until = 0.0
        self._urgent = False

    def soon(self) -> None:
        """A booking was abandoned: at once, or right after the pass under way, which may not have seen it."""
        self._urgent = True
        self._next_at = self._monotonic()

    def tick(self) -> None:
        """Starts a pass when it is time to."""
        now = self._monotonic()
        if now < max(self._next_at, self._working_until):
            return
        self._working_until, self._urgent = now + LOST_SECONDS, False
        self._stage.jobs.run(self._work, self._done, self._failed)

    def _done(self, left: int) -> None:
        self._work = self._booking.settle
        self._failures = self._failures + 1 if left else 0
        self._pause(SETTLE_PAUSES[min(self._failures, len(SETTLE_PAUSES)) - 1])

    def _failed(self, error: KioskError) -> None:
        log.error("bookings cannot be put right now: %s", type(error).__name__)
        self._failures += 1
        self._pause(SETTLE_PAUSES[min(self._failures, len(SETTLE_PAUSES)) - 1])

    def _pause(self, seconds: float) -> None:
        self._working_until = 0.0
        self._next_at = self._monotonic() + (0.0 if self._urgent else seconds)
