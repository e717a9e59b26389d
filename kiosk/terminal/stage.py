"""What is on show, and the one command under way: the ground that the parts of the terminal share."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from kiosk.errors import KioskError
from kiosk.explanations import Explanation, explain, explain_terminal
from kiosk.models import Facility
from kiosk.modes import USUAL
from kiosk.ports import Jobs
from kiosk.views import Busy, Taken
from kiosk.visit import Visit

T = TypeVar("T")


class Stage:
    """The visit and everything that a screen paints beside it. Lives on the UI thread."""

    def __init__(
        self, jobs: Jobs, clock: Callable[[], datetime], on_change: Callable[[], None], language: str
    ) -> None:
        self.jobs = jobs
        self.clock = clock
        self.on_change = on_change
        self.language = language
        self.modes = USUAL
        self.visit = Visit()
        self.home: Facility | None = None
        self.notice: Explanation | None = None
        self.taken: Taken | None = None
        self.busy: Busy | None = None
        self.leaving = False
        self.hints: Mapping[str, str] = {}
        self.mistakes: Mapping[str, str] = {}
        self._running: object = None
        self._again: Callable[[], None] | None = None

    def show(self, visit: Visit, notice: Explanation | None = None, taken: Taken | None = None) -> None:
        """A new state of the visit, with what is to be said about it; what was said before is gone."""
        old, self.visit = self.visit, visit
        self.notice, self.taken, self.mistakes = notice, taken, {}
        self._again = None
        self.moved(old)
        self.on_change()

    def moved(self, old: Visit) -> None:
        """What else follows from a changed visit."""

    def say(self, notice: Explanation | None, again: Callable[[], None] | None = None) -> None:
        """A banner on the present step; `again` is what its «Ещё раз» does."""
        self.notice, self._again = notice, again
        self.on_change()

    def explain(self, error: KioskError) -> Explanation:
        """Words for a failure; who has not identified themselves asked in the terminal's name."""
        tell = explain_terminal if self.visit.token is None else explain
        return tell(error, self.language)

    def command(
        self,
        busy: Busy,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[KioskError], None] | None = None,
        undo: Callable[[T], None] = lambda value: None,
        unseen: Callable[[KioskError], None] = lambda error: None,
        lane: str = "commands",
    ) -> None:
        """Starts a command; while one is under way a second one is not taken.

        A command always finishes. Where the patient did not wait for it, `undo` puts its result right, `unseen` what
        a failure may have left behind, and nothing is shown; else `done` or `failed` is, the latter with words and
        the offer to try again if it is not given.
        """
        if self.busy is not None:
            return
        mine = self._running = object()
        self.busy, self.notice, self.mistakes = busy, None, {}
        self.on_change()

        def finished(value: T) -> None:
            if self._ended(mine):
                done(value)
            else:
                undo(value)

        def broken(error: KioskError) -> None:
            if not self._ended(mine):
                unseen(error)
            elif failed is not None:
                failed(error)
            else:
                self.say(
                    self.explain(error), lambda: self.command(busy, work, done, failed, undo, unseen, lane)
                )

        self.jobs.run(work, finished, broken, lane=lane)

    def forget(self) -> None:
        """The patient does not wait for the command under way."""
        self._running, self.busy = None, None

    def again(self) -> bool:
        """What the present notice offers to try again; whether there is such a thing."""
        again, self._again = self._again, None
        if again is None or self.busy is not None:
            return False
        again()
        return True

    def in_background(self, work: Callable[[], T], done: Callable[[T], None] = lambda value: None) -> None:
        """A command that nobody waits for; its failure is nothing to be told (holds and tokens end by themselves)."""
        self.jobs.run(work, done, lambda error: None, lane="commands")

    def _ended(self, command: object) -> bool:
        if self._running is not command:
            return False
        self.forget()
        return True
