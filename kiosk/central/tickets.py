"""Short numbers and opaque codes of tickets, and of the stubs of the waiting list (api.md sections 6 and 10)."""

import base64
import secrets
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, CompoundSelect, Connection, bindparam, select

from kiosk.central.prepared import Prepared
from kiosk.central.schema import appointment, waiting

#: How many digits a number has: one more whenever four tries in a row found it in use.
DIGITS = range(4, 10)
CODE_BYTES = 10


def _numbers(of_bookings: ColumnElement[bool], of_entries: ColumnElement[bool]) -> CompoundSelect[tuple[str]]:
    return (
        select(appointment.c.ticket).where(of_bookings).union_all(select(waiting.c.ticket).where(of_entries))
    )


_FACILITY: BindParameter[Any] = bindparam("facility_id")
_DRAWN: BindParameter[Any] = bindparam("drawn")
_NOW: BindParameter[Any] = bindparam("now")
_LAST = (appointment.c.end > _NOW, waiting.c.period_end > _NOW)
_USED = _numbers(*_LAST)
#: An entry that was closed keeps its number until its period is over: its patient may get the place back.
_USING = Prepared(
    _numbers(
        (appointment.c.facility_id == _FACILITY) & (appointment.c.ticket == _DRAWN) & _LAST[0],
        (waiting.c.facility_id == _FACILITY) & (waiting.c.ticket == _DRAWN) & _LAST[1],
    )
)


def number(connection: Connection, facility_id: str, now: int) -> str:
    """A short number that nobody has at the facility whose visit is not over, or who waits."""
    tries = [digits for digits in DIGITS for _ in range(4)]
    for digits in tries:
        drawn = str(10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1)))
        if not _in_use(connection, facility_id, drawn, now):
            return drawn
    raise LookupError("no ticket number is free")


def code() -> str:
    """A new random code for the QR."""
    return base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()


def used(connection: Connection, now: int) -> set[str]:
    """The numbers in use, at whatever facility."""
    return set(connection.execute(_USED, {"now": now}).scalars())


def _in_use(connection: Connection, facility_id: str, drawn: str, now: int) -> bool:
    return _USING.first(connection, facility_id=facility_id, drawn=drawn, now=now) is not None
