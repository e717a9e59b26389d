"""A region of any number of doctors, all with the same times, and patients who are signed in: what the load asks for.

Ten doctors a facility, five of each of two specialties; twenty times of a quarter of an hour on each of 25 days from the day
after tomorrow. Written in bulk, row for row as the registry's own sign-in and enrolment would (tests/central/test_region_of_times.py).
"""

import secrets
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock
from itertools import islice
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from benchmarks import bulk
from benchmarks.bulk import ZONE, Row
from kiosk.central import identity, regional, schema, words
from kiosk.central.demo import opaque
from kiosk.central.demo.names import draw
from kiosk.central.demo.staff import SPECIALITIES
from kiosk.central.proposals import proposal_id
from kiosk.central.store import Store, create_schema
from kiosk.central.words import Kind
from kiosk.models import Sex

DAYS, TIMES_A_DAY, MINUTES = 25, 20, 15
TIMES_OF_DOCTOR = DAYS * TIMES_A_DAY
DOCTORS_OF_FACILITY, DISTRICTS = 10, 40
SPECIALTIES = ("therapist", "surgeon")
#: Rows of one transaction; more would only lengthen the log.
_MOST = 500_000


@dataclass(frozen=True)
class Visitor:
    """A patient who stands at a terminal and has said who they are; `credential` is the terminal's, `token` theirs."""

    number: int
    credential: str
    token: str

    @property
    def patient_id(self) -> str:
        return opaque("visitor", self.number)

    @property
    def policy_number(self) -> str:
        return f"{10**15 + self.number}"

    @property
    def birth_date(self) -> str:
        return f"{1950 + self.number % 50}-{1 + self.number % 12:02d}-{1 + self.number % 28:02d}"


