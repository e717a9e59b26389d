"""The audit: who touched what of whom, and when; never what stood in it (R39, R40).

It only grows: nothing here changes or removes a line, and nobody else knows the table.
"""

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import Connection, insert, select

from kiosk.central.call import Caller
from kiosk.central.schema import audit
from kiosk.central.staff.account import Staff, StaffRole

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
    """One access: `who` is an account's id, `terminal:ID`, or `cli`; `record` is `Type/ID`, or a `Type`."""

    at: int
    who: str
    kind: str
    record: str
    patient_id: str
    reason: str


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
    connection.execute(insert(audit).values(row))


def who(caller: Caller) -> str:
    """How the audit calls somebody."""
    if caller.staff is not None:
        return caller.staff.account_id
    return f"terminal:{caller.terminal_id}"


def lines(
    connection: Connection,
    since: int,
    until: int,
    *,
    who: str = "",
    patient_id: str = "",
    most: int = 1000,
) -> Iterator[Line]:
    """What happened from `since` to before `until`, the newest first, `most` lines at most."""
    query = select(audit.c.at, audit.c.who, audit.c.kind, audit.c.record, audit.c.patient_id, audit.c.reason)
    query = query.where(audit.c.at >= since, audit.c.at < until)
    if who:
        query = query.where(audit.c.who == who)
    if patient_id:
        query = query.where(audit.c.patient_id == patient_id)
    for row in connection.execute(query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(most)):
        yield Line(*row)
