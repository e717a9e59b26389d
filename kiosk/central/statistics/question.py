"""What is asked of the statistics: a period, a breakdown, what to look at alone. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

#: The longest period, in days; and how many there are where none is given, the last of them today.
MOST_DAYS, USUAL_DAYS = 366, 30
#: Below so many a count of a discreet specialty is told as "fewer" (R47, docs/statistics.md).
FEWEST_OF_DISCREET = 5
MOST_FEWEST = 1000
#: As which all discreet specialties are told together, and without their doctors (R47).
DISCREET = "discreet"


#: What can be asked of the page of plots.
PAGE_KEYS = ("facility",)
PAGE_PARAMETERS = ("from", "to", *PAGE_KEYS, "lang")


class BadQuestion(ValueError):
    """What is asked cannot be answered; `name` is the parameter that is to blame."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} cannot be answered like this")
        self.name = name


@dataclass(frozen=True)
class Question:
    """Facility-local days, both included; the keys of the rows, in order; ids and codes to look at alone, by key.

    Counts from 1 to below `fewest` are not told.
    """

    first: date
    last: date
    by: tuple[str, ...] = ()
    only: Mapping[str, str] | None = None
    fewest: int = 0

    def value(self, key: str) -> str | None:
        """What alone is looked at of this key, None for everything."""
        return (self.only or {}).get(key)


def asked(given: Mapping[str, str], today: date, keys: Collection[str]) -> Question:
    """The question in these parameters: `from`, `to`, `by`, `fewest`, and each key but the day to look at alone.

    Raises BadQuestion; parameters that are not known are the caller's to refuse.
    """
    last = _day(given, "to", today)
    first = _day(given, "from", last - timedelta(days=USUAL_DAYS - 1))
    if not 0 <= (last - first).days < MOST_DAYS:
        raise BadQuestion("from")
    by = tuple(key for key in given.get("by", "").split(",") if key)
    if len(set(by)) != len(by) or not set(by) <= set(keys):
        raise BadQuestion("by")
    only = {key: given[key] for key in keys if key != "day" and given.get(key)}
    return Question(first, last, by, only, _fewest(given.get("fewest") or "0"))


def _day(given: Mapping[str, str], name: str, usual: date) -> date:
    try:
        day = date.fromisoformat(given[name]) if given.get(name) else usual
    except ValueError as error:
        raise BadQuestion(name) from error
    if not date(1970, 1, 1) + timedelta(days=MOST_DAYS) <= day <= date(9000, 1, 1):
        raise BadQuestion(name)
    return day


def _fewest(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or int(text[:9]) > MOST_FEWEST:
        raise BadQuestion("fewest")
    return int(text)
