"""Confirm, ask, find out, show, print: what the patient sees of booking.py, for bookings, moves and the waiting list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

from kiosk.booking import Booking, Given, Request, Wanted
from kiosk.devices.receipt_printer import PrinterState, ReceiptPrinter
from kiosk.errors import InDoubt, KioskError, Refused
from kiosk.explanations import NOT_BOOKED, NOT_JOINED, NOT_JOINED_YET, printer_words, translated
from kiosk.flow import Step, is_over, next_step
from kiosk.models import Appointment, Move, WaitingEntry, WaitingWish
from kiosk.terminal.doubt import Doubt, in_doubt_again
from kiosk.terminal.holding import Holding
from kiosk.terminal.moving import moved
from kiosk.terminal.printout import Printout
from kiosk.terminal.stage import Stage
from kiosk.ticket import Slip, Stub, Ticket, make_stub, make_ticket
from kiosk.views import Busy, Printing
from kiosk.visit import Fact

#: How long a place on the waiting list is good for.
WAITING_TIME = timedelta(days=60)
#: The steps that ask for something that the registry gives.
ASKING = (Step.CONFIRM, Step.WAIT)


class BookingDesk:
    """One booking of the present visit at a time, from confirming to the ticket; or one place on the waiting list."""

    def __init__(
        self,
        stage: Stage,
        booking: Booking,
        printer: ReceiptPrinter,
        printout: Printout,
        holding: Holding,
        monotonic: Callable[[], float],
        terminal_name: str,
        abandoned: Callable[[], None],
    ) -> None:
        self._stage = stage
        self._booking = booking
        self._printer = printer
        self._printout = printout
        self._holding = holding
        self._monotonic = monotonic
        self._terminal_name = terminal_name
        self._abandoned = abandoned
        self._request: Request | None = None
        self._doubt: Doubt | None = None
        self._slip: Slip | None = None

    @property
    def ticket(self) -> Ticket | None:
        """The ticket of the booking, in the language of the visit."""
        slip = self._in_language()
        return slip if isinstance(slip, Ticket) else None

    @property
    def stub(self) -> Stub | None:
        """The stub of the place on the waiting list."""
        slip = self._in_language()
        return slip if isinstance(slip, Stub) else None

    @property
    def is_asking(self) -> bool:
        """Whether a booking is asked for and its result not on the screen yet: nobody leaves silently now."""
        return self._stage.busy is Busy.BOOK

    @property
    def in_doubt(self) -> bool:
        """Whether the answer to a booking is outstanding."""
        return self._doubt is not None

    def look_at_printer(self) -> None:
        """Before the patient confirms: a printer that cannot print is said then, not after."""

        def done(state: PrinterState) -> None:
            stage = self._stage
            quiet = stage.told is None and stage.busy is None
            if not state.can_print and quiet and next_step(stage.visit) in ASKING:
                stage.say(partial(printer_words, state))

        self._stage.jobs.run(
            self._printer.state, done, lambda error: None, lane="printer", exclusive="printer-state"
        )

    def confirm(self) -> None:
        """Asks for the booking (R24), or for the place on the waiting list."""
        visit = self._stage.visit
        if self._stage.busy is not None or next_step(visit) not in ASKING or visit.token is None:
            return
        request = self._booking.begin(self._wanted(), visit.token)
        self._request = request
        # The journal may not have known of it yet when the pass after its patient's leaving looked: then once more.
        self._stage.command(
            Busy.BOOK,
            lambda: self._booking.ask(request),
            self._booked(request),
            self._failed(request),
            undo=lambda booked: self._abandoned(),
            unseen=lambda error: self._abandoned(),
            lane="booking",
        )

    def tick(self) -> None:
        """Asks again what became of a booking in doubt."""
        doubt, request = self._doubt, self._request
        if doubt is None or request is None or doubt.next_at is None or self._monotonic() < doubt.next_at:
            return
        self._doubt = replace(doubt, next_at=None)
        self._ask(request, lambda: self._booking.find_out(request))

    def leave(self) -> None:
        """The visit ends: what was asked for and not shown is cancelled; the ticket is off the screen."""
        request, self._request = self._request, None
        self._doubt = None
        self._slip = None
        self._printout.clear()
        if request is not None and not is_over(self._stage.visit):
            # Not behind the command under way: it may wait for its answer for a while.
            self._stage.jobs.run(
                lambda: self._booking.abandon(request),
                lambda nothing: self._abandoned(),
                lambda error: self._abandoned(),
            )

    def print_again(self) -> None:
        """The ticket once more, while its patient stands there and it is not surely printed."""
        slip, request = self._in_language(), self._request
        if slip and request and self._printout.printing in (Printing.NOT_PRINTED, Printing.UNSURE):
            self._print(request, slip)

    def _wanted(self) -> Wanted:
        visit = self._stage.visit
        if next_step(visit) is Step.CONFIRM:
            time: Appointment = visit.get(Fact.TIME)
            row = moved(visit)
            return time if row is None else Move(row.booking.appointment, time)
        today = self._stage.clock().date()
        return WaitingWish(visit.get(Fact.SPECIALTY), visit.get(Fact.DOCTOR), today, today + WAITING_TIME)

    def _ask(self, request: Request, work: Callable[[], Given]) -> None:
        self._stage.jobs.run(work, self._booked(request), self._failed(request), lane="booking")

    def _booked(self, request: Request) -> Callable[[Given], None]:
        """Notes `shown` before anything is painted (architecture.md, "What may never happen", 2)."""

        def noted(given: Given) -> None:
            if self._request is not request:
                return
            self._stage.busy = Busy.BOOK
            self._stage.jobs.run(
                lambda: self._booking.shown(request),
                lambda stands: self._show(request, given) if stands else self._unnoted(request, given),
                lambda error: self._unnoted(request, given),
                lane="booking",
            )

        return noted

    def _show(self, request: Request, given: Given) -> None:
        if self._request is not request:
            return
        self._settled()
        visit = replace(self._stage.visit, asides=())
        fact = Fact.WAITING if isinstance(given, WaitingEntry) else Fact.BOOKING
        self._slip = self._made(given, request.wanted)
        self._stage.leaving = False
        self._stage.show(visit.establish(fact, given))
        self._print(request, self._slip)

    def _unnoted(self, request: Request, given: Given) -> None:
        """`shown` could not be written. A move is not taken back (booking.py), so it is shown all the same."""
        if isinstance(request.wanted, Move):
            self._show(request, given)
        else:
            self._withdraw(request)

    def _withdraw(self, request: Request) -> None:
        """`shown` could not be written, so nothing is painted as booked: the booking is cancelled."""
        if self._request is not request:
            return
        self.leave()
        self._settled()
        self._stage.leaving = False
        waiting = isinstance(request.wanted, WaitingWish)
        self._stage.say(partial(translated, NOT_JOINED if waiting else NOT_BOOKED), self.confirm)

    def _failed(self, request: Request) -> Callable[[KioskError], None]:
        def failed(error: KioskError) -> None:
            if self._request is not request:
                return
            if isinstance(error, InDoubt):
                self._wait(request, error)
                return
            self._request = None
            self._settled()
            self._stage.leaving = False
            # What was refused after a doubt is abandoned, and has to be made void.
            self._abandoned()
            if not isinstance(request.wanted, WaitingWish):
                time = request.wanted.time if isinstance(request.wanted, Move) else request.wanted
                self._holding.refused(error, time.start, self.confirm)
            elif isinstance(error, Refused) and error.code == "void":
                self._stage.say(partial(translated, NOT_JOINED), self.confirm)
            else:
                self._holding.refused(error, None, self.confirm)

        return failed

    def _wait(self, request: Request, error: InDoubt) -> None:
        self._doubt = in_doubt_again(self._doubt, self._monotonic())
        self._stage.busy = Busy.BOOK
        waiting = isinstance(request.wanted, WaitingWish)
        self._stage.say(partial(translated, NOT_JOINED_YET) if waiting else self._stage.explain(error))

    def _settled(self) -> None:
        self._doubt = None
        self._stage.forget()

    # --- the ticket ----------------------------------------------------------------------------------------------

    def _in_language(self) -> Slip | None:
        slip = self._slip
        if slip is not None and slip.language != self._stage.language:
            slip = self._slip = replace(slip, language=self._stage.language)
        return slip

    def _made(self, given: Given, wanted: Wanted) -> Slip:
        visit, stage = self._stage.visit, self._stage
        specialty, doctor = visit.get(Fact.SPECIALTY), visit.get(Fact.DOCTOR)
        facility, patient = visit.get(Fact.FACILITY), visit.get(Fact.PATIENT)
        now = stage.clock()
        if isinstance(given, WaitingEntry) and isinstance(wanted, WaitingWish):
            return make_stub(
                given,
                specialty,
                wanted.doctor,
                facility,
                patient,
                visit.get(Fact.CONTACTS),
                wanted.last_day,
                terminal_name=self._terminal_name,
                printed_at=now,
                language=stage.language,
            )
        assert isinstance(given, Appointment)
        return make_ticket(
            given,
            doctor,
            specialty,
            facility,
            patient,
            terminal_name=self._terminal_name,
            printed_at=now.astimezone(given.start.tzinfo),
            language=stage.language,
            moved_from=wanted.booked.start if isinstance(wanted, Move) else None,
        )

    def _print(self, request: Request, slip: Slip) -> None:
        self._printout.start(slip, partial(self._booking.paper, request))
