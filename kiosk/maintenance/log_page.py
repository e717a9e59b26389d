"""The log: its last entries, newest first, from a level on."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from kiosk.maintenance.log_tail import LogEntry, tail
from kiosk.maintenance.page import Action, Kind, Row, Tone, Tools, _

#: The least level that is shown, and what the button says.
CHOICES = {"INFO": _("Everything"), "WARNING": _("Warnings and errors"), "ERROR": _("Errors only")}
TONES: dict[str, Tone] = {"WARNING": "attention", "ERROR": "fault", "CRITICAL": "fault"}


class LogPage:
    """`folder` is where the program logs."""

    title = _("Log")
    kind: Kind = "text"

    def __init__(self, tools: Tools, folder: Path) -> None:
        self._tools = tools
        self._folder = folder
        self._least = "INFO"
        self._entries: tuple[LogEntry, ...] | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        if self._entries is None:
            return (Row(say("Log"), say("looking…")),)
        if not self._entries:
            return (Row(say("Log"), say("nothing of this kind")),)
        return tuple(
            Row(f"{entry.at} {entry.level}", f"{entry.name}: {entry.text}", TONES.get(entry.level, "plain"))
            for entry in self._entries
        )

    @property
    def actions(self) -> Sequence[Action]:
        """The other levels."""
        return tuple(
            Action(level.lower(), self._tools.say(words), partial(self._show, level))
            for level, words in CHOICES.items()
            if level != self._least
        )

    def refresh(self) -> None:
        self._tools.jobs.run(
            partial(tail, self._folder, least=self._least),
            self._keep,
            lambda error: None,
            exclusive="maintenance log",
        )

    def _keep(self, entries: tuple[LogEntry, ...]) -> None:
        self._entries = entries
        self._tools.changed()

    def _show(self, level: str) -> None:
        self._least, self._entries = level, None
        self._tools.changed()
        self.refresh()
