"""The data of the present step: asked for when the step is entered, dropped when it is left."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from kiosk.errors import KioskError
from kiosk.explanations import explain_terminal
from kiosk.flow import Step, next_step
from kiosk.ports import Registry
from kiosk.terminal import offers
from kiosk.terminal.stage import Stage
from kiosk.views import Content, Failed, Ready, Waiting, WeekView
from kiosk.visit import Fact, Visit

#: A wait longer than this gets words and a way out (product.md), in seconds.
SLOW_SECONDS = 2.0
#: Times on show are asked for again after this: others book meanwhile.
FRESH_SECONDS = 60.0

Key = tuple[Any, ...]


class Lists:
    """Loads what DISTRICT, FACILITY, SPECIALTY, DOCTOR and TIME show. What comes back for another visit is dropped."""

    def __init__(
        self, stage: Stage, registry: Registry, home_id: str, monotonic: Callable[[], float]
    ) -> None:
        self._stage = stage
        self._registry = registry
        self._home_id = home_id
        self._monotonic = monotonic
        self._key: Key | None = None
        self._content: Content = Ready()
        self._asked_at = 0.0

    @property
    def content(self) -> Content:
        """What the present step shows; a step without data, and a look aside, are always ready."""
        shown = self._key is not None and self._stage.visit.detour is None
        return self._content if shown else Ready()

    def follow(self) -> None:
        """The visit has changed: loads what its step needs, unless it is there or on its way."""
        if self._stage.visit.detour is not None:
            return
        key = _needs(self._stage.visit)
        if key != self._key:
            self._key, self._content = key, Ready()
            self.reload()

    def reload(self) -> None:
        """Asks for the data of the present step again."""
        if self._key is not None:
            self._content = Waiting()
            self._load(self._work(None, None))

    def turn_week(self, weeks: int) -> None:
        """The week before or after the one on show, where there is one."""
        view = self._week()
        if view is None or not (view.has_later if weeks > 0 else view.has_earlier):
            return
        self._content = Waiting()
        self._load(self._work(offers.monday_of(view.days[0].day) + timedelta(weeks=weeks), None))

    def choose_day(self, day: date) -> None:
        """Another day of the week on show, where it has free times."""
        view = self._week()
        if view is not None and any(load.day == day and load.free for load in view.days):
            self._content = Ready(replace(view, chosen=day))

    def tick(self) -> None:
        """Says that a wait is long, and keeps the times on show fresh."""
        waited = self._monotonic() - self._asked_at
        view = self._week()
        if isinstance(self._content, Waiting) and not self._content.slow and waited > SLOW_SECONDS:
            self._content = Waiting(slow=True)
            self._stage.on_change()
        elif view is not None and waited > FRESH_SECONDS and self._stage.busy is None:
            self._load(self._work(offers.monday_of(view.days[0].day), view.chosen), keep=True)

    def _week(self) -> WeekView | None:
        value = self.content.value if isinstance(self.content, Ready) else None
        return value if isinstance(value, WeekView) and value.days else None

    def _load(self, work: Callable[[], Any], *, keep: bool = False) -> None:
        key, self._asked_at = self._key, self._monotonic()

        def done(value: Any) -> None:
            self._arrived(key, Ready(self._same_day(value) if keep else value))

        def failed(error: KioskError) -> None:
            if not keep:
                self._arrived(key, Failed(explain_terminal(error, self._stage.language)))

        self._stage.jobs.run(work, done, failed, exclusive="content")

    def _same_day(self, fresh: WeekView) -> WeekView:
        """The fresh week with the day that was touched while it was asked for, where that has free times still."""
        old = self._week()
        chosen = old.chosen if old else None
        free = any(load.day == chosen and load.free for load in fresh.days)
        return replace(fresh, chosen=chosen) if free else fresh

    def _arrived(self, key: Key | None, content: Content) -> None:
        if key == self._key:
            self._content = content
            self._stage.on_change()

    def _work(self, monday: date | None, chosen: date | None) -> Callable[[], Any]:
        """The question of the present step, with plain values only: it is asked on a worker."""
        registry, visit, language = self._registry, self._stage.visit, self._stage.language
        now, home, home_id = self._stage.clock(), self._stage.home, self._home_id
        district, facility = visit.get(Fact.DISTRICT), visit.get(Fact.FACILITY)
        specialty, doctor = visit.get(Fact.SPECIALTY), visit.get(Fact.DOCTOR)
        patient = visit.get(Fact.PATIENT)
        questions: dict[Step, Callable[[], Any]] = {
            Step.DISTRICT: lambda: offers.district_choice(registry, home),
            Step.FACILITY: lambda: offers.facilities_of(registry, district.id, home_id),
            Step.SPECIALTY: lambda: offers.specialty_rows(registry, facility.id, patient, language),
            Step.DOCTOR: lambda: offers.doctor_rows(registry, specialty, patient, now),
            Step.TIME: lambda: offers.week(registry, doctor, now, monday, chosen),
        }
        return questions[next_step(replace(visit, detour=None))]


#: What the data of a step depend on, besides the visit itself.
_DEPENDS = {
    Step.DISTRICT: (),
    Step.FACILITY: (Fact.DISTRICT,),
    Step.SPECIALTY: (Fact.FACILITY, Fact.PATIENT),
    Step.DOCTOR: (Fact.SPECIALTY, Fact.PATIENT),
    Step.TIME: (Fact.DOCTOR,),
}


def _needs(visit: Visit) -> Key | None:
    step = next_step(visit)
    facts = _DEPENDS.get(step)
    return None if facts is None else (visit.key, step, *(visit.get(fact) for fact in facts))
