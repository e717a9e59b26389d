"""The data of the present step: asked for when the step is entered, dropped when it is left.

A look aside has its own; those of the step below wait for it meanwhile.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kiosk.errors import KioskError, Refused
from kiosk.explanations import explain_terminal
from kiosk.flow import DETOURS, Step, next_step
from kiosk.ports import Registry
from kiosk.terminal import offers, own
from kiosk.terminal.stage import Stage
from kiosk.views import Content, Failed, Ready, Waiting, WeekView
from kiosk.visit import Detour, Fact, Intent, Visit

#: A wait longer than this gets words and a way out (product.md), in seconds.
SLOW_SECONDS = 2.0
#: Times on show are asked for again after this: others book meanwhile.
FRESH_SECONDS = 60.0


@dataclass(frozen=True)
class Need:
    """What a step needs data for, and what they depend on: other values, other data."""

    visit_key: str
    step: Step
    depends_on: tuple[Any, ...]
    subject: Any = None


Asked = tuple[Need | None, str]


class Lists:
    """Loads what the steps of one level show. What comes back for another visit is dropped.

    `needs` tells what the data of the present step depend on (None: it has none), `ask` how to ask for them.
    """

    def __init__(
        self,
        name: str,
        stage: Stage,
        registry: Registry,
        home_id: str,
        monotonic: Callable[[], float],
        needs: Callable[[Visit], Need | None],
    ) -> None:
        self._name = name
        self._stage = stage
        self._registry = registry
        self._home_id = home_id
        self._monotonic = monotonic
        self._needs = needs
        self._need: Need | None = None
        self._language = stage.language
        self._content: Content = Ready()
        self._asked_at = 0.0

    @property
    def content(self) -> Content:
        """What the present step shows; a step without data is always ready."""
        return Ready() if self._need is None else self._content

    def follow(self) -> None:
        """The visit has changed: loads what its step needs, unless it is there or on its way."""
        need, language = self._needs(self._stage.visit), self._stage.language
        if (need, language) != (self._need, self._language):
            self._need, self._language, self._content = need, language, Ready()
            self.reload()

    def reload(self) -> None:
        """Asks for the data of the present step again."""
        if self._need is not None:
            self._content = Waiting()
            self._load(self._work(None, None))

    def refresh(self) -> None:
        """Asks again for what is on show, which stays there meanwhile, or is on its way."""
        if self._need is not None:
            self._load(self._work(None, None), keep=isinstance(self._content, Ready))

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
        elif view is not None and waited > FRESH_SECONDS and self._is_idle:
            self._load(self._work(offers.monday_of(view.days[0].day), view.chosen), keep=True)
        elif self._is_own and waited > FRESH_SECONDS and self._is_idle:
            self.refresh()

    @property
    def _is_idle(self) -> bool:
        """Whether what is on show may change: nothing is asked of the patient about it."""
        return self._stage.busy is None and self._stage.visit.detour is None and not self._stage.cancelling

    @property
    def _is_own(self) -> bool:
        """Whether what is on show is changed by others meanwhile (R26), and offers end."""
        need = self._need if isinstance(self._content, Ready) else None
        return need is not None and need.step in (Step.CABINET, Step.TICKET)

    def _week(self) -> WeekView | None:
        value = self.content.value if isinstance(self.content, Ready) else None
        return value if isinstance(value, WeekView) and value.days else None

    def _load(self, work: Callable[[], Any], *, keep: bool = False) -> None:
        asked, self._asked_at = (self._need, self._language), self._monotonic()

        def done(value: Any) -> None:
            if value is None:
                self._no_times(asked)
            else:
                self._arrived(asked, Ready(self._same_day(value) if keep else value))

        def failed(error: KioskError) -> None:
            if self._is_login(error, asked):
                self._stage.identify_again(error)
            elif not keep:
                self._arrived(asked, Failed(explain_terminal(error, self._stage.language)))

        self._stage.jobs.run(work, done, failed, exclusive=self._name)

    def _is_login(self, error: KioskError, asked: Asked) -> bool:
        """Whether what the patient has was asked for, and they have to say once more who they are."""
        of_patient = asked[0] is not None and asked[0].step in OF_PATIENT
        return of_patient and asked[0] == self._need and isinstance(error, Refused) and error.login

    def _same_day(self, fresh: Any) -> Any:
        """The fresh week with the day that was touched while it was asked for, where that has free times still."""
        if not isinstance(fresh, WeekView):
            return fresh
        old = self._week()
        chosen = old.chosen if old else None
        free = any(load.day == chosen and load.free for load in fresh.days)
        return replace(fresh, chosen=chosen) if free else fresh

    def _no_times(self, asked: Asked) -> None:
        """The doctor's weeks have no free time in sight: the visit goes on to what else can be done."""
        stage = self._stage
        if asked == (self._need, self._language):
            stage.show(stage.visit.establish(Fact.NO_TIMES, True, chosen=False), stage.told)

    def _arrived(self, asked: Asked, content: Content) -> None:
        if asked == (self._need, self._language):
            self._content = content
            self._stage.on_change()

    def _work(self, monday: date | None, chosen: date | None) -> Callable[[], Any]:
        """The question of the present step, with plain values only: it is asked on a worker."""
        registry, visit, language = self._registry, self._stage.visit, self._stage.language
        now, home, home_id = self._stage.clock(), self._stage.home, self._home_id
        district, facility = visit.get(Fact.DISTRICT), visit.get(Fact.FACILITY)
        specialty, doctor = visit.get(Fact.SPECIALTY), visit.get(Fact.DOCTOR)
        patient, token, need = visit.get(Fact.PATIENT), visit.token, self._need
        sought, message = visit.get(Fact.TICKET), visit.get(Fact.MESSAGE)
        subject = need.subject if need else None
        stays = visit.intent is Intent.MOVE
        questions: dict[Step, Callable[[], Any]] = {
            Step.DISTRICT: lambda: offers.district_choice(registry, home, patient),
            Step.FACILITY: lambda: offers.facilities_of(registry, district.id, home_id),
            Step.SPECIALTY: lambda: offers.specialty_rows(registry, facility.id, patient, language),
            Step.DOCTOR: lambda: offers.doctor_list(registry, specialty, patient, now),
            Step.TIME: lambda: offers.week(registry, doctor, now, monday, chosen),
            Step.NO_TIMES: lambda: offers.no_times(registry, facility, specialty, doctor, now, stays=stays),
            Step.MINE: lambda: offers.mine(registry, patient, now),
            Step.FACILITY_CARD: lambda: offers.facility_card(registry, subject or facility),
            Step.DOCTOR_CARD: lambda: offers.doctor_card(registry, subject or doctor, now),
            Step.AREA: lambda: offers.area_rows(registry, facility, patient, now),
            Step.ELSEWHERE: lambda: offers.elsewhere(registry, facility, specialty, now),
        }
        if token is not None:
            questions |= {
                Step.CABINET: lambda: own.overview(registry, token, now),
                Step.HISTORY: lambda: own.history(registry, token, now),
                Step.MESSAGES: lambda: registry.messages(token),
                Step.MESSAGE: lambda: own.message(registry, token, message),
                Step.TICKET: lambda: own.ticket(registry, token, sought, patient, now, language),
            }
        return questions[need.step] if need else Ready


