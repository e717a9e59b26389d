"""A change of what the patient has, asked for until it is known what became of it (api.md sections 7 and 8).

What is asked is repeatable, so where the registry does not know of the change it is asked for once more. What the screen
says in the end is what the registry holds. Whoever leaves before is told that it is not known; the registry tells them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.errors import InDoubt, KioskError, RegistryError, doubting, doubting_still
from kiosk.models import BookingRecord
from kiosk.ports import BookingRegistry
from kiosk.terminal.doubt import Doubt, in_doubt_again
from kiosk.terminal.stage import Stage, Told
from kiosk.views import Busy


@dataclass(frozen=True)
class Change:
    """One change of the booking or place `id`. `ask` runs on a worker; `is_done` judges what the registry holds.

    `done` and `failed` are called on the UI thread, as long as the patient is there; `doubt` is said meanwhile.
    """

    busy: Busy
    id: str
    ask: Callable[[], None]
    is_done: Callable[[BookingRecord], bool]
    done: Callable[[], None]
    failed: Callable[[KioskError], None]
    doubt: Told


class Changing:
    """One change of the present visit at a time."""

    def __init__(self, stage: Stage, registry: BookingRegistry, monotonic: Callable[[], float]) -> None:
        self._stage = stage
        self._registry = registry
        self._monotonic = monotonic
        self._change: Change | None = None
        self._doubt: Doubt | None = None

    @property
    def is_asking(self) -> bool:
        """Whether a change is asked for and its result not on the screen yet: nobody leaves silently now."""
        return self._change is not None

    @property
    def in_doubt(self) -> bool:
        """Whether the answer is outstanding."""
        return self._doubt is not None

    def start(self, change: Change) -> None:
        """Asks for it; while anything else is under way it is not taken."""
        if self._stage.busy is not None:
            return
        self._change = change
        self._stage.command(
            change.busy,
            lambda: asked(change),
            lambda nothing: self._done(change),
            lambda error: self._failed(change, error),
            lane="booking",
        )

    def tick(self) -> None:
        """Finds out what became of it, when it is time to."""
        doubt, change = self._doubt, self._change
        if doubt is None or change is None or doubt.next_at is None or self._monotonic() < doubt.next_at:
            return
        self._doubt = replace(doubt, next_at=None)
        self._stage.jobs.run(
            lambda: found_out(self._registry, change),
            lambda nothing: self._done(change),
            lambda error: self._failed(change, error),
            lane="booking",
        )

    def leave(self) -> None:
        """The patient does not wait for it any more."""
        self._change = self._doubt = None

    def _done(self, change: Change) -> None:
        if self._change is change:
            self._settled()
            change.done()

    def _failed(self, change: Change, error: KioskError) -> None:
        if self._change is not change:
            return
        if isinstance(error, InDoubt):
            self._doubt = in_doubt_again(self._doubt, self._monotonic())
            self._stage.busy = change.busy
            self._stage.say(change.doubt)
        else:
            self._settled()
            change.failed(error)

    def _settled(self) -> None:
        self.leave()
        self._stage.leaving = False
        self._stage.forget()


def asked(change: Change) -> None:
    """On a worker. InDoubt: it may have been done; any other KioskError: it was not."""
    with doubting():
        change.ask()


def found_out(registry: BookingRegistry, change: Change) -> None:
    """The same promise for a change in doubt: looked up, and asked for again where it was not done."""
    try:
        record = registry.attempted(change.id)
    except RegistryError as error:
        raise InDoubt from error
    if record is not None and change.is_done(record):
        return
    with doubting_still():
        change.ask()
