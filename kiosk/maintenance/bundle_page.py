"""The diagnostic bundle: made at a touch, and where it is."""

import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.errors import KioskError
from kiosk.maintenance.bundle import find_stick, write
from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.report import Report

log = logging.getLogger(__name__)


class BundlePage:
    """`terminal` is the name in the file's name; `stick` looks for a place to carry it away on."""

    title = _("Diagnostic bundle")
    kind: Kind = "rows"

    def __init__(
        self,
        tools: Tools,
        report: Report,
        state: Path,
        terminal: str,
        stick: Callable[[], Path | None] = find_stick,
    ) -> None:
        self._tools = tools
        self._report = report
        self._state = state
        self._terminal = re.sub(r"[^\w-]+", "-", terminal)
        self._stick = stick
        self._told: Row | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        holds = say("versions, states of the devices, settings without secrets, the log; nothing of a person")
        return (Row(say("It holds"), holds), *((self._told,) if self._told else ()))

    @property
    def actions(self) -> Sequence[Action]:
        return (Action("write", self._tools.say("Make a bundle"), self._write),)

    def refresh(self) -> None:
        self._told = None
        self._tools.changed()

    def _write(self) -> None:
        say = self._tools.say
        self._told = Row(say("Bundle"), say("being made…"))
        self._tools.changed()
        name = f"kiosk-{self._terminal}-{self._tools.clock():%Y%m%d-%H%M%S}"
        self._tools.jobs.run(
            lambda: write(self._report.parts(), name, self._state, self._stick()),
            self._made,
            self._failed,
            exclusive="maintenance bundle",
        )

    def _made(self, path: Path) -> None:
        log.info("maintenance: diagnostic bundle")
        self._told = Row(self._tools.say("Bundle"), str(path), "ok")
        self._tools.changed()

    def _failed(self, error: KioskError) -> None:
        self._told = Row(self._tools.say("Bundle"), str(error), "fault")
        self._tools.changed()
