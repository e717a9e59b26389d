"""Who may book what, as far as one patient and one time decide it (R10, R28 to R31, R42), and what staff may override. Pure.

The rules that other bookings decide (R21, R27, R44) are claims.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Protocol

from kiosk.central.proposals import Time
from kiosk.models import Online


class Rule(Enum):
    """A rule that may refuse a booking, by its number in docs/regulation.md."""

    KNOWN_HERE = "R10"
    ONCE_A_DAY = "R27"
    IN_TIME = "R28"
    OPENED = "R30"
    SUITED = "R42"


Rules = Set[Rule]
#: All of them bind.
NONE: Rules = frozenset()
#: What staff may override for a caller or at the desk: these bind what is asked electronically (R28). The others never:
#: whom a specialist treats (R42) is no matter of the way in which a visit is asked for, a card (R10) is opened in the
#: clinic's own system, and two patients at one time, or one in two rooms (R21, R44), nobody can see.
OVERRIDABLE: Rules = frozenset({Rule.ONCE_A_DAY, Rule.IN_TIME, Rule.OPENED})


@dataclass(frozen=True)
class Applicant:
    """What the rules ask of a patient, with respect to one facility and one specialty."""

    birth_date: date
    sex: str
    known_here: bool
    observed: bool


class Terms(Protocol):
    """Whom a service sees, and who may ask for it."""

    @property
    def newcomers(self) -> bool: ...
    @property
    def mandatory(self) -> bool: ...
    @property
    def online(self) -> str: ...
    @property
    def age_min(self) -> int | None: ...
    @property
    def age_max(self) -> int | None: ...
    @property
    def sex(self) -> str | None: ...


def opened(terms: Terms) -> Online:
    """Who may book it without staff (R30); a mandatory specialty everybody, whatever its facility says (R29)."""
    return Online.YES if terms.mandatory else Online(terms.online)


def awaits_approval(approval: bool, *, by_facility: bool) -> bool:
    """Whether a booking has to be approved (R31): where the facility wants that, and did not make it itself."""
    return approval and not by_facility


def barred(
    applicant: Applicant, terms: Terms, first_day: int, last_day: int, overridden: Rules = NONE
) -> str | None:
    """The code of the first rule that refuses a visit on every one of these days (ordinals), whatever its time.

    In the order of api.md section 11; None where no rule does.
    """
    online = opened(terms)
    judged = (
        (Rule.KNOWN_HERE, "not-known-here", not (applicant.known_here or terms.newcomers)),
        (Rule.SUITED, "not-for-this-patient", not _suits(applicant, terms, first_day, last_day)),
        (Rule.OPENED, "not-bookable-online", online is Online.NO),
        (Rule.OPENED, "dispensary-only", online is Online.DISPENSARY and not applicant.observed),
    )
    return next((code for rule, code, refuses in judged if refuses and rule not in overridden), None)


def broken(applicant: Applicant, time: Time, measured_at: int, overridden: Rules = NONE) -> str | None:
    """The code of the first rule that refuses this time, in the order of api.md section 11, or None.

    `measured_at` is the instant from which R28 counts (api.md section 5).
    """
    code = barred(applicant, time.role, time.day, time.day, overridden)
    if code is None and _too_late(time, measured_at, overridden):
        return "too-late"
    return code


def full_years(birth: date, day: date) -> int:
    """Age on a day; who was born on 29 February is a year older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _suits(applicant: Applicant, terms: Terms, first_day: int, last_day: int) -> bool:
    """R42: sex, and the age on the day of the visit, which is one of these."""
    youngest, oldest = (
        full_years(applicant.birth_date, date.fromordinal(day)) for day in (first_day, last_day)
    )
    old_enough = terms.age_min is None or oldest >= terms.age_min
    young_enough = terms.age_max is None or youngest <= terms.age_max
    return old_enough and young_enough and terms.sex in (None, applicant.sex)


def _too_late(time: Time, measured_at: int, overridden: Rules) -> bool:
    """R28; what has begun is too late for everybody."""
    left = time.start - measured_at
    least = 0 if Rule.IN_TIME in overridden else time.role.notice_minutes * 60
    return left <= 0 or left < least
