"""What a facility decides about bookings, changed while the registry serves (R10, R28 to R31): audited, at once in force.

R29 is not a facility's to decide: a mandatory specialty is booked by everybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select, update

from kiosk.central import audit
from kiosk.central.call import Impossible
from kiosk.central.schema import facility, service, specialty
from kiosk.models import Online

MOST_NOTICE_MINUTES = 7 * 24 * 60
MOST_EXTRA_SEATS = 9


@dataclass(frozen=True)
class ServiceTerms:
    """A specialty at the facility: who books it electronically, and whether that has to be approved."""

    specialty: str
    name: str
    mandatory: bool
    online: str
    approval: bool


@dataclass(frozen=True)
class Terms:
    """A facility's own decisions. `zone` is told, and changed by an import alone: times are made by it."""

    facility_id: str
    name: str
    zone: str
    newcomers: bool
    notice_minutes: int
    extra_seats: int
    services: tuple[ServiceTerms, ...]


def of_facility(connection: Connection, facility_id: str) -> Terms:
    """What the facility has decided; Impossible where there is none."""
    columns = (facility.c.name, facility.c.zone, facility.c.newcomers, facility.c.notice_minutes)
    query = select(*columns, facility.c.extra_seats).where(facility.c.id == facility_id)
    row = connection.execute(query).first()
    if row is None:
        raise Impossible(
            "not-found", f"there is no facility {facility_id}: `GET /fhir/Organization` has their ids"
        )
    offered = (
        select(
            specialty.c.code, specialty.c.name, specialty.c.mandatory, service.c.online, service.c.approval
        )
        .join(service, service.c.specialty_code == specialty.c.code)
        .where(service.c.facility_id == facility_id, service.c.active)
        .order_by(specialty.c.name_words, specialty.c.code)
    )
    services = [ServiceTerms(*one) for one in connection.execute(offered)]
    return Terms(
        facility_id,
        row.name,
        row.zone,
        row.newcomers,
        row.notice_minutes,
        row.extra_seats,
        tuple(map(_told, services)),
    )


def _told(one: ServiceTerms) -> ServiceTerms:
    online = Online.YES.value if one.mandatory else one.online
    return ServiceTerms(one.specialty, one.name, one.mandatory, online, one.approval)


def change(connection: Connection, by: audit.By, facility_id: str, wanted: Mapping[str, Any]) -> Terms:
    """Change `newcomers`, `notice_minutes`, `extra_seats`: what is named, and nothing else."""
    of_facility(connection, facility_id)
    _write(connection, by, facility, f"Organization/{facility_id}", facility_id, wanted)
    return of_facility(connection, facility_id)


def change_service(
    connection: Connection, by: audit.By, facility_id: str, code: str, wanted: Mapping[str, Any]
) -> Terms:
    """Change `online`, `approval` of a specialty there; Impossible for what R29 forbids."""
    known = {one.specialty: one for one in of_facility(connection, facility_id).services}
    if code not in known:
        raise Impossible("not-found", f"the facility has no specialty {code}: it has {', '.join(known)}")
    if known[code].mandatory and wanted.get("online", Online.YES.value) != Online.YES.value:
        words = "cannot be switched off: online booking of this specialty is mandatory (R29)"
        raise Impossible("invalid", f"online {words}")
    this = (service.c.facility_id == facility_id) & (service.c.specialty_code == code)
    id = str(connection.execute(select(service.c.id).where(this)).scalar_one())
    _write(connection, by, service, f"HealthcareService/{id}", id, wanted)
    return of_facility(connection, facility_id)


def _write(
    connection: Connection, by: audit.By, table: Table, record: str, id: str, wanted: Mapping[str, Any]
) -> None:
    if not wanted:
        return
    connection.execute(update(table).where(table.c.id == id).values(wanted))
    said = ", ".join(f"{name}={value}" for name, value in wanted.items())
    audit.note(connection, by, "settings", record, reason=said)
