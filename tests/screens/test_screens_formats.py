"""Dates, times and counts in Russian words (look.md, section 3: words)."""

from datetime import date, datetime

import pytest
from babel.core import Locale
from babel.dates import format_date

from kiosk import formats

TUESDAY = date(2025, 11, 25)


def test_a_day_is_named_in_full_and_short_in_rows() -> None:
    assert formats.day_words(TUESDAY) == "вторник, 25 ноября"
    assert formats.short_day_words(TUESDAY) == "вт 25 ноября"
    assert formats.shortest_day_words(TUESDAY) == "вт 25 ноя"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2025, 11, 25), "сегодня, 8:20"),
        (date(2025, 11, 24), "завтра, 8:20"),
        (date(2025, 11, 23), "вт 25 ноября"),
    ],
)
def test_today_and_tomorrow_are_said_where_true(today: date, words: str) -> None:
    assert formats.near_moment_words(datetime(2025, 11, 25, 8, 20), today) == words  # noqa: DTZ001


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 мест"),
        (1, "1 место"),
        (4, "4 места"),
        (11, "11 мест"),
        (12, "12 мест"),
        (21, "21 место"),
        (111, "111 мест"),
    ],
)
def test_counts_agree_with_their_noun(count: int, words: str) -> None:
    assert formats.places_words(count) == words


def test_a_week_names_its_month_once() -> None:
    assert formats.week_words(date(2025, 11, 24), date(2025, 11, 30)) == "24–30 ноября"
    assert formats.week_words(date(2025, 11, 28), date(2025, 12, 4)) == "28 ноября – 4 декабря"


def test_what_still_lasts_is_minutes_and_seconds() -> None:
    assert formats.clock_words(272) == "4:32"
    assert formats.clock_words(9) == "0:09"
    assert formats.seconds_words(21) == "21 секунду"


@pytest.mark.parametrize("month", range(1, 13))
def test_dates_and_weekdays_are_those_of_cldr(month: int) -> None:
    """The tables are ours, as Babel takes long to import; what stands in them is Babel's."""
    day = date(2025, month, month)
    assert formats.date_words(day, "ru") == format_date(day, "d MMMM", locale="ru")
    assert formats.date_words(day, "en") == format_date(day, "d MMMM", locale="en_GB")
    assert formats.day_words(day, "ru") == format_date(day, "EEEE, d MMMM", locale="ru")
    assert formats.day_words(day, "en") == format_date(day, "EEEE, d MMMM", locale="en_GB")
    assert formats.weekday_words(day, "ru") == format_date(day, "EEEEEE", locale="ru")


@pytest.mark.parametrize("count", range(1, 130))
def test_plurals_are_those_of_cldr(count: int) -> None:
    forms = {"one": "место", "few": "места", "many": "мест"}
    rule = Locale.parse("ru").plural_form(count)
    assert formats.places_words(count, "ru") == f"{count} {forms[rule]}"


def test_in_english() -> None:
    assert formats.places_words(1, "en") == "1 slot"
    assert formats.places_words(11, "en") == "11 slots"
    assert formats.shortest_day_words(date(2025, 5, 6), "en") == "Tue 6 May"
