"""The nouns of the registry as the terminal knows them: frozen, no input or output.

Ids are opaque texts given by the registry. Instants are aware datetimes in the facility's zone; a date is
the facility's local day.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")

#: R29: booking by the patient is mandatory for these specialties, in the order in which they are offered.
MANDATORY_SPECIALTIES = (
    "therapist",
    "paediatrician",
    "general-practitioner",
    "dentist",
    "surgeon",
    "gynaecologist",
)


class Online(Enum):
    """Who may book a specialty without the desk (R29, R30)."""

    YES = "yes"
    DISPENSARY = "dispensary"
    NO = "no"


class Sex(Enum):
    """FHIR administrative gender, the two values that policies know."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class District:
    """A district of the region («район»)."""

    id: str
    name: str


@dataclass(frozen=True)
class OpeningHours:
    """One line of a facility's hours: days as FHIR codes (`mon` .. `sun`), local times; all_day has none."""

    days: tuple[str, ...]
    opens: time | None
    closes: time | None
    all_day: bool = False


@dataclass(frozen=True)
class Facility:
    """A medical organisation («МО»): `id` is its Organization, `location_id` its building."""

    id: str
    location_id: str
    name: str
    address: str
    district_id: str
    phones: tuple[str, ...] = ()
    hours: tuple[OpeningHours, ...] = ()
    directions: str = ""
    newcomers: bool = False


@dataclass(frozen=True)
class Specialty:
    """A specialty at one facility: `id` is the HealthcareService there, `code` the same everywhere."""

    id: str
    code: str
    name: str
    facility_id: str
    online: Online = Online.YES
    approval: bool = False
    discreet: bool = False
    bring: str = ""


@dataclass(frozen=True)
class Absence:
    """A doctor who is away on these local days, both included, and the doctor (role id) who stands in (R45)."""

    first_day: date
    last_day: date
    substitute_id: str | None = None
    substitute_name: str = ""


@dataclass(frozen=True)
class WorkingHours:
    """When a doctor works by the schedule: days as FHIR codes (`mon` .. `sun`), local times."""

    days: tuple[str, ...]
    begins: time
    ends: time


@dataclass(frozen=True)
class Doctor:
    """One doctor at one facility in one specialty: `id` is the PractitionerRole.

    `specialty_name` and `facility_name` stand where the answer told them.
    """

    id: str
    practitioner_id: str
    last_name: str
    first_name: str
    patronymic: str
    facility_id: str
    specialty_code: str
    room: str = ""
    areas: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    working: tuple[WorkingHours, ...] = ()
    specialty_name: str = ""
    facility_name: str = ""

    @property
    def full_name(self) -> str:
        """«Соколова Елена Андреевна»."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Surname and initials: «Соколова Е. А.»."""
        initials = [f"{part[0]}." for part in (self.first_name, self.patronymic) if part]
        return " ".join([self.last_name, *initials])


@dataclass(frozen=True)
class TimeState:
    """One time in a doctor's day and whether it can be taken."""

    start: datetime
    end: datetime
    free: bool


@dataclass(frozen=True)
class DayLoad:
    """How full one day of a doctor is; `times` only where they were asked for."""

    day: date
    free: int
    busy: int
    times: tuple[TimeState, ...] = ()


@dataclass(frozen=True)
class DoctorLoad:
    """`$availability` of one doctor: the nearest free time and the number of free times in the days asked for."""

    doctor_id: str
    nearest: datetime | None
    free: int
    days: tuple[DayLoad, ...] = ()


