"""A doctor's free and busy times as they are told to everybody: shapes for JSON and iCalendar. Pure.

The times are those of `$availability` (api.md section 3): claimed, held, offered, past and too near ones are all busy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar, FreeBusy, vPeriod

from kiosk.central.fhir import instant_text

_PRODUCT = "-//clinic-kiosk//free and busy//RU"


@dataclass(frozen=True)
class Doctor:
    """Whose times they are; `zone` is the facility's."""

    id: str
    name: str
    specialty: str
    facility: str
    room: str
    zone: str


@dataclass(frozen=True)
class Day:
    """A local day by its ordinal: its times as (start, end, whether it is free), or that the doctor is absent."""

    number: int
    absent: bool
    times: Sequence[tuple[int, int, bool]]


def as_data(doctor: Doctor, days: Iterable[Day]) -> dict[str, Any]:
    """As `GET /public/doctors/{id}` tells it."""
    return {**described(doctor), "days": [_day(day, doctor.zone) for day in days]}


def described(doctor: Doctor) -> dict[str, str]:
    """Who it is."""
    told = {"id": doctor.id, "name": doctor.name, "specialty": doctor.specialty, "facility": doctor.facility}
    return {**told, **({"room": doctor.room} if doctor.room else {}), "zone": doctor.zone}


def _day(day: Day, zone: str) -> Mapping[str, Any]:
    free = sum(is_free for _, _, is_free in day.times)
    return {
        "date": date.fromordinal(day.number).isoformat(),
        "absent": day.absent,
        "free": free,
        "busy": len(day.times) - free,
        "times": [
            {
                "start": instant_text(start, zone),
                "end": instant_text(end, zone),
                "state": "free" if is_free else "busy",
            }
            for start, end, is_free in day.times
        ],
    }


def as_calendar(doctor: Doctor, days: Sequence[Day], first: int, after: int, now: int) -> bytes:
    """As an iCalendar VFREEBUSY (RFC 5545) from instant to instant: one FREE or BUSY period for each time."""
    told = FreeBusy()
    told.add("uid", f"{doctor.id}@electronic-registry")
    told.add("dtstamp", _utc(now))
    told.add("dtstart", _utc(first))
    told.add("dtend", _utc(after))
    told.add("contact", ", ".join((doctor.name, doctor.specialty, doctor.facility)))
    for start, end, is_free in (time for day in days for time in day.times):
        kind = "FREE" if is_free else "BUSY"
        told.add("freebusy", vPeriod((_utc(start), _utc(end))), parameters={"FBTYPE": kind})
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(told)
    written: bytes = calendar.to_ical()
    return written


def _utc(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)
