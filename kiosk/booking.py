"""The one path of a booking, and of a place on the waiting list: journal, ask, find out, print, put right.

Ports only; its methods block, on workers.

What may never happen (architecture.md): a patient who believes they are booked and are not, or the reverse. So the
intent is journalled before the registry is asked, `shown` before the result is painted, and whatever was not shown
is cancelled by its identifier once its patient is gone (api.md section 8), after a restart as well.
"""

import logging
import threading
import uuid
from dataclasses import dataclass, field, replace

from kiosk.errors import BadReply, InDoubt, JournalFault, Refused, RegistryError, ServerFault, Unreachable
from kiosk.journal import UNSETTLED, Entry, Journal, Paper, State
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    BookingRecord,
    PatientToken,
    WaitingEntry,
    WaitingWish,
)
from kiosk.ports import BookingRegistry

log = logging.getLogger(__name__)

STANDING = (AppointmentStatus.BOOKED, AppointmentStatus.AWAITING)
#: What a patient may ask for, and what they are given.
Wanted = Appointment | WaitingWish
Given = Appointment | WaitingEntry
#: Refusals to cancel that no later attempt changes: somebody was told of the booking, or its visit has begun.
IRREVOCABLE = ("already-known", "too-late")
#: Refusals that say nothing of the booking: the terminal's credential, too many requests.
PASSING = (401, 429)


@dataclass(frozen=True)
class Request:
    """A booking asked for, or a place on the waiting list: all that is needed to ask the same again."""

    identifier: str
    wanted: Wanted
    token: PatientToken = field(repr=False)


