"""When the desk of a facility is open today, in words: pure (R41)."""

from datetime import date

from kiosk.models import Facility, OpeningHours
from kiosk.screens.words import _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def desk_words(facility: Facility | None, today: date) -> str:
    """«Регистратура работает сегодня с 8:00 до 20:00»; '' where the hours are not known."""
    if facility is None or not facility.hours:
        return ""
    lines = [line for line in facility.hours if DAYS[today.weekday()] in line.days]
    if not lines:
        return _("The reception desk is closed today")
    if any(line.all_day for line in lines):
        return _("The reception desk is open around the clock")
    return _("The reception desk is open today {hours}").format(
        hours=", ".join(_span(line) for line in lines)
    )


def _span(line: OpeningHours) -> str:
    if line.opens is None or line.closes is None:
        return ""
    opens, closes = (f"{at.hour}:{at.minute:02}" for at in (line.opens, line.closes))
    return _("from {opens} to {closes}").format(opens=opens, closes=closes)
