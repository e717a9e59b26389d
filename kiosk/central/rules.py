"""Who may book what electronically, as far as one patient and one time decide it (R10, R28, R30, R42). Pure.

The rules that other bookings decide (R21, R27, R44) are claims.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kiosk.central.proposals import Time
from kiosk.models import Online


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
    def online(self) -> str: ...
    @property
    def age_min(self) -> int | None: ...
    @property
    def age_max(self) -> int | None: ...
    @property
    def sex(self) -> str | None: ...


def barred(applicant: Applicant, terms: Terms, first_day: int, last_day: int) -> str | None:
    """The code of the first rule that refuses a visit on every one of these days (ordinals), whatever its time.

    In the order of api.md section 11; None where no rule does.
    """
    judged = (
        ("not-known-here", not (applicant.known_here or terms.newcomers)),
        ("not-for-this-patient", not _suits(applicant, terms, first_day, last_day)),
        ("not-bookable-online", terms.online == Online.NO.value),
        ("dispensary-only", terms.online == Online.DISPENSARY.value and not applicant.observed),
    )
    return next((code for code, refuses in judged if refuses), None)


def broken(applicant: Applicant, time: Time, measured_at: int) -> str | None:
    """The code of the first rule that refuses this time, in the order of api.md section 11, or None.

    `measured_at` is the instant from which R28 counts (api.md section 5).
    """
    code = barred(applicant, time.role, time.day, time.day)
    if code is None and _too_late(time, measured_at):
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


def _too_late(time: Time, measured_at: int) -> bool:
    left = time.start - measured_at
    return left <= 0 or left < time.role.notice_minutes * 60
