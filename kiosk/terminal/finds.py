"""What a search finds, as the screens show it: functions for the workers, no state."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from kiosk.lettering import corrected, marks
from kiosk.models import Doctor, Facility
from kiosk.ports import Registry
from kiosk.views import DoctorHit, FacilityHit, SearchView
from kiosk.visit import Detour

#: How many hits are asked for: some pages of rows.
MOST_HITS = 20
#: Of how many of them, those of the first page, is asked how full they are; and for how many days.
MOST_LOADS, LOAD_DAYS = 6, 14


@dataclass(frozen=True)
class Question:
    """What is searched for, and where: in the chosen facility, among the doctors of the chosen specialty."""

    visit_key: str
    detour: Detour
    text: str
    scope: Facility | None
    specialty_code: str
    language: str


def search(registry: Registry, question: Question) -> SearchView:
    """The first hits, the best first, and how the text was read."""
    if question.detour is Detour.DOCTOR_SEARCH:
        return _doctors(registry, question)
    return _facilities(registry, question)


def _facilities(registry: Registry, question: Question) -> SearchView:
    typed = question.text
    found = registry.search_facilities(typed, "", MOST_HITS)
    hits = tuple(FacilityHit(one, marks(one.name, typed), marks(one.address, typed)) for one in found.items)
    read = "" if found.exact else _read(typed, *(f"{one.name} {one.address}" for one in found.items[:1]))
    return SearchView(typed, hits, found.total, read)


def _doctors(registry: Registry, question: Question) -> SearchView:
    typed, scope = question.text, question.scope
    found = registry.search_doctors(typed, scope.id if scope else "", question.specialty_code, MOST_HITS)
    hits = tuple(_doctor_hit(one, typed) for one in found.items)
    read = "" if found.exact else _read(typed, *(one.full_name for one in found.items[:1]))
    return SearchView(typed, hits, found.total, read, scope=scope)


def _doctor_hit(doctor: Doctor, typed: str) -> DoctorHit:
    return DoctorHit(doctor, doctor.specialty_name, doctor.facility_name, marks(doctor.full_name, typed))


def _read(typed: str, *best: str) -> str:
    """How the registry read what was typed, by the best that it found."""
    return next((corrected(one, typed) for one in best), "")


def loaded(registry: Registry, view: SearchView, today: date) -> SearchView:
    """The same with how full the first doctors are."""
    last = today + timedelta(days=LOAD_DAYS - 1)
    hits = tuple(
        replace(hit, load=registry.doctor_days(hit.doctor.id, today, last))
        for hit in view.hits[:MOST_LOADS]
        if isinstance(hit, DoctorHit)
    )
    return replace(view, hits=(*hits, *view.hits[len(hits) :]))
