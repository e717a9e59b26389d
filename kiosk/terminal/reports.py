"""What the terminal reports of itself, without a person (api.md section 10, R35): told when the registry hears it."""

import uuid
from collections.abc import Callable
from datetime import datetime

from kiosk.errors import BadReply, KioskError, Refused
from kiosk.flow import Step, next_step
from kiosk.models import Facility, Specialty, TerminalEvent
from kiosk.ports import Jobs, Registry
from kiosk.terminal.faults import Faults
from kiosk.visit import Fact, Visit

#: Kept in memory only: what is older than so many events is let go; of steps as many again, so that they crowd out nothing.
MOST_KEPT = 200
#: Between two attempts, and from one lot of steps to the next, in seconds.
PAUSE = 30.0


class Reports:
    """Events wait here until the registry has taken them; nobody ever waits for them. Lives on the UI thread."""

    def __init__(
        self,
        jobs: Jobs,
        registry: Registry,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        faults: Faults,
    ) -> None:
        self._jobs = jobs
        self._registry = registry
        self._clock = clock
        self._monotonic = monotonic
        self._faults = faults
        self._waiting: tuple[TerminalEvent, ...] = ()
        self._steps: tuple[TerminalEvent, ...] = ()
        self._reached: set[tuple[str, Step]] = set()
        self._sending = False
        self._next_at = self._steps_at = monotonic()
        self._unmet: set[tuple[str, str, str]] = set()

    def event(
        self, kind: str, *, facility_id: str = "", specialty_code: str = "", detail: str = ""
    ) -> TerminalEvent:
        """A new event of now."""
        return TerminalEvent(uuid.uuid4().hex, self._clock(), kind, facility_id, specialty_code, detail)

    def add(self, event: TerminalEvent) -> None:
        """Reports an event, at the next tick at the latest."""
        self._waiting = (*self._waiting, event)[-MOST_KEPT:]
        self._send()

    def unmet(self, visit: Visit) -> None:
        """What was asked for and not available (R35): once for each thing that a visit asks for."""
        facility: Facility | None = visit.get(Fact.FACILITY)
        specialty: Specialty | None = visit.get(Fact.SPECIALTY)
        if facility is None or specialty is None:
            return
        asked = (visit.key, facility.id, specialty.code)
        if asked not in self._unmet:
            self._unmet = {one for one in self._unmet if one[0] == visit.key} | {asked}
            detail = "doctor" if visit.has(Fact.DOCTOR) else "specialty"
            self.add(
                self.event(
                    "unmet-demand", facility_id=facility.id, specialty_code=specialty.code, detail=detail
                )
            )

    def reached(self, visit: Visit) -> None:
        """A step of a visit: once for each visit, sent with what else there is to be sent."""
        step = next_step(visit)
        if visit.started and (visit.key, step) not in self._reached:
            self._reached = {one for one in self._reached if one[0] == visit.key} | {(visit.key, step)}
            self._steps = (*self._steps, self.event("step", detail=step.value))[-MOST_KEPT:]

    def tick(self) -> None:
        """Sends what has gathered, and again what did not get through."""
        for device in self._faults.news():
            fault = self.event("device-fault", detail=f"{device.device}: {device.state}")
            self._waiting = (*self._waiting, fault)[-MOST_KEPT:]
        now = self._monotonic()
        if now >= self._next_at and (self._waiting or now >= self._steps_at):
            self._send()

    def _send(self) -> None:
        sent = self._waiting + self._steps
        if self._sending or not sent:
            return
        self._sending, self._steps_at = True, self._monotonic() + PAUSE

        def done(nothing: None) -> None:
            self._sending = False
            self._waiting = tuple(one for one in self._waiting if one not in sent)
            self._steps = tuple(one for one in self._steps if one not in sent)

        def failed(error: KioskError) -> None:
            self._next_at = self._monotonic() + PAUSE
            if isinstance(error, (Refused, BadReply)):
                # A registry that does not take them now will not later either.
                done(None)
            self._sending = False

        self._jobs.run(lambda: self._registry.report(sent), done, failed)
