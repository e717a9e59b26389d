"""The terminal as screens see it: attributes to paint, methods for what the patient does.

Every method is called on the UI thread and returns at once; `on_change` is called after each change of what is
to be shown. The shapes stand in views.py; the parts that do the work stand beside this file.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kiosk.booking import Booking
from kiosk.devices.receipt_printer import ReceiptPrinter
from kiosk.explanations import Explanation
from kiosk.flow import Step, next_step, step_back
from kiosk.idle import IdleTimer
from kiosk.models import Appointment, Specialty, TimeState
from kiosk.ports import Jobs, Registry
from kiosk.terminal import offers
from kiosk.terminal.desk import BookingDesk
from kiosk.terminal.holding import Holding
from kiosk.terminal.identity import Identity
from kiosk.terminal.lists import Lists
from kiosk.terminal.stage import Stage
from kiosk.terminal.watch import ServiceWatch, Settling
from kiosk.texts import DEFAULT_LANGUAGE
from kiosk.ticket import Ticket
from kiosk.views import Content, Failed, Printing
from kiosk.visit import Detour, Fact, Intent, Visit


class Terminal(Stage):
    """One terminal and the visit at it.

    Shown besides the properties: `visit`, `notice` (banner on the present step), `taken` (TIME), `busy`, `leaving`
    (the patient wants to leave while a booking is asked for: the dialog «ещё не записаны, ждём ответа» with `stay`
    and `leave`), `hints` and `mistakes` (words by Draft field; a hint never blocks), `home`, `production`.
    """

    def __init__(
        self,
        *,
        registry: Registry,
        booking: Booking,
        printer: ReceiptPrinter,
        jobs: Jobs,
        home_facility_id: str,
        terminal_name: str,
        clock: Callable[[], datetime],
        production: bool,
        idle_seconds: int = 60,
        warning_seconds: int = 20,
        monotonic: Callable[[], float] = time.monotonic,
        language: str = DEFAULT_LANGUAGE,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(jobs, clock, on_change, language)
        self.production = production
        self._idle = IdleTimer(idle_seconds, warning_seconds, monotonic)
        self._lists = Lists(self, registry, home_facility_id, monotonic)
        self._holding = Holding(self, registry, monotonic, lambda: self._idle.last_touch, self._lists.reload)
        self._identity = Identity(self, registry, self._holding)
        self._settling = Settling(self, booking, monotonic)
        self._desk = BookingDesk(
            self, booking, printer, self._holding, monotonic, terminal_name, self._settling.soon
        )
        self._watch = ServiceWatch(self, registry, home_facility_id, monotonic)
        self._is_new = True

    # --- what is shown -------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The screen to be shown."""
        if self.out_of_service is not None and not self.visit.started:
            return Step.OUT_OF_SERVICE
        return next_step(self.visit)

    @property
    def content(self) -> Content:
        """The data of the step."""
        return self._lists.content

    @property
    def out_of_service(self) -> Explanation | None:
        """Why nobody can be served now; None while all is well."""
        return self._watch.out_of_service

    @property
    def in_doubt(self) -> bool:
        """Whether a booking was asked for whose answer is outstanding: «ещё не записаны, ждём ответа»."""
        return self._desk.in_doubt

    @property
    def hold_left(self) -> int | None:
        """Seconds for which the chosen time is still held, 0 when it ran out; None where none is chosen."""
        return self._holding.left

    @property
    def hold_total(self) -> int:
        """The length of the hold in seconds."""
        return self._holding.total

    @property
    def idle_left(self) -> int | None:
        """Seconds left in the warning before the visit ends; None while there is no warning."""
        return self._idle.warning_left if self.visit.started else None

    @property
    def ticket(self) -> Ticket | None:
        """The ticket of this visit's booking."""
        return self._desk.ticket

    @property
    def printing(self) -> Printing | None:
        """What became of the paper ticket."""
        return self._desk.printing

    @property
    def print_problem(self) -> Explanation | None:
        """Why the ticket is not surely on paper, and what to do instead."""
        return self._desk.print_problem

    @property
    def policy_tail(self) -> str:
        """The last four signs of the policy number by which the patient identified themselves."""
        return self.visit.draft.policy_number.strip()[-4:] if self.visit.has(Fact.PATIENT) else ""

    # --- from step to step ---------------------------------------------------------------------------------------

    def start(self) -> None:
        """The first touch of the welcome screen."""
        if self.step is Step.WELCOME:
            self._idle.touched()
            self.show(replace(self.visit, started=True))

    def begin(self, intent: Intent, *, here: bool = True) -> None:
        """What the patient came for; `here` at the facility in which the terminal stands (R41)."""
        if self.step not in (Step.WELCOME, Step.HOME):
            return
        self._idle.touched()
        visit = replace(self.visit, started=True, intent=intent)
        own = here and self.home is not None
        self.show(visit.establish(Fact.FACILITY, self.home, chosen=False) if own else visit)

    def choose(self, fact: Fact, value: Any) -> None:
        """A district, facility, specialty or doctor. A specialty that is not bookable explains why instead (R30)."""
        if not self._may_move():
            return
        if isinstance(value, Specialty) and (reason := self._not_bookable(value)):
            self.say(reason)
        else:
            self.show(self.visit.establish(fact, value))

    def change(self, fact: Fact) -> None:
        """A part of the trail was touched: to the step that asks for it."""
        if self._may_move():
            self.show(replace(self.visit.drop(fact), detour=None))

    def back(self) -> None:
        """One step back; from home to welcome; while a booking is asked for `leaving` instead."""
        if self.visit.detour is not None:
            self._look(None)
        elif self.step is Step.HOME:
            self.leave()
        elif self._may_move():
            self.show(step_back(self.visit))

    def look_aside(self, detour: Detour) -> None:
        """Help, from any step; Back leaves it."""
        if self.visit.started:
            self._look(detour)

    def finish(self) -> None:
        """«Завершить»: ends the visit; while a booking is asked for it sets `leaving` instead."""
        if self._desk.is_asking:
            self.leaving = True
            self.on_change()
        else:
            self.leave()

    def leave(self) -> None:
        """Ends the visit at once; a booking whose result was not shown is cancelled."""
        self._desk.leave()
        self.forget()
        self.leaving, self.hints = False, {}
        self._watch.soon()
        self.show(Visit())

    def stay(self) -> None:
        """Out of the idle warning or the `leaving` dialog, everything as it was."""
        self.leaving = False
        self._idle.touched()
        self.on_change()

    def touched(self) -> None:
        """Any touch or key: the patient is there."""
        warned = self.idle_left is not None
        self._idle.touched()
        if warned:
            self.on_change()

    def retry(self) -> None:
        """Again what failed last, where its explanation offers that."""
        if not self.again() and isinstance(self.content, Failed):
            self._lists.reload()
            self.on_change()

    def book_another(self) -> None:
        """A new booking of the same patient at the same facility."""
        if self.step is not Step.RESULT:
            return
        old = self.visit
        kept = tuple(one for one in old.known if one.fact in (Fact.FACILITY, Fact.PATIENT, Fact.CONTACTS))
        self._desk.leave()
        self.show(Visit(started=True, intent=Intent.BOOK, known=kept, draft=old.draft, token=old.token))

    # --- time, patient, booking ----------------------------------------------------------------------------------

    def choose_day(self, day: date) -> None:
        """Another day of the week shown."""
        self._lists.choose_day(day)
        self.on_change()

    def turn_week(self, weeks: int) -> None:
        """The week before (-1) or after (+1)."""
        self._lists.turn_week(weeks)
        self.on_change()

    def choose_time(self, chosen: TimeState | Appointment) -> None:
        """A time of the week, or one of `taken.nearest`: it is held (R22)."""
        if self.step is Step.TIME:
            self._holding.choose(chosen)

    def type(self, field: str, text: str) -> None:
        """The text of one Draft field as it stands now; nothing typed gets into a visit that has not begun."""
        if self.visit.started:
            self._identity.type(field, text)

    def identify(self) -> None:
        """The typed policy number and birth date, and the document where it was asked for (R9)."""
        if self.step is Step.IDENTIFY:
            self._identity.identify()

    def give_contacts(self) -> None:
        """The typed phone and e-mail (R23); an empty one stays as it is."""
        if self.step is Step.CONTACTS:
            self._identity.give_contacts()

    def skip_contacts(self) -> None:
        """Without new contacts."""
        if self.step is Step.CONTACTS:
            self._identity.skip_contacts()

    def confirm(self) -> None:
        """Books; then prints (R24)."""
        self._desk.confirm()

    def print_again(self) -> None:
        """The ticket once more, where it was not surely printed."""
        self._desk.print_again()

    # --- clocks --------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Once a second from the app: all clocks."""
        before = (self.hold_left, self.idle_left)
        if self._is_new:
            # What the printer holds from before the start is cleared now, before anybody puts new paper in.
            self._is_new = False
            self._desk.look_at_printer()
        self._tick_idle()
        self._holding.tick()
        self._lists.tick()
        self._desk.tick()
        self._settling.tick()
        self._watch.tick()
        if before != (self.hold_left, self.idle_left) or self.hold_left:
            self.on_change()

    def _tick_idle(self) -> None:
        """Nobody is sent away while something is done for them; in doubt somebody may have walked away."""
        working = (self.busy is not None and not self.in_doubt) or self.printing is Printing.UNDER_WAY
        if working:
            self._idle.touched()
        elif self.visit.started and self._idle.is_over:
            self.leave()

    def moved(self, old: Visit) -> None:
        """Loads what the step needs, lets go of what the visit dropped, and looks ahead of a confirmation."""
        self._let_go(old)
        self._lists.follow()
        if next_step(self.visit) is Step.CONFIRM and next_step(old) is not Step.CONFIRM:
            self._holding.freshen()
            self._desk.look_at_printer()

    def _let_go(self, old: Visit) -> None:
        """A new hold frees the old one, a new token ends the old one (api.md sections 5 and 9): only the last are let go."""
        time = old.get(Fact.TIME)
        if isinstance(time, Appointment) and not old.has(Fact.BOOKING) and not self.visit.has(Fact.TIME):
            self._holding.release(time.id)
        if old.key != self.visit.key:
            self._holding.release_unanswered()
        if old.token is not None and self.visit.token is None:
            self._identity.revoke(old.token)

    def _look(self, detour: Detour | None) -> None:
        """What was said on the step stands there after a look aside, and a command under way goes on."""
        self.visit = replace(self.visit, detour=detour)
        self._lists.follow()
        self.on_change()

    def _may_move(self) -> bool:
        """Whether the patient may leave the step now; then they do not wait for a command under way."""
        if self._desk.is_asking:
            self.leaving = True
            self.on_change()
            return False
        self.forget()
        return self.visit.started and not self.visit.has(Fact.BOOKING)

    def _not_bookable(self, specialty: Specialty) -> Explanation | None:
        row = offers.specialty_row(specialty, self.visit.get(Fact.PATIENT), self.language)
        return None if row.bookable else Explanation(specialty.name, row.reason)
