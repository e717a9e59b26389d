"""What was chosen so far, as parts that fit on one line or into the rail: pure."""

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.flow import FIXED
from kiosk.formats import short_day_words, shortest_day_words, time_words
from kiosk.screens.words import _
from kiosk.visit import Fact, Visit

MOST_PARTS = 4


@dataclass(frozen=True)
class Part:
    """One part of the trail: touching it changes this fact."""

    fact: Fact
    caption: str
    value: str


def rail(visit: Visit) -> tuple[Part, ...]:
    """The parts for the rail of a landscape display: under each other, at most four."""
    parts = _parts(visit, short=True)
    return parts[-MOST_PARTS:]


def line(visit: Visit, fits: Callable[[tuple[Part, ...]], bool]) -> tuple[Part, ...]:
    """The parts for one line: the fullest way of saying it that fits; older parts fold together."""
    ways = _ways(visit)
    return next((way for way in ways if fits(way)), ways[-1])


def _ways(visit: Visit) -> list[tuple[Part, ...]]:
    """From the fullest to the shortest."""
    everything = _parts(visit)
    no_district = tuple(part for part in everything if part.fact is not Fact.DISTRICT)
    no_specialty = tuple(part for part in no_district if part.fact is not Fact.SPECIALTY)
    short = tuple(
        part for part in _parts(visit, short=True) if part.fact not in (Fact.DISTRICT, Fact.SPECIALTY)
    )
    last = tuple(part for part in short if part.fact in (Fact.DOCTOR, Fact.TIME))
    ways = [everything] if len(everything) <= MOST_PARTS else []
    ways.append(no_district)
    if visit.has(Fact.DOCTOR):
        ways += [_folded(visit, no_specialty), no_specialty, short, last]
    return [way for way in ways if way] or [()]


def _folded(visit: Visit, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The specialty said with the doctor: «Терапевт Соколова Е. А.»."""
    specialty = visit.get(Fact.SPECIALTY)
    return tuple(
        Part(part.fact, part.caption, f"{specialty.name} {part.value}")
        if part.fact is Fact.DOCTOR and specialty
        else part
        for part in parts
    )


def _parts(visit: Visit, *, short: bool = False) -> tuple[Part, ...]:
    left = FIXED.get(visit.intent, (Fact.MOVING,))
    return tuple(
        Part(known.fact, _captions()[known.fact], _value(known.fact, known.value, short))
        for known in sorted(visit.known, key=lambda known: _ORDER.index(known.fact))
        if known.fact in _captions() and known.fact not in left
    )


#: What is moved stands first.
_ORDER = (Fact.MOVING, *(fact for fact in Fact if fact is not Fact.MOVING))


def _captions() -> dict[Fact, str]:
    return {
        Fact.MOVING: _("Now"),
        Fact.DISTRICT: _("District"),
        Fact.FACILITY: _("Clinic"),
        Fact.SPECIALTY: _("Specialty"),
        Fact.DOCTOR: _("Doctor"),
        Fact.TIME: _("Time"),
    }


def _value(fact: Fact, value: object, short: bool) -> str:
    if fact is Fact.MOVING:
        value = value.booking.appointment
    if fact in (Fact.TIME, Fact.MOVING):
        day = shortest_day_words if short else short_day_words
        return f"{day(value.start.date(), _.language)}, {time_words(value.start)}"
    return value.short_name if fact is Fact.DOCTOR else value.name
