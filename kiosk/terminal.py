"""The coordinator: one visit, the flow, the services. What a screen talks to; no Kivy.

Every method is called on the UI thread and returns at once; `on_change` is called after each change of what is
to be shown. Screens paint what stands in the attributes (shapes: views.py) and forward what the patient does.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kiosk.explanations import Explanation
from kiosk.flow import Step, next_step
from kiosk.models import Appointment, Facility, TimeState
from kiosk.ports import Jobs, Registry
from kiosk.ticket import Ticket
from kiosk.views import Busy, Content, Printing, Ready, Taken
from kiosk.visit import Detour, Fact, Intent, Visit


class Terminal:
    """One terminal and the visit at it.

    Shown: `visit`, `step`, `content`, `notice` (banner on the present step), `taken` (TIME), `busy`,
    `in_doubt` (booking asked for, answer outstanding), `leaving` (the patient wants to leave while a booking is
    asked for: the dialog «ещё не записаны, ждём ответа» with `stay` and `leave`), `hints` and `mistakes`
    (words at a Draft field: a hint never blocks), `hold_left`/`hold_total` and `idle_left` in seconds,
    `home`, `ticket`, `printing`, `print_problem`, `out_of_service`, `policy_tail`.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        booking: Any,
        printer: Any,
        jobs: Jobs,
        home_facility_id: str,
        terminal_name: str,
        clock: Callable[[], datetime],
        production: bool,
        idle_seconds: int = 60,
        warning_seconds: int = 20,
        monotonic: Callable[[], float] = time.monotonic,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.on_change = on_change
        self.production = production
        self.visit = Visit()
        self.notice: Explanation | None = None
        self.taken: Taken | None = None
        self.busy: Busy | None = None
        self.in_doubt = False
        self.leaving = False
        self.hints: Mapping[str, str] = {}
        self.mistakes: Mapping[str, str] = {}
        self.hold_total = 180
        self.home: Facility | None = None
        self.ticket: Ticket | None = None
        self.printing: Printing | None = None
        self.print_problem: Explanation | None = None
        self.out_of_service: Explanation | None = None

    @property
    def step(self) -> Step:
        """The screen to be shown."""
        if self.out_of_service is not None and not self.visit.started:
            return Step.OUT_OF_SERVICE
        return next_step(self.visit)

    @property
    def content(self) -> Content:
        """The data of the step."""
        return Ready()

    @property
    def hold_left(self) -> int | None:
        """Seconds for which the chosen time is still held; 0 when it ran out, None where none is chosen."""
        return None

    @property
    def idle_left(self) -> int | None:
        """Seconds left in the warning before the visit ends; None while there is no warning."""
        return None

    @property
    def policy_tail(self) -> str:
        """The last four signs of the policy number by which the patient identified themselves."""
        return self.visit.draft.policy_number[-4:] if self.visit.has(Fact.PATIENT) else ""

    def start(self) -> None:
        """The first touch of the welcome screen."""
        self._show(replace(self.visit, started=True))

    def begin(self, intent: Intent, *, here: bool = True) -> None:
        """What the patient came for; `here` at the facility in which the terminal stands (R41)."""
        visit = replace(self.visit, started=True, intent=intent)
        self._show(visit.establish(Fact.FACILITY, self.home, chosen=False) if here and self.home else visit)

    def choose(self, fact: Fact, value: Any) -> None:
        """A district, facility, specialty or doctor."""
        self._show(self.visit.establish(fact, value))

    def change(self, fact: Fact) -> None:
        """A part of the trail was touched: to the step that asks for it."""
        self._show(replace(self.visit.drop(fact), detour=None))

    def back(self) -> None:
        """One step back; from home to welcome."""
        self._show(self.visit.back())

    def look_aside(self, detour: Detour) -> None:
        """Help, from any step; Back leaves it."""
        self._show(replace(self.visit, detour=detour))

    def finish(self) -> None:
        """«Завершить»: ends the visit; while a booking is asked for it sets `leaving` instead."""
        self.leave()

    def leave(self) -> None:
        """Ends the visit at once; a booking whose result was not shown is cancelled."""
        self._show(Visit())

    def stay(self) -> None:
        """Out of the idle warning or the `leaving` dialog, everything as it was."""

    def touched(self) -> None:
        """Any touch or key: the patient is there."""

    def retry(self) -> None:
        """Again what failed last, where its explanation offers that."""

    def type(self, field: str, text: str) -> None:
        """The text of one Draft field as it stands now."""
        self._show(replace(self.visit, draft=replace(self.visit.draft, **{field: text})))

    def identify(self) -> None:
        """The typed policy number and birth date, and the document where it was asked for (R9)."""

    def give_contacts(self) -> None:
        """The typed phone and e-mail (R23); an empty one stays as it is."""

    def skip_contacts(self) -> None:
        """Without new contacts."""

    def choose_day(self, day: date) -> None:
        """Another day of the week shown."""

    def turn_week(self, weeks: int) -> None:
        """The week before (-1) or after (+1)."""

    def choose_time(self, chosen: TimeState | Appointment) -> None:
        """A time of the week, or one of `taken.nearest`: it is held (R22)."""

    def confirm(self) -> None:
        """Books; then prints (R24)."""

    def print_again(self) -> None:
        """The ticket once more, where it was not surely printed."""

    def book_another(self) -> None:
        """A new booking of the same patient at the same facility."""

    def tick(self) -> None:
        """Once a second from the app: all clocks."""

    def _show(self, visit: Visit) -> None:
        self.visit = visit
        self.on_change()
