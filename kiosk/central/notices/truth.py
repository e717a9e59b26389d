"""Whether a notice may still be sent: what it tells has to be so at this moment (R26)."""

from dataclasses import dataclass

from sqlalchemy import Connection

from kiosk.central import codes, entries, offers, records
from kiosk.central.shapes import Booking

OVERTAKEN, PAST = "overtaken", "past"

#: So late nobody is helped by what tells of no visit ahead: a worker may have been away for long, or never there.
OLD_SECONDS = 3 * 24 * 3600

#: What is told of an entry of the waiting list, and whether its patient waits where that is true.
_OF_ENTRIES = {"waitlisted": True, "waiting-left": False, "waiting-over": False}
#: What is told of a visit also after its time.
_ENDS = ("cancelled", "cancelled-by-clinic", "refused")


@dataclass(frozen=True)
class Said:
    """What a notice tells: its kind, about what and which version of it, to whom, from when on."""

    kind: str
    about: str
    version: int | None
    patient_id: str
    not_before: int


def booking_of(connection: Connection, said: Said) -> Booking | None:
    """The booking that the notice is about, in its present state; None where it is about something else."""
    if said.version is None:
        return None
    return records.found(connection, said.about)


def untrue(connection: Connection, said: Said, booking: Booking | None, now: int) -> str:
    """Why the notice must not be sent any more: 'overtaken' by what happened since, or 'past'; '' where it is true.

    `booking` is that of `booking_of`. Whatever changes a booking tells of it: the newer notice is the true one.
    """
    old = now >= said.not_before + (codes.LIFE_SECONDS if said.kind == codes.KIND else OLD_SECONDS)
    if said.version is not None:
        return _untrue_of_booking(said, booking, now, old=old)
    if old:
        return PAST
    if said.kind in _OF_ENTRIES:
        entry = entries.by_id(connection, said.about)
        waits = entry is not None and entry.stands(now)
        return "" if waits is _OF_ENTRIES[said.kind] else OVERTAKEN
    if said.kind == "offer":
        return "" if offers.stands(connection, said.about, said.patient_id, now) else OVERTAKEN
    return ""


def _untrue_of_booking(said: Said, booking: Booking | None, now: int, *, old: bool) -> str:
    if booking is None or booking.version != said.version:
        return OVERTAKEN
    begun = booking.time.start <= now
    return PAST if begun and (old or said.kind not in _ENDS) else ""