#: What the data of a step depend on, besides the visit itself.
_DEPENDS: dict[Step, tuple[Fact, ...]] = {
    Step.DISTRICT: (Fact.PATIENT,),
    Step.FACILITY: (Fact.DISTRICT,),
    Step.SPECIALTY: (Fact.FACILITY, Fact.PATIENT),
    Step.DOCTOR: (Fact.SPECIALTY, Fact.PATIENT),
    Step.TIME: (Fact.DOCTOR,),
    Step.NO_TIMES: (Fact.SPECIALTY, Fact.DOCTOR),
    Step.MINE: (Fact.PATIENT,),
    Step.FACILITY_CARD: (Fact.FACILITY,),
    Step.DOCTOR_CARD: (Fact.DOCTOR,),
    Step.CABINET: (Fact.PATIENT,),
    Step.HISTORY: (Fact.PATIENT,),
    Step.MESSAGES: (Fact.PATIENT,),
    Step.MESSAGE: (Fact.PATIENT, Fact.MESSAGE),
    Step.TICKET: (Fact.PATIENT, Fact.TICKET),
}
#: What only the patient's own token tells.
OF_PATIENT = (Step.CABINET, Step.HISTORY, Step.MESSAGES, Step.MESSAGE, Step.TICKET)
#: The same of the looks aside that have data of this kind.
_ASIDE: dict[Detour, tuple[Fact, ...]] = {
    Detour.AREA: (Fact.FACILITY, Fact.PATIENT),
    Detour.ELSEWHERE: (Fact.SPECIALTY,),
    Detour.FACILITY_CARD: (Fact.FACILITY,),
    Detour.DOCTOR_CARD: (Fact.DOCTOR,),
}


def step_needs(visit: Visit) -> Need | None:
    """Of the step that is there without any look aside."""
    step = next_step(replace(visit, asides=()))
    return Need(visit.key, step, _values(visit, _DEPENDS[step])) if step in _DEPENDS else None


def aside_needs(visit: Visit) -> Need | None:
    """Of the newest look aside that has data: help over it takes nothing away."""
    aside = next((one for one in reversed(visit.asides) if one.detour in _ASIDE), None)
    if aside is None:
        return None
    return Need(visit.key, DETOURS[aside.detour], _values(visit, _ASIDE[aside.detour]), aside.subject)


def _values(visit: Visit, facts: tuple[Fact, ...]) -> tuple[Any, ...]:
    return tuple(visit.get(fact) for fact in facts)
