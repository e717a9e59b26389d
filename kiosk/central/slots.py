"""Reads doctors' times from the database, and gives a freed time its new id."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    update,
)

from kiosk.central.call import Refusal
from kiosk.central.prepared import Prepared
from kiosk.central.proposals import Proposal, Role, Time, parse
from kiosk.central.rules import TICK_SECONDS
from kiosk.central.schema import (
    absence,
    claim,
    facility,
    practitioner,
    role,
    service,
    slot,
    specialty,
    withdrawn_slot,
)

#: The columns of a `Role`, in the order of its fields, and where they come from.
ROLE_COLUMNS = (
    role.c.id,
    role.c.room,
    practitioner.c.last_name,
    practitioner.c.first_name,
    practitioner.c.patronymic,
    facility.c.id,
    facility.c.location_id,
    facility.c.name,
    facility.c.zone,
    facility.c.notice_minutes,
    facility.c.newcomers,
    facility.c.extra_seats,
    service.c.id,
    specialty.c.mandatory,
    service.c.online,
    service.c.approval,
    service.c.discreet,
    service.c.age_min,
    service.c.age_max,
    service.c.sex,
    specialty.c.code,
    specialty.c.name,
    specialty.c.profile_code,
)
ROLES = (
    role.join(practitioner, role.c.practitioner_id == practitioner.c.id)
    .join(facility, role.c.facility_id == facility.c.id)
    .join(service, role.c.service_id == service.c.id)
    .join(specialty, service.c.specialty_code == specialty.c.code)
)
SLOT_COLUMNS = (slot.c.start, slot.c.end, slot.c.day, slot.c.generation)
SLOTS = ROLES.join(slot, slot.c.role_id == role.c.id)

#: Roles that are shown and can be booked.
ACTIVE = and_(role.c.active, service.c.active)
#: Of SLOTS: not on a day on which the doctor is absent (R45); such times are not told at all.
ATTENDED = ~exists().where(
    absence.c.role_id == slot.c.role_id, absence.c.first_day <= slot.c.day, absence.c.last_day >= slot.c.day
)
_AT = Prepared(
    select(*ROLE_COLUMNS, *SLOT_COLUMNS)
    .select_from(SLOTS)
    .where(ACTIVE, role.c.id == bindparam("role_id"), slot.c.start == bindparam("start"))
)


def time_of(row: Row[Any]) -> Time:
    """The time of a row that begins with ROLE_COLUMNS and SLOT_COLUMNS."""
    width = len(ROLE_COLUMNS)
    return Time(Role(*row[:width]), *row[width : width + len(SLOT_COLUMNS)])


def times_of(rows: Iterable[Any]) -> list[Time]:
    """The times of such rows; those of one doctor have one Role."""
    width = len(ROLE_COLUMNS)
    roles: dict[str, Role] = {}
    times = []
    for row in rows:
        its = roles.get(row[0]) or roles.setdefault(row[0], Role(*row[:width]))
        times.append(Time(its, *row[width : width + len(SLOT_COLUMNS)]))
    return times


def proposed(connection: Connection, id: str) -> Time:
    """The time that this id was given for, whoever has it now.

    Its own `id` differs from `id` where the time was freed since. Refusal("not-found") for an id never given,
    and "slot-taken" for that of a time that the clinic has taken out of its schedule.
    """
    proposal = parse(id)
    time = None if proposal is None else at(connection, proposal.role_id, proposal.start)
    if proposal is not None and time is None and _was_withdrawn(connection, proposal):
        raise Refusal("slot-taken")
    if proposal is None or time is None or time.generation < proposal.generation:
        raise Refusal("not-found")
    return time


def _was_withdrawn(connection: Connection, proposal: Proposal) -> bool:
    this = and_(withdrawn_slot.c.role_id == proposal.role_id, withdrawn_slot.c.start == proposal.start)
    later = withdrawn_slot.c.generation > proposal.generation
    return connection.execute(select(withdrawn_slot.c.start).where(this, later)).first() is not None


def at(connection: Connection, role_id: str, start: int) -> Time | None:
    """The time of an active doctor that starts then; None where there is none (any more)."""
    row = _AT.first(connection, role_id=role_id, start=start)
    return None if row is None else time_of(row)


def attended(connection: Connection, time: Time) -> bool:
    """Whether the doctor is there that day (R45)."""
    this = and_(slot.c.role_id == time.role.id, slot.c.start == time.start)
    return connection.execute(select(slot.c.start).where(this, ATTENDED)).first() is not None


def of_day(connection: Connection, role_id: str, day: int) -> list[Time]:
    """All times of a doctor on a local day, by its ordinal, in order."""
    query = (
        select(*ROLE_COLUMNS, *SLOT_COLUMNS)
        .select_from(SLOTS)
        .where(role.c.id == role_id, slot.c.day == day)
        .order_by(slot.c.start)
    )
    return [time_of(row) for row in connection.execute(query)]


def free_at(now: int | BindParameter[Any]) -> ColumnElement[bool]:
    """Of SLOTS: future, not nearer than the facility's limit (R28), and claimed or held by nobody."""
    least = facility.c.notice_minutes * 60
    return and_(slot.c.start > now, slot.c.start >= now + least, ~_claimed(now))


def _claimed(now: int | BindParameter[Any]) -> ColumnElement[bool]:
    resource = literal("doctor:") + role.c.id + literal("#0")
    return exists().where(
        claim.c.resource == resource,
        claim.c.tick >= slot.c.start // TICK_SECONDS,
        claim.c.tick < slot.c.end // TICK_SECONDS,
        or_(claim.c.expires.is_(None), claim.c.expires > now),
    )


def freed(connection: Connection, time: Time) -> Time | None:
    """Give a time that is free again its new id (api.md section 4); None where the doctor has it no more."""
    this = and_(slot.c.role_id == time.role.id, slot.c.start == time.start)
    connection.execute(update(slot).where(this).values(generation=slot.c.generation + 1))
    return at(connection, time.role.id, time.start)
