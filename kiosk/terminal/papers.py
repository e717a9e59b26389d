"""Policies and tickets that are put in or held up (issue 5, items 2 and 3): what a card or a code means for the visit.

The devices tell in threads of their own; the jobs hand it over. Everything here lives on the UI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from kiosk.devices.card_reader import (
    CardEvent,
    CardFault,
    CardReader,
    CardRefused,
    CardRemoved,
    ReaderChanged,
    ReaderState,
)
from kiosk.devices.code_scanner import CodeScanner, ScannerChanged, ScannerEvent, ScannerState
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.scanned import NumberScanned, PolicyScanned, Scanned, ScanRefused
from kiosk.devices.sound import Cue
from kiosk.explanations import (
    CARD_REFUSED,
    POLICY_WAITS,
    SCAN_REFUSED,
    TICKET_LATER,
    TICKET_READ,
    Explanation,
    translated,
)
from kiosk.flow import Step, is_over, next_step
from kiosk.maintenance.maintenance import Shown as ShownToStaff
from kiosk.terminal.drafts import FIRST_YEAR
from kiosk.terminal.identity import Identity
from kiosk.terminal.left_card import LeftCard
from kiosk.terminal.stage import Stage, Told
from kiosk.views import Busy, Printing
from kiosk.visit import Fact, Intent, Visit

#: A scanner looks all the time: the same code within so many seconds of the last is the same scan.
AGAIN_SECONDS = 3.0
#: Whoever showed a policy that had to wait longer may have gone; they can show it again.
PATIENCE_SECONDS = 120.0
#: Steps at which nobody is served.
OF_NOBODY = (Step.LOCKED, Step.OUT_OF_SERVICE, Step.PIN, Step.MAINTENANCE)
#: While these are under way, what is said of them stands.
ASKING = (Busy.BOOK, Busy.CANCEL)
#: Between visits words about a card or a code go away by themselves.
WORDS_SECONDS = 15.0


@dataclass(frozen=True)
class Shown:
    """A policy that was shown, and when. A number alone says nothing of the birth date."""

    number: str = field(repr=False)
    birth_date: date | None = field(repr=False)
    at: float
    by_card: bool = False


class Papers:
    """A policy says who stands here. Who shows another than this visit's begins a visit of their own: nothing is merged.

    While something is under way for the patient a policy waits, and while the screen has the only ticket.
    """

    def __init__(
        self,
        stage: Stage,
        identity: Identity,
        card_reader: CardReader,
        scanner: CodeScanner,
        monotonic: Callable[[], float],
        *,
        step: Callable[[], Step],
        printing: Callable[[], Printing | None],
        touched: Callable[[], None],
        leave: Callable[[], None],
        to_staff: Callable[[ShownToStaff], bool],
        open_ticket: Callable[[str], None],
    ) -> None:
        """`to_staff` takes what is shown in maintenance mode, `open_ticket` the code of a ticket."""
        self._stage = stage
        self._identity = identity
        self._card_reader = card_reader
        self._scanner = scanner
        self._monotonic = monotonic
        self._step = step
        self._printing = printing
        self._touched = touched
        self._leave = leave
        self._to_staff = to_staff
        self._open_ticket = open_ticket
        self._left = LeftCard(stage, monotonic)
        self._waiting: Shown | None = None
        self._scan: Scanned | None = None
        self._scanned_at = 0.0
        self._has_scanned = False
        self._said: Told | None = None
        self._said_at = 0.0
        self._said_of_card = False

    @property
    def takes_card(self) -> bool:
        """Whether a card can be put in now."""
        return self._card_reader.state() is ReaderState.READY

    @property
    def takes_code(self) -> bool:
        """Whether a code can be held up now; a scanner that types is known by its first scan."""
        state = self._scanner.state()
        return state is ScannerState.READY or (state is ScannerState.UNKNOWN and self._has_scanned)

    def listen(self) -> None:
        """From now on the devices are heard."""
        post = self._stage.jobs.post
        self._card_reader.listen(lambda event: post(partial(self.card, event)))
        self._scanner.listen(lambda event: post(partial(self.code, event)))

    def card(self, event: CardEvent) -> None:
        """What the reader tells."""
        if isinstance(event, ReaderChanged):
            self._stage.on_change()
            return
        self._touched()
        if isinstance(event, CardRemoved):
            self._left.taken_out()
            if self._said_of_card:
                self._unsay()
            self._to_staff(event)
            return
        self._left.put_in()
        if self._to_staff(event):
            return
        if isinstance(event, CardRefused):
            self._refuse(CARD_REFUSED[event.kind], of_card=event.kind is not CardFault.TAKEN_OUT)
        elif event.was_there and event.data.number != self._stage.visit.holder:
            self._left.left_behind()
        else:
            self._show(self._policy(event.data, by_card=True))

    def code(self, event: ScannerEvent) -> None:
        """What the scanner tells."""
        if isinstance(event, ScannerChanged):
            self._stage.on_change()
            return
        self._touched()
        self._has_scanned = True
        if self._to_staff(event):
            return
        now, before = self._monotonic(), self._scan
        again = event == before and now - self._scanned_at < AGAIN_SECONDS
        self._scan, self._scanned_at = event, now
        if again:
            return
        if isinstance(event, PolicyScanned):
            self._show(self._policy(event.data))
        elif isinstance(event, NumberScanned):
            self._show(Shown(event.number, None, now))
        elif isinstance(event, ScanRefused):
            self._refuse(SCAN_REFUSED[event.kind])
        else:
            self._open(event.code)

    def visit_ends(self) -> None:
        """Before the visit is replaced: of what its patient showed nothing is acted upon any more."""
        waiting, holder = self._waiting, self._stage.visit.holder
        if waiting is not None and holder in ("", waiting.number):
            self._waiting = None
        if self._waiting is None or not self._waiting.by_card:
            self._left.left_behind()

    def drop(self) -> None:
        """Of what was shown so far nothing is acted upon."""
        self._waiting = None
        self._unsay()

    def tick(self) -> None:
        """Acts upon what has waited long enough, and lets go of what is over."""
        self._left.tick()
        now = self._monotonic()
        if self._waiting is not None and now - self._waiting.at > PATIENCE_SECONDS:
            self._waiting = None
        if self._scan is not None and now - self._scanned_at >= AGAIN_SECONDS:
            self._scan = None
        if not (self._stage.visit.started or self._said_of_card) and now - self._said_at >= WORDS_SECONDS:
            self._unsay()
        self._act()

    def _policy(self, data: PolicyData, *, by_card: bool = False) -> Shown:
        """A birth date that nobody has is asked for."""
        born, today = data.birth_date, self._stage.clock().date()
        likely = born is not None and born.year >= FIRST_YEAR and born <= today
        return Shown(data.number, born if likely else None, self._monotonic(), by_card)

    def _show(self, shown: Shown) -> None:
        self._stage.cue(Cue.CARD)
        self._waiting = shown
        self._act()
        is_booking = self._stage.busy in ASKING or is_over(self._stage.visit)
        if self._waiting is not None and is_booking:
            self._stage.say(partial(translated, POLICY_WAITS))

    def _open(self, code: str) -> None:
        """A ticket names nobody: who does not say who they are sees nothing of it (R39)."""
        self._stage.cue(Cue.CARD)
        if self._has_to_wait() or is_over(self._stage.visit):
            self._say(TICKET_LATER)
            return
        self._open_ticket(code)
        if not self._stage.visit.has(Fact.PATIENT):
            self._say(TICKET_READ)

    def _act(self) -> None:
        """What the policy that waits means, unless it has to wait longer."""
        shown, visit = self._waiting, self._stage.visit
        if shown is None:
            return
        if visit.holder == shown.number and visit.has(Fact.PATIENT):
            self._waiting = None
            if visit.intent is None:
                self._stage.show(visit.jump(Intent.MINE))
        elif not self._has_to_wait():
            if visit.holder not in ("", shown.number):
                self._leave()
            self._waiting = None
            self._take(shown)

    def _has_to_wait(self) -> bool:
        if self._stage.busy is not None or self._step() in OF_NOBODY:
            return True
        printing = self._printing()
        is_shown_alone = is_over(self._stage.visit) and printing is not Printing.PRINTED
        return is_shown_alone or printing is Printing.UNDER_WAY

    def _take(self, shown: Shown) -> None:
        """Number and birth date as if they were typed, and asked about at once where both are there."""
        stage = self._stage
        visit = _filled(stage.visit, shown)
        if shown.birth_date is None:
            # Their birth date is asked for now; who came from elsewhere goes back there known (R8).
            at_identify = next_step(replace(visit, asides=())) is Step.IDENTIFY
            visit = replace(visit, asides=()) if at_identify else visit.jump(Intent.MINE)
        elif visit.intent is None:
            visit = visit.jump(Intent.MINE)
        stage.hint({})
        stage.show(visit)
        if shown.birth_date is not None and not visit.document_asked:
            self._identity.identify()

    def _refuse(self, words: Explanation, *, of_card: bool = False) -> None:
        self._stage.cue(Cue.ERROR)
        self._say(words, of_card=of_card)

    def _say(self, words: Explanation, *, of_card: bool = False) -> None:
        """Words on the step, `of_card` until the card is taken out; those of what is asked for are not taken away."""
        if self._stage.busy not in ASKING:
            self._said, self._said_at = partial(translated, words), self._monotonic()
            self._said_of_card = of_card
            self._stage.say(self._said)

    def _unsay(self) -> None:
        if self._said is not None and self._stage.told is self._said:
            self._stage.say(None)
        self._said, self._said_of_card = None, False


def _filled(visit: Visit, shown: Shown) -> Visit:
    """The visit with this policy in its draft; the document that was typed for the same one stays."""
    draft, born = visit.draft, shown.birth_date
    if not visit.holder == shown.number == draft.policy_number:
        draft = replace(draft, policy_number=shown.number, document_number="")
        visit = replace(visit, document_asked=False, holder=shown.number)
    if born is not None:
        day, month, year = f"{born.day:02}", f"{born.month:02}", f"{born.year:04}"
        draft = replace(draft, birth_day=day, birth_month=month, birth_year=year)
    return replace(visit, started=True, draft=draft)
