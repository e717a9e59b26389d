"""What the terminal needs of the world outside, as protocols: the registry's answers and work in the background."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol, TypeVar

from kiosk.errors import KioskError
from kiosk.models import (
    Appointment,
    BookingRecord,
    Contact,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    FacilityLoad,
    Found,
    Message,
    Move,
    OwnBooking,
    OwnPlace,
    Patient,
    PatientToken,
    Sought,
    Specialty,
    TerminalEvent,
    WaitingEntry,
    WaitingWish,
)

T = TypeVar("T")


class Jobs(Protocol):
    """Work in the background, its result on the UI thread (architecture.md, "Background work").

    `lane` is "registry" (a small pool), "commands", "booking", "printer" or "sound" (one thread each, first come
    first served). Bookings have their own: the next patient does not wait for an answer that the last one left behind.
    A job of the same `exclusive` name makes an older one stale: its result is dropped. An exception that is no
    KioskError is raised again on the UI thread.
    """

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[KioskError], None],
        *,
        lane: str = "registry",
        exclusive: str = "",
    ) -> None: ...

    def post(self, call: Callable[[], None]) -> None:
        """Calls this on the UI thread, in the order in which it is posted; from any thread."""
        ...

    def close(self) -> None: ...


class BookingRegistry(Protocol):
    """The part of the registry that bookings and moves need (api.md sections 6 to 8)."""

    def book(self, appointment: Appointment, identifier: str, token: PatientToken) -> Appointment:
        """The booked appointment, status BOOKED or AWAITING; the same identifier again gives its present state."""
        ...

    def join(self, wish: WaitingWish, identifier: str, token: PatientToken) -> WaitingEntry:
        """A place on the waiting list (api.md section 10); the same identifier again gives the same place."""
        ...

    def move(self, move: Move, token: PatientToken) -> Appointment:
        """The booking at its new time, BOOKED or AWAITING; the same again gives the same. Refused: it is where it was."""
        ...

    def lookup(self, identifier: str) -> BookingRecord | None:
        """What was booked under an own identifier; None while the registry knows nothing of it."""
        ...

    def attempted(self, id: str) -> BookingRecord | None:
        """What became of one that this terminal tried to change; None where the registry knows of no such try."""
        ...

    def cancel_booking(self, identifier: str) -> None:
        """A booking or a place on the waiting list is cancelled, or marked void for good where nothing was booked. Refused `already-known`: it stands."""
        ...


class CabinetRegistry(Protocol):
    """What the patient has, and what they change of it (api.md sections 7 and 10), with their token."""

    def own_bookings(self, token: PatientToken, first: date) -> tuple[OwnBooking, ...]:
        """Those that stand, from this local day on, in order of their time."""
        ...

    def history(self, token: PatientToken) -> tuple[OwnBooking, ...]:
        """All bookings of all times and states, latest first."""
        ...

    def own_places(self, token: PatientToken) -> tuple[OwnPlace, ...]:
        """The places on the waiting list that stand."""
        ...

    def own(self, token: PatientToken, sought: Sought) -> OwnBooking | OwnPlace:
        """One of the patient's own as it is now. NotYours where a code, Refused `not-found` where an id is of none."""
        ...

    def messages(self, token: PatientToken) -> tuple[Message, ...]:
        """The latest messages, latest first."""
        ...

    def mark_read(self, message_id: str, at: datetime, token: PatientToken) -> None:
        """The message was shown; repeatable."""
        ...

    def cancel(self, id: str, version: str, token: PatientToken) -> None:
        """A booking is cancelled, or a place on the waiting list left; one that is already is no error (R16).

        Refused `version-conflict`: it changed since this version; `too-late`: its visit has begun.
        """
        ...


class Registry(BookingRegistry, CabinetRegistry, Protocol):
    """The central registry in the terminal's words. Every method blocks and may raise a RegistryError."""

    def ready(self) -> None:
        """Returns where requests can be served."""
        ...

    def now(self) -> datetime:
        """The registry's time as far as its answers told it (UTC); never blocks."""
        ...

    def heard_at(self) -> datetime | None:
        """When the registry last gave an answer, by this machine's clock (UTC); never blocks."""
        ...

    def speak(self, language: str) -> None:
        """The language of the registry's texts from now on; never blocks."""
        ...

    def districts(self) -> tuple[District, ...]: ...

    def facilities(self) -> tuple[Facility, ...]: ...

    def specialties(self, facility_id: str) -> tuple[Specialty, ...]: ...

    def doctors(self, facility_id: str, specialty_code: str) -> tuple[Doctor, ...]: ...

    def facility_doctors(self, facility_id: str) -> tuple[Doctor, ...]:
        """All doctors of a facility, with their areas."""
        ...

    def doctor(self, doctor_id: str) -> Doctor:
        """One doctor by the id of the role."""
        ...

    def search_facilities(self, text: str, district_id: str, count: int) -> Found[Facility]:
        """Facilities by the beginnings of words of their name or address (R18); '' is every district."""
        ...

    def search_doctors(self, text: str, facility_id: str, specialty_code: str, count: int) -> Found[Doctor]:
        """Doctors by the beginnings of any of their names (R19), told with facility and specialty; '' is any."""
        ...

    def availability(
        self, facility_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[DoctorLoad, ...]:
        """How full the doctors of a specialty ('': of all) are, both days included, at most 31."""
        ...

    def district_load(
        self, district_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[FacilityLoad, ...]:
        """The facilities of a district that have a specialty, with its nearest free time there."""
        ...

    def doctor_days(self, doctor_id: str, first: date, last: date) -> DoctorLoad:
        """One doctor's days, with times where they are at most 7."""
        ...

    def find(self, doctor: Doctor, start: datetime, end: datetime, count: int) -> tuple[Appointment, ...]:
        """The first `count` free times of a doctor from `start` until before `end`, in order of start."""
        ...

    def find_any(
        self, facility_id: str, specialty_code: str, start: datetime, end: datetime, count: int
    ) -> tuple[Appointment, ...]:
        """The same of any doctor of a specialty."""
        ...

    def hold(self, appointment_id: str, token: PatientToken | None = None, replaces: str = "") -> Appointment:
        """The held time with its `held_until`; with a token all rules are judged (api.md section 5), as if the booking
        of the id `replaces` were gone."""
        ...

    def release(self, appointment_id: str) -> None: ...

    def identify(self, policy_number: str, birth_date: date, document_number: str = "") -> PatientToken:
        """Raises DocumentRequired (R9), NotIdentified (R11) or TooManyTries."""
        ...

    def revoke(self, token: PatientToken) -> None: ...

    def patient(self, token: PatientToken) -> Patient: ...

    def set_contacts(self, patient: Patient, token: PatientToken, contacts: tuple[Contact, ...]) -> Patient:
        """The patient with these contacts and no others; those by their masks are as they were (R23).

        Refused `version-conflict`: they changed since this state of the patient; `invalid`: one of them is not one.
        """
        ...

    def confirm_contact(self, token: PatientToken, code: str) -> Patient:
        """The patient whose new contact is confirmed by the code that was sent there; '' has a new one sent to each that
        is not. Refused `invalid`: the code is wrong or old; `too-many`: none is taken, or sent, for a while."""
        ...

    def report(self, events: tuple[TerminalEvent, ...]) -> None:
        """Events of the terminal, without a person; the same again is no new one."""
        ...
