"""Dates, times and counts in the reader's words: pure, from gettext tables (babel takes too long to import).

A day is the facility's local date; a moment is aware and in the facility's zone.
"""

from datetime import date, datetime, timedelta

from kiosk.texts import DEFAULT_LANGUAGE, catalog

# One message per month, because a Russian date needs the month's genitive.
_DATES = (
    "{day} January",
    "{day} February",
    "{day} March",
    "{day} April",
    "{day} May",
    "{day} June",
    "{day} July",
    "{day} August",
    "{day} September",
    "{day} October",
    "{day} November",
    "{day} December",
)
_SHORT_DATES = (
    "{day} Jan",
    "{day} Feb",
    "{day} Mar",
    "{day} Apr",
    "{day} May",
    "{day} Jun",
    "{day} Jul",
    "{day} Aug",
    "{day} Sep",
    "{day} Oct",
    "{day} Nov",
    "{day} Dec",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def time_words(moment: datetime) -> str:
    """«8:20», without a leading zero."""
    return f"{moment.hour}:{moment.minute:02}"


def date_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«25 ноября»."""
    return catalog("formats", language).gettext(_DATES[day.month - 1]).format(day=day.day)


def day_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«вторник, 25 ноября»."""
    weekday = catalog("formats", language).gettext(_WEEKDAYS[day.weekday()])
    return f"{weekday}, {date_words(day, language)}"


def weekday_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«вт»."""
    return catalog("formats", language).gettext(_SHORT_WEEKDAYS[day.weekday()])


def short_day_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«вт 25 ноября»."""
    return f"{weekday_words(day, language)} {date_words(day, language)}"


def shortest_day_words(day: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«вт 25 ноя», where room is short."""
    words = catalog("formats", language).gettext(_SHORT_DATES[day.month - 1]).format(day=day.day)
    return f"{weekday_words(day, language)} {words}"


def relative_day_words(day: date, today: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«сегодня» or «завтра» where that is true, else ''."""
    texts = catalog("formats", language)
    if day == today:
        return texts.gettext("today")
    return texts.gettext("tomorrow") if day == today + timedelta(days=1) else ""


def near_moment_words(moment: datetime, today: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«сегодня, 17:40», «завтра, 8:20», later only the day: «ср 26 ноября»."""
    relative = relative_day_words(moment.date(), today, language)
    return f"{relative}, {time_words(moment)}" if relative else short_day_words(moment.date(), language)


def week_words(first: date, last: date, language: str = DEFAULT_LANGUAGE) -> str:
    """«24–30 ноября»; over the end of a month «28 ноября – 4 декабря»."""
    if first.month == last.month:
        return f"{first.day}–{date_words(last, language)}"
    return f"{date_words(first, language)} – {date_words(last, language)}"


def clock_words(seconds: int) -> str:
    """How long something still lasts: «4:32»."""
    return f"{seconds // 60}:{seconds % 60:02}"


def seconds_words(count: int, language: str = DEFAULT_LANGUAGE) -> str:
    """«18 секунд», as it stands after «через» (accusative)."""
    return (
        catalog("formats", language).ngettext("{count} second", "{count} seconds", count).format(count=count)
    )


def places_words(count: int, language: str = DEFAULT_LANGUAGE) -> str:
    """«4 места»."""
    return catalog("formats", language).ngettext("{count} slot", "{count} slots", count).format(count=count)


def facilities_words(count: int, language: str = DEFAULT_LANGUAGE) -> str:
    """«6 поликлиник»."""
    texts = catalog("formats", language)
    return texts.ngettext("{count} clinic", "{count} clinics", count).format(count=count)


def masked(contact: str) -> str:
    """A contact as the registry masks it, with signs that are read as "hidden"."""
    return contact.replace("*", "•")
