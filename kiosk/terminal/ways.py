"""The short ways (R8, R12 to R20): one touch that settles several facts at once, and from which Back returns."""

from dataclasses import replace
from functools import partial

from kiosk.errors import Refused
from kiosk.explanations import explain
from kiosk.models import Doctor, Facility, FacilityLoad, Online, Specialty
from kiosk.ports import Registry
from kiosk.terminal import offers
from kiosk.terminal.stage import Stage, Told
from kiosk.views import Busy, DoctorHit, FacilityHit
from kiosk.visit import Fact, Intent, Visit


class Ways:
    """Takes the visit elsewhere. Who looks for information stays there (R7), everybody else wants to book."""

    def __init__(self, stage: Stage, registry: Registry) -> None:
        self._stage = stage
        self._registry = registry

    def to_found(self, hit: FacilityHit | DoctorHit) -> None:
        """What a search found."""
        intent = self._onward()
        if isinstance(hit, DoctorHit):
            self.to_doctor(hit.doctor, intent)
        else:
            self.to_facility(hit.facility, intent)

    def to_area_doctor(self, doctor: Doctor) -> None:
        """A doctor of an area: one from the list of areas, or the patient's own (R14)."""
        self.to_doctor(doctor, self._onward())

    def to_facility(self, facility: Facility, intent: Intent) -> None:
        """A facility, from anywhere."""
        visit = self._stage.visit.jump(intent).drop(Fact.DISTRICT)
        self._stage.show(visit.establish(Fact.FACILITY, facility, chosen=False))

    def to_doctor(self, doctor: Doctor, intent: Intent) -> None:
        """A doctor, from anywhere: facility and specialty come along. One who cannot be booked here is said (R30)."""
        registry = self._registry

        def done(place: offers.Place) -> None:
            reason = self.not_bookable(place.specialty) if intent is Intent.BOOK else None
            if reason is None:
                self._stage.show(at_place(self._stage.visit.jump(intent), place))
            else:
                self._stage.say(reason)

        self._stage.command(Busy.LOOK_UP, lambda: offers.place_of(registry, doctor), done)

    def to_elsewhere(self, load: FacilityLoad) -> None:
        """The same specialty at another facility of the district."""
        registry, code = self._registry, self._stage.visit.get(Fact.SPECIALTY).code

        def done(specialty: Specialty | None) -> None:
            visit = self._stage.visit.jump(self._onward()).drop(Fact.DISTRICT)
            visit = visit.establish(Fact.FACILITY, load.facility, chosen=False)
            visit = visit.establish(Fact.CARD, True, chosen=False)
            self._stage.show(
                visit if specialty is None else visit.establish(Fact.SPECIALTY, specialty, chosen=False)
            )

        self._stage.command(Busy.LOOK_UP, lambda: offers.same_specialty(registry, load.facility, code), done)

    def book_here(self) -> None:
        """«Записаться» on a card: what it shows is booked, and Back returns to it."""
        visit = self._stage.visit
        subject = visit.subject
        if isinstance(subject, Doctor):
            self.to_doctor(subject, Intent.BOOK)
        elif isinstance(subject, Facility):
            self.to_facility(subject, Intent.BOOK)
        else:
            specialty: Specialty | None = visit.get(Fact.SPECIALTY)
            reason = None if specialty is None else self.not_bookable(specialty)
            if reason is None:
                self._stage.show(visit.jump(Intent.BOOK))
            else:
                self._stage.say(reason)

    def to_mine(self) -> None:
        """«Мой врач и поликлиника»."""
        self._stage.show(self._stage.visit.jump(Intent.MINE))

    def to_waiting(self) -> None:
        """The waiting list for what there is no time of."""
        self._stage.show(self._stage.visit.jump(Intent.WAIT))

    def not_bookable(self, specialty: Specialty) -> Told | None:
        """Why a specialty cannot be booked here by this patient (R30), None where it can."""
        patient = self._stage.visit.get(Fact.PATIENT)
        if offers.specialty_row(specialty, patient, self._stage.language).bookable:
            return None
        code = "not-bookable-online" if specialty.online is Online.NO else "dispensary-only"
        return partial(explain, Refused(422, code))

    def _onward(self) -> Intent:
        return Intent.LOOK if self._stage.visit.intent is Intent.LOOK else Intent.BOOK


def at_place(visit: Visit, place: offers.Place) -> Visit:
    """The visit at a doctor; what the terminal filled in is passed by when the patient goes back."""
    visit = replace(visit.drop(Fact.DISTRICT), wide=False)
    facts = (
        (Fact.FACILITY, place.facility),
        (Fact.CARD, True),
        (Fact.SPECIALTY, place.specialty),
        (Fact.DOCTOR, place.doctor),
    )
    for fact, value in facts:
        visit = visit.establish(fact, value, chosen=False)
    return visit
