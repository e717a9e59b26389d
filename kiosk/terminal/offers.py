"""What a step offers, asked of the registry and put in order: functions for the workers, no state."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kiosk.errors import Refused
from kiosk.explanations import WORDS, words
from kiosk.models import (
    MANDATORY_SPECIALTIES,
    Absence,
    Appointment,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    Online,
    Patient,
    Specialty,
)
from kiosk.ports import Registry
from kiosk.views import (
    AreaRow,
    DistrictChoice,
    DoctorCard,
    DoctorList,
    DoctorRow,
    FacilityCard,
    MineView,
    NoTimesView,
    SpecialtyRow,
    WeekView,
)

#: How far ahead the doctors' list counts free times, and the week strip leads; both days included.
LIST_DAYS = 14
HORIZON_DAYS = 31
#: Where to look for a time like the one that was taken.
NEAREST_BEFORE, NEAREST_AFTER, NEAREST_COUNT = timedelta(days=3), timedelta(days=14), 3
#: How many of the nearest times of any doctor are tried for a patient who cannot have the first.
ANY_COUNT = 6
#: Refusals that hold for one time only: the next one may do.
OF_ONE_TIME = ("slot-taken", "overlap", "too-late")
#: How many other doctors and facilities are offered where there is no time.
FEW = 2


@dataclass(frozen=True)
class Place:
    """Where a doctor is found: everything above them."""

    facility: Facility
    specialty: Specialty
    doctor: Doctor


@dataclass(frozen=True)
class NearestTime:
    """A time that is held, and whose it is."""

    doctor: Doctor
    time: Appointment


def district_choice(registry: Registry, home: Facility | None, patient: Patient | None) -> DistrictChoice:
    """The own facility, those of a known patient (R12, R13), then every district that has one (R17, R41)."""
    facilities = registry.facilities()
    counted = (
        (one, sum(facility.district_id == one.id for facility in facilities)) for one in registry.districts()
    )
    own = () if patient is None else _own_facilities(facilities, patient)
    return DistrictChoice(home, tuple((district, count) for district, count in counted if count), own)


def _own_facilities(facilities: tuple[Facility, ...], patient: Patient) -> tuple[Facility, ...]:
    """That of attachment first, then those of cards, each once."""
    ids = dict.fromkeys(filter(None, (patient.attached_facility_id, *patient.card_facility_ids)))
    by_id = {facility.id: facility for facility in facilities}
    return tuple(by_id[id] for id in ids if id in by_id)


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


def doctor_list(
    registry: Registry, specialty: Specialty, patient: Patient | None, now: datetime
) -> DoctorList:
    """The doctors of a specialty; where none has a time soon, it is looked further ahead."""
    rows = doctor_rows(registry, specialty, patient, now, LIST_DAYS)
    if rows and not any(row.load.nearest for row in rows):
        rows = doctor_rows(registry, specialty, patient, now, HORIZON_DAYS)
    return DoctorList(rows, min((row.load.nearest for row in rows if row.load.nearest), default=None))


def doctor_rows(
    registry: Registry, specialty: Specialty, patient: Patient | None, now: datetime, days: int
) -> tuple[DoctorRow, ...]:
    """The patient's own doctor first (R14), then by nearest free time, then by name."""
    today = now.date()
    last = today + timedelta(days=days - 1)
    loads = {
        load.doctor_id: load
        for load in registry.availability(specialty.facility_id, specialty.code, today, last)
    }
    doctors = registry.doctors(specialty.facility_id, specialty.code)
    return tuple(sorted((_row(one, loads, patient, today) for one in doctors), key=_order))


def _row(doctor: Doctor, loads: dict[str, DoctorLoad], patient: Patient | None, today: date) -> DoctorRow:
    own = patient is not None and patient.area_doctor_id == doctor.id
    return DoctorRow(doctor, loads.get(doctor.id, DoctorLoad(doctor.id, None, 0)), own, _away(doctor, today))


def _order(row: DoctorRow) -> tuple[bool, bool, float, str]:
    nearest = row.load.nearest
    return (not row.own, nearest is None, nearest.timestamp() if nearest else 0.0, row.doctor.full_name)


def _away(doctor: Doctor, today: date) -> Absence | None:
    return next((one for one in doctor.absences if one.first_day <= today <= one.last_day), None)


def week(
    registry: Registry, doctor: Doctor, now: datetime, monday: date | None, chosen: date | None
) -> WeekView | None:
    """A doctor's week; with no `monday` the one with the nearest free time. `chosen` is kept while it has times.

    None where the doctor has no free time in sight.
    """
    load = registry.doctor_days(doctor.id, now.date(), _horizon(now))
    if not load.free:
        return None
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


def _horizon(now: datetime) -> date:
    """The last day that is looked at, today being the first."""
    return now.date() + timedelta(days=HORIZON_DAYS - 1)


def nearest_of_any(
    registry: Registry, specialty: Specialty, now: datetime, hold: Callable[[Appointment], Appointment]
) -> NearestTime:
    """The first time of any doctor of a specialty here that `hold` gets; raises what the last try was refused with."""
    end = datetime.combine(_horizon(now) + timedelta(days=1), time(), now.tzinfo)
    times = registry.find_any(specialty.facility_id, specialty.code, now, end, ANY_COUNT)
    doctors = {one.id: one for one in registry.doctors(specialty.facility_id, specialty.code)}
    refused = Refused(409, "slot-taken")
    for one in times:
        if one.doctor_id not in doctors:
            continue
        try:
            return NearestTime(doctors[one.doctor_id], hold(one))
        except Refused as error:
            if error.code not in OF_ONE_TIME:
                raise
            refused = error
    raise refused


