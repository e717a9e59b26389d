"""The glass: cells that are ticked off as they are touched, and where the last finger was."""

from collections.abc import Sequence

from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.maintenance.touch_grid import TouchGrid
from kiosk.settings import DisplaySettings

#: Cells across and down of a display on end, and of one that lies.
UPRIGHT, LYING = (6, 8), (9, 5)


class TouchPage:
    """`grid` is to be drawn; fingers on it are told to `touch`."""

    title = _("Touch")
    kind: Kind = "grid"

    def __init__(self, tools: Tools, display: DisplaySettings) -> None:
        self._tools = tools
        self._per_mm = display.per_mm
        self.grid = TouchGrid(*(UPRIGHT if display.height > display.width else LYING))

    def touch(self, x: float, y: float, size: tuple[float, float]) -> None:
        """A finger at so many px from the upper left corner of the field, which has this size in px."""
        self.grid.touch(x, y, size, self._per_mm)
        self._tools.changed()

    @property
    def rows(self) -> Sequence[Row]:
        say, grid = self._tools.say, self.grid
        left = Row(
            say("Not touched yet"),
            say("{count} of {all}").format(count=grid.left, all=grid.columns * grid.rows),
            "attention" if grid.left else "ok",
        )
        if grid.last is None:
            return (left, Row(say("Last touch"), say("touch every cell of the field")))
        words = say("{x} × {y} px, {x_mm} × {y_mm} mm from the upper left corner")
        last = grid.last
        place = words.format(x=last.x_px, y=last.y_px, x_mm=f"{last.x_mm:.0f}", y_mm=f"{last.y_mm:.0f}")
        return (left, Row(say("Last touch"), place))

    @property
    def actions(self) -> Sequence[Action]:
        return (Action("clear", self._tools.say("Begin again"), self.refresh),)

    def refresh(self) -> None:
        self.grid.clear()
        self._tools.changed()
