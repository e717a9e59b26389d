"""Which screen comes next, and what Back leaves: pure functions of the visit."""

from dataclasses import replace
from enum import Enum

from kiosk.visit import Detour, Fact, Visit


class Step(Enum):
    """The screens of a visit, by the name under which each is registered."""

    WELCOME = "welcome"
    HOME = "home"
    DISTRICT = "district"
    FACILITY = "facility"
    SPECIALTY = "specialty"
    DOCTOR = "doctor"
    TIME = "time"
    IDENTIFY = "identify"
    CONTACTS = "contacts"
    CONFIRM = "confirm"
    RESULT = "result"
    HELP = "help"
    OUT_OF_SERVICE = "out_of_service"


#: What a booking needs (R21 to R24), in the order in which it is asked, and the step that asks for it.
BOOKING_NEEDS = (
    (Fact.SPECIALTY, Step.SPECIALTY),
    (Fact.DOCTOR, Step.DOCTOR),
    (Fact.TIME, Step.TIME),
    (Fact.PATIENT, Step.IDENTIFY),
    (Fact.CONTACTS, Step.CONTACTS),
    (Fact.BOOKING, Step.CONFIRM),
)

DETOURS = {Detour.HELP: Step.HELP}


def next_step(visit: Visit) -> Step:
    """The first thing still needed for what the patient came for."""
    if not visit.started:
        return Step.WELCOME
    if visit.detour is not None:
        return DETOURS[visit.detour]
    if visit.intent is None:
        return Step.HOME
    if not visit.has(Fact.FACILITY):
        return Step.FACILITY if visit.has(Fact.DISTRICT) else Step.DISTRICT
    for fact, step in BOOKING_NEEDS:
        if not visit.has(fact):
            return step
    return Step.RESULT


def step_back(visit: Visit) -> Visit:
    """One step back: out of the detour, else without the newest chosen fact that led here, else without the intent.

    A fact whose loss would change nothing on the screen stays: who chose another doctor after they identified
    themselves does not lose that by going back. There is no way back past a booking.
    """
    if visit.detour is not None:
        return replace(visit, detour=None)
    if visit.has(Fact.BOOKING):
        return visit
    here = next_step(visit)
    chosen = (known.fact for known in reversed(visit.known) if known.chosen)
    led_here = next((fact for fact in chosen if next_step(visit.drop(fact)) is not here), None)
    return visit.only_patient() if led_here is None else visit.drop(led_here)
