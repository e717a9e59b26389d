"""Who may book what electronically, as far as one patient and one time decide it (R10, R28, R30, R42). Pure.

The rules that other bookings decide (R21, R27, R44) are claims.
"""

from dataclasses import dataclass
from datetime import date

from kiosk.central.proposals import Time
from kiosk.models import Online


@dataclass(frozen=True)
class Applicant:
    """What the rules ask of a patient, with respect to one facility and one specialty."""

    birth_date: date
    sex: str
    known_here: bool
    observed: bool


def broken(applicant: Applicant, time: Time, measured_at: int) -> str | None:
    """The code of the first rule that refuses, in the order of api.md section 11, or None.

    `measured_at` is the instant from which R28 counts (api.md section 5).
    """
    judged = (
        ("not-known-here", not (applicant.known_here or time.role.newcomers)),
        ("not-for-this-patient", not _suits(applicant, time)),
        ("not-bookable-online", time.role.online == Online.NO.value),
        ("dispensary-only", time.role.online == Online.DISPENSARY.value and not applicant.observed),
        ("too-late", _too_late(time, measured_at)),
    )
    return next((code for code, refuses in judged if refuses), None)


def full_years(birth: date, day: date) -> int:
    """Age on a day; who was born on 29 February is a year older on 1 March of common years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def _suits(applicant: Applicant, time: Time) -> bool:
    """R42: age and sex, the age on the day of the visit."""
    role = time.role
    age = full_years(applicant.birth_date, date.fromordinal(time.day))
    old_enough = role.age_min is None or age >= role.age_min
    young_enough = role.age_max is None or age <= role.age_max
    return old_enough and young_enough and role.sex in (None, applicant.sex)


def _too_late(time: Time, measured_at: int) -> bool:
    left = time.start - measured_at
    return left <= 0 or left < time.role.notice_minutes * 60