class Booking:
    """Bookings of one terminal. Those whose patient still stands there are in its care; all others it puts right."""

    def __init__(self, registry: BookingRegistry, journal: Journal) -> None:
        self._registry = registry
        self._journal = journal
        self._care: set[str] = set()
        self._settling = threading.Lock()

    def begin(self, wanted: Wanted, token: PatientToken) -> Request:
        """A new request under a new identifier; it stays in care until `shown` or `abandon`. Does not block."""
        request = Request(uuid.uuid4().urn, wanted, token)
        self._care.add(request.identifier)
        return request

    def ask(self, request: Request) -> Given:
        """The booked appointment, or the place on the waiting list. InDoubt: what became of it is unknown. Any other KioskError: it is not booked."""
        if request.identifier not in self._care:
            raise Refused(409, "void")
        self._journal.asked(request.identifier)
        try:
            return self._book(request)
        except InDoubt:
            raise
        except RegistryError:
            self._not_booked(request)
            raise

    def find_out(self, request: Request) -> Given:
        """The same promise for a request in doubt: looked up, and asked again where the registry knows nothing of it.

        Asking again is safe: the identifier is the same (api.md section 6).
        """
        try:
            record = self._registry.lookup(request.identifier)
        except RegistryError as error:
            raise InDoubt from error
        if record is not None:
            return self._found(request, record)
        try:
            return self._book(request)
        except Unreachable as error:
            raise InDoubt from error
        except Refused as error:
            if error.status == 429:
                raise InDoubt from error
            # The first request may still be on its way: only a void mark makes this refusal final.
            self.abandon(request)
            raise

    def shown(self, request: Request) -> bool:
        """Right before the result is painted; False where the booking was abandoned meanwhile: paint nothing."""
        moved = self._journal.move(
            request.identifier, State.SHOWN, only_from=(State.ASKED, State.BOOKED, State.SHOWN)
        )
        self._care.discard(request.identifier)
        return moved

    def abandon(self, request: Request) -> None:
        """The patient leaves without a painted result: what was asked for is to be cancelled by `settle`."""
        self._care.discard(request.identifier)
        self._note(request.identifier, State.ABANDONED, (State.ASKED, State.BOOKED, State.SHOWN))

    def paper(self, request: Request, paper: Paper) -> None:
        """What is known of the paper ticket; a journal that cannot be written must not keep it from being printed."""
        try:
            self._journal.paper(request.identifier, paper)
        except JournalFault:
            log.error("the journal could not note the state of a ticket")

    def unprinted(self) -> tuple[Entry, ...]:
        """Bookings that stand whose ticket was not surely printed, for the staff."""
        return self._journal.unprinted()

    def recover(self) -> int:
        """Once after a start, before anything is asked: then as `settle`."""
        self._journal.restarted()
        self._journal.tidy()
        return self.settle()

    def settle(self) -> int:
        """Cancels what nobody was shown; the number of bookings that are still to be put right.

        Stops at the first one for which the registry cannot be reached, the others would fare no better; one that
        it refuses does not keep the others waiting. May raise JournalFault.
        """
        with self._settling:
            open_ = self.unsettled()
            refused = 0
            for done, entry in enumerate(open_):
                try:
                    self._cancel(entry.identifier)
                except RegistryError as error:
                    log.warning("a booking is still to be put right: %s", type(error).__name__)
                    if not isinstance(error, Refused):
                        return refused + len(open_) - done
                    refused += 1
            return refused

    def unsettled(self) -> tuple[Entry, ...]:
        """Bookings that have still to be put right, for the staff; not those whose patient stands there."""
        return tuple(one for one in self._journal.unsettled() if one.identifier not in self._care)

    def discard(self, identifier: str, reason: str) -> None:
        """An unfinished booking is given up: cancelled at the registry first, and taken over by staff only where the
        registry refuses that for good. Any KioskError: nothing was given up, `settle` goes on trying."""
        with self._settling:
            try:
                self._cancel(identifier)
            except Refused as error:
                if error.status in PASSING:
                    raise
                log.warning("staff took over a booking (%s), the registry: %s", reason, error.code)
                self._journal.hand_over(identifier, reason)
            else:
                log.warning("staff gave up a booking: %s", reason)

    def handled(self, identifier: str, reason: str) -> None:
        """Staff saw to a ticket that was not surely printed."""
        if self._journal.paper_handled(identifier, reason):
            log.warning("staff saw to a ticket: %s", reason)

    def _cancel(self, identifier: str) -> None:
        # One of the two wins in the journal: this, or `shown` in another thread. What was shown is not cancelled.
        if not self._journal.move(identifier, State.ABANDONED, only_from=UNSETTLED):
            return
        try:
            self._registry.cancel_booking(identifier)
        except Refused as error:
            if error.code not in IRREVOCABLE:
                raise
            log.warning("a booking that nobody was shown stands: %s", error.code)
            self._journal.move(identifier, State.STANDS, only_from=UNSETTLED)
        else:
            self._journal.move(identifier, State.CANCELLED, only_from=UNSETTLED)

    def _book(self, request: Request) -> Given:
        try:
            given = self._asked(request)
        except (ServerFault, BadReply) as error:
            raise InDoubt from error
        except Unreachable as error:
            if error.sent:
                raise InDoubt from error
            raise
        if isinstance(given, Appointment) and given.status not in STANDING:
            raise InDoubt
        return self._booked(request, given)

    def _asked(self, request: Request) -> Given:
        if isinstance(request.wanted, WaitingWish):
            return self._registry.join(request.wanted, request.identifier, request.token)
        return self._registry.book(request.wanted, request.identifier, request.token)

    def _found(self, request: Request, record: BookingRecord) -> Given:
        if record.status is AppointmentStatus.CANCELLED:
            self._not_booked(request)
            raise Refused(409, "void")
        if isinstance(request.wanted, WaitingWish):
            entry = WaitingEntry(record.id, record.ticket_number, record.code, record.version)
            return self._booked(request, entry)
        if record.status not in STANDING:
            raise InDoubt
        told = replace(
            request.wanted,
            id=record.id,
            status=record.status,
            version=record.version,
            held_until=None,
            ticket_number=record.ticket_number,
            code=record.code,
        )
        return self._booked(request, told)

    def _booked(self, request: Request, given: Given) -> Given:
        number = given.number if isinstance(given, WaitingEntry) else given.ticket_number
        try:
            self._journal.booked(request.identifier, given.id, number)
        except JournalFault:
            log.error("the journal could not note a booking; it is shown only if the next note succeeds")
        return given

    def _not_booked(self, request: Request) -> None:
        self._care.discard(request.identifier)
        self._note(request.identifier, State.REFUSED, (State.ASKED,))

    def _note(self, identifier: str, state: State, only_from: tuple[State, ...]) -> None:
        """A note whose loss does no harm: what stays ASKED or BOOKED is cancelled by `settle`."""
        try:
            self._journal.move(identifier, state, only_from=only_from)
        except JournalFault:
            log.error("the journal could not note that a booking is %s", state.value)
