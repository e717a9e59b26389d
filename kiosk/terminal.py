"""The coordinator: one visit, the flow, the services. What a screen talks to; no Kivy.

Every method is called on the UI thread and returns at once; `on_change` is called after each change of what is
to be shown. Screens paint what stands in the attributes and forward what the patient does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from kiosk.errors import KioskError
from kiosk.flow import Step
from kiosk.models import (
    Absence,
    Appointment,
    District,
    Doctor,
    DoctorLoad,
    DayLoad,
    Facility,
    Patient,
    Specialty,
)
from kiosk.visit import Draft, Fact, Intent, Visit


# --- what a step shows -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """The step's data are being asked for. After `slow` the screen offers a way out in words."""

    slow: bool = False


@dataclass(frozen=True)
class Ready:
    """The step's data: of the type that the step's docstring below names."""

    value: Any = None


@dataclass(frozen=True)
class Explanation:
    """What to tell the patient: what happened, what now; `retry` where trying again makes sense."""

    title: str
    text: str
    retry: bool = False


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
    """SPECIALTY shows `tuple[SpecialtyRow, ...]`, the mandatory six first (R29). `reason` says why it is not bookable here."""

    specialty: Specialty
    bookable: bool
    reason: str = ""


@dataclass(frozen=True)
class DoctorRow:
    """DOCTOR shows `tuple[DoctorRow, ...]`: the patient's own area doctor first, then by nearest free time."""

    doctor: Doctor
    load: DoctorLoad
    own: bool = False
    absence: Absence | None = None


@dataclass(frozen=True)
class WeekView:
    """TIME: one week of the doctor, the chosen day with its times, and as of when (facility's local time)."""

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
