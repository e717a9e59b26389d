"""Short cues for somebody who does not look at the screen: what plays them (`Sounds`), and its way by aplay.

A program of its own plays each cue from its standard input: starting it takes under a millisecond, and a sound card
that hangs holds up that program alone. Kivy's own sounds would cost 0.3 s of the start. What reads files and starts
programs is imported on the first use.
"""

import logging
import shutil
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from enum import Enum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import subprocess

FOLDER = Path(__file__).parents[2] / "assets" / "sounds"
CARDS = Path("/proc/asound/cards")
_PLAYER = "aplay"

_log = logging.getLogger(__name__)


class Cue(Enum):
    """What is told; the files of assets/sounds are named so (script/sounds)."""

    TOUCH = "touch"
    CARD = "card"
    ERROR = "error"
    TICKET = "ticket"


class SoundState(Enum):
    """Whether cues can be heard. NONE: the settings want none; else the terminal is silent for want of something."""

    READY = "ready"
    NO_PLAYER = "no-player"
    NO_CARD = "no-card"
    NONE = "none"


@dataclass(frozen=True)
class Loudness:
    """In percent by day and by night; the night may pass midnight, and from one time to the same there is none."""

    day: int
    night: int
    night_from: time
    night_until: time

    def at(self, now: time) -> int:
        """How loud it is at this time of the day."""
        if self.night_from <= self.night_until:
            is_night = self.night_from <= now < self.night_until
        else:
            is_night = now >= self.night_from or now < self.night_until
        return self.night if is_night else self.day


class Sounds(Protocol):
    """Plays cues; never waits for their end and never raises. Called on one thread."""

    def play(self, cue: Cue) -> None:
        """Begins at once, and ends what sounds still; but a touch waits for nobody: it gives way."""

    def state(self) -> SoundState:
        """Whether it could be heard now."""

    def close(self) -> None:
        """Silence. May be called again."""


class AplaySounds:
    """Cues by ALSA's player; `device` is ALSA's name of the card, '' the usual one."""

    def __init__(self, loudness: Loudness, clock: Callable[[], datetime], device: str = "") -> None:
        self._loudness = loudness
        self._clock = clock
        self._command = [_PLAYER, "-q", *(["-D", device] if device else []), "-"]
        self._players: list[subprocess.Popen[bytes]] = []

    def play(self, cue: Cue) -> None:
        """As promised by Sounds."""
        loud = self._loudness.at(self._clock().time())
        self._players = [player for player in self._players if player.poll() is None]
        if loud == 0 or (self._players and cue is Cue.TOUCH):
            return
        for player in self._players:
            player.terminate()
        try:
            self._start(sound(cue, loud))
        except OSError as error:
            _log.debug("no sound: %s", type(error).__name__)

    def state(self) -> SoundState:
        """As promised by Sounds."""
        if self._loudness.day == self._loudness.night == 0:
            return SoundState.NONE
        if shutil.which(_PLAYER) is None:
            return SoundState.NO_PLAYER
        return SoundState.READY if _has_card() else SoundState.NO_CARD

    def close(self) -> None:
        """As promised by Sounds."""
        for player in self._players:
            player.kill()
            player.wait()
        self._players = []

    def _start(self, data: bytes) -> None:
        import subprocess

        player = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        self._players.append(player)
        if player.stdin is not None:
            # A pipe takes 64 KB at once, more than any cue has: this never waits for the player.
            with player.stdin as line:
                line.write(data)


@cache
def sound(cue: Cue, loud: int) -> bytes:
    """The cue's file, quieter; the ear hears half as loud what has a quarter of the amplitude."""
    import wave

    with wave.open(str(FOLDER / f"{cue.value}.wav"), "rb") as file:
        head, frames = file.getparams(), array("h", file.readframes(file.getnframes()))
    quieter = array("h", (round(frame * (loud / 100) ** 2) for frame in frames))
    copy = BytesIO()
    with wave.open(copy, "wb") as file:
        file.setparams(head)
        file.writeframes(quieter.tobytes())
    return copy.getvalue()


def _has_card() -> bool:
    try:
        return "[" in CARDS.read_text("ascii", "replace")
    except OSError:
        return False
