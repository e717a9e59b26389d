"""The smallest sizes of a theme, for whoever checks them at the terminal. No Kivy."""

from kiosk.maintenance.sizes_page import LEAST_GAP, Sizes
from kiosk.screens.theme import CAPITALS, Theme

#: What a finger meets, of theme.SIZES; letter keys are smaller.
TARGETS = (
    *("header_button", "footer_button", "row", "few_row", "first_choice", "choice", "tile", "small_tile"),
    *("main_button", "side_button", "field", "day", "time_most", "time_least", "key_most", "found", "pager"),
)


def measures(theme: Theme) -> Sizes:
    """What is drawn, rounded to px as it is drawn."""
    return Sizes(
        target=min(getattr(theme, name) for name in TARGETS) / theme.per_mm,
        letter=theme.letter_key / theme.per_mm,
        gap=theme.up(LEAST_GAP) / theme.per_mm,
        capital=min(theme.capital(style) for style in CAPITALS) / theme.per_mm,
    )
