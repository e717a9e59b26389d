"""Accounts of staff in the store: made, changed and disabled, never deleted; every change is audited (R39, R40).

A change ends the account's tokens in its own transaction: what somebody might do before, they may not a moment later.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from kiosk.central import audit
from kiosk.central.schema import account, facility
from kiosk.central.staff import passwords, tokens
from kiosk.central.staff.account import Staff, StaffRole
from kiosk.central.store import Store

_LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,63}")


class NoAccount(ValueError):
    """There is no account with this login."""


@dataclass(frozen=True)
class Account:
    """An account as the store has it. `disabled` is since when (seconds of UTC), or None."""

    staff: Staff
    password_hash: str
    password_set: int
    one_time: bool
    created: int
    disabled: int | None


def folded(login: str) -> str:
    """A login as it is compared and kept."""
    return login.strip().lower().replace("\0", "\ufffd")


def add(store: Store, by: audit.By, login: str, role: StaffRole, name: str, facility_id: str = "") -> str:
    """Make an account and return its first password, which only opens the way to another one.

    ValueError where the login is in use or none, or the facility does not go with the role.
    """
    login = folded(login)
    if not _LOGIN.fullmatch(login):
        raise ValueError("a login has 2 to 64 of the letters a to z, digits, dots and hyphens")
    password = passwords.first()
    id = secrets.token_hex(8)
    row = {
        "id": id,
        "login": login,
        "name": name,
        "password_hash": passwords.hashed(password),
        "password_set": by.now,
        "one_time": True,
        "created": by.now,
        "disabled": None,
    }

    def work(connection: Connection) -> None:
        if find(connection, login) is not None:
            raise ValueError(f"there is an account {login} already")
        connection.execute(insert(account).values(row | _place(connection, role, facility_id)))
        audit.note(connection, by, "create", f"Account/{id}", reason=_said(role, facility_id))

    store.write(work)
    return password


def give_role(store: Store, by: audit.By, login: str, role: StaffRole, facility_id: str = "") -> None:
    """Let an account be something else; raises as `add` does, and NoAccount."""

    def work(connection: Connection, staff: Staff) -> None:
        _change(connection, staff, **_place(connection, role, facility_id))
        audit.note(connection, by, "role", f"Account/{staff.account_id}", reason=_said(role, facility_id))

    _on(store, login, work)


def reset(store: Store, by: audit.By, login: str) -> str:
    """A new first password for who lost theirs; NoAccount for an unknown login."""
    password = passwords.first()
    values = {"password_hash": passwords.hashed(password), "password_set": by.now, "one_time": True}

    def work(connection: Connection, staff: Staff) -> None:
        _change(connection, staff, **values)
        audit.note(connection, by, "reset", f"Account/{staff.account_id}")

    _on(store, login, work)
    return password


def disable(store: Store, by: audit.By, login: str) -> None:
    """Let nobody in by this account any more; NoAccount for an unknown login. Repeatable."""
    _open_or_close(store, by, login, "disable", by.now)


def enable(store: Store, by: audit.By, login: str) -> None:
    """Take that back."""
    _open_or_close(store, by, login, "enable", None)


def change_password(connection: Connection, staff: Staff, password_hash: str, now: int) -> None:
    """The account's own new password; every token of it ends."""
    _change(connection, staff, password_hash=password_hash, password_set=now, one_time=False)


def find(connection: Connection, login: str) -> Account | None:
    """The account with this (folded) login."""
    row = connection.execute(select(account).where(account.c.login == login)).first()
    return None if row is None else _of(row)


def everybody(store: Store) -> list[Account]:
    """Every account there ever was, by login."""
    with store.read() as connection:
        return [_of(row) for row in connection.execute(select(account).order_by(account.c.login))]


def _open_or_close(store: Store, by: audit.By, login: str, kind: str, disabled: int | None) -> None:
    def work(connection: Connection, staff: Staff) -> None:
        _change(connection, staff, disabled=disabled)
        audit.note(connection, by, kind, f"Account/{staff.account_id}")

    _on(store, login, work)


def _on(store: Store, login: str, work: Callable[[Connection, Staff], None]) -> None:
    def on_account(connection: Connection) -> None:
        found = find(connection, folded(login))
        if found is None:
            raise NoAccount(f"there is no account {login}")
        work(connection, found.staff)

    store.write(on_account)


def _change(connection: Connection, staff: Staff, **values: Any) -> None:
    connection.execute(update(account).where(account.c.id == staff.account_id).values(values))
    tokens.end_all(connection, staff.account_id)


def _place(connection: Connection, role: StaffRole, facility_id: str) -> dict[str, str | None]:
    """The columns of a role and where it holds: a registrar has one facility, everybody else the region."""
    if (role is StaffRole.REGISTRAR) != bool(facility_id):
        raise ValueError("a registrar has a facility, and nobody else")
    known = select(facility.c.id).where(facility.c.id == facility_id)
    if facility_id and connection.execute(known).first() is None:
        raise ValueError(f"there is no facility {facility_id}")
    return {"role": role.value, "facility_id": facility_id or None}


def _said(role: StaffRole, facility_id: str) -> str:
    return " ".join(filter(None, (role.value, facility_id)))


def _of(row: Row[Any]) -> Account:
    staff = Staff(row.id, row.login, row.name, StaffRole(row.role), row.facility_id or "")
    return Account(staff, row.password_hash, row.password_set, row.one_time, row.created, row.disabled)
