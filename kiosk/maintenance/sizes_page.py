"""The sizes on the glass against what they must be (product.md), and a bar to hold a ruler against."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.maintenance.page import Action, Kind, Row, Tools, _
from kiosk.settings import DisplaySettings

#: The length of the bar in mm.
BAR_MM = 50


#: What must be at least so large, in mm: targets, letter keys, gaps between targets, capital letters.
LEAST_TARGET, LEAST_LETTER, LEAST_GAP, LEAST_CAPITAL = 20.0, 14.0, 3.0, 4.8


@dataclass(frozen=True)
class Sizes:
    """The smallest of each kind as the theme in use draws it, in mm."""

    target: float
    letter: float
    gap: float
    capital: float


class SizesPage:
    """`display` as in the settings, `sizes` as the theme makes them of it."""

    title = _("Sizes")
    kind: Kind = "ruler"

    def __init__(self, tools: Tools, display: DisplaySettings, sizes: Sizes) -> None:
        self._tools = tools
        self._display = display
        self._sizes = sizes

    @property
    def rows(self) -> Sequence[Row]:
        say, display = self._tools.say, self._display
        words = say("{width} × {height} px, {inches} inches, {per_mm} px a mm")
        shown = words.format(
            width=display.width,
            height=display.height,
            inches=self._tools.decimal(display.diagonal_inches, "g"),
            per_mm=self._tools.decimal(display.per_mm, ".2f"),
        )
        bar = say("{mm} mm by the settings: hold a ruler against it, and set the diagonal if it differs")
        return (
            Row(say("Display in the settings"), shown),
            self._row(say("Smallest target"), self._sizes.target, LEAST_TARGET),
            self._row(say("Letter keys"), self._sizes.letter, LEAST_LETTER),
            self._row(say("Gap between targets"), self._sizes.gap, LEAST_GAP),
            self._row(say("Smallest capital letter"), self._sizes.capital, LEAST_CAPITAL),
            Row(say("Bar"), bar.format(mm=BAR_MM)),
        )

    @property
    def actions(self) -> Sequence[Action]:
        return ()

    def refresh(self) -> None:
        """Sizes do not change while the program runs."""

    def _row(self, label: str, mm: float, least: float) -> Row:
        decimal, words = self._tools.decimal, self._tools.say("{mm} mm, at least {least}")
        value = words.format(mm=decimal(mm), least=decimal(least, "g"))
        # What is drawn is drawn in whole px.
        good = mm >= least - 0.5 / self._display.per_mm
        return Row(label, value, "ok" if good else "fault")
