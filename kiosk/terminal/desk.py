"""Confirm, book, find out, show, print: what the patient sees of booking.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.booking import Booking, Request
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult, ReceiptPrinter
from kiosk.errors import DeviceError, InDoubt, KioskError
from kiosk.explanations import (
    NOT_BOOKED,
    Explanation,
    not_printed,
    perhaps_printed,
    printer_notice,
    translated,
)
from kiosk.flow import Step, next_step
from kiosk.journal import Paper
from kiosk.models import Appointment
from kiosk.terminal.holding import Holding
from kiosk.terminal.stage import Stage
from kiosk.ticket import Ticket, make_ticket
from kiosk.views import Busy, Printing
from kiosk.visit import Fact

#: Pauses between two attempts to find out, in seconds; the last one repeats.
DOUBT_PAUSES = (1.0, 2.0, 3.0, 5.0, 8.0, 10.0)

_PAPERS = {
    PrintResult.PRINTED: (Paper.PRINTED, Printing.PRINTED),
    PrintResult.NOT_PRINTED: (Paper.NOT_PRINTED, Printing.NOT_PRINTED),
    PrintResult.UNSURE: (Paper.UNSURE, Printing.UNSURE),
}


@dataclass(frozen=True)
class Doubt:
    """A booking whose answer did not come: how often it was asked about, and when to ask again (None: asking)."""

    tries: int
    next_at: float | None


class BookingDesk:
    """One booking of the present visit at a time, from confirming to the ticket."""

    def __init__(
        self,
        stage: Stage,
        booking: Booking,
        printer: ReceiptPrinter,
        holding: Holding,
        monotonic: Callable[[], float],
        terminal_name: str,
        abandoned: Callable[[], None],
    ) -> None:
        self._stage = stage
        self._booking = booking
        self._printer = printer
        self._holding = holding
        self._monotonic = monotonic
        self._terminal_name = terminal_name
        self._abandoned = abandoned
        self._request: Request | None = None
        self._doubt: Doubt | None = None
        self.ticket: Ticket | None = None
        self.printing: Printing | None = None
        self.print_problem: Explanation | None = None

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
            told = printer_notice(state, stage.language)
            if (
                told
                and stage.notice is None
                and stage.busy is None
                and next_step(stage.visit) is Step.CONFIRM
            ):
                stage.say(told)

        self._stage.jobs.run(
            self._printer.state, done, lambda error: None, lane="printer", exclusive="printer-state"
        )

    def confirm(self) -> None:
        """Asks for the booking (R24)."""
        visit = self._stage.visit
        if self._stage.busy is not None or next_step(visit) is not Step.CONFIRM or visit.token is None:
            return
        request = self._booking.begin(visit.get(Fact.TIME), visit.token)
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
        self.ticket, self.printing, self.print_problem = None, None, None
        if request is not None and not self._stage.visit.has(Fact.BOOKING):
            # Not behind the command under way: it may wait for its answer for a while.
            self._stage.jobs.run(
                lambda: self._booking.abandon(request),
                lambda nothing: self._abandoned(),
                lambda error: self._abandoned(),
            )

    def print_again(self) -> None:
        """The ticket once more, while its patient stands there and it is not surely printed."""
        if self.ticket and self.printing in (Printing.NOT_PRINTED, Printing.UNSURE):
            self._print(self.ticket)

    def _ask(self, request: Request, work: Callable[[], Appointment]) -> None:
        self._stage.jobs.run(work, self._booked(request), self._failed(request), lane="booking")

    def _booked(self, request: Request) -> Callable[[Appointment], None]:
        """Notes `shown` before anything is painted (architecture.md, "What may never happen", 2)."""

        def noted(booked: Appointment) -> None:
            if self._request is not request:
                return
            self._stage.busy = Busy.BOOK
            self._stage.jobs.run(
                lambda: self._booking.shown(request),
                lambda stands: self._show(request, booked) if stands else self._withdraw(request),
                lambda error: self._withdraw(request),
                lane="booking",
            )

        return noted

    def _show(self, request: Request, booked: Appointment) -> None:
        if self._request is not request:
            return
        self._settled()
        visit = replace(self._stage.visit, detour=None)
        self.ticket = self._ticket(booked)
        self._stage.leaving = False
        self._stage.show(visit.establish(Fact.BOOKING, booked))
        self._print(self.ticket)

    def _withdraw(self, request: Request) -> None:
        """`shown` could not be written, so nothing is painted as booked: the booking is cancelled."""
        if self._request is not request:
            return
        self.leave()
        self._settled()
        self._stage.leaving = False
        self._stage.say(translated(NOT_BOOKED, self._stage.language), self.confirm)

    def _failed(self, request: Request) -> Callable[[KioskError], None]:
        def failed(error: KioskError) -> None:
            if self._request is not request:
                return
            if isinstance(error, InDoubt):
                self._wait(error)
                return
            self._request = None
            self._settled()
            self._stage.leaving = False
            # What was refused after a doubt is abandoned, and has to be made void.
            self._abandoned()
            self._holding.refused(error, request.time.start, self.confirm)

        return failed

    def _wait(self, error: InDoubt) -> None:
        tries = self._doubt.tries + 1 if self._doubt else 0
        pause = DOUBT_PAUSES[min(tries, len(DOUBT_PAUSES) - 1)]
        self._doubt = Doubt(tries, self._monotonic() + pause)
        self._stage.busy = Busy.BOOK
        self._stage.say(self._stage.explain(error))

    def _settled(self) -> None:
        self._doubt = None
        self._stage.forget()

    # --- the ticket ----------------------------------------------------------------------------------------------

    def _ticket(self, booked: Appointment) -> Ticket:
        visit = self._stage.visit
        return make_ticket(
            booked,
            visit.get(Fact.DOCTOR),
            visit.get(Fact.SPECIALTY),
            visit.get(Fact.FACILITY),
            visit.get(Fact.PATIENT),
            terminal_name=self._terminal_name,
            printed_at=self._stage.clock().astimezone(booked.start.tzinfo),
            language=self._stage.language,
        )

    def _print(self, ticket: Ticket) -> None:
        request = self._request
        if request is None:
            return
        self.printing, self.print_problem = Printing.UNDER_WAY, None
        self._stage.on_change()

        def done(outcome: PrintOutcome) -> None:
            if self._request is request:
                self._printed(outcome, ticket)

        def failed(error: KioskError) -> None:
            done(PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.UNKNOWN))

        self._stage.jobs.run(lambda: self._printed_paper(request, ticket), done, failed, lane="printer")

    def _printed_paper(self, request: Request, ticket: Ticket) -> PrintOutcome:
        """On the printer's worker: the journal knows of the paper before and after."""
        self._booking.paper(request, Paper.UNDER_WAY)
        try:
            outcome = self._printer.print(ticket)
        except DeviceError:
            self._booking.paper(request, Paper.NOT_PRINTED)
            raise
        self._booking.paper(request, _PAPERS[outcome.result][0])
        return outcome

    def _printed(self, outcome: PrintOutcome, ticket: Ticket) -> None:
        self.printing = _PAPERS[outcome.result][1]
        problems = {
            PrintResult.NOT_PRINTED: not_printed(outcome.state, ticket.number, self._stage.language),
            PrintResult.UNSURE: perhaps_printed(ticket.number, self._stage.language),
        }
        self.print_problem = problems.get(outcome.result)
        self._stage.on_change()
