"""A small honest registry in memory: holds, claims, identifiers and refusals as api.md says, faults on demand."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import count
from typing import Any

from kiosk.errors import DocumentRequired, KioskError, NotIdentified, NotYours, Refused
from kiosk.models import (
    STANDING,
    Absence,
    Appointment,
    AppointmentStatus,
    BookingRecord,
    Contact,
    DayLoad,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    Found,
    Message,
    Move,
    Online,
    OwnBooking,
    OwnPlace,
    Patient,
    PatientToken,
    Sought,
    Specialty,
    TerminalEvent,
    TimeState,
    WaitingEntry,
    WaitingWish,
    WorkingHours,
)

ZONE = timezone(timedelta(hours=3))
#: A Monday, 10:42 in the facility.
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=ZONE)
#: The code that confirms a contact, and after how many wrong ones none is taken.
CODE, MOST_CODES = "246810", 5
HOLD = timedelta(seconds=180)
LONGEST_HOLD = timedelta(seconds=600)

HOME = Facility("org-5", "loc-5", "Поликлиника № 5", "ул. Садовая, 14", "d-1", ("+7 000 555-01-01",))
OTHER = Facility("org-9", "loc-9", "Поликлиника № 9", "ул. Лесная, 2", "d-2")
NEAR = Facility("org-2", "loc-2", "Поликлиника № 2", "ул. Полевая, 7", "d-1")
FACILITIES = (OTHER, HOME, NEAR)
THERAPIST = Specialty("s-1", "therapist", "Терапевт", HOME.id, bring="Полис и паспорт")
SURGEON = Specialty("s-2", "surgeon", "Хирург", HOME.id, approval=True)
CARDIOLOGIST = Specialty("s-3", "cardiologist", "Кардиолог", HOME.id, online=Online.DISPENSARY)
ENT = Specialty("s-4", "ent", "ЛОР", HOME.id, online=Online.NO)
DISCREET = Specialty("s-5", "dermatologist", "Дерматовенеролог", HOME.id, discreet=True)
SOKOLOVA = Doctor(
    "r-1",
    "p-1",
    "Соколова",
    "Елена",
    "Андреевна",
    HOME.id,
    "therapist",
    "214",
    ("Участок № 12",),
    working=(WorkingHours(("mon", "tue", "wed", "thu", "fri"), time(8), time(20)),),
)
PETRENKO = Doctor("r-2", "p-2", "Петренко", "Олег", "", HOME.id, "therapist", "211", ("Участок № 9",))
AWAY = Doctor(
    "r-3",
    "p-3",
    "Лебедева",
    "Вера",
    "Павловна",
    HOME.id,
    "therapist",
    absences=(Absence(NOW.date(), NOW.date(), "r-2", "Петренко Олег"),),
)
KUZNETSOV = Doctor("r-4", "p-4", "Кузнецов", "Иван", "Ильич", HOME.id, "surgeon", "108")
ORLOVA = Doctor("r-5", "p-5", "Орлова", "Анна", "Петровна", OTHER.id, "therapist", "3")
#: The only one of this specialty, and full.
ZAYTSEV = Doctor("r-6", "p-6", "Зайцев", "Пётр", "Львович", HOME.id, "dermatologist", "5")
BELOVA = Doctor("r-7", "p-7", "Белова", "Инна", "", NEAR.id, "dermatologist", "12")
DOCTORS = (SOKOLOVA, PETRENKO, AWAY, KUZNETSOV, ORLOVA, ZAYTSEV, BELOVA)
#: Doctors who never have a free time.
FULL = (AWAY, ZAYTSEV)


@dataclass(frozen=True)
class Person:
    """Somebody whom the registry knows; `refusal` is what the rules say to every booking of theirs."""

    policy_number: str
    birth_date: date
    document_number: str
    patient: Patient
    by_policy: bool = True
    refusal: str = ""


IVAN = Person(
    "7787599768000015",
    date(1960, 3, 7),
    "123456",
    Patient(
        "pat-1",
        "И. М. П.",
        1960,
        attached_facility_id=HOME.id,
        area_doctor_id="r-2",
        card_facility_ids=(HOME.id, OTHER.id),
        contacts=(Contact("phone", "+7 *** ***-12-34"),),
    ),
)
TWIN = Person("0156410842123450", date(1980, 1, 2), "777777", Patient("pat-2", "А. Б. В."), by_policy=False)
STRANGER = Person(
    "123456789", date(1999, 9, 9), "888888", Patient("pat-3", "Ж. З. И."), refusal="not-known-here"
)


@dataclass
class Booked:
    """One booking as the registry has it."""

    appointment: Appointment
    patient_id: str


@dataclass
class Waiting:
    """One place on the waiting list as the registry has it."""

    entry: WaitingEntry
    patient_id: str
    wish: WaitingWish
    cancelled: bool = False
    offer: Appointment | None = None


@dataclass
class Fault:
    """What befalls the next call of one method: before it is carried out, or after (the answer is lost)."""

    error: KioskError
    after: bool = False


@dataclass
class FakeRegistry:
    """`faults[method]` befall the next calls in turn; `calls` names every call in order."""

    clock: Callable[[], datetime]
    people: list[Person] = field(default_factory=lambda: [IVAN, TWIN, STRANGER])
    faults: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    calls: list[str] = field(default_factory=list)
    bookings: dict[str, Booked] = field(default_factory=dict)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    events: dict[str, TerminalEvent] = field(default_factory=dict)
    language: str = "ru"
    void: set[str] = field(default_factory=set)
    already_known: set[str] = field(default_factory=set)
    holds: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    #: Starts at which somebody else has the time, by doctor.
    taken: set[tuple[str, datetime]] = field(default_factory=set)
    tokens: dict[str, Person] = field(default_factory=dict)
    refuse_book: str = ""
    refuse_move: str = ""
    #: Bookings that were to be changed from here.
    tried: set[str] = field(default_factory=set)
    #: Whether a new contact has to be confirmed by its code, and how many were wrong.
    confirms: bool = False
    #: The kind of contact to which the code came, '' for all.
    confirmed_only: str = ""
    wrong_codes: int = 0
    sent_codes: int = 0
    messages_of: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    down: KioskError | None = None
    _numbers: count = field(default_factory=lambda: count(214))

    def fail(self, method: str, error: KioskError, *, after: bool = False, times: int = 1) -> None:
        """The next calls of this method fail."""
        self.faults[method] += [Fault(error, after)] * times

    # --- directory -----------------------------------------------------------------------------------------------

    def ready(self) -> None:
        self._do("ready", lambda: None)

    def now(self) -> datetime:
        return self.clock().astimezone(UTC)

    def heard_at(self) -> datetime | None:
        return self.now()

    def speak(self, language: str) -> None:
        self.language = language

    def districts(self) -> tuple[District, ...]:
        return self._do(
            "districts",
            lambda: (District("d-1", "Центральный"), District("d-2", "Лесной"), District("d-3", "Пустой")),
        )

    def facilities(self) -> tuple[Facility, ...]:
        return self._do("facilities", lambda: FACILITIES)

    def specialties(self, facility_id: str) -> tuple[Specialty, ...]:
        offered = (ENT, DISCREET, CARDIOLOGIST, SURGEON, THERAPIST)
        return self._do(
            "specialties", lambda: tuple(replace(one, facility_id=facility_id) for one in offered)
        )

    def doctors(self, facility_id: str, specialty_code: str) -> tuple[Doctor, ...]:
        return self._do(
            "doctors",
            lambda: tuple(
                one
                for one in DOCTORS
                if (one.facility_id, one.specialty_code) == (facility_id, specialty_code)
            ),
        )

    def facility_doctors(self, facility_id: str) -> tuple[Doctor, ...]:
        return self._do(
            "facility_doctors", lambda: tuple(one for one in DOCTORS if one.facility_id == facility_id)
        )

    def doctor(self, doctor_id: str) -> Doctor:
        return self._do("doctor", lambda: self._doctor(doctor_id))

    def search_facilities(self, text: str, district_id: str, count: int) -> Found[Facility]:
        return self._do(
            "search_facilities",
            lambda: _found(
                [one for one in FACILITIES if district_id in ("", one.district_id)],
                lambda one: f"{one.name} {one.address}",
                text,
                count,
            ),
        )

    def search_doctors(self, text: str, facility_id: str, specialty_code: str, count: int) -> Found[Doctor]:
        wanted = [
            _told(one)
            for one in DOCTORS
            if facility_id in ("", one.facility_id) and specialty_code in ("", one.specialty_code)
        ]
        return self._do("search_doctors", lambda: _found(wanted, lambda one: one.full_name, text, count))

    # --- times -----------------------------------------------------------------------------------------------------

    def availability(
        self, facility_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[DoctorLoad, ...]:
        found = [
            one
            for one in DOCTORS
            if one.facility_id == facility_id and specialty_code in ("", one.specialty_code)
        ]
        return self._do(
            "availability", lambda: tuple(self._load(one.id, first, last, times=False) for one in found)
        )

    def doctor_days(self, doctor_id: str, first: date, last: date) -> DoctorLoad:
        times = (last - first).days < 7
        return self._do("doctor_days", lambda: self._load(doctor_id, first, last, times=times))

    def find(self, doctor: Doctor, start: datetime, end: datetime, count: int) -> tuple[Appointment, ...]:
        return self._do("find", lambda: tuple(self._free(doctor.id, start, end))[:count])

    def find_any(
        self, facility_id: str, specialty_code: str, start: datetime, end: datetime, count: int
    ) -> tuple[Appointment, ...]:
        there = [
            one.id
            for one in DOCTORS
            if (one.facility_id, one.specialty_code) == (facility_id, specialty_code)
        ]
        return self._do(
            "find_any",
            lambda: tuple(
                sorted(
                    (time for id in there for time in self._free(id, start, end)),
                    key=lambda one: (one.start, one.doctor_id),
                )
            )[:count],
        )

    def district_load(
        self, district_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[FacilityLoad, ...]:
        return self._do(
            "district_load", lambda: tuple(self._facility_loads(district_id, specialty_code, first, last))
        )

    # --- holds -----------------------------------------------------------------------------------------------------

    def hold(self, appointment_id: str, token: PatientToken | None = None, replaces: str = "") -> Appointment:
        return self._do("hold", lambda: self._hold(appointment_id, token, replaces))

    def release(self, appointment_id: str) -> None:
        self._do("release", lambda: self.holds.pop(appointment_id, None))

    # --- the patient -----------------------------------------------------------------------------------------------

    def identify(self, policy_number: str, birth_date: date, document_number: str = "") -> PatientToken:
        return self._do("identify", lambda: self._identify(policy_number, birth_date, document_number))

    def revoke(self, token: PatientToken) -> None:
        self._do("revoke", lambda: self.tokens.pop(token.value, None))

    def patient(self, token: PatientToken) -> Patient:
        return self._do("patient", lambda: self._person(token).patient)

    def set_contacts(self, patient: Patient, token: PatientToken, contacts: tuple[Contact, ...]) -> Patient:
        return self._do("set_contacts", lambda: self._set_contacts(patient, token, contacts))

    def confirm_contact(self, token: PatientToken, code: str) -> Patient:
        return self._do("confirm_contact", lambda: self._confirm_contact(token, code))

    # --- bookings --------------------------------------------------------------------------------------------------

    def book(self, appointment: Appointment, identifier: str, token: PatientToken) -> Appointment:
        return self._do("book", lambda: self._book(appointment, identifier, token))

    def join(self, wish: WaitingWish, identifier: str, token: PatientToken) -> WaitingEntry:
        return self._do("join", lambda: self._join(wish, identifier, token))

    def move(self, move: Move, token: PatientToken) -> Appointment:
        return self._do("move", lambda: self._move(move, token))

    def attempted(self, id: str) -> BookingRecord | None:
        return self._do("attempted", lambda: self._attempted(id))

    def lookup(self, identifier: str) -> BookingRecord | None:
        return self._do("lookup", lambda: self._record(identifier))

    def cancel_booking(self, identifier: str) -> None:
        self._do("cancel_booking", lambda: self._cancel(identifier))

    # --- the cabinet -----------------------------------------------------------------------------------------------

    def own_bookings(self, token: PatientToken, first: date) -> tuple[OwnBooking, ...]:
        def work():
            mine = sorted(self._mine(token), key=lambda one: one.start)
            return tuple(
                map(_own, (one for one in mine if one.status in STANDING and one.start.date() >= first))
            )

        return self._do("own_bookings", work)

    def history(self, token: PatientToken) -> tuple[OwnBooking, ...]:
        mine = lambda: sorted(self._mine(token), key=lambda one: one.start, reverse=True)  # noqa: E731
        return self._do("history", lambda: tuple(map(_own, mine())))

    def own_places(self, token: PatientToken) -> tuple[OwnPlace, ...]:
        return self._do(
            "own_places", lambda: tuple(_place(one) for one in self._waits(token) if not one.cancelled)
        )

    def own(self, token: PatientToken, sought: Sought) -> OwnBooking | OwnPlace:
        def work():
            told = (*map(_own, self._mine(token)), *map(_place, self._waits(token)))
            for one in told:
                known = one.appointment if isinstance(one, OwnBooking) else one.entry
                if not sought.id and isinstance(one, OwnPlace) and not one.stands:
                    continue  # api.md section 10: an ended place is read by its id alone
                asked = (
                    (sought.id, known.id),
                    (sought.code, known.code),
                    (sought.number, number_of(known)),
                )
                if any(wanted and wanted == has for wanted, has in asked):
                    return one
            raise Refused(404, "not-found") if sought.id else NotYours

        return self._do("own", work)

    def messages(self, token: PatientToken) -> tuple[Message, ...]:
        return self._do("messages", lambda: tuple(self.messages_of[self._person(token).patient.id]))

    def mark_read(self, message_id: str, at: datetime, token: PatientToken) -> None:
        def work():
            mine = self.messages_of[self._person(token).patient.id]
            mine[:] = [replace(one, read=True) if one.id == message_id else one for one in mine]

        self._do("mark_read", work)

    def cancel(self, id: str, version: str, token: PatientToken) -> None:
        self._do("cancel", lambda: self._cancel_own(id, version, token))

    # --- the terminal itself -------------------------------------------------------------------------------------

    def report(self, events: tuple[TerminalEvent, ...]) -> None:
        self._do("report", lambda: self.events.update({one.id: one for one in events}))

    def reported(self, kind: str) -> list[TerminalEvent]:
        """The events of a kind, in the order in which they came."""
        return [one for one in self.events.values() if one.kind == kind]

    # --- how it is done ----------------------------------------------------------------------------------------------

    def _do(self, method, work):
        self.calls.append(method)
        if self.down is not None:
            raise self.down
        fault = self.faults[method].pop(0) if self.faults[method] else None
        if fault and not fault.after:
            raise fault.error
        value = work()
        if fault:
            raise fault.error
        return value

    def standing(self) -> list[Booked]:
        """The bookings that stand."""
        return [
            one for one in self.bookings.values() if one.appointment.status is not AppointmentStatus.CANCELLED
        ]

    def waiting_for(self) -> list[Waiting]:
        """The places on the waiting list that stand."""
        return [one for one in self.waiting.values() if not one.cancelled]

    def _doctor(self, doctor_id: str) -> Doctor:
        found = next((one for one in DOCTORS if one.id == doctor_id), None)
        if found is None:
            raise Refused(404, "not-found")
        return found

    def _facility_loads(self, district_id: str, specialty_code: str, first: date, last: date):
        for facility in FACILITIES:
            loads = [
                self._load(one.id, first, last, times=False)
                for one in DOCTORS
                if (one.facility_id, one.specialty_code) == (facility.id, specialty_code)
            ]
            if facility.district_id == district_id and loads:
                yield FacilityLoad(
                    facility, min(filter(None, (load.nearest for load in loads)), default=None)
                )

    def _join(self, wish: WaitingWish, identifier: str, token: PatientToken) -> WaitingEntry:
        person = self._person(token)
        if identifier in self.waiting:
            return self.waiting[identifier].entry
        if identifier in self.void:
            raise Refused(409, "void")
        if person.refusal:
            raise Refused(422, person.refusal)
        number = next(self._numbers)
        entry = WaitingEntry(f"w-{number}", f"W-{number}", f"WAITING{number}", "1")
        self.waiting[identifier] = Waiting(entry, person.patient.id, wish)
        return entry

    def _times(self, day: date) -> list[datetime]:
        """Twelve times of 20 minutes from 8:00, no week-ends, two weeks from NOW."""
        if day.weekday() > 4 or not NOW.date() <= day < NOW.date() + timedelta(days=14):
            return []
        begin = datetime.combine(day, time(8), ZONE)
        return [begin + timedelta(minutes=20 * number) for number in range(36)]

    def _is_free(self, doctor_id: str, start: datetime) -> bool:
        booked = any(
            one.appointment.start == start and one.appointment.doctor_id == doctor_id
            for one in self.standing()
        )
        held = self.holds.get(self._time(doctor_id, start).id) if self.holds else None
        gone = (doctor_id, start) in self.taken or start < self.clock() + timedelta(hours=3)
        return not (
            booked or gone or doctor_id in [one.id for one in FULL] or (held and held[1] > self.clock())
        )

    def _load(self, doctor_id: str, first: date, last: date, *, times: bool) -> DoctorLoad:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        loads = tuple(self._day(doctor_id, day, times=times) for day in days)
        free = (start for day in days for start in self._times(day) if self._is_free(doctor_id, start))
        return DoctorLoad(doctor_id, next(free, None), sum(load.free for load in loads), loads)

    def _day(self, doctor_id: str, day: date, *, times: bool) -> DayLoad:
        states = tuple(
            TimeState(start, start + timedelta(minutes=20), self._is_free(doctor_id, start))
            for start in self._times(day)
        )
        free = sum(state.free for state in states)
        return DayLoad(day, free, len(states) - free, states if times else ())

    def _free(self, doctor_id: str, start: datetime, end: datetime):
        day = start.astimezone(ZONE).date()
        while day <= end.astimezone(ZONE).date():
            for moment in self._times(day):
                if start <= moment < end and self._is_free(doctor_id, moment):
                    yield self._time(doctor_id, moment)
            day += timedelta(days=1)

    def _hold(self, id: str, token: PatientToken | None, replaces: str) -> Appointment:
        doctor_id, start = _from(id)
        self._judge(token, replaces)
        first, until = self.holds.get(id, (self.clock(), self.clock()))
        if until <= self.clock():
            first = self.clock()
        self.holds.pop(id, None)
        if not self._is_free(doctor_id, start) or id != self._time(doctor_id, start).id:
            raise Refused(409, "slot-taken")
        end = min(self.clock() + HOLD, first + LONGEST_HOLD)
        self.holds = {id: (first, end)}
        return replace(self._time(doctor_id, start), status=AppointmentStatus.HELD, held_until=end)

    def _time(self, doctor_id: str, start: datetime) -> Appointment:
        """A free time; one that was booked before has a new id (api.md section 4)."""
        time = _appointment(doctor_id, start)
        before = sum(one.appointment.id.partition("~")[0] == time.id for one in self.bookings.values())
        id = f"{time.id}~{before}" if before else time.id
        return replace(time, id=id, slot=id)

    def _judge(self, token: PatientToken | None, replaces: str = "") -> None:
        if token is None:
            return
        person = self._person(token)
        if replaces and self._of(person, replaces).appointment.status is AppointmentStatus.CANCELLED:
            raise Refused(412, "version-conflict")
        if person.refusal:
            raise Refused(422, person.refusal)
        theirs = [one for one in self.standing() if one.patient_id == person.patient.id]
        if any(one.appointment.id != replaces for one in theirs):
            raise Refused(422, "one-per-day")
        if self.refuse_move and replaces:
            raise Refused(422, self.refuse_move)

    def _of(self, person: Person, id: str) -> Booked:
        """A booking of this patient."""
        found = (one for one in self.bookings.values() if one.appointment.id == id)
        booked = next(found, None)
        if booked is None or booked.patient_id != person.patient.id:
            raise Refused(404, "not-found")
        return booked

    def _move(self, move: Move, token: PatientToken) -> Appointment:
        booked = self._of(self._person(token), move.booked.id)
        self.tried.add(move.booked.id)
        doctor_id, start = _from(move.time.slot)
        now = booked.appointment
        stands = now.status is not AppointmentStatus.CANCELLED
        if stands and (now.doctor_id, now.start) == (doctor_id, start):
            return now
        if not stands or now.version != move.booked.version:
            raise Refused(412, "version-conflict")
        if now.start <= self.clock():
            raise Refused(422, "too-late")
        self._judge(token, now.id)
        held = self.holds.pop(move.time.id, None)
        if not self._is_free(doctor_id, start):
            raise Refused(409, "hold-expired" if held else "slot-taken")
        self.change(now.id, doctor_id=doctor_id, start=start, end=start + timedelta(minutes=20))
        return booked.appointment

    def change(self, id: str, **values: Any) -> None:
        """A booking is something else from now on, by whomever: it has a new version."""
        booked = next(one for one in self.bookings.values() if one.appointment.id == id)
        version = str(int(booked.appointment.version) + 1)
        booked.appointment = replace(booked.appointment, **values, version=version)

    def _attempted(self, id: str) -> BookingRecord | None:
        if id not in self.tried:
            return None
        for wait in (one for one in self.waiting.values() if one.entry.id == id):
            status = AppointmentStatus.CANCELLED if wait.cancelled else AppointmentStatus.WAITING
            return BookingRecord(id, status, "1")
        now = next(one.appointment for one in self.bookings.values() if one.appointment.id == id)
        return BookingRecord(id, now.status, now.version, start=now.start)

    def _identify(self, policy_number: str, birth_date: date, document_number: str) -> PatientToken:
        for person in self.people:
            known = (person.policy_number, person.birth_date) == (policy_number, birth_date)
            if known and (
                document_number == person.document_number or (person.by_policy and not document_number)
            ):
                self.tokens = {f"pt.{len(self.calls)}": person}
                return PatientToken(next(iter(self.tokens)), person.patient.id, 300)
        raise NotIdentified if document_number else DocumentRequired

    def _person(self, token: PatientToken) -> Person:
        if token.value not in self.tokens:
            raise Refused(401, "login")
        return self.tokens[token.value]

    def _set_contacts(self, patient: Patient, token: PatientToken, contacts: tuple[Contact, ...]) -> Patient:
        person = self._person(token)
        if patient.version != person.patient.version:
            raise Refused(412, "version-conflict")
        return self._with_contacts(token, tuple(map(self._masked, contacts)))

    def _masked(self, contact: Contact) -> Contact:
        if "*" in contact.value:
            return contact
        name, _, domain = contact.value.partition("@")
        mask = f"{name[:1]}***@{domain}" if domain else f"+7 *** ***-{name[-4:-2]}-{name[-2:]}"
        return replace(contact, value=mask, unconfirmed=self.confirms)

    def _confirm_contact(self, token: PatientToken, code: str) -> Patient:
        person = self._person(token)
        if self.wrong_codes >= MOST_CODES:
            raise Refused(429, "too-many", retry_after=600)
        if not code:
            self.sent_codes += 1
            return person.patient
        if code != CODE:
            self.wrong_codes += 1
            raise Refused(400, "invalid")
        mine = self.confirmed_only
        confirmed = (
            replace(one, unconfirmed=one.unconfirmed and mine not in ("", one.system))
            for one in person.patient.contacts
        )
        return self._with_contacts(token, tuple(confirmed))

    def _with_contacts(self, token: PatientToken, contacts: tuple[Contact, ...]) -> Patient:
        person = self._person(token)
        version = str(int(person.patient.version or 0) + 1)
        changed = replace(person.patient, contacts=contacts, version=version)
        self.people = [replace(one, patient=changed) if one is person else one for one in self.people]
        self.tokens[token.value] = next(one for one in self.people if one.patient is changed)
        return changed

    def _book(self, appointment: Appointment, identifier: str, token: PatientToken) -> Appointment:
        person = self._person(token)
        if identifier in self.bookings:
            known = self.bookings[identifier].appointment
            if known.status is AppointmentStatus.CANCELLED:
                raise Refused(409, "slot-taken")
            return known
        if identifier in self.void:
            raise Refused(409, "void")
        if self.refuse_book:
            raise Refused(422 if self.refuse_book != "slot-taken" else 409, self.refuse_book)
        self._judge(token)
        doctor_id, start = _from(appointment.id)
        held = self.holds.pop(appointment.id, None)
        if not self._is_free(doctor_id, start):
            if held:
                self.holds[appointment.id] = held
            raise Refused(409, "hold-expired" if held else "slot-taken")
        awaiting = doctor_id == KUZNETSOV.id
        number = next(self._numbers)
        booked = replace(
            self._time(doctor_id, start),
            status=AppointmentStatus.AWAITING if awaiting else AppointmentStatus.BOOKED,
            ticket_number=f"T-{number}",
            code=f"CODE{number}",
            version="1",
        )
        self.bookings[identifier] = Booked(booked, person.patient.id)
        return booked

    def _mine(self, token: PatientToken) -> list[Appointment]:
        id = self._person(token).patient.id
        return [one.appointment for one in self.bookings_of(id)]

    def bookings_of(self, patient_id: str) -> list[Booked]:
        """Everything that somebody ever booked."""
        return [one for one in self.bookings.values() if one.patient_id == patient_id]

    def _waits(self, token: PatientToken) -> list[Waiting]:
        id = self._person(token).patient.id
        return [one for one in self.waiting.values() if one.patient_id == id]

    def _cancel_own(self, id: str, version: str, token: PatientToken) -> None:
        person = self._person(token)
        booked = [one for one in self.bookings_of(person.patient.id) if one.appointment.id == id]
        waits = [one for one in self._waits(token) if one.entry.id == id]
        if not booked and not waits:
            raise Refused(404, "not-found")
        self.tried.add(id)
        for wait in waits:
            wait.cancelled = True
        for one in booked:
            known = one.appointment
            if known.status is AppointmentStatus.CANCELLED:
                return
            if version not in ("", known.version):
                raise Refused(412, "version-conflict")
            if known.start <= self.clock():
                raise Refused(422, "too-late")
            one.appointment = replace(known, status=AppointmentStatus.CANCELLED, version="2")

    def _record(self, identifier: str) -> BookingRecord | None:
        if identifier in self.waiting:
            known = self.waiting[identifier]
            status = AppointmentStatus.CANCELLED if known.cancelled else AppointmentStatus.WAITING
            return BookingRecord(known.entry.id, status, "1", known.entry.number, known.entry.code)
        if identifier not in self.bookings:
            return None
        known = self.bookings[identifier].appointment
        return BookingRecord(known.id, known.status, known.version, number_of(known), known.code)

    def _cancel(self, identifier: str) -> None:
        if identifier in self.already_known:
            raise Refused(412, "already-known")
        if identifier in self.waiting:
            self.waiting[identifier].cancelled = True
            return
        if identifier not in self.bookings:
            self.void.add(identifier)
            return
        booked = self.bookings[identifier]
        booked.appointment = replace(booked.appointment, status=AppointmentStatus.CANCELLED)


def _own(appointment: Appointment) -> OwnBooking:
    doctor = next(one for one in DOCTORS if one.id == appointment.doctor_id)
    facility = next(one for one in FACILITIES if one.id == doctor.facility_id)
    return OwnBooking(
        appointment,
        doctor.specialty_code,
        _told(doctor).specialty_name,
        doctor.full_name,
        facility.name,
        facility.location_id,
    )


def _place(waiting: Waiting) -> OwnPlace:
    wish = waiting.wish
    facility = next(one for one in FACILITIES if one.id == wish.specialty.facility_id)
    return OwnPlace(
        waiting.entry,
        wish.last_day,
        not waiting.cancelled,
        wish.specialty.code,
        wish.specialty.name,
        wish.doctor.id if wish.doctor else "",
        wish.doctor.full_name if wish.doctor else "",
        facility.name,
        facility.location_id,
        waiting.offer,
    )


def _id(doctor_id: str, start: datetime) -> str:
    return f"{doctor_id}.{int(start.timestamp())}"


def _from(id: str) -> tuple[str, datetime]:
    doctor_id, _, seconds = id.partition("~")[0].rpartition(".")
    return doctor_id, datetime.fromtimestamp(int(seconds), ZONE)


def _appointment(doctor_id: str, start: datetime) -> Appointment:
    end = start + timedelta(minutes=20)
    id = _id(doctor_id, start)
    return Appointment(id, AppointmentStatus.PROPOSED, start, end, doctor_id, slot=id)


def _told(doctor: Doctor) -> Doctor:
    """A doctor as a search tells of them: with facility and specialty."""
    facility = next(one for one in FACILITIES if one.id == doctor.facility_id)
    names = {"therapist": "Терапевт", "surgeon": "Хирург", "dermatologist": "Дерматовенеролог"}
    return replace(doctor, facility_name=facility.name, specialty_name=names[doctor.specialty_code])


def _found(things, words, text: str, count: int):
    """Every word of the text begins a word of the thing."""
    typed = text.casefold().split()
    found = [
        one
        for one in things
        if all(any(word.startswith(part) for word in words(one).casefold().split()) for part in typed)
    ]
    return Found(tuple(found[:count]), len(found))


def number_of(known: Appointment | WaitingEntry) -> str:
    """What stands on its paper."""
    return known.number if isinstance(known, WaitingEntry) else known.ticket_number
