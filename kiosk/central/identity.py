"""Terminals, their credentials, and patients' tokens (api.md sections 1 and 9, R9, R11).

Credentials and tokens are random; the store knows their SHA-256 only.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from kiosk.central import audit
from kiosk.central.call import Caller
from kiosk.central.prepared import Prepared
from kiosk.central.schema import claim, hold, terminal, token
from kiosk.central.store import Store

#: A token ends this long after its last use, and this long after it was issued whatever its use.
TOKEN_SECONDS = 300
TOKEN_LIMIT_SECONDS = 1800
#: A use is written down only where it moves the end by more than this: most requests stay reads.
SLIDE_SECONDS = 5
_TOKEN_PREFIX = "pt."

_LET_IN = terminal.c.revoked.is_(None)
_SHOWN_CREDENTIAL = Prepared(
    select(terminal.c.id).where(terminal.c.credential_hash == bindparam("hash"), _LET_IN)
)
#: The terminal is asked too: a token may have been on its way while its terminal was revoked.
_SHOWN_TOKEN = Prepared(select(token).join(terminal).where(token.c.hash == bindparam("hash"), _LET_IN))
_SLIDE = Prepared(
    update(token)
    .where(token.c.hash == bindparam("its_hash"), token.c.expires < bindparam("end"))
    .values(expires=bindparam("end"))
)


@dataclass(frozen=True)
class Terminal:
    """An enrolled terminal; `revoked` is when its credential ended (seconds of UTC), or None."""

    id: str
    name: str
    enrolled: int
    revoked: int | None


def secret_hash(secret: str) -> str:
    """What the store keeps of a credential or a token."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


# --- terminals ---------------------------------------------------------------------------------------------------


def enroll(store: Store, name: str, now: int, credential: str = "", *, by: audit.By | None = None) -> str:
    """Make a terminal and return its credential, which is not kept; a name in use is ValueError.

    `by`: who lets it in, for the audit; without it a command did.
    """
    credential = credential or secrets.token_urlsafe(32)
    row = terminal_row(name, credential, now)

    def work(connection: Connection) -> None:
        if _terminal_id(connection, name) is not None:
            raise ValueError(f"a terminal named {name!r} is enrolled already")
        connection.execute(insert(terminal).values(row))
        audit.note(connection, by or audit.Done(now), "enroll", f"Device/{row['id']}")

    store.write(work)
    return credential


def terminal_row(name: str, credential: str, now: int) -> dict[str, Any]:
    """A terminal as it is kept."""
    return {
        "id": secrets.token_hex(8),
        "name": name,
        "credential_hash": secret_hash(credential),
        "enrolled": now,
        "revoked": None,
    }


def revoke(store: Store, name: str, now: int, *, by: audit.By | None = None) -> None:
    """End a terminal's credential, its token and its hold at once (R39); an unknown name is ValueError. `by` as above."""

    def work(connection: Connection) -> None:
        id = _terminal_id(connection, name)
        if id is None:
            raise ValueError(f"no terminal is named {name!r}")
        known = (terminal.c.id == id) & terminal.c.revoked.is_(None)
        connection.execute(update(terminal).where(known).values(revoked=now))
        connection.execute(delete(token).where(token.c.terminal_id == id))
        _release_holds(connection, id)
        audit.note(connection, by or audit.Done(now), "revoke", f"Device/{id}")

    store.write(work)


def terminals(store: Store) -> list[Terminal]:
    """Every terminal ever enrolled, by name."""
    columns = (terminal.c.id, terminal.c.name, terminal.c.enrolled, terminal.c.revoked)
    with store.read() as connection:
        rows = connection.execute(select(*columns).order_by(terminal.c.name)).all()
    return [Terminal(*row) for row in rows]


def _release_holds(connection: Connection, terminal_id: str) -> None:
    held = select(hold.c.appointment).where(hold.c.terminal_id == terminal_id, ~hold.c.released)
    own = (claim.c.holder == terminal_id) & claim.c.expires.is_not(None) & claim.c.appointment.in_(held)
    connection.execute(delete(claim).where(own))
    connection.execute(update(hold).where(hold.c.terminal_id == terminal_id).values(released=True))


def _terminal_id(connection: Connection, name: str) -> str | None:
    return connection.execute(select(terminal.c.id).where(terminal.c.name == name)).scalar()


# --- callers -----------------------------------------------------------------------------------------------------


def caller(store: Store, bearer: str, now: int) -> Caller | None:
    """Who shows this credential or token; None where it is unknown, revoked or at its end. A token slides."""
    if not bearer:
        return None
    hashed = secret_hash(bearer)
    if not bearer.startswith(_TOKEN_PREFIX):
        return _terminal(store, hashed)
    with store.read() as connection:
        row = _SHOWN_TOKEN.first(connection, hash=hashed)
    if row is None or row.expires <= now:
        return None
    end = min(now + TOKEN_SECONDS, row.issued + TOKEN_LIMIT_SECONDS)
    if end - row.expires >= SLIDE_SECONDS:
        store.write_soon(lambda connection: _slide(connection, hashed, end))
    return Caller(row.terminal_id, row.patient_id)


def _terminal(store: Store, hashed: str) -> Caller | None:
    with store.read() as connection:
        row = _SHOWN_CREDENTIAL.first(connection, hash=hashed)
    return None if row is None else Caller(row.id)


def _slide(connection: Connection, hashed: str, end: int) -> None:
    _SLIDE.run(connection, its_hash=hashed, end=end)


def issue_token(connection: Connection, terminal_id: str, patient_id: str, now: int) -> str:
    """A new token for a patient at a terminal; the terminal's earlier one ends, as do all past their time."""
    value = new_token()
    connection.execute(delete(token).where((token.c.terminal_id == terminal_id) | (token.c.expires <= now)))
    connection.execute(insert(token), token_row(value, terminal_id, patient_id, now))
    return value


def new_token() -> str:
    """A token that nobody has yet."""
    return _TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_row(value: str, terminal_id: str, patient_id: str, now: int) -> dict[str, Any]:
    """A token as it is kept."""
    return {
        "hash": secret_hash(value),
        "terminal_id": terminal_id,
        "patient_id": patient_id,
        "issued": now,
        "expires": now + TOKEN_SECONDS,
    }


def revoke_token(store: Store, value: str, authority: str) -> None:
    """End a token, where `authority` is the token itself or the credential of its terminal; else nothing."""
    hashed = secret_hash(value)
    with store.read() as connection:
        owner = connection.execute(select(token.c.terminal_id).where(token.c.hash == hashed)).scalar()
    if owner is None:
        return
    if secret_hash(authority) != hashed and _terminal(store, secret_hash(authority)) != Caller(owner):
        return

    def work(connection: Connection) -> None:
        connection.execute(delete(token).where(token.c.hash == hashed))

    store.write(work)
