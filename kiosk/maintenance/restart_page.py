"""The program ends, and its supervisor starts it anew."""

from collections.abc import Callable, Sequence

from kiosk.maintenance.page import Action, Kind, Row, Tools, _


class RestartPage:
    """Asked before."""

    title = _("Restart")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, restart: Callable[[], None]) -> None:
        self._tools = tools
        self._restart = restart

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        return (
            Row(
                say("Restart"),
                say("The program ends and is started anew, with the settings as they are in the file."),
            ),
        )

    @property
    def actions(self) -> Sequence[Action]:
        say = self._tools.say
        return (Action("restart", say("Restart"), self._restart, say("Restart the program now?")),)

    def refresh(self) -> None:
        """There is nothing to find out."""
