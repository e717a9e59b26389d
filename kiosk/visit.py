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
    """What the patient came for: an appointment, information (R7), what is theirs (R12 to R14), the waiting list, their
    bookings and messages (R15), another time for one of them."""

    BOOK = "book"
    LOOK = "look"
    MINE = "mine"
    WAIT = "wait"
    CABINET = "cabinet"
    MOVE = "move"


class Fact(Enum):
    """What a screen can establish. CARD: the facility's card was read; NO_TIMES: the doctor, or where none is
    chosen the whole specialty here, has no free time in sight; HISTORY, MESSAGES, OWN_CONTACTS and NUMBER (of a ticket,
    to be typed): these are opened. All of them are True where they stand. TICKET: which booking or place on the waiting list is opened (Sought);
    MESSAGE: the id of the one that is read; TYPING: which system of contacts is typed anew; CODE: the Contact whose code
    is asked for; MOVING: the BookingRow that is moved."""

    DISTRICT = "district"
    FACILITY = "facility"
    CARD = "card"
    SPECIALTY = "specialty"
    DOCTOR = "doctor"
    NO_TIMES = "no_times"
    TIME = "time"
    PATIENT = "patient"
    CONTACTS = "contacts"
    BOOKING = "booking"
    WAITING = "waiting"
    HISTORY = "history"
    MESSAGES = "messages"
    NUMBER = "number"
    TICKET = "ticket"
    MESSAGE = "message"
    OWN_CONTACTS = "own_contacts"
    TYPING = "typing"
    CODE = "code"
    MOVING = "moving"


class Detour(Enum):
    """A look aside that Back leaves first."""

    HELP = "help"
    ACCESS = "access"
    FACILITY_SEARCH = "facility_search"
    DOCTOR_SEARCH = "doctor_search"
    AREA = "area"
    ELSEWHERE = "elsewhere"
    FACILITY_CARD = "facility_card"
    DOCTOR_CARD = "doctor_card"


_ENDS = (Fact.BOOKING, Fact.WAITING)
_TIMES = (Fact.NO_TIMES, Fact.TIME, *_ENDS)
#: What is opened in the cabinet. A ticket that was scanned is opened before it is known who stands here.
_OPENED = (
    *(Fact.HISTORY, Fact.MESSAGES, Fact.NUMBER, Fact.TICKET, Fact.MESSAGE),
    *(Fact.OWN_CONTACTS, Fact.TYPING, Fact.CODE),
)

#: What a new value of a fact makes untrue. The patient and their contacts outlast any change of place or time.
DEPENDENTS: dict[Fact, tuple[Fact, ...]] = {
    Fact.DISTRICT: (Fact.FACILITY, Fact.CARD, Fact.SPECIALTY, Fact.DOCTOR, *_TIMES),
    Fact.FACILITY: (Fact.CARD, Fact.SPECIALTY, Fact.DOCTOR, *_TIMES),
    Fact.CARD: (),
    Fact.SPECIALTY: (Fact.DOCTOR, *_TIMES),
    Fact.DOCTOR: _TIMES,
    Fact.NO_TIMES: (Fact.TIME, *_ENDS),
    Fact.TIME: (Fact.NO_TIMES, *_ENDS),
    Fact.PATIENT: (Fact.TYPING, Fact.CODE, Fact.CONTACTS, Fact.MOVING, *_ENDS),
    Fact.CONTACTS: (Fact.CODE, *_ENDS),
    Fact.BOOKING: (),
    Fact.WAITING: (),
    Fact.HISTORY: _OPENED,
    Fact.MESSAGES: _OPENED,
    Fact.NUMBER: _OPENED,
    Fact.TICKET: (Fact.MESSAGE,),
    Fact.MESSAGE: (Fact.TICKET,),
    Fact.OWN_CONTACTS: _OPENED,
    Fact.TYPING: (Fact.CODE,),
    Fact.CODE: (Fact.TYPING,),
    Fact.MOVING: _ENDS,
}
#: What is the patient's own and outlasts every way through the visit.
OF_THE_PATIENT = (Fact.PATIENT, Fact.CONTACTS)


