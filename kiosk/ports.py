"""What the terminal needs of the world outside, as protocols: the registry's answers and work in the background."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol, TypeVar

from kiosk.errors import KioskError
from kiosk.models import (
    Appointment,
    BookingRecord,
    District,
    Doctor,
    DoctorLoad,
    Facility,
    Patient,
    PatientToken,
    Specialty,
)

T = TypeVar("T")


class Jobs(Protocol):
    """Work in the background, its result on the UI thread (architecture.md, "Background work").

    `lane` is "registry" (a small pool), "commands", "booking" or "printer" (one thread each, first come first
    served). Bookings have their own: the next patient does not wait for an answer that the last one left behind.
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

    def close(self) -> None: ...


class BookingRegistry(Protocol):
    """The part of the registry that a booking needs (api.md sections 6 and 8)."""

    def book(self, appointment: Appointment, identifier: str, token: PatientToken) -> Appointment:
        """The booked appointment, status BOOKED or AWAITING; the same identifier again gives its present state."""
        ...

    def lookup(self, identifier: str) -> BookingRecord | None:
        """What was booked under an own identifier; None while the registry knows nothing of it."""
        ...

    def cancel_booking(self, identifier: str) -> None:
        """Cancelled, or marked void for good where nothing was booked. Refused `already-known`: it stands."""
        ...


class Registry(BookingRegistry, Protocol):
    """The central registry in the terminal's words. Every method blocks and may raise a RegistryError."""

    def ready(self) -> None:
        """Returns where requests can be served."""
        ...

    def now(self) -> datetime:
        """The registry's time as far as its answers told it (UTC); never blocks."""
        ...

    def districts(self) -> tuple[District, ...]: ...

    def facilities(self) -> tuple[Facility, ...]: ...

    def specialties(self, facility_id: str) -> tuple[Specialty, ...]: ...

    def doctors(self, facility_id: str, specialty_code: str) -> tuple[Doctor, ...]: ...

    def availability(
        self, facility_id: str, specialty_code: str, first: date, last: date
    ) -> tuple[DoctorLoad, ...]:
        """How full the doctors of a specialty are, both days included, at most 31."""
        ...

    def doctor_days(self, doctor_id: str, first: date, last: date) -> DoctorLoad:
        """One doctor's days, with times where they are at most 7."""
        ...

    def find(self, doctor: Doctor, start: datetime, end: datetime, count: int) -> tuple[Appointment, ...]:
        """The first `count` free times of a doctor from `start` until before `end`, in order of start."""
        ...

    def hold(self, appointment_id: str, token: PatientToken | None = None) -> Appointment:
        """The held time with its `held_until`; with a token all rules are judged (api.md section 5)."""
        ...

    def release(self, appointment_id: str) -> None: ...

    def identify(self, policy_number: str, birth_date: date, document_number: str = "") -> PatientToken:
        """Raises DocumentRequired (R9), NotIdentified (R11) or TooManyTries."""
        ...

    def revoke(self, token: PatientToken) -> None: ...

    def patient(self, token: PatientToken) -> Patient: ...

    def set_contacts(self, patient: Patient, token: PatientToken, phone: str, email: str) -> Patient:
        """The patient with these contacts; an empty one stays as it is (R23)."""
        ...
