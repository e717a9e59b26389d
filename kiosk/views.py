"""What a step shows: plain shapes between the coordinator and the screens, no behaviour."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from kiosk.explanations import Explanation
from kiosk.models import Absence, Appointment, DayLoad, District, Doctor, DoctorLoad, Facility, Specialty


@dataclass(frozen=True)
class Waiting:
    """The step's data are being asked for. After `slow` the screen offers a way out in words."""

    slow: bool = False


@dataclass(frozen=True)
class Ready:
    """The step's data, of the type that the classes below and `flow.Step` name; None where it needs none.

    DISTRICT shows a DistrictChoice, FACILITY `tuple[Facility, ...]` of the district, SPECIALTY
    `tuple[SpecialtyRow, ...]`, DOCTOR `tuple[DoctorRow, ...]`, TIME a WeekView.
    """

    value: Any = None


@dataclass(frozen=True)
class Failed:
    """The step's data could not be had."""

    explanation: Explanation


Content = Waiting | Ready | Failed


@dataclass(frozen=True)
class DistrictChoice:
    """DISTRICT: the terminal's own facility first (R41), then the districts with their numbers of facilities."""

    home: Facility | None
    districts: tuple[tuple[District, int], ...]


@dataclass(frozen=True)
class SpecialtyRow:
    """SPECIALTY: one specialty, the mandatory six first (R29). `reason` says why it is not bookable here (R30).

    A bookable row with a reason is bookable for some: who, the reason says.
    """

    specialty: Specialty
    bookable: bool
    reason: str = ""


@dataclass(frozen=True)
class DoctorRow:
    """DOCTOR: one doctor; the patient's own area doctor first, then by nearest free time.

    `absence` is that of today (R45).
    """

    doctor: Doctor
    load: DoctorLoad
    own: bool = False
    absence: Absence | None = None


@dataclass(frozen=True)
class WeekView:
    """TIME: one week of the doctor from Monday, the chosen day (its times stand in `days`), and as of when.

    `chosen` is None where the week has no free time at all.
    """

    days: tuple[DayLoad, ...]
    chosen: date | None
    as_of: datetime
    has_earlier: bool
    has_later: bool


@dataclass(frozen=True)
class Taken:
    """The chosen time was taken by somebody else; `nearest` are up to three free times of the same doctor."""

    start: datetime
    nearest: tuple[Appointment, ...]


class Busy(Enum):
    """The command under way; while one is, no second one is taken."""

    HOLD = "hold"
    IDENTIFY = "identify"
    CONTACTS = "contacts"
    BOOK = "book"


class Printing(Enum):
    """What became of the paper ticket (R24)."""

    UNDER_WAY = "under-way"
    PRINTED = "printed"
    NOT_PRINTED = "not-printed"
    UNSURE = "unsure"
