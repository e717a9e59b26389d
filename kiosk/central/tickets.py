"""Short numbers and opaque codes of tickets, and of the stubs of the waiting list (api.md sections 6 and 10)."""

import base64
import secrets

from sqlalchemy import Connection, select

from kiosk.central.schema import appointment, waiting
from kiosk.central.waitlist import WAITING

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


def _in_use(connection: Connection, facility_id: str, drawn: str, now: int) -> bool:
    same_booking = (appointment.c.facility_id == facility_id) & (appointment.c.ticket == drawn)
    same_entry = (waiting.c.facility_id == facility_id) & (waiting.c.ticket == drawn)
    booked = select(appointment.c.id).where(same_booking, appointment.c.end > now)
    waits = select(waiting.c.id).where(same_entry, waiting.c.status == WAITING)
    return any(connection.execute(query.limit(1)).first() is not None for query in (booked, waits))