@dataclass(frozen=True)
class Known:
    """One fact of the visit; `chosen` is False where the terminal filled it in and Back passes it by."""

    fact: Fact
    value: Any = field(repr=False)
    chosen: bool = True


@dataclass(frozen=True)
class Aside:
    """One look aside; `subject` is what it looks at where that is not what was chosen (the doctor of a card)."""

    detour: Detour
    subject: Any = field(default=None, repr=False)


@dataclass(frozen=True)
class Jump:
    """Where the patient stood before one touch took them elsewhere with several facts at once: Back returns there."""

    intent: Intent | None
    known: tuple[Known, ...]
    asides: tuple[Aside, ...]


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
    code: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)
    search: str = field(default="", repr=False)


@dataclass(frozen=True)
class Visit:
    """One patient at the terminal. `key` tells visits apart; `document_asked` is R9's second question.

    `asides` are the looks aside, the newest last; `wide`: a search is not kept to the chosen facility; `for_child`
    changes words only (R43); `failures` counts what did not work. `token` is the right to act for the patient, and
    goes with that fact. `holder` is the number of the policy that was shown or by which the patient was identified:
    whoever shows another is somebody else.
    """

    started: bool = False
    intent: Intent | None = None
    known: tuple[Known, ...] = ()
    asides: tuple[Aside, ...] = ()
    jumps: tuple[Jump, ...] = ()
    draft: Draft = field(default_factory=Draft)
    wide: bool = False
    for_child: bool = False
    document_asked: bool = False
    failures: int = 0
    token: PatientToken | None = None
    holder: str = field(default="", repr=False)
    key: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def detour(self) -> Detour | None:
        """The look aside that is on the screen."""
        return self.asides[-1].detour if self.asides else None

    @property
    def subject(self) -> Any:
        """What the look aside on the screen looks at, where that is not what was chosen."""
        return self.asides[-1].subject if self.asides else None

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
        """The visit without this fact and what depends on it.

        Who waits for something else than there was no time of looks for a time of that first.
        """
        gone = {fact, *DEPENDENTS[fact]}
        known = tuple(one for one in self.known if one.fact not in gone)
        elsewhere = self.intent is Intent.WAIT and self.has(Fact.NO_TIMES) and Fact.NO_TIMES in gone
        return replace(
            self,
            known=known,
            intent=Intent.BOOK if elsewhere else self.intent,
            token=None if fact is Fact.PATIENT else self.token,
        )

    def look_aside(self, detour: Detour, subject: Any = None) -> "Visit":
        """The visit looking aside; one that it looked at before is returned to, so that they never pile up."""
        places = [aside.detour for aside in self.asides]
        kept = self.asides[: places.index(detour)] if detour in places else self.asides
        return replace(self, asides=(*kept, Aside(detour, subject)))

    def look_back(self) -> "Visit":
        """The visit without its newest look aside."""
        return replace(self, asides=self.asides[:-1])

    def jump(self, intent: Intent) -> "Visit":
        """The visit on another way, with all its facts; `jump_back` returns to where it stands now."""
        here = Jump(self.intent, self.known, self.asides)
        return replace(self, intent=intent, asides=(), jumps=(*self.jumps, here))

    def jump_back(self) -> "Visit":
        """The visit where it stood before the newest jump (at its beginning without one), for the same patient."""
        jump = self.jumps[-1] if self.jumps else Jump(None, (), ())
        patient = [known for known in self.known if known.fact in OF_THE_PATIENT]
        place = [known for known in jump.known if known.fact not in OF_THE_PATIENT or known in patient]
        return replace(
            self,
            intent=jump.intent,
            known=(*place, *(known for known in patient if known not in place)),
            asides=jump.asides,
            jumps=self.jumps[:-1],
        )

    def is_older(self, known: Known) -> bool:
        """Whether a fact was established before the newest jump."""
        return bool(self.jumps) and known in self.jumps[-1].known
