"""The chosen time and its hold: taken on touch, prolonged while its patient is there, let go when they leave (R22)."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from kiosk.errors import KioskError, Refused
from kiosk.explanations import HOLD_RAN_OUT, translated
from kiosk.flow import Step, next_step
from kiosk.models import Appointment, Doctor, TimeState
from kiosk.ports import Registry
from kiosk.terminal import offers
from kiosk.terminal.moving import Moving, moved
from kiosk.terminal.stage import Stage
from kiosk.views import Busy, Taken
from kiosk.visit import Fact, Visit

#: Refusals that mean: the time is gone, offer others of the same doctor.
GONE = ("slot-taken", "hold-expired", "not-found")
#: What a refusal makes untrue (api.md section 11); everything else stays.
UNTRUE = {
    "not-known-here": Fact.FACILITY,
    "not-for-this-patient": Fact.SPECIALTY,
    "not-bookable-online": Fact.SPECIALTY,
    "dispensary-only": Fact.SPECIALTY,
    "too-late": Fact.TIME,
    "one-per-day": Fact.TIME,
    "overlap": Fact.TIME,
    "void": Fact.TIME,
    "login": Fact.PATIENT,
}
#: Between two attempts to prolong, in seconds.
PROLONG_PAUSE = 20.0


class Holding:
    """Holds the time that the visit has chosen. `total` is the length of the hold in seconds."""

    def __init__(
        self,
        stage: Stage,
        registry: Registry,
        moving: Moving,
        monotonic: Callable[[], float],
        last_touch: Callable[[], float],
        reload: Callable[[], None],
    ) -> None:
        self._stage = stage
        self._registry = registry
        self._moving = moving
        self._monotonic = monotonic
        self._last_touch = last_touch
        self._reload = reload
        self.total = 180
        self._asked_at = 0.0
        self._told_of: datetime | None = None
        self._unanswered: dict[tuple[str, str, datetime], Appointment] = {}

    @property
    def left(self) -> int | None:
        """Seconds for which the chosen time is still held, 0 when it ran out; None where there is none."""
        time = self._time()
        if time is None or time.held_until is None:
            return None
        return max(0, math.ceil((time.held_until - self._registry.now()).total_seconds()))

    def choose(self, chosen: TimeState | Appointment) -> None:
        """Takes a time of the week, or one that was offered in its place.

        One whose hold was asked for without an answer is asked for by its id again: it may be ours, and what is
        held, also by this terminal, is not found among the free times (api.md section 4).
        """
        visit = self._stage.visit
        registry, doctor, hold = self._registry, visit.get(Fact.DOCTOR), self._holder(visit)
        key = (visit.key, doctor.id, chosen.start)
        wanted = self._unanswered.get(key, chosen)
        asked: list[Appointment] = []

        def work() -> Appointment:
            asked.append(wanted if isinstance(wanted, Appointment) else found(registry, doctor, wanted))
            return hold(asked[0].id)

        def failed(error: KioskError) -> None:
            if isinstance(error, Refused):
                self._unanswered.pop(key, None)
            elif asked:
                self._unanswered[key] = asked[0]
            self.refused(error, chosen.start, lambda: self.choose(chosen))

        def unseen(error: KioskError) -> None:
            if asked and not isinstance(error, Refused):
                self.release(asked[0].id)

        self._stage.command(Busy.HOLD, work, self._taken, failed, lambda held: self.release(held.id), unseen)

    def again(self) -> None:
        """Takes the chosen time once more: a hold that ran out, or one whose rules have to be judged."""
        time = self._time()
        if time is not None:
            self.choose(time)

    def choose_any(self) -> None:
        """The nearest time of any doctor of the specialty here that this patient can have."""
        visit, registry, now = self._stage.visit, self._registry, self._stage.clock()
        specialty, take = visit.get(Fact.SPECIALTY), self._holder(visit)
        asked: list[str] = []

        def hold(time: Appointment) -> Appointment:
            asked.append(time.id)
            return take(time.id)

        def let_go() -> None:
            if asked:
                self.release(asked[-1])

        def failed(error: KioskError) -> None:
            unseen(error)
            if _code(error) in GONE:
                self._reload()
            self.refused(error, None, self.choose_any)

        def unseen(error: KioskError) -> None:
            if not isinstance(error, Refused):
                let_go()

        self._stage.command(
            Busy.HOLD,
            lambda: offers.nearest_of_any(registry, specialty, now, hold),
            lambda found: self._taken(found.time, found.doctor),
            failed,
            lambda found: let_go(),
            unseen,
        )

    def refused(self, error: KioskError, start: datetime | None, again: Callable[[], None]) -> None:
        """What a refusal means for the visit: the facts that it makes untrue go, with words; the rest stays."""
        code = _code(error)
        if self._moving.refused(code, UNTRUE.get(code), self._stage.explain(error)):
            return
        if code in GONE and start is not None:
            self.lost(start, error)
        elif code in UNTRUE and self._stage.visit.has(UNTRUE[code]):
            self._stage.show(self._stage.visit.drop(UNTRUE[code]), self._stage.explain(error))
        else:
            self._stage.failed(error, again)

    def lost(self, start: datetime, error: KioskError) -> None:
        """Somebody else has the time: says so, with the nearest ones of the same doctor in its place."""
        registry, doctor = self._registry, self._stage.visit.get(Fact.DOCTOR)
        now = self._stage.clock()

        def told(nearest: tuple[Appointment, ...]) -> None:
            here = next_step(replace(self._stage.visit, asides=()))
            visit = self._stage.visit.drop(Fact.TIME)
            self._stage.show(visit, self._stage.explain(error), Taken(start, nearest))
            if here is Step.TIME:
                self._reload()

        self._stage.command(
            Busy.HOLD,
            lambda: offers.nearest_times(registry, doctor, start, now),
            told,
            lambda failure: told(()),
        )

    def freshen(self) -> None:
        """Prolongs the hold without a word, and finds out early where it is lost."""
        time, token = self._time(), self._stage.visit.token
        if time is None or self._stage.busy is not None:
            return
        hold = self._holder(self._stage.visit)
        self._asked_at = self._monotonic()

        def done(held: Appointment) -> None:
            if self._stage.busy is None and self._is_chosen(time):
                self._stage.visit = self._stage.visit.renew(Fact.TIME, held)
                self._stage.on_change()

        def failed(error: KioskError) -> None:
            # A refusal of another token says nothing about who stands here now.
            same = self._stage.visit.token is token and self._is_chosen(time)
            if isinstance(error, Refused) and self._stage.busy is None and same:
                self.refused(error, time.start, self.again)

        self._stage.jobs.run(lambda: hold(time.id), done, failed, lane="commands")

    def tick(self) -> None:
        """Prolongs what is half over while its patient is active; says once that a hold ran out."""
        time, left = self._time(), self.left
        if time is None or left is None or self._stage.busy is not None:
            return
        now = self._monotonic()
        if left == 0:
            if self._told_of != time.held_until:
                self._told_of = time.held_until
                self._stage.say(partial(translated, HOLD_RAN_OUT), self.again)
        elif left <= self.total / 2 and self._last_touch() > self._asked_at < now - PROLONG_PAUSE:
            self.freshen()

    def release(self, appointment_id: str) -> None:
        """Others can have the time; who has chosen it once more meanwhile keeps it."""

        def released(nothing: None) -> None:
            time = self._time()
            if time is not None and time.id == appointment_id:
                self.freshen()

        self._stage.in_background(lambda: self._registry.release(appointment_id), released)

    def release_unanswered(self) -> None:
        """The visit ends: what was asked for and may be held goes too (api.md section 7: 200 where it is not)."""
        unanswered, self._unanswered = self._unanswered, {}
        for time in unanswered.values():
            self.release(time.id)

    def _taken(self, held: Appointment, doctor: Doctor | None = None) -> None:
        visit = self._stage.visit if doctor is None else self._stage.visit.establish(Fact.DOCTOR, doctor)
        self.go_on(visit, held)

    def go_on(self, visit: Visit, held: Appointment) -> None:
        """This visit goes on with a time that is held for it now."""
        self._unanswered = {}
        self._asked_at = self._monotonic()
        if held.held_until is not None:
            self.total = max(1, round((held.held_until - self._registry.now()).total_seconds()))
        known = visit.renew(Fact.TIME, held) if self._is_chosen(held) else visit.establish(Fact.TIME, held)
        self._stage.show(known)

    def _holder(self, visit: Visit) -> Callable[[str], Appointment]:
        """Holds a time for who stands here now; in a move as if what is moved were gone."""
        registry, token, row = self._registry, visit.token, moved(visit)
        return lambda id: registry.hold(id, token, row.booking.appointment.id if row else "")

    def _is_chosen(self, time: Appointment) -> bool:
        chosen = self._time()
        return chosen is not None and chosen.id == time.id

    def _time(self) -> Appointment | None:
        visit = self._stage.visit
        time = None if visit.has(Fact.BOOKING) else visit.get(Fact.TIME)
        return time if isinstance(time, Appointment) else None


def found(registry: Registry, doctor: Doctor, chosen: TimeState) -> Appointment:
    """A time of the week with its id. Refused where it is not free any more."""
    times = registry.find(doctor, chosen.start, chosen.end, 1)
    if not times or times[0].start != chosen.start:
        raise Refused(409, "slot-taken")
    return times[0]


def _code(error: KioskError) -> str:
    if not isinstance(error, Refused):
        return ""
    return "login" if error.login else error.code