@dataclass(frozen=True)
class FacilityLoad:
    """The nearest free time of a specialty at one facility (None where it has none), and how many there are."""

    facility: Facility
    nearest: datetime | None
    free: int = 0


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a search found, best first: the first of `total`. Not `exact`: a slip or the other keyboard layout was
    forgiven."""

    items: tuple[T, ...] = ()
    total: int = 0
    exact: bool = True


class AppointmentStatus(Enum):
    """Where a time stands between free and over; AWAITING is booked and to be approved (R31), WAITING a wish."""

    PROPOSED = "proposed"
    HELD = "held"
    AWAITING = "awaiting"
    BOOKED = "booked"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    OTHER = "other"


#: Those of a booking that stands.
STANDING = (AppointmentStatus.BOOKED, AppointmentStatus.AWAITING)


@dataclass(frozen=True)
class Appointment:
    """A time of a doctor, free, held or booked. `version` is its FHIR versionId, '' where the answer had none;
    `slot` the opaque reference by which a move asks for it."""

    id: str
    status: AppointmentStatus
    start: datetime
    end: datetime
    doctor_id: str = ""
    facility_id: str = ""
    version: str = ""
    held_until: datetime | None = None
    ticket_number: str = ""
    code: str = ""
    slot: str = ""


@dataclass(frozen=True)
class Move:
    """A booking that is to be at another time: as the patient last saw it, and the time to which it goes."""

    booked: Appointment
    time: Appointment


@dataclass(frozen=True)
class WaitingWish:
    """What a patient waits for: any time of a doctor, or without one of the specialty here, both days included."""

    specialty: Specialty
    doctor: Doctor | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class WaitingEntry:
    """A place on the waiting list that the registry gave; `code` is the opaque one of the stub's QR."""

    id: str
    number: str = ""
    code: str = ""
    version: str = ""


@dataclass(frozen=True)
class OwnBooking:
    """A booking of the patient who stands here, past or to come, as the registry tells it to them (api.md section 10).

    The names are those of its answer; `location_id` is the building of the facility.
    """

    appointment: Appointment
    specialty_code: str = ""
    specialty_name: str = ""
    doctor_name: str = ""
    facility_name: str = ""
    location_id: str = ""


@dataclass(frozen=True)
class OwnPlace:
    """A place of the patient on the waiting list. `doctor_id` is '' where any doctor of the specialty will do.

    `offer` is the time that is kept for them until its `held_until`, under the id by which it is booked.
    """

    entry: WaitingEntry
    last_day: date
    stands: bool = True
    specialty_code: str = ""
    specialty_name: str = ""
    doctor_id: str = ""
    doctor_name: str = ""
    facility_name: str = ""
    location_id: str = ""
    offer: Appointment | None = None


@dataclass(frozen=True)
class Sought:
    """Which of their bookings or places a patient means: by its id, by the code of the paper that they scanned, or by the
    number on it that they typed."""

    id: str = ""
    code: str = field(default="", repr=False)
    number: str = ""


@dataclass(frozen=True)
class Message:
    """A message of the cabinet (R25, R26); not `read` as long as the registry has no `received` of it."""

    id: str
    sent: datetime
    text: str = field(repr=False)
    read: bool = False
    about: str = ""


@dataclass(frozen=True)
class TerminalEvent:
    """Something that the terminal reports of itself, without a person (api.md section 10); repeatable by its id."""

    id: str
    at: datetime
    kind: str
    facility_id: str = ""
    specialty_code: str = ""
    detail: str = ""


@dataclass(frozen=True)
class BookingRecord:
    """What the registry tells without its patient of a booking, or of a place on the waiting list (api.md section 8):
    no doctor; `start` and no ticket where a change of it was looked up."""

    id: str
    status: AppointmentStatus
    version: str = ""
    ticket_number: str = ""
    code: str = ""
    start: datetime | None = None


@dataclass(frozen=True)
class Contact:
    """A `phone` or an `email` of a patient: masked as the registry shows it, or whole as it was just typed.

    `notices`: the patient is told of changes there; `unconfirmed`: once the code that was sent there has been entered.
    """

    system: str
    value: str = field(repr=False)
    notices: bool = True
    unconfirmed: bool = False


@dataclass(frozen=True)
class Patient:
    """What the registry tells a terminal of the patient who identified themselves: initials, no full name."""

    id: str
    initials: str
    birth_year: int | None = None
    sex: Sex | None = None
    attached_facility_id: str | None = None
    area_doctor_id: str | None = None
    card_facility_ids: tuple[str, ...] = ()
    dispensary_codes: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    version: str = ""

    @property
    def phone(self) -> str:
        """The first telephone, masked; '' without one."""
        return next((one.value for one in self.contacts if one.system == "phone"), "")

    @property
    def email(self) -> str:
        """The first e-mail address, masked; '' without one."""
        return next((one.value for one in self.contacts if one.system == "email"), "")


@dataclass(frozen=True)
class PatientToken:
    """The right to act for one patient for a while; never logged or stored (R39)."""

    value: str
    patient_id: str
    expires_in: int

    def __repr__(self) -> str:
        return "PatientToken(***)"


@dataclass(frozen=True)
class Contacts:
    """How a patient wants to be told of changes (R23), as the registry masks it; '' is none."""

    phone: str = ""
    email: str = ""
