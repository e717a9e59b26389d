"""Doctors' times from their working weeks: what an MIS would generate (R32). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class Interval:
    """A time in seconds of UTC; `day` is the ordinal of the local day."""

    start: int
    end: int
    day: int


def of_day(week: list[dict[str, Any]], day: date, minutes: int, zone: ZoneInfo) -> Iterator[Interval]:
    """The times of one local day; `week` is FHIR PractitionerRole.availableTime, `minutes` a multiple of 5."""
    for shift in week:
        if _DAYS[day.weekday()] in shift["daysOfWeek"]:
            starts = _instant(day, shift["availableStartTime"], zone)
            ends = _instant(day, shift["availableEndTime"], zone)
            for start in range(starts, ends - minutes * 60 + 1, minutes * 60):
                yield Interval(start, start + minutes * 60, day.toordinal())


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first second of a local day."""
    return _instant(day, "00:00:00", zone)


def local_day(now: int, zone: ZoneInfo) -> date:
    """Which day it is there."""
    return datetime.fromtimestamp(now, zone).date()


def days_from(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _instant(day: date, clock: str, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.fromisoformat(clock), zone).timestamp())
