"""What a step offers, asked of the registry and put in order: functions for the workers, no state."""

from datetime import date, datetime, timedelta

from kiosk.explanations import WORDS, words
from kiosk.models import (
    MANDATORY_SPECIALTIES,
    Absence,
    Appointment,
    Doctor,
    DoctorLoad,
    Facility,
    Online,
    Patient,
    Specialty,
)
from kiosk.ports import Registry
from kiosk.views import DistrictChoice, DoctorRow, SpecialtyRow, WeekView

#: How far ahead the doctors' list counts free times, and the week strip leads; both days included.
LIST_DAYS = 14
HORIZON_DAYS = 31
#: Where to look for a time like the one that was taken.
NEAREST_BEFORE, NEAREST_AFTER, NEAREST_COUNT = timedelta(days=3), timedelta(days=14), 3


def district_choice(registry: Registry, home: Facility | None) -> DistrictChoice:
    """The own facility, then every district that has one (R17, R41)."""
    facilities = registry.facilities()
    counted = (
        (one, sum(facility.district_id == one.id for facility in facilities)) for one in registry.districts()
    )
    return DistrictChoice(home, tuple((district, count) for district, count in counted if count))


def facilities_of(registry: Registry, district_id: str, home_id: str) -> tuple[Facility, ...]:
    """The facilities of a district, the own one first."""
    there = (facility for facility in registry.facilities() if facility.district_id == district_id)
    return tuple(sorted(there, key=lambda facility: facility.id != home_id))


def specialty_rows(
    registry: Registry, facility_id: str, patient: Patient | None, language: str
) -> tuple[SpecialtyRow, ...]:
    """The specialties of a facility, the mandatory six first (R29), then by name."""
    rows = (specialty_row(one, patient, language) for one in registry.specialties(facility_id))
    return tuple(sorted(rows, key=lambda row: (_rank(row.specialty.code), row.specialty.name)))


def _rank(code: str) -> int:
    return MANDATORY_SPECIALTIES.index(code) if code in MANDATORY_SPECIALTIES else len(MANDATORY_SPECIALTIES)


def specialty_row(specialty: Specialty, patient: Patient | None, language: str) -> SpecialtyRow:
    """R30: what is not bookable is shown with the reason; who is still anonymous is judged by the registry."""
    if specialty.online is Online.NO:
        return SpecialtyRow(specialty, False, words(WORDS["desk-only"], language))
    if specialty.online is Online.DISPENSARY:
        observed = patient is not None and specialty.code in patient.dispensary_codes
        reason = "" if observed else words(WORDS["dispensary"], language)
        return SpecialtyRow(specialty, patient is None or observed, reason)
    return SpecialtyRow(specialty, True)


def doctor_rows(
    registry: Registry, specialty: Specialty, patient: Patient | None, now: datetime
) -> tuple[DoctorRow, ...]:
    """The doctors of a specialty: the patient's own first (R14), then by nearest free time, then by name."""
    today = now.date()
    last = today + timedelta(days=LIST_DAYS - 1)
    loads = {
        load.doctor_id: load
        for load in registry.availability(specialty.facility_id, specialty.code, today, last)
    }
    own = patient.area_doctor_id if patient else None
    rows = (
        DoctorRow(
            doctor,
            loads.get(doctor.id, DoctorLoad(doctor.id, None, 0)),
            doctor.id == own,
            _away(doctor, today),
        )
        for doctor in registry.doctors(specialty.facility_id, specialty.code)
    )
    return tuple(sorted(rows, key=_order))


def _order(row: DoctorRow) -> tuple[bool, bool, float, str]:
    nearest = row.load.nearest
    return (not row.own, nearest is None, nearest.timestamp() if nearest else 0.0, row.doctor.full_name)


def _away(doctor: Doctor, today: date) -> Absence | None:
    return next((one for one in doctor.absences if one.first_day <= today <= one.last_day), None)


def week(
    registry: Registry, doctor: Doctor, now: datetime, monday: date | None, chosen: date | None
) -> WeekView:
    """A doctor's week; with no `monday` the one with the nearest free time. `chosen` is kept while it has times."""
    load = registry.doctor_days(doctor.id, now.date(), now.date() + timedelta(days=HORIZON_DAYS - 1))
    # The machine's zone need not be the facility's: its instants tell that one.
    now = now.astimezone(load.nearest.tzinfo) if load.nearest else now
    today, ahead = now.date(), load.days
    free = next((load.day for load in ahead if load.free), today)
    monday = monday_of(free) if monday is None else monday
    sunday = monday + timedelta(days=6)
    days = registry.doctor_days(doctor.id, monday, sunday).days
    with_times = [load.day for load in days if load.free]
    return WeekView(
        days=days,
        chosen=chosen if chosen in with_times else next(iter(with_times), None),
        as_of=now,
        has_earlier=monday > monday_of(today),
        has_later=any(load.day > sunday and load.free + load.busy for load in ahead),
    )


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def nearest_times(
    registry: Registry, doctor: Doctor, start: datetime, now: datetime
) -> tuple[Appointment, ...]:
    """Up to three free times of the same doctor next to one that was taken, in order of time."""
    begin = max(now, start - NEAREST_BEFORE)
    found = registry.find(doctor, begin, start + NEAREST_AFTER, 200)
    nearest = sorted(found, key=lambda one: abs(one.start - start))[:NEAREST_COUNT]
    return tuple(sorted(nearest, key=lambda one: one.start))
