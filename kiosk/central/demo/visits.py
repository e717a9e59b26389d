"""Which of the demo region's times are taken, and by whom: bookings that keep every rule. Pure.

Near days are fuller than far ones, some days are full, and one doctor always is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from random import Random

from kiosk.central import claims
from kiosk.central.claims import Claim
from kiosk.central.demo.staff import FULLY_BOOKED
from kiosk.central.proposals import Role, Time
from kiosk.central.rules import Applicant, broken

#: Claims that somebody has, as (resource, tick).
Occupied = set[tuple[str, int]]

_DAY = 24 * 3600
#: One day of a doctor in so many is full.
_FULL_DAYS = 0.08
#: How many patients are tried for a time before it stays free.
_TRIES = 12


@dataclass(frozen=True)
class Visitor:
    """A patient who may be given bookings; `known_in` are the ids of facilities (R10)."""

    id: str
    birth_date: date
    sex: str
    known_in: frozenset[str]
    observed: frozenset[str]

    def applicant(self, role: Role) -> Applicant:
        """As the rules see them at this doctor's."""
        known = role.facility_id in self.known_in
        return Applicant(self.birth_date, self.sex, known, role.specialty_code in self.observed)


@dataclass(frozen=True)
class Visit:
    """A booking that was made at `created` on the local day `asked_day`, with its claims."""

    time: Time
    patient_id: str
    asked_day: int
    created: int
    claims: tuple[Claim, ...]


def taken(
    times: Iterable[Time], visitors: Sequence[Visitor], occupied: Occupied, now: int
) -> Iterator[Visit]:
    """The bookings of these new times, grouped by doctor and day; `occupied` is added to."""
    by_facility: dict[str, list[Visitor]] = {}
    for visitor in visitors:
        for facility in visitor.known_in:
            by_facility.setdefault(facility, []).append(visitor)
    fullest_first = sorted(times, key=lambda time: (time.role.id != FULLY_BOOKED, time.role.id, time.start))
    for (role_id, day), group in groupby(fullest_first, key=lambda time: (time.role.id, time.day)):
        random = Random(f"{role_id}/{day}")
        yield from _of_day(list(group), by_facility, occupied, now, random)


def _of_day(
    times: Sequence[Time],
    by_facility: dict[str, list[Visitor]],
    occupied: Occupied,
    now: int,
    random: Random,
) -> Iterator[Visit]:
    role = times[0].role
    candidates = by_facility.get(role.facility_id, [])
    today = role.local_day(now).toordinal()
    share = _share(role, times[0].day - today, random)
    tries = len(candidates) if share >= 1 else _TRIES
    for time in times:
        if random.random() < share and candidates:
            first = random.randrange(len(candidates))
            tried = (candidates[(first + step) % len(candidates)] for step in range(tries))
            visits = (_visit(time, visitor, today, occupied, now) for visitor in tried)
            visit = next((visit for visit in visits if visit is not None), None)
            if visit is not None:
                occupied.update((claim.resource, claim.tick) for claim in visit.claims)
                yield visit


def _share(role: Role, days_ahead: int, random: Random) -> float:
    """How much of a day is taken."""
    if role.id == FULLY_BOOKED or random.random() < _FULL_DAYS:
        return 1.0
    return max(0.05, 0.6 - 0.05 * days_ahead) * random.uniform(0.5, 1.5)


def _visit(time: Time, visitor: Visitor, today: int, occupied: Occupied, now: int) -> Visit | None:
    """The booking of this time for this patient, or None where a rule or a claim of theirs forbids it."""
    profile = time.role.profile_code
    asked_day = _asked_day(visitor, profile, today, occupied)
    created = now - (today - asked_day) * _DAY
    wanted = (
        *claims.of_doctor(time),
        *claims.of_patient(visitor.id, time),
        claims.visit(visitor.id, profile, time.day),
        claims.asked(visitor.id, profile, asked_day),
    )
    if broken(visitor.applicant(time.role), time, created):
        return None
    if any((claim.resource, claim.tick) in occupied for claim in wanted):
        return None
    return Visit(time, visitor.id, asked_day, created, wanted)


def _asked_day(visitor: Visitor, profile: str, today: int, occupied: Occupied) -> int:
    """The last day before today on which this patient asked for nobody of the profile (R27)."""
    day = today - 1
    while (claim := claims.asked(visitor.id, profile, day)) and (claim.resource, claim.tick) in occupied:
        day -= 1
    return day
