"""A doctor's day that was called off, taken back: the doctor is there after all (R45).

Who was cancelled or moved stays so, for they were told. The free times are anybody's again.
"""

from datetime import date
from functools import partial

from sqlalchemy import Connection, delete, select

from kiosk.central import absences
from kiosk.central.call import Impossible
from kiosk.central.clinic import Hand
from kiosk.central.proposals import Role
from kiosk.central.schedule import timetable
from kiosk.central.schema import absence
from kiosk.central.store import Store


def take_back(store: Store, role: Role, day: date, hand: Hand) -> int:
    """How many times of the day are free again; repeated, 0.

    Impossible for a day that is over, and for one of a longer absence: that one ends where it was entered.
    """
    if day < role.local_day(hand.now):
        raise Impossible("too-late", f"{day.isoformat()} is over")
    return store.write(partial(_take_back, role=role, day=day, hand=hand))


def _take_back(connection: Connection, role: Role, day: date, hand: Hand) -> int:
    ordinal = day.toordinal()
    there = absences.covering(role.id, ordinal)
    rows = connection.execute(select(absence.c.first_day, absence.c.last_day).where(there)).all()
    if not rows:
        return 0
    for first, last in rows:
        if first != last:
            bounds = " to ".join(date.fromordinal(one).isoformat() for one in (first, last))
            words = f"the doctor is absent from {bounds}: import absences without that, see docs/import.md"
            raise Impossible("invalid", words)
    connection.execute(delete(absence).where(there))
    absences.note(connection, hand, "day-on", role, day)
    free = absences.give_back(connection, role.id, [ordinal], hand.now)
    # Hours that were imported meanwhile have taken out the times of a day on which nobody works.
    return free + timetable.make_day(connection, role.id, ordinal, hand.now)
