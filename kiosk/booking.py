"""The one path of a booking, of a place on the waiting list, and of a move: journal, ask, find out, print, put right.

Ports only; its methods block, on workers.

What may never happen (architecture.md): a patient who believes they are booked and are not, or the reverse. So the
intent is journalled before the registry is asked, `shown` before the result is painted, and whatever was not shown
is cancelled by its identifier once its patient is gone (api.md section 8), after a restart as well.

A **move** is not taken back: that would need its patient's token, which goes with them, and the old time, which is
free for everybody (and offered to whoever waits) from the moment of the move. Nor need it be: the booking stands, at
one of two times, and the registry says at which, in the cabinet and by a notice, in the transaction that moves it.
So nothing that is left open may say which one it is:

- before the registry has answered the screen says that it is not known yet which of the two times counts, also to who
  leaves then, and where that will be said. No paper says anything; the old ticket is true or has been said to be over
  by the registry.
- the answer is painted whether or not `shown` can be noted: nothing takes back what it says.
- a move that nobody was shown, after a restart too, is looked up and noted: for the staff, as the patient has no
  ticket of it. That it was not carried out is final once no request of its can arrive any more (PENDING_SECONDS).

A lost answer is looked up by the id of the booking (api.md section 8), and the same is asked again unless that tells
that the booking is where it was to go: the version keeps a second request from overwriting what somebody else did.
"""

import logging
import threading
import uuid
from dataclasses import dataclass, field, replace

from kiosk.errors import InDoubt, JournalFault, Refused, RegistryError, doubting, doubting_still
from kiosk.journal import UNSETTLED, Entry, Journal, Paper, State
from kiosk.models import (
    STANDING,
    Appointment,
    AppointmentStatus,
    BookingRecord,
    Move,
    PatientToken,
    WaitingEntry,
    WaitingWish,
)
from kiosk.ports import BookingRegistry

log = logging.getLogger(__name__)

#: What a patient may ask for, and what they are given.
Wanted = Appointment | WaitingWish | Move
Given = Appointment | WaitingEntry
#: Refusals to cancel that no later attempt changes: somebody was told of the booking, or its visit has begun.
IRREVOCABLE = ("already-known", "too-late")
#: Refusals that say nothing of the booking: the terminal's credential, too many requests.
PASSING = (401, 429)
#: A request that is on its way for longer than this finds the token of its patient run out (api.md section 9).
PENDING_SECONDS = 300


