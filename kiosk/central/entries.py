"""Entries of the waiting list as rows: reading them, and writing what happens to one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from kiosk.central import slots
from kiosk.central.call import Refusal
from kiosk.central.proposals import Time
from kiosk.central.schema import facility, offer, practitioner, role, service, specialty, waiting
from kiosk.central.shapes import CANCELLED
from kiosk.central.waitlist import WAITING, Entry, Target

#: The columns of a `Target` but for its doctor, in the order of its fields.
_SERVICE_COLUMNS = (
    service.c.id,
    facility.c.id,
    facility.c.location_id,
    facility.c.name,
    facility.c.zone,
    facility.c.newcomers,
    specialty.c.mandatory,
    service.c.online,
    service.c.discreet,
    service.c.age_min,
    service.c.age_max,
    service.c.sex,
    specialty.c.code,
    specialty.c.name,
)
_DOCTOR_COLUMNS = (role.c.id, practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic)
_SERVICES = service.join(facility).join(specialty)
_ENTRIES = (
    waiting.join(service, waiting.c.service_id == service.c.id)
    .join(facility, service.c.facility_id == facility.c.id)
    .join(specialty, service.c.specialty_code == specialty.c.code)
    .outerjoin(role, waiting.c.role_id == role.c.id)
    .outerjoin(practitioner, role.c.practitioner_id == practitioner.c.id)
)
_PLAIN = (
    "id",
    "version",
    "status",
    "patient_id",
    "ticket",
    "code",
    "created",
    "changed",
    "cancelation_reason",
    "seen",
    "language",
    "identifier",
)


# --- what can be waited for --------------------------------------------------------------------------------------


def of_service(connection: Connection, id: str) -> Target | None:
    """Any doctor of this service, if it is offered at all."""
    query = select(*_SERVICE_COLUMNS).select_from(_SERVICES).where(service.c.id == id, service.c.active)
    row: Any = connection.execute(query).first()
    return None if row is None else Target(*row)


def of_doctor(connection: Connection, role_id: str) -> Target | None:
    """This doctor, if patients are seen by them at all."""
    columns = (*_SERVICE_COLUMNS, *_DOCTOR_COLUMNS)
    query = select(*columns).select_from(slots.ROLES).where(slots.ACTIVE, role.c.id == role_id)
    row = connection.execute(query).first()
    return None if row is None else _target(row)


def _target(row: Any) -> Target:
    """The target of a row that begins with the columns of the service and of the doctor."""
    width = len(_SERVICE_COLUMNS)
    role_id, *names = row[width : width + len(_DOCTOR_COLUMNS)]
    doctor_name = " ".join(name for name in names if name)
    return replace(Target(*row[:width]), role_id=role_id or "", doctor_name=doctor_name)


# --- reading -----------------------------------------------------------------------------------------------------


def query() -> Select[Any]:
    """All entries with what `entry_of` needs; the caller adds conditions and order."""
    return select(*_SERVICE_COLUMNS, *_DOCTOR_COLUMNS, waiting).select_from(_ENTRIES)


def entry_of(row: Any) -> Entry:
    """The entry in a row of `query`."""
    values = row._mapping
    return Entry(
        target=_target(row),
        start=values[waiting.c.period_start],
        end=values[waiting.c.period_end],
        **{name: values[waiting.c[name]] for name in _PLAIN},
    )


_BY_ID = query().where(waiting.c.id == bindparam("its_id"))


def found(connection: Connection, condition: ColumnElement[bool]) -> Entry | None:
    """The entry that meets the condition, of which there is one at most."""
    row = connection.execute(query().where(condition)).first()
    return None if row is None else entry_of(row)


def by_id(connection: Connection, id: str) -> Entry | None:
    """The entry with this id, if there ever was one."""
    row = connection.execute(_BY_ID, {"its_id": id}).first()
    return None if row is None else entry_of(row)


def of_patient(connection: Connection, id: str, patient_id: str) -> Entry:
    """The patient's own entry; Refusal("not-found") for anything else (api.md section 1)."""
    entry = by_id(connection, id)
    if entry is None or entry.patient_id != patient_id:
        raise Refusal("not-found")
    return entry


