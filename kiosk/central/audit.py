"""The audit: who touched what of whom, and when; never what stood in it (R39, R40).

It only grows: nothing here changes or removes a line, and nobody else knows the table.
"""

import secrets
import time
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select

from kiosk.central.appended import append
from kiosk.central.call import Caller
from kiosk.central.schema import account, audit
from kiosk.central.staff.account import Staff, StaffRole
from kiosk.central.store import Store

#: What was done at the registry's own keyboard, by `kiosk central`.
COMMAND = Staff("cli", "cli", "", StaffRole.ADMINISTRATOR)


class By(Protocol):
    """Who does something, and when: a Call is one."""

    @property
    def caller(self) -> Caller: ...

    @property
    def now(self) -> int: ...


@dataclass(frozen=True)
class Done:
    """Something that is done at an instant, and by whom: `kiosk central`, where nobody else is named."""

    now: int
    caller: Caller = field(default=Caller(staff=COMMAND))


@dataclass(frozen=True)
class Line:
    """One access: `who` is an account's id, `terminal:ID`, or `cli`, `login` that of an account, else '';
    `record` is `Type/ID`, or a `Type`.
    """

    id: str
    at: int
    who: str
    login: str
    kind: str
    record: str
    patient_id: str
    reason: str


@dataclass(frozen=True)
class Asked:
    """Which lines are asked for: from `since` to before `until`, of one account (its id or login, or `cli`) or all, of
    one patient or all, `most` at most, going on after the line `before` of the last answer.
    """

    since: int
    until: int
    account: str = ""
    patient_id: str = ""
    before: str = ""
    most: int = 1000


def note(
    connection: Connection, call: By, kind: str, record: str, patient_id: str = "", reason: str = ""
) -> None:
    """Write down an access in the caller's transaction: a change is noted with it, or neither is there.

    `kind` is what was done (`read`, `search`, `book` ...), `record` what it was done to; `reason` is staff's own words
    where a rule wants them, never anything of a record.
    """
    row = {
        # In the order of writing within the second that `at` tells.
        "id": f"{time.time_ns():016x}{secrets.token_hex(4)}",
        "at": call.now,
        "who": who(call.caller),
        "kind": kind,
        "record": record,
        "patient_id": patient_id,
        "reason": reason,
    }
    append(connection, audit, row)


def who(caller: Caller) -> str:
    """How the audit calls somebody."""
    if caller.staff is not None:
        return caller.staff.account_id
    return f"terminal:{caller.terminal_id}"


def read(store: Store, call: By, asked: Asked) -> list[Line]:
    """The lines asked for, the newest first. That they were read is one more, written before they are told."""
    with store.read() as connection:
        lines = _lines(connection, asked)
    store.write(lambda connection: note(connection, call, "read", "Audit", asked.patient_id))
    return lines


def _lines(connection: Connection, asked: Asked) -> list[Line]:
    columns = (audit.c.kind, audit.c.record, audit.c.patient_id, audit.c.reason)
    login = func.coalesce(account.c.login, "")
    query = (
        select(audit.c.id, audit.c.at, audit.c.who, login, *columns)
        .outerjoin(account, account.c.id == audit.c.who)
        .where(audit.c.at >= asked.since, audit.c.at < asked.until)
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(asked.most)
    )
    if asked.account:
        known = select(account.c.id).where(account.c.login == asked.account.lower())
        query = query.where(audit.c.who == (connection.execute(known).scalar() or asked.account))
    if asked.patient_id:
        query = query.where(audit.c.patient_id == asked.patient_id)
    if asked.before:
        query = query.where(_is_before(connection, asked.before))
    return [Line(*row) for row in connection.execute(query)]


def _is_before(connection: Connection, id: str) -> ColumnElement[bool]:
    """Later in an answer that has the newest first; nothing is, where there is no such line."""
    at = connection.execute(select(audit.c.at).where(audit.c.id == id)).scalar()
    if at is None:
        return false()
    return or_(audit.c.at < at, and_(audit.c.at == at, audit.c.id < id))
