"""Short numbers and opaque codes of tickets, and of the stubs of the waiting list (api.md sections 6 and 10)."""

import base64
import secrets

from sqlalchemy import ColumnElement, Connection, select

from kiosk.central.schema import appointment, waiting

#: How many digits a number has: one more whenever four tries in a row found it in use.
DIGITS = range(4, 10)
CODE_BYTES = 10


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
    return _numbers(connection, appointment.c.end > now, waiting.c.period_end > now)


def _in_use(connection: Connection, facility_id: str, drawn: str, now: int) -> bool:
    """An entry that was closed keeps its number until its period is over: its patient may get the place back."""
    booked = (appointment.c.facility_id == facility_id) & (appointment.c.ticket == drawn)
    waits = (waiting.c.facility_id == facility_id) & (waiting.c.ticket == drawn)
    found = _numbers(connection, booked & (appointment.c.end > now), waits & (waiting.c.period_end > now))
    return bool(found)


def _numbers(
    connection: Connection, of_bookings: ColumnElement[bool], of_entries: ColumnElement[bool]
) -> set[str]:
    booked = select(appointment.c.ticket).where(of_bookings)
    waits = select(waiting.c.ticket).where(of_entries)
    return set(connection.execute(booked.union_all(waits)).scalars())
