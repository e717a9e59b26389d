"""The rules of booking, and which of them staff may override. Pure.

Some are decided by one patient and one time (R10, R28 to R31, R42), others by what else is booked (R21, R27, R44): those
are claims, each of which one booking has (claims.py keeps them).
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


#: Claims are on ticks of so many seconds of UTC, or on days (api.md section 12).
TICK_SECONDS = 300
#: The seat at a doctor's time that patients are offered and have.
ORDINARY_SEAT = 0

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


# --- one patient and one time ------------------------------------------------------------------------------------


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


# --- what else is booked -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One row to take, and the code that refuses where somebody has it; `detail` chooses its words (refusals.py).

    One that `yields` is left to who has it: of a rule that staff have overridden.
    """

    resource: str
    tick: int
    refusal: str
    detail: str = ""
    yields: bool = False


def claim_on_asking(patient_id: str, profile: str, day: int, overridden: Rules = NONE) -> Claim:
    """R27, the day of asking."""
    yields = Rule.ONCE_A_DAY in overridden
    return Claim(f"asked:{patient_id}:{profile}", day, "one-per-day", "asked", yields)


def claim_on_visit(patient_id: str, profile: str, day: int, overridden: Rules = NONE) -> Claim:
    """R27, the day of the visit."""
    yields = Rule.ONCE_A_DAY in overridden
    return Claim(f"visit:{patient_id}:{profile}", day, "one-per-day", "visit", yields)


def claims_on_patient(patient_id: str, time: Time) -> list[Claim]:
    """R44: the patient's own time."""
    return [Claim(f"patient:{patient_id}", tick, "overlap") for tick in ticks(time)]


def claims_of_visit(patient_id: str, time: Time, overridden: Rules = NONE) -> list[Claim]:
    """The claims of a patient's visit on other visits (R27, R44), in the order of api.md section 11."""
    of_day = claim_on_visit(patient_id, time.role.profile_code, time.day, overridden)
    return [of_day, *claims_on_patient(patient_id, time)]


def claims_of_booking(patient_id: str, time: Time, asked_day: int, overridden: Rules = NONE) -> list[Claim]:
    """All claims of a new booking but for the doctor's time."""
    of_asking = claim_on_asking(patient_id, time.role.profile_code, asked_day, overridden)
    return [of_asking, *claims_of_visit(patient_id, time, overridden)]


def claims_on_doctor(time: Time, refusal: str = "slot-taken", seat: int = ORDINARY_SEAT) -> list[Claim]:
    """R21: the doctor's time; a further seat at it is staff's deliberate overbooking (api.md section 12)."""
    return [Claim(f"doctor:{time.role.id}#{seat}", tick, refusal) for tick in ticks(time)]


def ticks(time: Time) -> range:
    """The ticks of a time."""
    return range(time.start // TICK_SECONDS, time.end // TICK_SECONDS)
