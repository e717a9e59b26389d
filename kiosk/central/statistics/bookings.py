"""What happened to bookings, and how far ahead they were asked for: from the events, which name nobody (R35)."""

from typing import Any

from sqlalchemy import Label, Select, Subquery, func, select

from kiosk.central.outbox import CAME, NOT_COME
from kiosk.central.schema import event, facility
from kiosk.central.statistics.basis import Basis, Column, count_if
from kiosk.central.statistics.table import Share, Table

KEYS = ("day", "facility", "specialty", "doctor", "channel")
#: The kinds of events, each told under its name in a table.
KINDS = {
    "booked": "booked",
    "moved": "moved",
    "cancelled": "cancelled",
    "approved": "approved",
    "refused": "refused",
    "moved-by-clinic": "moved_by_clinic",
    "cancelled-by-clinic": "cancelled_by_clinic",
}
#: From the day of asking to the day of the visit: the first and the last of each group.
AHEAD = {
    "days_0": (0, 0),
    "days_1": (1, 1),
    "days_2_3": (2, 3),
    "days_4_7": (4, 7),
    "days_8_14": (8, 14),
    "days_15_30": (15, 30),
    "days_31": (31, 10_000),
}


def bookings(basis: Basis) -> Table:
    """What was done on each day and on which way; who did not come on the day of the visit, by the way of booking."""
    facts = _facts(basis, (*KINDS, NOT_COME, CAME))
    kind = facts.c.kind
    # Both stand under the time of the visit, so that what was taken back leaves nothing.
    not_come = (_count(kind == NOT_COME) - _count(kind == CAME)).label("not_come")
    return basis.table(facts, *(count_if(told, kind == name) for name, told in KINDS.items()), not_come)


def lead_time(basis: Basis) -> Table:
    """How many days before the visit it was asked for, of what was booked on each day."""
    facts = _facts(basis, ("booked",))
    ahead = facts.c.visit_day - facts.c.day
    return basis.table(
        facts,
        func.count().label("booked"),
        *(count_if(name, ahead.between(first, last)) for name, (first, last) in AHEAD.items()),
        func.sum(ahead).label("_days"),
        shares=(Share("average_days", "_days", "booked", digits=1),),
    )


def _count(condition: Column) -> Column:
    counted: Label[Any] = count_if("", condition)
    return counted.element


def _facts(basis: Basis, kinds: tuple[str, ...]) -> Subquery:
    days, code = basis.days, event.c.specialty_code
    zone = facility.c.zone if days.several_zones else None
    day = days.of(event.c.asked_at, zone)
    query: Select[Any] = select(
        day.label("day"),
        days.of(event.c.visit_at, zone).label("visit_day"),
        event.c.facility_id.label("facility"),
        basis.specialty(code).label("specialty"),
        basis.doctor(event.c.role_id, code).label("doctor"),
        event.c.channel.label("channel"),
        event.c.kind.label("kind"),
    )
    query = query.where(days.cover(event.c.asked_at), event.c.kind.in_(kinds))
    if days.several_zones:
        query = query.join_from(event, facility, facility.c.id == event.c.facility_id).where(days.hold(day))
    query = query.where(*basis.limits(event.c.facility_id, code, event.c.role_id))
    if (channel := basis.question.value("channel")) is not None:
        query = query.where(event.c.channel == channel)
    return query.subquery()