def no_times(
    registry: Registry,
    facility: Facility,
    specialty: Specialty,
    doctor: Doctor | None,
    now: datetime,
    *,
    stays: bool = False,
) -> NoTimesView:
    """What else can be done where a doctor, or a whole specialty, has no free time in sight. Who `stays` (a booking is
    moved) can go to the other doctors here only.

    A registry that cannot tell of other facilities does not keep the rest from the patient.
    """
    rows = doctor_rows(registry, specialty, None, now, HORIZON_DAYS)
    others = (row for row in rows if row.load.nearest and row.doctor != doctor)
    try:
        facilities = () if stays else elsewhere(registry, facility, specialty, now)
    except Refused:
        facilities = ()
    return NoTimesView(
        others=tuple(others)[:FEW],
        elsewhere=tuple(one for one in facilities if one.nearest)[:FEW],
        can_wait=specialty.online is not Online.NO and not stays,
        until=_horizon(now),
    )


def elsewhere(
    registry: Registry, facility: Facility, specialty: Specialty, now: datetime
) -> tuple[FacilityLoad, ...]:
    """The other facilities of the district with this specialty, by the nearest free time."""
    if not facility.district_id:
        return ()
    found = registry.district_load(facility.district_id, specialty.code, now.date(), _horizon(now))
    others = (one for one in found if one.facility.id != facility.id)
    return tuple(sorted(others, key=_by_nearest))


def _by_nearest(load: FacilityLoad) -> tuple[bool, float, str]:
    nearest = load.nearest
    return (nearest is None, nearest.timestamp() if nearest else 0.0, load.facility.name)


def facility_card(registry: Registry, facility: Facility) -> FacilityCard:
    """What there is to know of a facility (R7)."""
    return FacilityCard(facility, len(registry.specialties(facility.id)))


def doctor_card(registry: Registry, doctor: Doctor, now: datetime) -> DoctorCard:
    """What there is to know of a doctor (R7, R45): two weeks of free and busy."""
    place = place_of(registry, doctor)
    load = registry.doctor_days(doctor.id, now.date(), now.date() + timedelta(days=LIST_DAYS - 1))
    to_come = (one for one in place.doctor.absences if one.last_day >= now.date())
    return DoctorCard(
        doctor=place.doctor,
        specialty=place.specialty,
        facility=place.facility,
        load=load,
        working=place.doctor.working,
        absence=next(to_come, None),
        as_of=now.astimezone(load.nearest.tzinfo) if load.nearest else now,
    )


def place_of(registry: Registry, doctor: Doctor) -> Place:
    """The facility and the specialty of a doctor. Refused `not-found` where the registry does not tell them."""
    facility = next((one for one in registry.facilities() if one.id == doctor.facility_id), None)
    offered = registry.specialties(doctor.facility_id)
    specialty = next((one for one in offered if one.code == doctor.specialty_code), None)
    if facility is None or specialty is None:
        raise Refused(404, "not-found")
    return Place(facility, specialty, doctor)


def area_rows(
    registry: Registry, facility: Facility, patient: Patient | None, now: datetime
) -> tuple[AreaRow, ...]:
    """The areas of a facility with their doctors (R17), by name, numbers by value."""
    last = now.date() + timedelta(days=LIST_DAYS - 1)
    loads = {load.doctor_id: load for load in registry.availability(facility.id, "", now.date(), last)}
    rows = [_row(doctor, loads, patient, now.date()) for doctor in registry.facility_doctors(facility.id)]
    names = sorted({name for row in rows for name in row.doctor.areas}, key=_natural)
    return tuple(
        AreaRow(name, tuple(sorted((row for row in rows if name in row.doctor.areas), key=_order)))
        for name in names
    )


def _natural(name: str) -> tuple[tuple[int, str], ...]:
    """«Участок № 9» before «Участок № 10»."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name))


def mine(registry: Registry, patient: Patient, now: datetime) -> MineView:
    """What is the patient's own (R12 to R14). An area doctor whom the registry does not know any more is left out."""
    facilities = registry.facilities()
    own = _own_facilities(facilities, patient)
    attached = next((one for one in own if one.id == patient.attached_facility_id), None)
    cards = tuple(one for one in own if one.id in patient.card_facility_ids and one != attached)
    place = _area_doctor(registry, patient)
    if place is None:
        return MineView(None, None, None, attached, cards)
    load = registry.doctor_days(place.doctor.id, now.date(), _horizon(now))
    row = _row(place.doctor, {load.doctor_id: load}, patient, now.date())
    return MineView(row, place.specialty, place.facility, attached, cards)


def _area_doctor(registry: Registry, patient: Patient) -> Place | None:
    if patient.area_doctor_id is None:
        return None
    try:
        return place_of(registry, registry.doctor(patient.area_doctor_id))
    except Refused as error:
        if error.status != 404:
            raise
        return None


def same_specialty(registry: Registry, facility: Facility, code: str) -> Specialty | None:
    """A specialty as another facility offers it, None where it does not."""
    return next((one for one in registry.specialties(facility.id) if one.code == code), None)
