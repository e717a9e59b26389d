"""A card that stays in the reader when its visit ends: said and sounded until it is taken out (issue 5, item 2)."""

import logging
from collections.abc import Callable
from functools import partial

from kiosk.devices.sound import Cue
from kiosk.explanations import CARD_LEFT, translated
from kiosk.terminal.stage import Stage

#: From one sound to the next, in seconds.
PAUSE = 5.0

_log = logging.getLogger(__name__)


class LeftCard:
    """Knows whether a card is in the reader, and whether it is of somebody who is gone. Nothing of what it says is kept."""

    def __init__(self, stage: Stage, monotonic: Callable[[], float]) -> None:
        self._stage = stage
        self._monotonic = monotonic
        self._is_in = False
        self._sounds_at: float | None = None

    def put_in(self) -> None:
        """A card is in the reader."""
        self._is_in = True

    def taken_out(self) -> None:
        """There is none any more."""
        self._is_in = False
        if self._sounds_at is not None:
            self._sounds_at = None
            self._stage.remind(None)

    def left_behind(self) -> None:
        """Whoever had put it in is not there: if one is in the reader it is told of from now on."""
        if self._is_in and self._sounds_at is None:
            _log.info("a card is left in the reader")
            self._sounds_at = self._monotonic()
            self._stage.remind(partial(translated, CARD_LEFT))

    def tick(self) -> None:
        """Sounds while one is left."""
        now = self._monotonic()
        if self._sounds_at is not None and now >= self._sounds_at:
            self._sounds_at = now + PAUSE
            self._stage.cue(Cue.ERROR)
