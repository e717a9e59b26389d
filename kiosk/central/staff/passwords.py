"""Passwords of staff: argon2id, and what a new one must be. Slow by intent: never called inside a transaction (R39)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

#: Some 50 ms and 32 MiB for each; who signs in is worked at by two at a time (app.py).
_HASHER = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
LEAST, MOST = 12, 256
_FIRST_BYTES = 12


def hashed(password: str) -> str:
    """What the store keeps of a password: salted, with the parameters in it."""
    return _HASHER.hash(password)


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password of which `kept` is kept; without one as much work is done, and it is not."""
    try:
        _HASHER.verify(_nobodys() if kept is None else kept, password)
    except VerifyMismatchError:
        return False
    return kept is not None


def first() -> str:
    """A password for once, made at random."""
    return secrets.token_urlsafe(_FIRST_BYTES)


def is_weak(new: str, login: str, old: str) -> bool:
    """Whether a new password is too short or too long, the old one, or has the login in it."""
    return not LEAST <= len(new) <= MOST or new == old or login in new.lower()


@cache
def _nobodys() -> str:
    return hashed(secrets.token_hex())
