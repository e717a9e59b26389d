"""When a facility or a doctor can be seen, in words: pure (R7, R41)."""

from datetime import date, time, timedelta

from kiosk.formats import weekday_words
from kiosk.models import Facility, OpeningHours, WorkingHours
from kiosk.screens.words import _

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SOME_MONDAY = date(2024, 1, 1)


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
        hours=", ".join(_from_to(line) for line in lines)
    )


def opening_words(facility: Facility) -> str:
    """The hours of a week, a line for the days that are alike: «пн–пт 8:00–20:00»."""
    spans = [[_opening_span(line) for line in facility.hours if day in line.days] for day in DAYS]
    return "\n".join(_alike([", ".join(span) for span in spans]))


def working_words(working: tuple[WorkingHours, ...]) -> str:
    """The hours of a doctor's week on one line: «пн, ср, пт 8:00–14:00 · вт, чт 14:00–20:00»."""
    spans = [
        [f"{_clock(one.begins)}–{_clock(one.ends)}" for one in working if day in one.days] for day in DAYS
    ]
    return " · ".join(_alike([", ".join(span) for span in spans]))


def _alike(spans: list[str]) -> list[str]:
    """Days of the same hours together; days without hours are left out."""
    return [
        f"{_days([number for number, one in enumerate(spans) if one == span])} {span}"
        for span in dict.fromkeys(spans)
        if span
    ]


def _days(numbers: list[int]) -> str:
    """«пн–пт», «пн, ср, пт»."""
    names = [weekday_words(SOME_MONDAY + timedelta(days=number), _.language) for number in numbers]
    in_a_row = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
    return f"{names[0]}–{names[-1]}" if in_a_row else ", ".join(names)


def _opening_span(line: OpeningHours) -> str:
    if line.all_day:
        return _("around the clock")
    if line.opens is None or line.closes is None:
        return ""
    return f"{_clock(line.opens)}–{_clock(line.closes)}"


def _from_to(line: OpeningHours) -> str:
    if line.opens is None or line.closes is None:
        return ""
    return _("from {opens} to {closes}").format(opens=_clock(line.opens), closes=_clock(line.closes))


def _clock(at: time) -> str:
    return f"{at.hour}:{at.minute:02}"
