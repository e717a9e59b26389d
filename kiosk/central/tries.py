"""Failed identifications and the limits on them (api.md section 9), kept in the store across restarts."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, select

from kiosk.central.schema import failure

WINDOW_SECONDS = 900
#: So many failures in the window, and every try for this policy number waits for the window to pass.
POLICY_FAILURES = 5
#: From so many on, a terminal waits 1, 2, 4 ... seconds after each.
TERMINAL_FAILURES = 10
LONGEST_PAUSE_SECONDS = 30
#: More failures than these change nothing: the longest pause is reached.
_LOOKED_AT = TERMINAL_FAILURES + LONGEST_PAUSE_SECONDS.bit_length()


def policy_subject(secret: str, policy_number: str) -> str:
    """Under what failures of a (folded) policy number are counted: its HMAC, known numbers and unknown alike."""
    digest = hmac.new(secret.encode(), b"policy:" + policy_number.encode("utf-8", "replace"), hashlib.sha256)
    return "policy:" + digest.hexdigest()


def login_subject(secret: str, login: str) -> str:
    """Under what failures of a (folded) login of staff are counted: its HMAC, as people type passwords there too."""
    digest = hmac.new(secret.encode(), b"login:" + login.encode("utf-8", "replace"), hashlib.sha256)
    return "login:" + digest.hexdigest()


def terminal_subject(terminal_id: str) -> str:
    """Under what failures of a terminal are counted."""
    return "terminal:" + terminal_id


def policy_pause(times: Sequence[int], now: int) -> int:
    """Seconds until a policy number with failures at these times, latest first, may be tried again."""
    if len(times) < POLICY_FAILURES:
        return 0
    return max(0, times[POLICY_FAILURES - 1] + WINDOW_SECONDS - now)


def terminal_pause(times: Sequence[int], now: int) -> int:
    """Seconds until a terminal with failures at these times, latest first, may try again."""
    if len(times) < TERMINAL_FAILURES:
        return 0
    wait = min(LONGEST_PAUSE_SECONDS, 1 << (len(times) - TERMINAL_FAILURES))
    return max(0, times[0] + wait - now)


def failures(connection: Connection, subject: str, now: int, most: int = _LOOKED_AT) -> list[int]:
    """When a subject failed within the window, latest first; no more of them than matter."""
    recent = (failure.c.subject == subject) & (failure.c.at > now - WINDOW_SECONDS)
    query = select(failure.c.at).where(recent).order_by(failure.c.at.desc()).limit(most)
    return list(connection.execute(query).scalars())


def record(connection: Connection, subjects: Sequence[str], now: int) -> None:
    """Note one failure of each subject; failures past the window are forgotten in passing."""
    connection.execute(delete(failure).where(failure.c.at <= now - WINDOW_SECONDS))
    rows = [{"id": secrets.token_hex(16), "subject": subject, "at": now} for subject in subjects]
    connection.execute(insert(failure), rows)


def clear(connection: Connection, subjects: Sequence[str]) -> None:
    """Forget the failures of these subjects: a success."""
    connection.execute(delete(failure).where(failure.c.subject.in_(subjects)))
