"""What a step shows: plain shapes between the coordinator and the screens, no behaviour."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from kiosk.explanations import Explanation
from kiosk.models import (
    Absence,
    Appointment,
    DayLoad,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    OwnBooking,
    OwnPlace,
    Specialty,
    WorkingHours,
)
from kiosk.ticket import Slip

#: Ranges of characters (from, until) of a shown text that matched what was typed.
Marks = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Waiting:
    """The step's data are being asked for. After `slow` the screen offers a way out in words."""

    slow: bool = False


@dataclass(frozen=True)
class Ready:
    """The step's data, of the type that the classes below and `flow.Step` name; None where it needs none.

    DISTRICT shows a DistrictChoice, FACILITY `tuple[Facility, ...]` of the district, SPECIALTY
    `tuple[SpecialtyRow, ...]`, DOCTOR a DoctorList, TIME a WeekView, NO_TIMES a NoTimesView, MINE a MineView,
    FACILITY_CARD and DOCTOR_CARD the classes of that name, AREA `tuple[AreaRow, ...]`, ELSEWHERE
    `tuple[FacilityLoad, ...]`, FACILITY_SEARCH and DOCTOR_SEARCH a SearchView,
    CABINET a CabinetView, HISTORY `tuple[BookingRow, ...]`, TICKET a TicketView, MESSAGES `tuple[Message, ...]`, MESSAGE a
    Message.
    """

    value: Any = None


@dataclass(frozen=True)
class Failed:
    """The step's data could not be had."""

    explanation: Explanation


Content = Waiting | Ready | Failed


@dataclass(frozen=True)
class DistrictChoice:
    """DISTRICT: the terminal's own facility first (R41), then the districts with their numbers of facilities.

    `own` are those of attachment and of the patient's cards, where the patient is known (R12, R13).
    """

    home: Facility | None
    districts: tuple[tuple[District, int], ...]
    own: tuple[Facility, ...] = ()


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
class DoctorList:
    """DOCTOR: the rows, and the nearest free time of any of them («Ближайшее время у любого врача»).

    `any_nearest` is None where no doctor has a time in sight: then the first row leads to NO_TIMES.
    """

    rows: tuple[DoctorRow, ...]
    any_nearest: datetime | None


@dataclass(frozen=True)
class NoTimesView:
    """NO_TIMES: what else can be done: up to two other doctors here, up to two other facilities of the district, the
    waiting list. Until `until` (included) there is no time."""

    others: tuple[DoctorRow, ...]
    elsewhere: tuple[FacilityLoad, ...]
    can_wait: bool
    until: date


@dataclass(frozen=True)
class FacilityCard:
    """FACILITY_CARD: the facility and how many specialties it has (R7)."""

    facility: Facility
    specialties: int


@dataclass(frozen=True)
class DoctorCard:
    """DOCTOR_CARD: the doctor, their working hours and two weeks of free and busy (R7). `absence` is that of today
    or the next one (R45)."""

    doctor: Doctor
    specialty: Specialty
    facility: Facility
    load: DoctorLoad
    working: tuple[WorkingHours, ...]
    absence: Absence | None
    as_of: datetime


@dataclass(frozen=True)
class AreaRow:
    """AREA: one area of the facility and its doctors (R17)."""

    name: str
    doctors: tuple[DoctorRow, ...]


@dataclass(frozen=True)
class MineView:
    """MINE: the patient's area doctor (R14), with specialty and facility; the facility of attachment (R13); those in
    which they have a card (R12). What the patient does not have is None or empty."""

    area_doctor: DoctorRow | None
    area_specialty: Specialty | None
    area_facility: Facility | None
    attached: Facility | None
    cards: tuple[Facility, ...]


@dataclass(frozen=True)
class BookingRow:
    """CABINET, HISTORY: one booking of the patient; what the directory no longer tells of its place is as the booking
    itself names it. `stands`: a visit is expected; `can_change`: it has not begun, so it can be moved or cancelled."""

    booking: OwnBooking
    facility: Facility
    specialty: Specialty
    doctor: Doctor
    stands: bool
    can_change: bool


@dataclass(frozen=True)
class PlaceRow:
    """CABINET: one place of the patient on the waiting list; `doctor` is None where any of the specialty will do."""

    place: OwnPlace
    facility: Facility
    specialty: Specialty
    doctor: Doctor | None

    @property
    def stands(self) -> bool:
        """Whether its patient still waits."""
        return self.place.stands

    can_change = stands


@dataclass(frozen=True)
class CabinetView:
    """CABINET: what is to come, and how many messages are unread (R15)."""

    bookings: tuple[BookingRow, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    unread: int = 0


@dataclass(frozen=True)
class TicketView:
    """TICKET: one booking or place as the registry has it now, and what its paper says."""

    row: BookingRow | PlaceRow
    slip: Slip


@dataclass(frozen=True)
class FacilityHit:
    """FACILITY_SEARCH: one facility, and what of its name and address matched."""

    facility: Facility
    name_marks: Marks = ()
    address_marks: Marks = ()


@dataclass(frozen=True)
class DoctorHit:
    """DOCTOR_SEARCH: one doctor, what of the full name matched, and how full they are (None: not known yet)."""

    doctor: Doctor
    specialty_name: str
    facility_name: str
    marks: Marks = ()
    load: DoctorLoad | None = None


@dataclass(frozen=True)
class SearchView:
    """A search as it stands: what is typed, the first hits of `total`, and how it was read where that is not what
    was typed (`corrected`). `searching`: an answer is outstanding; the hits are those of before. `scope` is the
    facility to which the search is kept, `widen` frees it."""

    text: str
    hits: tuple[FacilityHit, ...] | tuple[DoctorHit, ...] = ()
    total: int = 0
    corrected: str = ""
    searching: bool = False
    scope: Facility | None = None


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
    """The command under way; while one is, no second one is taken. BOOK is joining the waiting list, too."""

    LOOK_UP = "look-up"
    FIND = "find"
    HOLD = "hold"
    IDENTIFY = "identify"
    CONTACTS = "contacts"
    BOOK = "book"
    CANCEL = "cancel"
    CALL = "call"


@dataclass(frozen=True)
class PinView:
    """PIN: whether the typed one is being judged, whether the last one was wrong, and for how many seconds none is taken."""

    is_judging: bool = False
    is_wrong: bool = False
    locked_left: int = 0


class Printing(Enum):
    """What became of the paper ticket (R24)."""

    UNDER_WAY = "under-way"
    PRINTED = "printed"
    NOT_PRINTED = "not-printed"
    UNSURE = "unsure"