@dataclass(frozen=True)
class Request:
    """A booking asked for, a place on the waiting list, or a move: all that is needed to ask the same again.

    The registry knows nothing of the `identifier` of a move, which is the journal's alone.
    """

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
        """The booked or moved appointment, or the place on the waiting list. InDoubt: what became of it is unknown. Any
        other KioskError: it is not booked, or not moved."""
        if request.identifier not in self._care:
            raise Refused(409, "void")
        self._journal.asked(request.identifier, request.wanted if isinstance(request.wanted, Move) else None)
        try:
            return self._book(request)
        except InDoubt:
            raise
        except RegistryError:
            self._not_booked(request)
            raise

    def find_out(self, request: Request) -> Given:
        """The same promise for a request in doubt: looked up, and asked again where the registry knows nothing of it.

        Asking again is safe: the identifier is the same (api.md section 6), or the version of what is moved (section 7).
        """
        try:
            record = self._looked_up(request)
        except RegistryError as error:
            raise InDoubt from error
        if record is not None:
            return self._found(request, record)
        try:
            with doubting_still():
                return self._book(request)
        except Refused:
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
        """The patient leaves without a painted result: `settle` is to cancel what was asked for, or to look up a move."""
        self._care.discard(request.identifier)
        self._note(request.identifier, State.ABANDONED, (State.ASKED, State.BOOKED, State.SHOWN))

    def paper(self, request: Request, paper: Paper) -> None:
        """What is known of the paper ticket; a journal that cannot be written must not keep it from being printed."""
        try:
            self._journal.paper(request.identifier, paper)
        except JournalFault:
            log.error("the journal could not note the state of a ticket")

    def copy_paper(self, identifier: str, number: str, paper: Paper) -> None:
        """The same of a paper that is printed once more, under an identifier of its own."""
        try:
            if paper is Paper.UNDER_WAY:
                self._journal.copy(identifier, number)
            self._journal.paper(identifier, paper)
        except JournalFault:
            log.error("the journal could not note the state of a copy")

    def unprinted(self) -> tuple[Entry, ...]:
        """Bookings that stand whose ticket was not surely printed, for the staff."""
        return self._journal.unprinted()

    def recover(self) -> int:
        """Once after a start, before anything is asked: then as `settle`."""
        self._journal.restarted()
        self._journal.tidy()
        return self.settle()

    def settle(self) -> int:
        """Cancels what nobody was shown, and notes what became of moves; the number of those still to be put right.

        Stops at the first one for which the registry cannot be reached, the others would fare no better; one that
        it refuses does not keep the others waiting. May raise JournalFault.
        """
        with self._settling:
            open_ = self.unsettled()
            left = 0
            for done, entry in enumerate(open_):
                try:
                    left += not self._put_right(entry)
                except RegistryError as error:
                    log.warning("a booking is still to be put right: %s", type(error).__name__)
                    if not isinstance(error, Refused):
                        return left + len(open_) - done
                    left += 1
            return left

    def unsettled(self) -> tuple[Entry, ...]:
        """Bookings that have still to be put right, for the staff; not those whose patient stands there."""
        return tuple(one for one in self._journal.unsettled() if one.identifier not in self._care)

    def discard(self, identifier: str, reason: str) -> None:
        """An unfinished booking is given up: cancelled at the registry first, and taken over by staff only where the
        registry refuses that for good; a move, of which nothing can be cancelled, is taken over. Any KioskError: nothing
        was given up, `settle` goes on trying."""
        with self._settling:
            entry = self._journal.get(identifier)
            if entry is not None and entry.is_move:
                log.warning("staff took over a move: %s", reason)
                self._journal.hand_over(identifier, reason)
                return
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

    def _put_right(self, entry: Entry) -> bool:
        """Whether nothing is left to be done for it."""
        if entry.is_move:
            return self._look_after(entry)
        self._cancel(entry.identifier)
        return True

    def _look_after(self, entry: Entry) -> bool:
        """Notes what became of a move whose patient has gone; whether that is final."""
        was_there = entry.state is not State.ABANDONED
        if was_there and not self._journal.move(entry.identifier, State.ABANDONED, only_from=UNSETTLED):
            return True
        record = self._registry.attempted(entry.appointment_id)
        if record is not None and record.version != entry.moved_from:
            moved = record.status in STANDING and record.start == entry.moved_to
            if moved:
                log.warning("a move that nobody was shown stands")
            return self._journal.move(
                entry.identifier, State.STANDS if moved else State.REFUSED, only_from=UNSETTLED
            )
        if was_there or self._journal.age(entry).total_seconds() < PENDING_SECONDS:
            return False
        return self._journal.move(entry.identifier, State.REFUSED, only_from=UNSETTLED)

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
        with doubting():
            given = self._asked(request)
        if isinstance(given, Appointment) and given.status not in STANDING:
            raise InDoubt
        return self._booked(request, given)

    def _asked(self, request: Request) -> Given:
        if isinstance(request.wanted, WaitingWish):
            return self._registry.join(request.wanted, request.identifier, request.token)
        if isinstance(request.wanted, Move):
            return self._registry.move(request.wanted, request.token)
        return self._registry.book(request.wanted, request.identifier, request.token)

    def _looked_up(self, request: Request) -> BookingRecord | None:
        """What the registry has of the request; None where the same is to be asked again."""
        move = request.wanted
        if not isinstance(move, Move):
            return self._registry.lookup(request.identifier)
        record = self._registry.attempted(move.booked.id)
        if record is None or record.version == move.booked.version:
            return None
        is_there = record.status in STANDING and record.start == move.time.start
        return record if is_there else None

    def _found(self, request: Request, record: BookingRecord) -> Given:
        if record.status is AppointmentStatus.CANCELLED:
            self._not_booked(request)
            raise Refused(409, "void")
        if isinstance(request.wanted, WaitingWish):
            entry = WaitingEntry(record.id, record.ticket_number, record.code, record.version)
            return self._booked(request, entry)
        if record.status not in STANDING:
            raise InDoubt
        return self._booked(request, _told(request.wanted, record))

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


def _told(wanted: Appointment | Move, record: BookingRecord) -> Appointment:
    """What was asked for, as the registry has it; a move keeps the ticket (api.md section 7)."""
    time, ticket = (wanted.time, wanted.booked) if isinstance(wanted, Move) else (wanted, record)
    return replace(
        time,
        id=record.id,
        status=record.status,
        version=record.version,
        held_until=None,
        ticket_number=ticket.ticket_number,
        code=ticket.code,
    )
