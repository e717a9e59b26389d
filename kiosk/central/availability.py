"""How full doctors are (api.md section 3): one request serves a whole list, a week strip or a day picker."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, or_, select

from kiosk.central import slots
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import (
    SPECIALTY,
    Resource,
    day,
    instant_text,
    parameters,
    part,
    reference_id,
    reference_to,
    token_code,
)
from kiosk.central.schema import facility, practitioner, role, role_area, service, slot, specialty
from kiosk.central.staff.permissions import Action

MOST_DAYS = 31
#: Single times are told for one doctor and this many days at most.
MOST_DAYS_WITH_TIMES = 7

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Query:
    """What is asked: ids and a code ('' where not given), ordinals of the first and last day."""

    first: int
    last: int
    organization: str
    specialty: str
    role: str
    location: str
    district: str

    @property
    def days(self) -> range:
        """The ordinals of the days asked for."""
        return range(self.first, self.last + 1)

    @property
    def with_times(self) -> bool:
        """Whether every single time is told."""
        return bool(self.role) and len(self.days) <= MOST_DAYS_WITH_TIMES


def availability(call: Call) -> Reply:
    """Free and busy times of doctors by day; of a district, the nearest time of each facility and how many."""
    asked = _query(call)
    with call.store.read() as connection:
        parts = (_facilities if asked.district else _roles)(connection, call.now, asked)
    return Reply(parameters(parts) if parts else {"resourceType": "Parameters"})


ROUTES = (
    Route(
        "GET",
        "/PractitionerRole/$availability",
        availability,
        Who.TERMINAL,
        "operation",
        "urn:electronic-registry:availability",
        searches={
            "organization": "reference",
            "specialty": "token",
            "role": "reference",
            "location": "reference",
            "district": "reference",
            "from": "date",
            "to": "date",
        },
        action=Action.DIRECTORY,
    ),
)


def _query(call: Call) -> Query:
    given = dict(call.query)
    if len(given) != len(call.query):
        names = [name for name, _ in call.query]
        raise Refusal("invalid", next(name for name in names if names.count(name) > 1))
    asked = Query(
        first=day(given.get("from"), "from").toordinal(),
        last=day(given.get("to"), "to").toordinal(),
        organization=_id(given, "organization", "Organization"),
        specialty=_specialty(given),
        role=_id(given, "role", "PractitionerRole"),
        location=_id(given, "location", "Location"),
        district=_id(given, "district", "Location"),
    )
    if not 1 <= len(asked.days) <= MOST_DAYS:
        raise Refusal("invalid", "to")
    _check_scope(asked)
    return asked


def _check_scope(asked: Query) -> None:
    """A doctor, a facility, or a specialty in a district: nothing wider, and no mixture."""
    if asked.district and not asked.specialty:
        raise Refusal("invalid", "specialty")
    if asked.district and (asked.organization or asked.role or asked.location):
        raise Refusal("invalid", "district")
    if not (asked.district or asked.organization or asked.role):
        raise Refusal("invalid", "organization")


def _id(given: dict[str, str], name: str, kind: str) -> str:
    return reference_id(given[name], kind, name) if name in given else ""


def _specialty(given: dict[str, str]) -> str:
    """The code; one that no specialty has where the system is another."""
    if "specialty" not in given:
        return ""
    return token_code(given["specialty"], "specialty", SPECIALTY) or "|"


# --- doctors -----------------------------------------------------------------------------------------------------


def _roles(connection: Connection, now: int, asked: Query) -> list[Resource]:
    wanted = and_(slots.ACTIVE, *_of_doctors(asked))
    names = (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic, role.c.id)
    doctors = connection.execute(
        select(role.c.id, facility.c.zone).select_from(slots.ROLES).where(wanted).order_by(*names)
    ).all()
    loads = _loads(connection, now, wanted, asked)
    times = times_by_day(connection, now, wanted, asked.days) if asked.with_times else {}
    return [_role_part(id, zone, asked, loads.get(id, {}), times) for id, zone in doctors]


def _of_doctors(asked: Query) -> list[ColumnElement[bool]]:
    conditions = []
    if asked.organization:
        conditions.append(facility.c.id == asked.organization)
    if asked.specialty:
        conditions.append(specialty.c.code == asked.specialty)
    if asked.role:
        conditions.append(role.c.id == asked.role)
    if asked.location:
        of_area = select(role_area.c.role_id).where(role_area.c.area_id == asked.location)
        conditions.append(or_(facility.c.location_id == asked.location, role.c.id.in_(of_area)))
    return conditions


def _within(days: range) -> ColumnElement[bool]:
    """The days asked for; the instants around them let the primary key be used whatever the zone."""
    first = (days.start - _EPOCH_DAY - 1) * _DAY_SECONDS
    after = (days.stop - _EPOCH_DAY + 1) * _DAY_SECONDS
    within = slot.c.day.between(days.start, days.stop - 1)
    return and_(slot.c.start >= first, slot.c.start < after, within, slots.ATTENDED)


def _loads(
    connection: Connection, now: int, wanted: ColumnElement[bool], asked: Query
) -> dict[str, dict[int, Row[Any]]]:
    """By role and day: all times, free ones, and the start of the first free one."""
    free_start = case((slots.free_at(now), slot.c.start))
    query = (
        select(slot.c.role_id, slot.c.day, func.count(), func.count(free_start), func.min(free_start))
        .select_from(slots.SLOTS)
        .where(wanted, _within(asked.days))
        .group_by(slot.c.role_id, slot.c.day)
    )
    loads: dict[str, dict[int, Row[Any]]] = defaultdict(dict)
    for row in connection.execute(query):
        loads[row.role_id][row.day] = row
    return loads


def times_by_day(
    connection: Connection, now: int, wanted: ColumnElement[bool], days: range
) -> dict[int, list[Row[Any]]]:
    """By day: start, end and whether it is free, of one doctor's times; `wanted` says whose."""
    query = (
        select(slot.c.day, slot.c.start, slot.c.end, slots.free_at(now).label("free"))
        .select_from(slots.SLOTS)
        .where(wanted, _within(days))
        .order_by(slot.c.start)
    )
    times: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(query):
        times[row.day].append(row)
    return times