@dataclass(frozen=True)
class Region:
    """A region of so many doctors as it stands in a database; `begun` is when it was made (seconds of UTC)."""

    doctors: int
    begun: int
    visitors: tuple[Visitor, ...]

    @property
    def times(self) -> int:
        """How many there are in all."""
        return self.doctors * TIMES_OF_DOCTOR

    @property
    def first_day(self) -> date:
        """The first day that has times."""
        return datetime.fromtimestamp(self.begun, ZoneInfo(ZONE)).date() + timedelta(days=2)

    def start(self, number: int) -> int:
        """When the time of this number of every doctor starts."""
        day, place = divmod(number, TIMES_A_DAY)
        nine = datetime.combine(self.first_day + timedelta(days=day), clock(9), ZoneInfo(ZONE))
        return int(nine.timestamp()) + place * MINUTES * 60

    def doctor_of(self, visitor: Visitor) -> int:
        """A doctor of the facility where this patient is attached: all over the region, and not twice before they run out."""
        return visitor.number * max(1, self.doctors // len(self.visitors)) % self.doctors

    def free_id(self, doctor: int, number: int) -> str:
        """The id of a time that nobody has booked yet."""
        return proposal_id(role_id(doctor), self.start(number), 0)


def role_id(doctor: int) -> str:
    return opaque("role", doctor)


def facility_id(doctor: int) -> str:
    """Where this doctor works."""
    return opaque("facility", doctor // DOCTORS_OF_FACILITY)


def specialty(doctor: int) -> str:
    return SPECIALTIES[doctor % len(SPECIALTIES)]


# --- the database ------------------------------------------------------------------------------------------------


def create(url: str, doctors: int, visitors: int, now: int, *, waiting_seconds: int = 0) -> Region:
    """Fill an empty database. The visitors' tokens last as long as any, and so much longer."""
    region = Region(doctors, now, tuple(map(_visitor, range(visitors))))
    store = Store(url)
    try:
        create_schema(store)
        store.write(regional.write_settings)
        store.write(lambda connection: _fill(connection, region))
        _write_times(store, region)
        store.write(lambda connection: _fill_visitors(connection, region, waiting_seconds))
    finally:
        store.close()
    return region


def _visitor(number: int) -> Visitor:
    return Visitor(number, secrets.token_urlsafe(32), identity.new_token())


def _fill(connection: Connection, region: Region) -> None:
    facilities = range(-(-region.doctors // DOCTORS_OF_FACILITY))
    districts = {opaque("district", number): f"Район № {number + 1}" for number in range(DISTRICTS)}
    names = {doctor: draw(Random(doctor), Sex.FEMALE) for doctor in range(region.doctors)}
    bulk.write(connection, schema.district, ({"id": id, "name": name} for id, name in districts.items()))
    bulk.write(connection, schema.facility, map(_facility, facilities))
    bulk.write(connection, schema.specialty, map(bulk.specialty, SPECIALTIES))
    bulk.write(connection, schema.service, (_service(n, code) for n in facilities for code in SPECIALTIES))
    people = (
        bulk.practitioner(opaque("practitioner", doctor), name, Sex.FEMALE) for doctor, name in names.items()
    )
    bulk.write(connection, schema.practitioner, people)
    bulk.write(connection, schema.role, map(_role, range(region.doctors)))
    words.index(connection, Kind.DISTRICT_NAME, districts)
    words.index(connection, Kind.SPECIALTY_NAME, {code: SPECIALITIES[code].name for code in SPECIALTIES})
    words.index(
        connection, Kind.FACILITY_NAME, {opaque("facility", n): f"Поликлиника № {n}" for n in facilities}
    )
    words.index(connection, Kind.DOCTOR_NAME, {role_id(doctor): str(name) for doctor, name in names.items()})


def _fill_visitors(connection: Connection, region: Region, waiting_seconds: int) -> None:
    """The last, as their tokens last for minutes."""
    now = int(time.time())
    signed_in = now + waiting_seconds
    bulk.write(connection, schema.patient, (_patient(one, region.doctor_of(one)) for one in region.visitors))
    bulk.write(connection, schema.terminal, (_terminal(one, now) for one in region.visitors))
    bulk.write(connection, schema.token, (_token(one, signed_in) for one in region.visitors))


def _write_times(store: Store, region: Region) -> None:
    """In the order of the primary key, which is that of the ids: a tree that grows at its end is made twice as fast."""
    places = [(number // TIMES_A_DAY, region.start(number)) for number in range(TIMES_OF_DOCTOR)]
    first = region.first_day.toordinal()
    ids = sorted(map(role_id, range(region.doctors)))
    rows = (
        {
            "role_id": id,
            "start": start,
            "end": start + MINUTES * 60,
            "day": first + day,
            "generation": 0,
        }
        for id in ids
        for day, start in places
    )
    while several := list(islice(rows, _MOST)):
        store.write(lambda connection, several=several: bulk.write(connection, schema.slot, several))


# --- rows --------------------------------------------------------------------------------------------------------


def _facility(number: int) -> Row:
    return bulk.facility(
        opaque("facility", number),
        opaque("building", number),
        opaque("district", number % DISTRICTS),
        f"Поликлиника № {number}",
        f"ул. Лесная, {number}",
    )


def _service(facility: int, code: str) -> Row:
    return bulk.service(opaque("service", facility, code), opaque("facility", facility), code)


def _role(doctor: int) -> Row:
    service = _service(doctor // DOCTORS_OF_FACILITY, specialty(doctor))
    return bulk.role(role_id(doctor), opaque("practitioner", doctor), service)


def _patient(visitor: Visitor, doctor: int) -> Row:
    """Attached where this doctor works."""
    name = draw(Random(visitor.number), Sex.FEMALE)
    return {
        "id": visitor.patient_id,
        "version": 1,
        "last_name": name.last,
        "first_name": name.first,
        "patronymic": name.patronymic,
        "birth_date": visitor.birth_date,
        "sex": Sex.FEMALE.value,
        "policy_number": visitor.policy_number,
        "document_kind": "passport",
        "document_number": f"{visitor.number:06d}",
        "facility_id": facility_id(doctor),
        "telecom": "[]",
    }


def _terminal(visitor: Visitor, now: int) -> Row:
    return identity.terminal_row(f"T-{visitor.number}", visitor.credential, now) | {
        "id": opaque("terminal", visitor.number)
    }


def _token(visitor: Visitor, now: int) -> Row:
    return identity.token_row(visitor.token, opaque("terminal", visitor.number), visitor.patient_id, now)
