"""Reads a doctor's schedule and has it written as a page (R33); whose name stands on it is in the audit."""

from datetime import date

from sqlalchemy import Connection

from kiosk.central import audit
from kiosk.central.call import Impossible
from kiosk.central.proposals import Role
from kiosk.central.staff import days, schedule, told
from kiosk.central.store import Store

MOST_DAYS = 31


def printed(
    store: Store, by: audit.By, role: Role, period: tuple[date, date], language: str, *, names: bool
) -> str:
    """The page; Impossible for a period that is none, or too long. Patients who are named are noted, each."""
    first, last = period
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Impossible("invalid", f"a schedule is of 1 to {MOST_DAYS} days")

    def work(connection: Connection) -> str:
        found = days.of_doctor(connection, role, first, last, by.now)
        people = told.names(connection, (one for day in found for one in day.bookings)) if names else None
        for id in people or ():
            audit.note(connection, by, "print", f"PractitionerRole/{role.id}", id)
        return schedule.page(role, found, people, language)

    if names:
        return store.write(work)
    with store.read() as connection:
        return work(connection)