def _role_part(
    id: str, zone: str, asked: Query, loads: dict[int, Row[Any]], times: dict[int, list[Row[Any]]]
) -> Resource:
    nearest = min((first for *_, first in loads.values() if first is not None), default=None)
    return part(
        "role",
        [
            part("reference", valueReference=reference_to("PractitionerRole", id)),
            *_nearest(nearest, zone),
            part("free", valueInteger=sum(free for _, _, _, free, _ in loads.values())),
            *(_day_part(number, loads.get(number), times.get(number, ()), zone) for number in asked.days),
        ],
    )


def _nearest(start: int | None, zone: str) -> list[Resource]:
    return [] if start is None else [part("nearest", valueDateTime=instant_text(start, zone))]


def _day_part(number: int, load: Row[Any] | None, times: Iterable[Row[Any]], zone: str) -> Resource:
    total, free = (load[2], load[3]) if load else (0, 0)
    return part(
        "day",
        [
            part("date", valueDate=date.fromordinal(number).isoformat()),
            part("free", valueInteger=free),
            part("busy", valueInteger=total - free),
            *(_time_part(time, zone) for time in times),
        ],
    )


def _time_part(time: Row[Any], zone: str) -> Resource:
    return part(
        "time",
        [
            part("start", valueDateTime=instant_text(time.start, zone)),
            part("end", valueDateTime=instant_text(time.end, zone)),
            part("state", valueCode="free" if time.free else "busy"),
        ],
    )


# --- facilities --------------------------------------------------------------------------------------------------


def _facilities(connection: Connection, now: int, asked: Query) -> list[Resource]:
    """The facilities of a district that have the specialty, each with its nearest time and how many are free."""
    having = (
        select(facility.c.id, facility.c.location_id, facility.c.zone)
        .join(service, service.c.facility_id == facility.c.id)
        .where(service.c.active, service.c.specialty_code == asked.specialty)
        .where(facility.c.district_id == asked.district)
        .order_by(facility.c.name, facility.c.id)
    )
    free = (
        select(facility.c.id, func.min(slot.c.start), func.count())
        .select_from(slots.SLOTS)
        .where(facility.c.district_id == asked.district, specialty.c.code == asked.specialty)
        .where(slots.ACTIVE, _within(asked.days), slots.free_at(now))
        .group_by(facility.c.id)
    )
    loads = {id: (nearest, count) for id, nearest, count in connection.execute(free)}
    return [_facility_part(row, *loads.get(row.id, (None, 0))) for row in connection.execute(having)]


def _facility_part(place: Row[Any], nearest: int | None, free: int) -> Resource:
    return part(
        "facility",
        [
            part("reference", valueReference=reference_to("Location", place.location_id)),
            part("organization", valueReference=reference_to("Organization", place.id)),
            *_nearest(nearest, place.zone),
            part("free", valueInteger=free),
        ],
    )
