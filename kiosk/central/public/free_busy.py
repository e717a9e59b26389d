"""A doctor's free and busy times as they are told to everybody, as JSON. Pure.

The times are those of `$availability` (api.md section 3): claimed, held, offered, past and too near ones are all busy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.central.fhir import instant_text
from kiosk.central.proposals import Role


@dataclass(frozen=True)
class Day:
    """A local day by its ordinal: its times as (start, end, whether it is free), or that the doctor is absent."""

    number: int
    absent: bool
    times: Sequence[tuple[int, int, bool]]


def as_data(doctor: Role, days: Iterable[Day]) -> dict[str, Any]:
    """As `GET /public/doctors/{id}` tells it."""
    return {**described(doctor), "days": [_day(day, doctor.zone) for day in days]}


def described(doctor: Role) -> dict[str, str]:
    """Who it is."""
    told = {
        "id": doctor.id,
        "name": doctor.doctor_name,
        "specialty": doctor.specialty_name,
        "facility": doctor.facility_name,
    }
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
