"""Facility-local days of instants, worked out by the database: the offsets of each zone stand in the query.

No database knows IANA zones in the way of another, so they are looked up here, with the changes of a zone that fall
into the time that is asked about.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, literal, select, true

from kiosk.central.schedule import shifts
from kiosk.central.schema import facility

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_SECONDS = 24 * 3600
#: Visits are asked for at most so many days ahead, with something to spare.
_AHEAD = 400

#: From each instant on the offset of a zone in seconds; the first counts for all before it too.
Offsets = Sequence[tuple[int, int]]
Number = ColumnElement[int]


@dataclass(frozen=True)
class Days:
    """The days asked about, both included, in every zone that there is."""

    first: date
    last: date
    zones: Mapping[str, Offsets]

    @property
    def several_zones(self) -> bool:
        """Whether a query has to know the zone of a row."""
        return len(self.zones) > 1

    def of(self, instant: Number, zone: ColumnElement[str] | None = None) -> Number:
        """The ordinal of an instant's local day; `zone` is needed where there are several."""
        whens = [
            (condition, literal(offset, Integer))
            for name, offsets in self.zones.items()
            for condition, offset in _whens(instant, offsets, None if zone is None else zone == name)
        ]
        fixed = len(whens) == 1 and zone is None
        offset = whens[0][1] if fixed else case(*whens, else_=literal(0, Integer))
        return (instant + offset) // _DAY_SECONDS + _EPOCH_DAY

    def cover(self, instant: Number) -> ColumnElement[bool]:
        """Whether an instant may be of these days in some zone: for the index; `hold` decides."""
        starts, ends = zip(*(self._bounds(name) for name in self.zones), strict=True)
        return and_(instant >= min(starts), instant < max(ends))

    def hold(self, day: Number) -> ColumnElement[bool]:
        """Whether a local day is one of these."""
        return day.between(self.first.toordinal(), self.last.toordinal())

    def _bounds(self, name: str) -> tuple[int, int]:
        zone = ZoneInfo(name)
        return shifts.midnight(self.first, zone), shifts.midnight(self.last + timedelta(days=1), zone)


def days_of_facilities(connection: Connection, first: date, last: date, usual: str) -> Days:
    """These days in the zones of all facilities; in the `usual` one where there is no facility."""
    zones = set(connection.execute(select(facility.c.zone).distinct()).scalars()) or {usual}
    return days_in(first, last, *sorted(zones))


def days_in(first: date, last: date, *zones: str) -> Days:
    """These days in these zones."""
    return Days(first, last, {zone: tuple(_offsets(zone, first, last)) for zone in zones})


def _offsets(name: str, first: date, last: date) -> Iterator[tuple[int, int]]:
    """The offset at the beginning, and every later one from when it counts."""
    zone = ZoneInfo(name)
    start = (first.toordinal() - _EPOCH_DAY - 2) * _DAY_SECONDS
    end = (last.toordinal() - _EPOCH_DAY + _AHEAD) * _DAY_SECONDS
    before = _offset(zone, start)
    yield start, before
    for instant in range(start, end, _DAY_SECONDS):
        after = _offset(zone, instant + _DAY_SECONDS)
        if after != before:
            yield _change(zone, instant, instant + _DAY_SECONDS), after
            before = after


def _change(zone: ZoneInfo, low: int, high: int) -> int:
    """The first instant after `low` that has the offset of `high`."""
    wanted = _offset(zone, high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _offset(zone, middle) == wanted else (middle, high)
    return high


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _whens(
    instant: Number, offsets: Offsets, here: ColumnElement[bool] | None
) -> Iterator[tuple[ColumnElement[bool], int]]:
    """(condition, offset), the latest first; `here` says that a row is of the zone, None that all are."""
    for number in range(len(offsets) - 1, -1, -1):
        since, offset = offsets[number]
        conditions = [] if here is None else [here]
        if number:
            conditions.append(instant >= since)
        yield and_(true(), *conditions), offset
