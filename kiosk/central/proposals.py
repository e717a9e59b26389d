"""A doctor's time as it is offered, and the id under which it is offered (api.md section 4). Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

_ID = re.compile(r"([A-Za-z0-9\-.]{1,40})\.([0-9a-f]{1,10})\.([0-9]{1,6})")


@dataclass(frozen=True)
class Role:
    """One doctor at one facility in one service, with what rules and Appointments need of all of them."""

    id: str
    room: str
    last_name: str
    first_name: str
    patronymic: str
    facility_id: str
    location_id: str
    facility_name: str
    zone: str
    notice_minutes: int
    newcomers: bool
    extra_seats: int
    service_id: str
    mandatory: bool
    online: str
    approval: bool
    discreet: bool
    age_min: int | None
    age_max: int | None
    sex: str | None
    specialty_code: str
    specialty_name: str
    profile_code: str

    @property
    def doctor_name(self) -> str:
        """Surname, name and patronymic."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    def local_day(self, instant: int) -> date:
        """The facility's day at this instant."""
        return datetime.fromtimestamp(instant, ZoneInfo(self.zone)).date()


@dataclass(frozen=True)
class Time:
    """One time of a doctor: instants in seconds of UTC, `day` the ordinal of the facility's day."""

    role: Role
    start: int
    end: int
    day: int
    generation: int

    @property
    def id(self) -> str:
        """The id of the free Appointment: the same for every terminal, a new one after the time was freed."""
        return proposal_id(self.role.id, self.start, self.generation)

    def same_time(self, other: "Time") -> bool:
        """Whether it is the same time of the same doctor, under whatever id."""
        return (self.role.id, self.start) == (other.role.id, other.start)


@dataclass(frozen=True)
class Proposal:
    """What an id says: which time, and how often that had been freed when the id was given."""

    role_id: str
    start: int
    generation: int


def proposal_id(role_id: str, start: int, generation: int) -> str:
    """The id of a free time; fits FHIR for role ids of up to 40 characters."""
    return f"{role_id}.{start:x}.{generation}"


def parse(id: str) -> Proposal | None:
    """What `proposal_id` put in; None for anything that it would not have made."""
    match = _ID.fullmatch(id)
    if match is None:
        return None
    proposal = Proposal(match[1], int(match[2], 16), int(match[3]))
    return proposal if proposal_id(proposal.role_id, proposal.start, proposal.generation) == id else None
