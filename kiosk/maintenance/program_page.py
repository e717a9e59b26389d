"""The program: its versions, how long it has been running, and the room it has."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.program import FREE_BYTES, Program, look

MEGABYTE = 1_000_000


class ProgramPage:
    """`state` is the folder of journal and logs; the program was started at `started` by the monotonic clock."""

    title = _("Program and disk")
    kind: Kind = "rows"

    def __init__(
        self, tools: Tools, state: Path, started: float, monotonic: Callable[[], float] = monotonic
    ) -> None:
        self._tools = tools
        self._state = state
        self._monotonic = monotonic
        self._started = started
        self._found: Program | None = None

    @property
    def rows(self) -> Sequence[Row]:
        found, say = self._found, self._tools.say
        if found is None:
            return (Row(say("Program"), say("looking…")),)
        memory = say("not known") if found.memory is None else self._megabytes(found.memory)
        return (
            Row(say("Program"), found.program or say("not installed")),
            Row(say("Running for"), self._running()),
            Row(say("Free disk"), self._megabytes(found.free), "ok" if found.free >= FREE_BYTES else "fault"),
            Row(say("Folder of journal and logs"), str(self._state)),
            Row(say("Memory"), memory),
            Row("Python", found.python),
            Row("Kivy", found.kivy or say("not installed")),
            Row("SQLite", found.sqlite),
            Row(say("System"), found.system),
        )

    @property
    def actions(self) -> Sequence[Action]:
        return ()

    def refresh(self) -> None:
        self._tools.jobs.run(
            partial(look, self._state), self._keep, lambda error: None, exclusive="maintenance program"
        )

    def _keep(self, found: Program) -> None:
        self._found = found
        self._tools.changed()

    def _megabytes(self, count: int) -> str:
        return self._tools.say("{count} MB").format(count=count // MEGABYTE)

    def _running(self) -> str:
        minutes = int(self._monotonic() - self._started) // 60
        words = self._tools.say("{days} d {hours} h {minutes} min")
        return words.format(days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60)
