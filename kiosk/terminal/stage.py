"""What is on show, and the one command under way: the ground that the parts of the terminal share."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from kiosk.devices.sound import Cue, Sounds
from kiosk.errors import KioskError, Refused
from kiosk.explanations import WORDS, Explanation, explain, explain_move, explain_terminal, words
from kiosk.models import Facility
from kiosk.modes import USUAL
from kiosk.ports import Jobs
from kiosk.views import Busy, Taken
from kiosk.visit import Fact, Intent, Visit

T = TypeVar("T")

#: What is to be said, told in the language that is asked for: it outlives a change of the language.
Told = Callable[[str], Explanation]


class Stage:
    """The visit and everything that a screen paints beside it. Lives on the UI thread.

    `language` and `modes` are those of the visit.
    """

    def __init__(
        self,
        jobs: Jobs,
        sounds: Sounds,
        clock: Callable[[], datetime],
        on_change: Callable[[], None],
        language: str,
    ) -> None:
        self.jobs = jobs
        self._sounds = sounds
        self.clock = clock
        self.on_change = on_change
        self.usual_language = self.language = language
        self.modes = USUAL
        self.visit = Visit()
        self.home: Facility | None = None
        self.taken: Taken | None = None
        self.busy: Busy | None = None
        self.leaving = False
        self.cancelling = False
        self._hints: Mapping[str, str] = {}
        self._mistakes: Mapping[str, str] = {}
        self._told: Told | None = None
        self._reminder: Told | None = None
        self._notice: tuple[str, Told, Explanation] | None = None
        self._running: object = None
        self._again: Callable[[], None] | None = None

    @property
    def notice(self) -> Explanation | None:
        """The banner on the present step; the same object as long as it says the same."""
        told = self._told or self._reminder
        if told is None:
            return None
        if self._notice is None or self._notice[:2] != (self.language, told):
            self._notice = (self.language, told, told(self.language))
        return self._notice[2]

    @property
    def told(self) -> Told | None:
        """What is said of the present step, in any language."""
        return self._told

    @property
    def hints(self) -> Mapping[str, str]:
        """Words by Draft field that never block."""
        return self._worded(self._hints)

    @property
    def mistakes(self) -> Mapping[str, str]:
        """Words by Draft field that is not right."""
        return self._worded(self._mistakes)

    def hint(self, hints: Mapping[str, str]) -> None:
        """Hints by Draft field, as keys of explanations.WORDS."""
        self._hints = hints

    def point_out(self, mistakes: Mapping[str, str]) -> None:
        """Mistakes by Draft field, as keys of explanations.WORDS."""
        self._mistakes = mistakes
        self.cue(Cue.ERROR)
        self.on_change()

    def forgive(self, field: str) -> None:
        """What was said of a field is gone: it is typed in again."""
        self._mistakes = {name: said for name, said in self._mistakes.items() if name != field}

    def show(self, visit: Visit, told: Told | None = None, taken: Taken | None = None) -> None:
        """A new state of the visit, with what is to be said about it; what was said before is gone."""
        old, self.visit = self.visit, visit
        self._told, self.taken, self._mistakes = told, taken, {}
        self._again, self.cancelling = None, False
        self.moved(old)
        self.on_change()

    def moved(self, old: Visit) -> None:
        """What else follows from a changed visit."""

    def say(self, told: Told | None, again: Callable[[], None] | None = None) -> None:
        """A banner on the present step; `again` is what its «Ещё раз» does."""
        self._told, self._again = told, again
        self.on_change()

    def remind(self, told: Told | None) -> None:
        """A banner on every step that has nothing else to say, until it is taken back by None."""
        self._reminder = told
        self.on_change()

    def failed(self, error: KioskError, again: Callable[[], None] | None = None) -> None:
        """What a failure means for a patient: they identify themselves again and go on where they were, or words say it.

        `again` is what «Ещё раз» does.
        """
        if isinstance(error, Refused) and error.login and self.visit.has(Fact.PATIENT):
            self.identify_again(error)
        else:
            self.say(self.explain(error), again)

    def identify_again(self, error: KioskError) -> None:
        """The patient is not known any more: says so, and asks once more who they are."""
        self.show(replace(self.visit.drop(Fact.PATIENT), asides=()), self.explain(error))

    def cue(self, cue: Cue) -> None:
        """A sound; starting what plays it is work of its own."""
        self.jobs.run(lambda: self._sounds.play(cue), lambda nothing: None, lambda error: None, lane="sound")

    def explain(self, error: KioskError) -> Told:
        """Words for a failure; who has not identified themselves asked in the terminal's name."""
        if self.visit.token is None:
            return partial(explain_terminal, error)
        return partial(explain_move if self.visit.intent is Intent.MOVE else explain, error)

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
        self.busy, self._told, self._mistakes = busy, None, {}
        self.on_change()

        def finished(value: T) -> None:
            if self._ended(mine):
                done(value)
            else:
                undo(value)

        def broken(error: KioskError) -> None:
            if not self._ended(mine):
                unseen(error)
                return
            self.visit = replace(self.visit, failures=self.visit.failures + 1)
            self.cue(Cue.ERROR)
            if failed is not None:
                failed(error)
            else:
                self.failed(error, lambda: self.command(busy, work, done, failed, undo, unseen, lane))

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

    def _worded(self, keys: Mapping[str, str]) -> Mapping[str, str]:
        return {name: words(WORDS[key], self.language) for name, key in keys.items()}