def standing(connection: Connection, patient_id: str, target: Target, now: int) -> Entry | None:
    """The entry by which the patient waits for the same already."""
    same_doctor = waiting.c.role_id == target.role_id if target.role_id else waiting.c.role_id.is_(None)
    mine = (waiting.c.patient_id == patient_id) & (waiting.c.service_id == target.service_id)
    return found(connection, and_(mine, same_doctor, stands_at(now)))


def stands_at(now: int | BindParameter[Any]) -> ColumnElement[bool]:
    """Whose patient still waits."""
    return and_(waiting.c.status == WAITING, waiting.c.period_end > now)


def for_time(connection: Connection, time: Time, now: int) -> Iterator[Entry]:
    """Who waits for this time, in order: but who had an offer of it already, or has one of another time now."""
    its = and_(offer.c.waiting_id == waiting.c.id, offer.c.appointment == time.id)
    another = and_(offer.c.waiting_id == waiting.c.id, offer.c.state == "open", offer.c.expires > now)
    waits = (waiting.c.service_id == time.role.service_id) & stands_at(now)
    any_doctor_or_this = or_(waiting.c.role_id.is_(None), waiting.c.role_id == time.role.id)
    covered = and_(waiting.c.period_start <= time.start, waiting.c.period_end >= time.end)
    rows = connection.execute(
        query()
        .where(waits, any_doctor_or_this, covered, ~exists().where(its), ~exists().where(another))
        .order_by(waiting.c.created, waiting.c.number)
    ).all()
    return map(entry_of, rows)


def search(connection: Connection, condition: ColumnElement[bool]) -> list[Entry]:
    """The entries that meet the condition, the oldest first; those of one patient are few."""
    rows = connection.execute(query().where(condition).order_by(waiting.c.created, waiting.c.id))
    return [entry_of(row) for row in rows]


def over(connection: Connection, now: int) -> list[str]:
    """The ids of entries whose period is over and that were not closed yet."""
    ended = (waiting.c.status == WAITING) & (waiting.c.period_end <= now)
    return list(connection.execute(select(waiting.c.id).where(ended)).scalars())


# --- writing -----------------------------------------------------------------------------------------------------


def add(connection: Connection, entry: Entry) -> None:
    """Put a new entry at the end of the list."""
    row = {name: getattr(entry, name) for name in _PLAIN}
    target = entry.target
    connection.execute(
        insert(waiting).values(
            row
            | {
                "facility_id": target.facility_id,
                "service_id": target.service_id,
                "role_id": target.role_id or None,
                "number": _last(connection, target.service_id) + 1,
                "period_start": entry.start,
                "period_end": entry.end,
            }
        )
    )


def _last(connection: Connection, service_id: str) -> int:
    """The highest number among those who wait for the service."""
    waits = (waiting.c.service_id == service_id) & (waiting.c.status == WAITING)
    return connection.execute(select(func.max(waiting.c.number)).where(waits)).scalar() or 0


def change(connection: Connection, entry: Entry, now: int, **values: Any) -> Entry:
    """Write what changed of an entry, as its next version, and return it."""
    connection.execute(
        update(waiting)
        .where(waiting.c.id == entry.id)
        .values(version=entry.version + 1, changed=now, **values)
    )
    changed = by_id(connection, entry.id)
    if changed is None:
        raise LookupError("an entry of the waiting list is gone")
    return changed


def close(connection: Connection, entry: Entry, now: int, reason: str | None) -> Entry:
    """End the wait; `reason` is JSON as in a booking."""
    return change(connection, entry, now, status=CANCELLED, cancelation_reason=reason)


def mark_seen(connection: Connection, entries: Iterable[Entry]) -> None:
    """Remember that these were told to somebody but their terminal (api.md section 8)."""
    ids = [entry.id for entry in entries]
    if ids:
        connection.execute(update(waiting).where(waiting.c.id.in_(ids)).values(seen=True))
