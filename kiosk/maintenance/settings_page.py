"""The settings: each key, its value without secrets, and where it comes from."""

from collections.abc import Sequence
from functools import partial

from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.settings_table import Setting, SettingsTable, Source, look
from kiosk.settings import Settings

SOURCES = {
    Source.FILE: _("{value} (file)"),
    Source.DEFAULT: _("{value} (default)"),
    Source.OTHER: _("{value} (in the file: {in_file})"),
}


class SettingsPage:
    """Reads the file again when it is opened."""

    title = _("Settings")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, settings: Settings) -> None:
        self._tools = tools
        self._settings = settings
        self._found: SettingsTable | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say, found = self._tools.say, self._found
        file = Row(say("File"), str(self._settings.file or ""))
        if found is None:
            return (file,)
        problems = (Row(say("Mistake in the file"), problem, "fault") for problem in found.problems)
        return (file, *problems, *map(self._row, found.settings))

    @property
    def actions(self) -> Sequence[Action]:
        return ()

    def refresh(self) -> None:
        self._tools.jobs.run(
            partial(look, self._settings), self._keep, lambda error: None, exclusive="maintenance settings"
        )

    def _keep(self, found: SettingsTable) -> None:
        self._found = found
        self._tools.changed()

    def _row(self, one: Setting) -> Row:
        say = self._tools.say
        value, in_file = (shown or "–" for shown in (one.value, one.in_file))
        words = say(SOURCES[one.source]).format(value=value, in_file=in_file)
        return Row(f"{one.section}.{one.key}", words, "attention" if one.source is Source.OTHER else "plain")
