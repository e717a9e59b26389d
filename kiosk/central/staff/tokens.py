"""Tokens of staff: opaque, stored hashed, bound to an account that is looked at with every use (R39, R40)."""

import secrets

from sqlalchemy import Connection, delete, insert, select, update

from kiosk.central.identity import secret_hash
from kiosk.central.schema import account, staff_token
from kiosk.central.staff.account import Staff, StaffRole
from kiosk.central.store import Store

#: A token ends this long after its last use, and this long after it was issued whatever its use.
IDLE_SECONDS = 15 * 60
LONGEST_SECONDS = 12 * 3600
#: A use is written down only where it moves the end by more than this: most requests stay reads.
SLIDE_SECONDS = 30
_PREFIX = "st."


def is_staffs(credential: str) -> bool:
    """Whether this looks like a token of staff, and like nobody else's."""
    return credential.startswith(_PREFIX)


def issue(connection: Connection, account_id: str, now: int) -> str:
    """A new token of an account; those of everybody that are past their time are forgotten in passing."""
    value = _PREFIX + secrets.token_urlsafe(32)
    connection.execute(delete(staff_token).where(staff_token.c.expires <= now))
    row = {
        "hash": secret_hash(value),
        "account_id": account_id,
        "issued": now,
        "expires": now + IDLE_SECONDS,
    }
    connection.execute(insert(staff_token).values(row))
    return value


def holder(store: Store, value: str, now: int) -> Staff | None:
    """Whose token this is, as the account is now; None where it is unknown, ended, or its account disabled. It slides."""
    hashed = secret_hash(value)
    query = (
        select(account, staff_token.c.issued, staff_token.c.expires)
        .join(staff_token, staff_token.c.account_id == account.c.id)
        .where(staff_token.c.hash == hashed, account.c.disabled.is_(None))
    )
    with store.read() as connection:
        row = connection.execute(query).first()
    if row is None or row.expires <= now:
        return None
    end = min(now + IDLE_SECONDS, row.issued + LONGEST_SECONDS)
    if end - row.expires >= SLIDE_SECONDS:
        store.write_soon(lambda connection: _slide(connection, hashed, end))
    return Staff(row.id, row.login, row.name, StaffRole(row.role), row.facility_id or "")


def _slide(connection: Connection, hashed: str, end: int) -> None:
    own = (staff_token.c.hash == hashed) & (staff_token.c.expires < end)
    connection.execute(update(staff_token).where(own).values(expires=end))


def end(connection: Connection, value: str) -> None:
    """End one token, whosever it is: who shows it has it."""
    connection.execute(delete(staff_token).where(staff_token.c.hash == secret_hash(value)))


def end_all(connection: Connection, account_id: str) -> None:
    """End every token of an account, at once."""
    connection.execute(delete(staff_token).where(staff_token.c.account_id == account_id))
