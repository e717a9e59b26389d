"""What the step on the screen shows, wherever it comes from: the step's own data, those of a look aside, a search."""

from collections.abc import Callable

from kiosk.ports import Registry
from kiosk.terminal.lists import Lists, aside_needs, step_needs
from kiosk.terminal.search import SEARCHES, Search
from kiosk.terminal.stage import Stage
from kiosk.views import Content, Ready
from kiosk.visit import Detour

#: Looks aside that need no data.
PLAIN = (Detour.HELP, Detour.ACCESS)


class Contents:
    """`steps` has the data of the step, which a look aside takes nothing away from; `search` that of the searches."""

    def __init__(
        self, stage: Stage, registry: Registry, home_id: str, monotonic: Callable[[], float]
    ) -> None:
        self._stage = stage
        self._aside = Lists("aside", stage, registry, home_id, monotonic, aside_needs)
        self.steps = Lists("content", stage, registry, home_id, monotonic, step_needs)
        self.search = Search(stage, registry)

    @property
    def content(self) -> Content:
        """The data of what is on the screen."""
        return Ready() if self._stage.visit.detour in PLAIN else self._shown.content

    def follow(self) -> None:
        """The visit or its language has changed: loads what is needed now."""
        for part in (self.steps, self._aside, self.search):
            part.follow()

    def reload(self) -> None:
        """Asks again for what is on the screen."""
        self._shown.reload()

    def tick(self) -> None:
        """Says that a wait is long, and keeps times fresh."""
        self.steps.tick()
        self._aside.tick()

    @property
    def _shown(self) -> Lists | Search:
        detour = self._stage.visit.detour
        if detour is None:
            return self.steps
        return self.search if detour in SEARCHES else self._aside
