"""What this patient has chosen and shown so far: an intent and an ordered list of facts.

A `Visit` is never changed or cleared: each step makes a new one, and the end of a visit drops it, so that
nothing can be left for the next patient.
"""

import secrets
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from kiosk.models import PatientToken


class Intent(Enum):
    """What the patient came for."""

    BOOK = "book"


class Fact(Enum):
    """What a screen can establish."""

    DISTRICT = "district"
    FACILITY = "facility"
    SPECIALTY = "specialty"
    DOCTOR = "doctor"
    TIME = "time"
    PATIENT = "patient"
    CONTACTS = "contacts"
    BOOKING = "booking"


class Detour(Enum):
    """A look aside that Back leaves first."""

    HELP = "help"


#: What a new value of a fact makes untrue. The patient and their contacts outlast any change of place or time.
DEPENDENTS = {
    Fact.DISTRICT: (Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR, Fact.TIME, Fact.BOOKING),
    Fact.FACILITY: (Fact.SPECIALTY, Fact.DOCTOR, Fact.TIME, Fact.BOOKING),
    Fact.SPECIALTY: (Fact.DOCTOR, Fact.TIME, Fact.BOOKING),
    Fact.DOCTOR: (Fact.TIME, Fact.BOOKING),
    Fact.TIME: (Fact.BOOKING,),
    Fact.PATIENT: (Fact.CONTACTS, Fact.BOOKING),
    Fact.CONTACTS: (Fact.BOOKING,),
    Fact.BOOKING: (),
}


@dataclass(frozen=True)
class Known:
    """One fact of the visit; `chosen` is False where the terminal filled it in and Back passes it by."""

    fact: Fact
    value: Any = field(repr=False)
    chosen: bool = True


@dataclass(frozen=True)
class Draft:
    """What is being typed and not yet asked about; it lives and dies with the visit."""

    policy_number: str = field(default="", repr=False)
    birth_day: str = field(default="", repr=False)
    birth_month: str = field(default="", repr=False)
    birth_year: str = field(default="", repr=False)
    document_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True)
class Visit:
    """One patient at the terminal. `key` tells visits apart; `document_asked` is R9's second question.

    `token` is the right to act for the patient, and goes with that fact.
    """

    started: bool = False
    intent: Intent | None = None
    known: tuple[Known, ...] = ()
    detour: Detour | None = None
    draft: Draft = field(default_factory=Draft)
    document_asked: bool = False
    token: PatientToken | None = None
    key: str = field(default_factory=lambda: secrets.token_hex(8))

    def get(self, fact: Fact) -> Any:
        """The value of a fact, None while it is not established."""
        return next((known.value for known in self.known if known.fact is fact), None)

    def has(self, fact: Fact) -> bool:
        return any(known.fact is fact for known in self.known)

    def establish(self, fact: Fact, value: Any, *, chosen: bool = True) -> "Visit":
        """The visit with this fact as its newest; what depended on its old value is gone.

        Establishing an equal value again changes nothing.
        """
        if self.has(fact) and self.get(fact) == value:
            return self
        return replace(self.drop(fact), known=(*self.drop(fact).known, Known(fact, value, chosen)))

    def renew(self, fact: Fact, value: Any) -> "Visit":
        """The visit with a newer state of the same fact in its place, dropping nothing (a hold prolonged)."""
        known = tuple(replace(one, value=value) if one.fact is fact else one for one in self.known)
        return replace(self, known=known)

    def drop(self, fact: Fact) -> "Visit":
        """The visit without this fact and what depends on it."""
        gone = {fact, *DEPENDENTS[fact]}
        token = None if fact is Fact.PATIENT else self.token
        return replace(self, known=tuple(one for one in self.known if one.fact not in gone), token=token)

    def only_patient(self) -> "Visit":
        """The visit at its beginning, for the same patient if one is known."""
        kept = tuple(one for one in self.known if one.fact in (Fact.PATIENT, Fact.CONTACTS))
        return replace(self, intent=None, known=kept)
