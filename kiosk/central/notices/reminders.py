"""The reminder of tomorrow's visit: written by the worker on the eve, once for each visit and day."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, literal, select

from kiosk.central import outbox, records
from kiosk.central.schema import appointment, facility, notice
from kiosk.central.shapes import BOOKED, Booking
from kiosk.central.store import Store
from kiosk.texts import catalog

REMINDER = "reminder"
DOMAIN = "notices"
#: The id of the notice names booking and day, so that it is there once.
_PREFIX = "reminder."


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_WORDS = _(
    "We remind you of your visit: {when}, {doctor}, room {room}. {facility}. Ticket {ticket}. "
    "If you cannot come, please cancel it."
)


def remind(store: Store, hour: int, now: int, most: int) -> int:
    """Write the reminders of all facilities where it is this hour or later, and visits are tomorrow; how many.

    Who booked, moved or was approved after that hour was just told, and is not told again. `most` of them at once:
    there may be thousands, and others wait to be told meanwhile.
    """
    with store.read() as connection:
        zones = connection.scalars(select(facility.c.zone).distinct()).all()
        due = [item for zone in zones for item in _due(connection, zone, hour, now, most)][:most]
    if due:
        store.write(partial(_remind, due=due, now=now))
    return len(due)


def _due(connection: Connection, zone: str, hour: int, now: int, most: int) -> list[tuple[str, int]]:
    """Bookings and the day for which each is due."""
    here = datetime.fromtimestamp(now, ZoneInfo(zone))
    if here.hour < hour:
        return []
    evening = int(datetime.combine(here.date(), time(hour), here.tzinfo).timestamp())
    tomorrow = (here.date() + timedelta(days=1)).toordinal()
    own_id = literal(_PREFIX) + appointment.c.id + literal(f".{tomorrow}")
    written = select(notice.c.id).where(notice.c.id == own_id).exists()
    query = (
        select(appointment.c.id)
        .join(facility, appointment.c.facility_id == facility.c.id)
        .where(facility.c.zone == zone, appointment.c.visit_day == tomorrow)
        .where(appointment.c.status == BOOKED, appointment.c.changed < evening, ~written)
    )
    return [(id, tomorrow) for id in connection.scalars(query.limit(most))]


def _remind(connection: Connection, due: Sequence[tuple[str, int]], now: int) -> None:
    for id, day in due:
        booking = records.by_id(connection, id)
        if booking.status == BOOKED and booking.time.day == day:
            _remind_of(connection, booking, now)


def _remind_of(connection: Connection, booking: Booking, now: int) -> None:
    """Once, whoever comes first."""
    own_id = f"{_PREFIX}{booking.id}.{booking.time.day}"
    if connection.execute(select(notice.c.id).where(notice.c.id == own_id)).first() is not None:
        return
    language = outbox.language_of(connection, booking.id)
    told = outbox.of_booking(REMINDER, booking, text(booking, language), language, now)
    outbox.put_in_cabinet(connection, told)
    outbox.send_notice(connection, told, id=own_id)


def text(booking: Booking, language: str) -> str:
    """The words of the reminder; a discreet specialty is not named, nor its doctor (R47)."""
    words = catalog(DOMAIN, language).gettext(_WORDS)
    return words.format(**outbox.of_visit(booking.time, language), ticket=booking.ticket)
