"""Out of service on and off, with what the patients are told."""

from collections.abc import Sequence
from functools import partial

from kiosk.errors import KioskError
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.page import Action, Kind, Row, Tools, _


class ClosingPage:
    """It stays as it is chosen until it is changed here, over a restart too."""

    title = _("Out of service")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, closing: Closing) -> None:
        self._tools = tools
        self._closing = closing

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        told = self._closing.explain(self._tools.language())
        if told is None:
            advice = say("Choose below why not; patients read it until they are served again.")
            return (Row(say("Patients"), say("are served"), "ok"), Row(say("Out of service"), advice))
        return (Row(say("Patients"), say("are not served"), "attention"), Row(told.title, told.text))

    @property
    def actions(self) -> Sequence[Action]:
        """On again first, then the other texts."""
        say = self._tools.say
        texts = tuple(
            Action(f"closed-{key}", say(words), partial(self._close, key))
            for key, words in self._closing.choices.items()
            if key != self._closing.text
        )
        serve = Action("served", say("Serve patients again"), self._reopen)
        return (serve, *texts) if self._closing.text else texts

    def refresh(self) -> None:
        """It is known."""

    def _close(self, key: str) -> None:
        self._tools.jobs.run(partial(self._closing.close, key), self._done, self._failed, lane="commands")

    def _reopen(self) -> None:
        self._tools.jobs.run(self._closing.reopen, self._done, self._failed, lane="commands")

    def _done(self, _nothing: None) -> None:
        self._tools.changed()

    def _failed(self, _error: KioskError) -> None:
        """A file that cannot be written is logged; it counts until the next start."""
