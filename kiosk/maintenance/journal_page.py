"""The journal: bookings that nobody finished and tickets not surely printed, and what staff does about them.

Without a person: ticket numbers, beginnings of identifiers, states, times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from kiosk.booking import Booking
from kiosk.errors import KioskError
from kiosk.explanations import explain
from kiosk.journal import Entry, Paper, State
from kiosk.maintenance.page import Action, Kind, Row, Tools, _

STATES = {
    State.ASKED: _("asked for, no answer yet"),
    State.BOOKED: _("booked, the patient has not seen it"),
    State.ABANDONED: _("left by the patient, to be cancelled"),
}
#: The same of a move: the booking stands, before it and after it.
MOVES = {
    State.ASKED: _("a move was asked for, no answer yet"),
    State.BOOKED: _("moved, the patient has not seen it"),
    State.ABANDONED: _("a move left by the patient, to be looked up"),
}
PAPERS = {
    Paper.NONE: _("the ticket was not sent to the printer"),
    Paper.UNDER_WAY: _("the ticket is being printed"),
    Paper.NOT_PRINTED: _("the ticket is not printed"),
    Paper.UNSURE: _("the ticket is perhaps not printed"),
}
#: Why staff gives something up; the journal and the log keep the key.
REASONS = {
    "desk": _("The reception desk sees to it"),
    "told": _("The patient knows"),
    "test": _("It was a test"),
}


@dataclass(frozen=True)
class Open:
    """What is open in the journal."""

    unfinished: tuple[Entry, ...] = ()
    unprinted: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.unfinished + self.unprinted


class JournalPage:
    """One entry is marked; what is given up is always the marked one, after its reason was asked for."""

    title = _("Journal")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, booking: Booking) -> None:
        self._tools = tools
        self._booking = booking
        self._open: Open | None = None
        self._marked = ""
        self._is_asking = False
        self._told: Row | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        told = (self._told,) if self._told else ()
        if self._open is None:
            return told or (Row(say("Journal"), say("looking…")),)
        count = len(self._open.unfinished), len(self._open.unprinted)
        return (
            *told,
            Row(say("Unfinished bookings"), str(count[0]), "attention" if count[0] else "ok"),
            *map(self._row, self._open.unfinished),
            Row(say("Tickets not surely printed"), str(count[1]), "attention" if count[1] else "ok"),
            *map(self._row, self._open.unprinted),
        )

    @property
    def actions(self) -> Sequence[Action]:
        entry = self._entry()
        if self._is_asking and entry is not None:
            return (*self._reasons(entry), Action("keep", self._tools.say("Leave it"), self._ask_nothing))
        return tuple(self._usual(entry))

    def refresh(self) -> None:
        self._is_asking, self._told = False, None
        self._look()

    # --- what is shown -------------------------------------------------------------------------------------------

    def _row(self, entry: Entry) -> Row:
        label = _name(entry)
        if entry.identifier == self._marked and len(self._entries) > 1:
            label = self._tools.say("{name}: chosen").format(name=label)
        states = MOVES if entry.is_move else STATES
        words = self._tools.say(states.get(entry.state) or PAPERS.get(entry.paper, entry.paper.value))
        return Row(label, f"{self._tools.moment(entry.changed_at)}: {words}")

    def _usual(self, entry: Entry | None) -> Sequence[Action]:
        say = self._tools.say
        settle = Action("settle", say("Put right now"), self._settle)
        following = Action("next", say("Next entry"), self._mark_next)
        give_up = Action("discard", say("Give up…"), self._ask)
        seen_to = Action("discard", say("Seen to…"), self._ask)
        if entry is None:
            return ()
        unfinished = self._open is not None and entry in self._open.unfinished
        first = (settle,) if self._open and self._open.unfinished else ()
        second = (following,) if len(self._entries) > 1 else ()
        return (*first, *second, give_up if unfinished else seen_to)

    def _reasons(self, entry: Entry) -> Sequence[Action]:
        say = self._tools.say
        unfinished = self._open is not None and entry in self._open.unfinished
        confirm = say("The booking stands. Has somebody seen to the ticket?")
        if unfinished and entry.is_move:
            confirm = say("The booking stands at its old or its new time. Does somebody see to it?")
        elif unfinished:
            confirm = say("The booking is cancelled at the registry. Give it up?")
        done = self._booking.discard if unfinished else self._booking.handled
        return tuple(
            Action(reason, say(words), partial(self._discard, entry, done, reason), confirm)
            for reason, words in REASONS.items()
        )

    @property
    def _entries(self) -> tuple[Entry, ...]:
        return self._open.entries if self._open else ()

    def _entry(self) -> Entry | None:
        return next((one for one in self._entries if one.identifier == self._marked), None)

    # --- what is done --------------------------------------------------------------------------------------------

    def _look(self) -> None:
        self._tools.jobs.run(self._read, self._keep, self._fail, exclusive="maintenance journal")

    def _read(self) -> Open:
        return Open(self._booking.unsettled(), self._booking.unprinted())

    def _keep(self, found: Open) -> None:
        self._open = found
        if self._entry() is None:
            self._marked = found.entries[0].identifier if found.entries else ""
            self._is_asking = False
        self._tools.changed()

    def _fail(self, error: KioskError) -> None:
        told = explain(error, self._tools.language())
        self._told = Row(self._tools.say("That did not work"), told.title, "fault")
        self._look_again_without(error)

    def _look_again_without(self, error: KioskError) -> None:
        """What an action left behind is shown; a journal that cannot be read is not asked again by itself."""
        if self._open is None:
            self._tools.changed()
        else:
            self._open = None
            self._look()

    def _mark_next(self) -> None:
        names = [entry.identifier for entry in self._entries]
        self._marked = names[(names.index(self._marked) + 1) % len(names)]
        self._tools.changed()

    def _ask(self) -> None:
        entry = self._entry()
        if entry is None:
            return
        self._is_asking, self._told = True, Row(self._tools.say("Why?"), _name(entry))
        self._tools.changed()

    def _ask_nothing(self) -> None:
        self._is_asking, self._told = False, None
        self._tools.changed()

    def _settle(self) -> None:
        self._told = Row(self._tools.say("Put right now"), self._tools.say("asking the registry…"))
        self._tools.changed()
        self._tools.jobs.run(self._booking.settle, self._settled, self._fail)

    def _settled(self, left: int) -> None:
        say = self._tools.say
        words = say("{count} left, the registry did not take them").format(count=left)
        self._told = Row(say("Put right now"), words if left else say("done"), "attention" if left else "ok")
        self._look()

    def _discard(self, entry: Entry, done: Callable[[str, str], None], reason: str) -> None:
        self._ask_nothing()
        self._tools.jobs.run(
            lambda: done(entry.identifier, reason), lambda nothing: self._discarded(reason), self._fail
        )

    def _discarded(self, reason: str) -> None:
        say = self._tools.say
        self._told = Row(say("Noted"), say(REASONS[reason]), "ok")
        self._look()


def _name(entry: Entry) -> str:
    """What it is called before anybody: its ticket number, or the beginning of its identifier."""
    return entry.ticket_number or entry.identifier.rpartition(":")[2][:8]
