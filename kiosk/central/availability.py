"""How full doctors are (api.md section 3): one request serves a whole list, a week strip or a day picker."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select

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
from kiosk.central.prepared import Prepared
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


@dataclass(frozen=True)
class Load:
    """The times of one doctor on one day: how many, how many of them free, and when the first free one starts."""

    times: int = 0
    free: int = 0
    first: int | None = None


#: What may be asked for, and which doctors it means.
_WANTED: dict[str, ColumnElement[bool]] = {
    "organization": facility.c.id == bindparam("organization"),
    "specialty": specialty.c.code == bindparam("specialty"),
    "role": role.c.id == bindparam("role"),
    "location": or_(
        facility.c.location_id == bindparam("location"),
        role.c.id.in_(select(role_area.c.role_id).where(role_area.c.area_id == bindparam("location"))),
    ),
}
_FREE = slots.free_at(bindparam("now"))
#: The days asked for; the instants around them let the primary key be used whatever the zone.
_WITHIN = and_(
    slot.c.start >= bindparam("begin"),
    slot.c.start < bindparam("after"),
    slot.c.day.between(bindparam("first_day"), bindparam("last_day")),
    slots.ATTENDED,
)
_TIMES = Prepared(
    select(slot.c.day, slot.c.start, slot.c.end, _FREE.label("free"))
    .select_from(slots.SLOTS)
    .where(_WANTED["role"], _WITHIN)
    .order_by(slot.c.start)
)


def _roles(connection: Connection, now: int, asked: Query) -> list[Resource]:
    given = {name: value for name in _WANTED if (value := getattr(asked, name))}
    doctors, loads = _of_doctors(*given)
    found = doctors.all(connection, **given)
    times: dict[int, list[Any]] = {}
    if asked.with_times:
        # Of an inactive doctor nothing is told, and of one who is not where they are asked for.
        times = times_by_day(connection, now, asked.role, asked.days) if found else {}
        by_role = {asked.role: {number: _load(several) for number, several in times.items()}}
    else:
        by_role = defaultdict(dict)
        for id, number, *load in loads.all(connection, **given, **_within(asked.days), now=now):
            by_role[id][number] = Load(*load)
    return [_role_part(id, zone, asked, by_role.get(id, {}), times) for id, zone in found]


@cache
def _of_doctors(*given: str) -> tuple[Prepared, Prepared]:
    """The doctors whom these parameters mean, in order of their names, and their loads by day."""
    wanted = and_(slots.ACTIVE, *(_WANTED[name] for name in given))
    names = (practitioner.c.last_name, practitioner.c.first_name, practitioner.c.patronymic, role.c.id)
    doctors = select(role.c.id, facility.c.zone).select_from(slots.ROLES).where(wanted).order_by(*names)
    free_start = case((_FREE, slot.c.start))
    loads = (
        select(slot.c.role_id, slot.c.day, func.count(), func.count(free_start), func.min(free_start))
        .select_from(slots.SLOTS)
        .where(wanted, _WITHIN)
        .group_by(slot.c.role_id, slot.c.day)
    )
    return Prepared(doctors), Prepared(loads)


def _within(days: range) -> dict[str, int]:
    return {
        "begin": (days.start - _EPOCH_DAY - 1) * _DAY_SECONDS,
        "after": (days.stop - _EPOCH_DAY + 1) * _DAY_SECONDS,
        "first_day": days.start,
        "last_day": days.stop - 1,
    }


def times_by_day(connection: Connection, now: int, role_id: str, days: range) -> dict[int, list[Any]]:
    """By day: start, end and whether it is free, of one doctor's times."""
    times: dict[int, list[Any]] = defaultdict(list)
    for row in _TIMES.all(connection, role=role_id, **_within(days), now=now):
        times[row.day].append(row)
    return times


def _load(times: list[Any]) -> Load:
    free = [one.start for one in times if one.free]
    return Load(len(times), len(free), min(free, default=None))


def _role_part(
    id: str, zone: str, asked: Query, loads: dict[int, Load], times: dict[int, list[Any]]
) -> Resource:
    nearest = min((one.first for one in loads.values() if one.first is not None), default=None)
    return part(
        "role",
        [
            part("reference", valueReference=reference_to("PractitionerRole", id)),
            *_nearest(nearest, zone),
            part("free", valueInteger=sum(one.free for one in loads.values())),
            *(
                _day_part(number, loads.get(number, Load()), times.get(number, ()), zone)
                for number in asked.days
            ),
        ],
    )


def _nearest(start: int | None, zone: str) -> list[Resource]:
    return [] if start is None else [part("nearest", valueDateTime=instant_text(start, zone))]


def _day_part(number: int, load: Load, times: Iterable[Any], zone: str) -> Resource:
    return part(
        "day",
        [
            part("date", valueDate=date.fromordinal(number).isoformat()),
            part("free", valueInteger=load.free),
            part("busy", valueInteger=load.times - load.free),
            *(_time_part(time, zone) for time in times),
        ],
    )


def _time_part(time: Any, zone: str) -> Resource:
    return part(
        "time",
        [
            part("start", valueDateTime=instant_text(time.start, zone)),
            part("end", valueDateTime=instant_text(time.end, zone)),
            part("state", valueCode="free" if time.free else "busy"),
        ],
    )


# --- facilities --------------------------------------------------------------------------------------------------


_IN_DISTRICT = facility.c.district_id == bindparam("district")
_HAVING = Prepared(
    select(facility.c.id, facility.c.location_id, facility.c.zone)
    .join(service, service.c.facility_id == facility.c.id)
    .where(service.c.active, service.c.specialty_code == bindparam("specialty"), _IN_DISTRICT)
    .order_by(facility.c.name, facility.c.id)
)
_FREE_OF_FACILITIES = Prepared(
    select(facility.c.id, func.min(slot.c.start), func.count())
    .select_from(slots.SLOTS)
    .where(_IN_DISTRICT, _WANTED["specialty"], slots.ACTIVE, _WITHIN, _FREE)
    .group_by(facility.c.id)
)


def _facilities(connection: Connection, now: int, asked: Query) -> list[Resource]:
    """The facilities of a district that have the specialty, each with its nearest time and how many are free."""
    given = {"district": asked.district, "specialty": asked.specialty}
    free = _FREE_OF_FACILITIES.all(connection, **given, **_within(asked.days), now=now)
    loads = {id: (nearest, count) for id, nearest, count in free}
    having = _HAVING.all(connection, **given)
    return [_facility_part(row, *loads.get(row.id, (None, 0))) for row in having]


def _facility_part(place: Any, nearest: int | None, free: int) -> Resource:
    return part(
        "facility",
        [
            part("reference", valueReference=reference_to("Location", place.location_id)),
            part("organization", valueReference=reference_to("Organization", place.id)),
            *_nearest(nearest, place.zone),
            part("free", valueInteger=free),
        ],
    )
