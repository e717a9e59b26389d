"""How many of the doctors' times were taken: from the times and their bookings (R35)."""

from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select

from kiosk.central import slots
from kiosk.central.schema import appointment, role, slot
from kiosk.central.statistics.basis import Basis, Column
from kiosk.central.statistics.table import Share, Table

KEYS = ("day", "facility", "specialty", "doctor")


def load(basis: Basis) -> Table:
    """Times, those that are booked, and to which nobody came; days on which the doctor is absent are not looked at."""
    days, code = basis.days, role.c.specialty_code
    query: Select[Any] = (
        select(
            slot.c.day.label("day"),
            role.c.facility_id.label("facility"),
            basis.specialty(code).label("specialty"),
            basis.doctor(role.c.id, code).label("doctor"),
            case((_booked("cancelled", other=True), 1), else_=0).label("taken"),
            case((_booked("noshow"), 1), else_=0).label("empty"),
        )
        .join_from(role, slot, slot.c.role_id == role.c.id)
        # Times are found by doctor and start alone: without this a question about all doctors would read all times.
        .where(slot.c.role_id.in_(select(role.c.id)), days.cover(slot.c.start))
        .where(days.hold(slot.c.day), slots.ATTENDED)
        .where(*basis.limits(role.c.facility_id, code, role.c.id))
    )
    facts = query.subquery()
    return basis.table(
        facts,
        func.count().label("times"),
        func.sum(facts.c.taken).label("taken"),
        func.sum(facts.c.empty).label("not_come"),
        shares=(Share("share_taken", "taken", "times"), Share("share_not_come", "not_come", "taken")),
    )


def _booked(status: str, *, other: bool = False) -> Column:
    """Whether the time has a booking of this status, or of any other."""
    of_status = appointment.c.status != status if other else appointment.c.status == status
    this = and_(appointment.c.role_id == slot.c.role_id, appointment.c.start == slot.c.start)
    return exists().where(this, of_status)
