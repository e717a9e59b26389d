"""The roll of paper: what is used of it, what should be left, and that a new one was put in."""

from collections.abc import Sequence

from kiosk.errors import KioskError
from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.paper_counter import PaperCounter


def left_row(tools: Tools, counter: PaperCounter) -> Row | None:
    """What should be left; None where that is not known."""
    if counter.left is None:
        return None
    words = tools.say("about {metres} m, by count").format(metres=f"{counter.left:.0f}")
    return Row(tools.say("Paper left"), words, "attention" if counter.is_low else "ok")


class PaperPage:
    """Counted by the layout of what was printed: within some percent of what came out."""

    title = _("Paper")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, counter: PaperCounter) -> None:
        self._tools = tools
        self._counter = counter

    @property
    def rows(self) -> Sequence[Row]:
        say, roll = self._tools.say, self._counter.roll
        used = say("{metres} m, tickets: {tickets}").format(metres=f"{roll.metres:.0f}", tickets=roll.tickets)
        since = (
            self._tools.moment(roll.since)
            if roll.since
            else say("not known: touch “New roll” at the next one")
        )
        left = left_row(self._tools, self._counter)
        return (
            Row(say("Used of this roll"), used),
            *((left,) if left else ()),
            Row(say("New roll put in"), since),
        )

    @property
    def actions(self) -> Sequence[Action]:
        say = self._tools.say
        return (Action("new-roll", say("New roll"), self._begin, say("Was a new roll put in just now?")),)

    def refresh(self) -> None:
        """It is known."""

    def _begin(self) -> None:
        """In the lane in which tickets are counted."""
        now = self._tools.clock()
        self._tools.jobs.run(lambda: self._counter.begin(now), self._done, self._failed, lane="printer")

    def _done(self, _nothing: None) -> None:
        self._tools.changed()

    def _failed(self, _error: KioskError) -> None:
        """A file that cannot be written is logged; the count goes on until the next start."""
