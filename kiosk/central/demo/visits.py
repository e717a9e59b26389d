"""Which of the demo region's times are taken, and by whom: bookings that keep every rule. Pure.

Near days are fuller than far ones, some days are full, and two doctors always are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, groupby
from random import Random

from kiosk.central.demo.staff import FULLY_BOOKED
from kiosk.central.proposals import Role, Time
from kiosk.central.rules import (
    Applicant,
    Claim,
    broken,
    claim_on_asking,
    claim_on_visit,
    claims_on_doctor,
    claims_on_patient,
)

#: Claims that somebody has, as (resource, tick).
Occupied = set[tuple[str, int]]

_DAY = 24 * 3600
#: One day of a doctor in so many is full.
_FULL_DAYS = 0.05


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


class Diary:
    """Who is free when. `occupied` are the claims that patients have; it grows with every booking."""

    def __init__(self, visitors: Sequence[Visitor], occupied: Occupied, now: int) -> None:
        self._visitors = visitors
        self._occupied = occupied
        self._now = now
        self._suited: dict[str, list[Visitor]] = {}

    def fill(self, times: Iterable[Time]) -> Iterator[Visit]:
        """The bookings of these new times; those of the doctors who are always full come first."""
        ordered = sorted(times, key=lambda time: (time.role.id not in FULLY_BOOKED, time.role.id, time.start))
        for (role_id, day), group in groupby(ordered, key=lambda time: (time.role.id, time.day)):
            yield from self._day(list(group), Random(f"{role_id}/{day}"))

    def _day(self, times: Sequence[Time], random: Random) -> Iterator[Visit]:
        role = times[0].role
        today = role.local_day(self._now).toordinal()
        share = _share(role, times[0].day - today, random)
        for time in times:
            visit = self._visit(time, today, random) if random.random() < share else None
            if visit is not None:
                self._occupied.update((claim.resource, claim.tick) for claim in visit.claims)
                yield visit

    def _visit(self, time: Time, today: int, random: Random) -> Visit | None:
        """The booking of this time for somebody who may have it, None where nobody may."""
        suited = self._suited_for(time)
        first = random.randrange(len(suited)) if suited else 0
        visits = (self._of(visitor, time, today) for visitor in suited[first:] + suited[:first])
        return next((visit for visit in visits if visit is not None), None)

    def _suited_for(self, time: Time) -> list[Visitor]:
        """Patients known there whom this service may see; birthdays in the days that follow are looked at later."""
        role = time.role
        if role.service_id not in self._suited:
            long_ago = time.start - 365 * _DAY
            self._suited[role.service_id] = [
                one
                for one in self._visitors
                if role.facility_id in one.known_in and not broken(one.applicant(role), time, long_ago)
            ]
        return self._suited[role.service_id]

    def _of(self, visitor: Visitor, time: Time, today: int) -> Visit | None:
        """The booking for this patient, or None where a rule or a claim of theirs forbids it."""
        profile = time.role.profile_code
        visit = (
            *claims_on_patient(visitor.id, time),
            claim_on_visit(visitor.id, profile, time.day),
        )
        if any((claim.resource, claim.tick) in self._occupied for claim in visit):
            return None
        asked = self._asked(visitor, profile, today)
        created = self._now - (today - asked.tick) * _DAY
        if broken(visitor.applicant(time.role), time, created):
            return None
        return Visit(time, visitor.id, asked.tick, created, (*claims_on_doctor(time), *visit, asked))

    def _asked(self, visitor: Visitor, profile: str, today: int) -> Claim:
        """The last day before today on which this patient asked for nobody of the profile (R27)."""
        days = (claim_on_asking(visitor.id, profile, today - ago) for ago in count(1))
        return next(claim for claim in days if (claim.resource, claim.tick) not in self._occupied)


def _share(role: Role, days_ahead: int, random: Random) -> float:
    """How much of a day is taken."""
    if role.id in FULLY_BOOKED or random.random() < _FULL_DAYS:
        return 1.0
    return max(0.05, 0.4 - 0.035 * days_ahead) * random.uniform(0.4, 1.6)
