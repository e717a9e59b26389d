"""The patient's own bookings, places on the waiting list and messages: what is done with them (R15, R16, R25, R26)."""

import uuid
from dataclasses import replace
from functools import partial

from kiosk.booking import Booking
from kiosk.errors import KioskError, NotYours, Refused
from kiosk.explanations import (
    CANCEL_REFUSED,
    CANCELLED,
    LEFT_LIST,
    NOT_CANCELLED_YET,
    NOT_LEFT_YET,
    Explanation,
    translated,
)
from kiosk.flow import Step, next_step
from kiosk.models import Appointment, AppointmentStatus, BookingRecord, Message, PatientToken, Sought
from kiosk.ports import Registry
from kiosk.terminal import offers, own
from kiosk.terminal.changing import Change, Changing
from kiosk.terminal.contents import Contents
from kiosk.terminal.holding import Holding
from kiosk.terminal.printout import Printout
from kiosk.terminal.stage import Stage
from kiosk.terminal.ways import at_place
from kiosk.ticket import sought
from kiosk.views import Busy, PlaceRow, Ready, TicketView
from kiosk.visit import Fact, Intent


class Cabinet:
    """Opens what is in it, and changes it. What is on show comes from the registry, anew after each change."""

    def __init__(
        self,
        stage: Stage,
        registry: Registry,
        contents: Contents,
        holding: Holding,
        changing: Changing,
        booking: Booking,
        printout: Printout,
        terminal_name: str,
    ) -> None:
        self._stage = stage
        self._registry = registry
        self._contents = contents
        self._holding = holding
        self._changing = changing
        self._booking = booking
        self._printout = printout
        self._terminal_name = terminal_name

    @property
    def ticket(self) -> TicketView | None:
        """The booking or place that is open, once it is there."""
        content = self._contents.content
        value = content.value if isinstance(content, Ready) else None
        return value if isinstance(value, TicketView) else None

    # --- what is opened ------------------------------------------------------------------------------------------

    def show(self) -> None:
        """The overview, from anywhere."""
        self._stage.show(self._stage.visit.jump(Intent.CABINET).drop(Fact.HISTORY))

    def open(self, fact: Fact) -> None:
        """HISTORY, MESSAGES or NUMBER."""
        self._stage.show(self._stage.visit.establish(fact, True))

    def open_ticket(self, id: str) -> None:
        """One of the bookings or places on show."""
        self._stage.show(self._stage.visit.establish(Fact.TICKET, Sought(id=id)))

    def open_message(self, message: Message) -> None:
        """In full; the registry is told that it was shown."""
        stage, registry, token = self._stage, self._registry, self._stage.visit.token
        stage.show(stage.visit.establish(Fact.MESSAGE, message.id))
        if token is not None and not message.read:
            now = stage.clock()
            stage.in_background(
                lambda: registry.mark_read(message.id, now, token), lambda nothing: self._count_again()
            )

    def open_scanned(self, code: str) -> None:
        """A paper that was scanned. Whose it is it does not say: it is looked for among what the patient has."""
        visit = self._stage.visit
        if visit.intent is not Intent.CABINET:
            visit = replace(visit, started=True).jump(Intent.CABINET)
        visit = replace(visit.drop(Fact.HISTORY), asides=())
        self._stage.show(visit.establish(Fact.TICKET, Sought(code=code)))

    def open_numbered(self) -> None:
        """The paper whose number or code was typed, found among what the patient has."""
        stage, registry, token = self._stage, self._registry, self._stage.visit.token
        typed = stage.visit.draft.ticket
        if not typed:
            stage.point_out({"ticket": "ticket-empty"})
        elif token is not None:
            stage.command(
                Busy.FIND,
                lambda: own.found(registry, token, sought(typed)),
                self.open_ticket,
                self._not_found,
            )

    def _not_found(self, error: KioskError) -> None:
        stage = self._stage
        if isinstance(error, NotYours):
            stage.point_out({"ticket": "ticket-unknown"})
        else:
            stage.failed(error, self.open_numbered)

    def _count_again(self) -> None:
        if next_step(self._stage.visit) in (Step.CABINET, Step.MESSAGES):
            self._contents.steps.refresh()

    # --- what is done with one -----------------------------------------------------------------------------------

    def ask_cancel(self) -> None:
        """Whether it shall really be cancelled."""
        ticket = self.ticket
        is_busy = self._stage.busy is not None or self._printout.is_under_way
        if ticket is not None and ticket.row.can_change and not is_busy:
            self._stage.cancelling = True
            self._stage.on_change()

    def keep(self) -> None:
        """It stays."""
        self._stage.cancelling = False
        self._stage.on_change()

    def cancel(self) -> None:
        """The booking is cancelled (R16), or the waiting list left."""
        ticket, token = self.ticket, self._stage.visit.token
        asked, self._stage.cancelling = self._stage.cancelling, False
        if asked and ticket is not None and token is not None:
            self._printout.clear()
            self._changing.start(self._change(ticket, token))

    def print_copy(self) -> None:
        """The paper once more, said to be a copy. It is the journal's too: a printer may hold it over a restart."""
        ticket, stage = self.ticket, self._stage
        if ticket is None or not ticket.row.stands or stage.busy is not None or self._printout.is_under_way:
            return
        visit, booking, copy = stage.visit, self._booking, uuid.uuid4().urn
        now = stage.clock()
        slip = replace(ticket.slip, terminal_name=self._terminal_name, printed_at=now, is_copy=True)
        self._printout.start(
            slip,
            lambda paper: booking.copy_paper(copy, slip.number, paper),
            lambda: stage.visit.key == visit.key,
        )

    def take_offer(self) -> None:
        """The time that is kept for this place is held, and its booking goes on. Whose it is, the hold tells."""
        ticket, stage, registry = self.ticket, self._stage, self._registry
        offer = ticket.row.place.offer if ticket and isinstance(ticket.row, PlaceRow) else None
        token = stage.visit.token
        if offer is None or token is None:
            return
        got: list[Appointment] = []

        def work() -> offers.Place:
            got.append(registry.hold(offer.id, token))
            return offers.place_of(registry, registry.doctor(got[0].doctor_id))

        def done(place: offers.Place) -> None:
            # Back leads to the place on the list: the time was not chosen among others.
            visit = at_place(stage.visit.jump(Intent.BOOK), place).establish(Fact.TIME, got[0], chosen=False)
            self._holding.go_on(visit, got[0])

        def failed(error: KioskError) -> None:
            unseen(error)
            stage.failed(error)
            self._contents.steps.reload()

        def unseen(error: KioskError) -> None:
            if got or not isinstance(error, Refused):
                self._holding.release(offer.id)

        stage.command(Busy.HOLD, work, done, failed, lambda place: self._holding.release(offer.id), unseen)

    def _change(self, ticket: TicketView, token: PatientToken) -> Change:
        row, registry = ticket.row, self._registry
        waits = isinstance(row, PlaceRow)
        mine = row.place.entry if isinstance(row, PlaceRow) else row.booking.appointment
        return Change(
            Busy.CANCEL,
            mine.id,
            lambda: registry.cancel(mine.id, mine.version, token),
            _is_cancelled,
            lambda: self._changed(LEFT_LIST if waits else CANCELLED, mine.id),
            self._refused,
            partial(translated, NOT_LEFT_YET if waits else NOT_CANCELLED_YET),
        )

    def _refused(self, error: KioskError) -> None:
        """It stands. What a refusal says of it is shown beside it as it is now."""
        stage = self._stage
        code = error.code if isinstance(error, Refused) else ""
        if code in CANCEL_REFUSED:
            self._tell(CANCEL_REFUSED[code])
        else:
            stage.failed(error, self.ask_cancel)

    def _changed(self, words: Explanation, id: str) -> None:
        """It has ended. The code of its paper may not find it any more, its id does (api.md section 10)."""
        self._stage.visit = self._stage.visit.renew(Fact.TICKET, Sought(id=id))
        self._contents.follow()
        self._tell(words)

    def _tell(self, words: Explanation) -> None:
        """What came of it, over what the registry holds now."""
        self._contents.steps.reload()
        self._stage.say(partial(translated, words))


def _is_cancelled(record: BookingRecord) -> bool:
    return record.status is AppointmentStatus.CANCELLED
