"""Doctors' times from their working hours: what an MIS would generate (R32). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: Hours that are in force for fewer days are of no use to who looks at a working week.
_WEEK = 7


@dataclass(frozen=True)
class Interval:
    """A time in seconds of UTC; `day` is the ordinal of the local day."""

    start: int
    end: int
    day: int


@dataclass(frozen=True)
class Shift:
    """Hours on some days of the week, parted into times of so many `minutes` (a multiple of 5).

    In force from `first` to `last`, ordinals of local days, both included; None: without an end on that side.
    """

    days: tuple[str, ...]
    start: time
    end: time
    minutes: int
    first: int | None = None
    last: int | None = None

    def in_force(self, day: int) -> bool:
        """Whether it counts on the day of this ordinal, if that is one of its days of the week."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def collides(self, other: "Shift") -> bool:
        """Whether there may be a day on which both have the same minute."""
        apart = (self.last is not None and other.first is not None and self.last < other.first) or (
            other.last is not None and self.first is not None and other.last < self.first
        )
        same_days = not apart and bool(set(self.days) & set(other.days))
        return same_days and self.start < other.end and other.start < self.end


def of_week(week: Iterable[dict[str, Any]], minutes: int) -> tuple[Shift, ...]:
    """The shifts of FHIR PractitionerRole.availableTime."""
    return tuple(
        Shift(
            tuple(line["daysOfWeek"]),
            time.fromisoformat(line["availableStartTime"]),
            time.fromisoformat(line["availableEndTime"]),
            minutes,
        )
        for line in week
    )


def week_of(shifts: Iterable[Shift], day: int) -> list[dict[str, Any]]:
    """The working week as FHIR PractitionerRole.availableTime, as it is on a day: without what is no week's."""
    return [
        {
            "daysOfWeek": list(shift.days),
            "availableStartTime": shift.start.isoformat(),
            "availableEndTime": shift.end.isoformat(),
        }
        for shift in shifts
        if shift.in_force(day) and not _passing(shift)
    ]


def of_day(shifts: Iterable[Shift], day: date, zone: ZoneInfo) -> Iterator[Interval]:
    """The times of one local day; what is left of a shift and too short for a visit is none."""
    for shift in _on(shifts, day):
        starts, ends, step = (
            _instant(day, shift.start, zone),
            _instant(day, shift.end, zone),
            shift.minutes * 60,
        )
        for start in range(starts, ends - step + 1, step):
            yield Interval(start, start + step, day.toordinal())


def attended(shifts: Iterable[Shift], day: date, zone: ZoneInfo, start: int, end: int) -> bool:
    """Whether somebody works from `start` to `end` on this day, however the time is parted."""
    return any(
        _instant(day, shift.start, zone) <= start and end <= _instant(day, shift.end, zone)
        for shift in _on(shifts, day)
    )


def midnight(day: date, zone: ZoneInfo) -> int:
    """The first second of a local day."""
    return _instant(day, time.min, zone)


def local_day(now: int, zone: ZoneInfo) -> date:
    """Which day it is there."""
    return datetime.fromtimestamp(now, zone).date()


def days_from(first: date, last: date) -> list[date]:
    """Both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _on(shifts: Iterable[Shift], day: date) -> Iterator[Shift]:
    name = DAYS[day.weekday()]
    return (shift for shift in shifts if name in shift.days and shift.in_force(day.toordinal()))


def _passing(shift: Shift) -> bool:
    return shift.first is not None and shift.last is not None and shift.last - shift.first < _WEEK - 1


def _instant(day: date, clock: time, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, clock, zone).timestamp())
