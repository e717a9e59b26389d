"""The PIN of maintenance mode: kept as a salted hash alone, and locked after wrong ones, across restarts (R36)."""

import hashlib
import hmac
import logging
import math
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.maintenance import state_file

_log = logging.getLogger(__name__)

#: 16 MB and some 50 ms for each try.
_COST, _BLOCK, _LANES = 2**14, 8, 1
#: How many digits a PIN has.
LEAST, MOST = 4, 12
#: The wrong PIN of this number locks for LOCK_SECONDS, each further one for twice as long as the one before.
FREE_TRIES = 5
LOCK_SECONDS, LONGEST_LOCK = 60.0, 3600.0


def is_pin(text: str) -> bool:
    """4 to 12 digits."""
    return re.fullmatch(rf"[0-9]{{{LEAST},{MOST}}}", text) is not None


def hash_pin(pin: str, salt: bytes = b"") -> str:
    """What the settings keep of a PIN; another salt each time where none is given."""
    salt = salt or secrets.token_bytes(16)
    return f"scrypt${salt.hex()}${_scrypt(pin, salt).hex()}"


def fits(pin: str, pin_hash: str) -> bool:
    """Whether this is the PIN of that hash; as slow for a wrong one as for the right one."""
    _kind, salt, digest = pin_hash.split("$")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(digest))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES, dklen=32)


@dataclass(frozen=True)
class Tries:
    """How many PINs in a row were wrong, and until when (seconds since 1970) none is taken."""

    wrong: int = 0
    until: float = 0.0


class PinLock:
    """Takes the PIN, and none at all for a while after wrong ones. `file` remembers them over a restart."""

    def __init__(self, pin_hash: str, file: Path, now: Callable[[], float] = time.time) -> None:
        self._pin_hash = pin_hash
        self._file = file
        self._now = now
        self._tries = _read(file, now())

    @property
    def left(self) -> int:
        """Seconds for which no PIN is taken, 0 where one is. A clock that was set back locks nobody out for longer."""
        tries = self._tries
        left = min(tries.until - self._now(), _lock_seconds(tries.wrong))
        return max(0, math.ceil(left))

    def opens(self, pin: str) -> bool:
        """Whether this is the PIN; blocks, for the workers.

        A try is counted before it is judged: who cuts the power after each wrong one gains nothing.
        """
        if self.left:
            return False
        wrong = self._tries.wrong + 1
        seconds = _lock_seconds(wrong)
        self._keep(Tries(wrong, self._now() + seconds if seconds else 0.0))
        if fits(pin, self._pin_hash):
            self._keep(Tries())
            return True
        _log.warning("maintenance: wrong PIN, %d in a row, locked for %.0f s", wrong, seconds)
        return False

    def _keep(self, tries: Tries) -> None:
        self._tries = tries
        state_file.write(self._file, {"wrong": tries.wrong, "until": tries.until})


def _lock_seconds(wrong: int) -> float:
    """For how long that many wrong PINs in a row lock."""
    if wrong < FREE_TRIES:
        return 0.0
    return float(min(LOCK_SECONDS * 2 ** min(wrong - FREE_TRIES, 10), LONGEST_LOCK))


def _read(file: Path, now: float) -> Tries:
    """What was remembered; a file that cannot be understood has as many wrong ones as lock for the shortest time."""
    told = state_file.read(file)
    if told is not None:
        wrong, until = told.get("wrong", 0), told.get("until", 0.0)
        if isinstance(wrong, int) and isinstance(until, int | float):
            return Tries(wrong, float(until))
    return Tries(FREE_TRIES, now + LOCK_SECONDS)
