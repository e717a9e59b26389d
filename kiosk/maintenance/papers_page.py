"""What the card reader and the scanner read: a policy or a ticket, masked, or why it is refused."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime

from kiosk.devices.card_reader import CardRead, CardRefused, CardRemoved, ReaderChanged
from kiosk.devices.code_scanner import ScannerChanged
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanRefused
from kiosk.explanations import CARD_REFUSED, SCAN_REFUSED, translated
from kiosk.maintenance.maintenance import Shown
from kiosk.maintenance.page import Action, Kind, Row, Tools, _

#: What was shown last; all of it is gone when maintenance is closed.
KEPT = 6


class PapersPage:
    """Of a number the last four digits, of a name the initials: enough to tell one's own card, nobody else's (R39)."""

    title = _("Card and scanner test")
    kind: Kind = "rows"

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._shown: deque[tuple[datetime, Shown]] = deque(maxlen=KEPT)

    def hear(self, shown: Shown) -> None:
        """A card or a code, whichever page is open. Plugging in is told by the page of the devices."""
        if not isinstance(shown, CardRemoved | ReaderChanged | ScannerChanged):
            self._shown.appendleft((self._tools.clock(), shown))
            self._tools.changed()

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        if not self._shown:
            return (
                Row(say("Card and scanner test"), say("put a card in, or hold a code up to the scanner")),
            )
        return tuple(self._row(at, shown) for at, shown in self._shown)

    @property
    def actions(self) -> Sequence[Action]:
        clear = Action("clear", self._tools.say("Clear"), self._clear)
        return (clear,) if self._shown else ()

    def refresh(self) -> None:
        """What was shown on another page stands here."""

    def _row(self, at: datetime, shown: Shown) -> Row:
        """By card or by code, when; and what it was."""
        say = self._tools.say
        way = say("Card") if isinstance(shown, CardRead | CardRefused) else say("Code")
        label = f"{way}, {self._tools.moment(at)}"
        if isinstance(shown, CardRefused | ScanRefused):
            return Row(label, self._refusal(shown), "fault")
        if isinstance(shown, CardRead | PolicyScanned):
            return Row(label, say("policy {number}").format(number=masked(shown.data)), "ok")
        if isinstance(shown, NumberScanned):
            return Row(label, say("policy number {number}").format(number=tail(shown.number)), "ok")
        return Row(label, say("ticket of a terminal"), "ok")

    def _refusal(self, shown: CardRefused | ScanRefused) -> str:
        refused = CARD_REFUSED[shown.kind] if isinstance(shown, CardRefused) else SCAN_REFUSED[shown.kind]
        return translated(refused, self._tools.language()).title

    def _clear(self) -> None:
        self._shown.clear()


def masked(data: PolicyData) -> str:
    """«…4821, И. М. П.»."""
    names = (data.first_name, data.patronymic, data.last_name)
    initials = " ".join(f"{name[0].upper()}." for name in names if name)
    return ", ".join(part for part in (tail(data.number), initials) if part)


def tail(number: str) -> str:
    """The last four digits."""
    return f"…{number[-4:]}"
