"""What the page of plots shows, as plain figures: each chart is drawn and told as a table from the same rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from babel.dates import format_date

from kiosk.central.statistics import bookings, funnel, load, unmet
from kiosk.central.statistics.basis import Basis
from kiosk.central.statistics.question import DISCREET, Question
from kiosk.central.statistics.table import Cell, Table, told
from kiosk.texts import catalog

DOMAIN = "statistics"
#: A longer period is drawn by weeks: so many bars can be told apart, on paper too.
MOST_BARS = 31
#: Of facilities, specialties and doctors so many are drawn; all stand in the reports.
MOST_LINES = 15

Say = Callable[[str], str]
Row = Mapping[str, Cell]


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_CHANNELS = {
    "kiosk": _("terminals"),
    "desk": _("reception desks"),
    "phone": _("telephone centre"),
    "paper": _("entered from paper"),
    "staff": _("staff"),
    "registry": _("the registry itself"),
}
#: The way to a booking, in order.
_STEPS = {
    "home": _("Start"),
    "district": _("District"),
    "facility": _("Facility"),
    "specialty": _("Specialty"),
    "doctor": _("Doctor"),
    "time": _("Time"),
    "identify": _("Policy"),
    "contacts": _("Contacts"),
    "confirm": _("Confirmation"),
    "result": _("Booked"),
}
_AHEAD = {
    "days_0": _("the same day"),
    "days_1": _("1 day"),
    "days_2_3": _("2–3 days"),
    "days_4_7": _("4–7 days"),
    "days_8_14": _("8–14 days"),
    "days_15_30": _("15–30 days"),
    "days_31": _("31 days or more"),
}


@dataclass(frozen=True)
class Chart:
    """Bars, standing or lying, several values of a row on top of each other; `percent`: values are shares of 1.

    The first `drawn` values are drawn, the others stand in the table alone: a sum that is no sum of anything misleads.
    """

    title: str
    note: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[str, tuple[Cell, ...]]]
    drawn: int = 1
    lying: bool = False
    percent: bool = False


@dataclass(frozen=True)
class Figure:
    """One number at the head of the page, as text."""

    name: str
    value: str


@dataclass(frozen=True)
class Overview:
    """The whole page."""

    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]


def overview(basis: Basis, language: str) -> Overview:
    """What the head of the registry looks at, of the period and the facility that are asked about."""
    maker = _Maker(basis, language)
    charts = (
        maker.booked_by_day(),
        maker.undone_by_day(),
        maker.lead_time(),
        maker.specialties(),
        maker.channels(),
        maker.load_by_day(),
        maker.load_by_place(),
        maker.unmet(),
        maker.funnel(),
    )
    return Overview(maker.figures(), charts)


class _Maker:
    def __init__(self, basis: Basis, language: str) -> None:
        self._basis = basis
        self._language = language
        #: Two parts of the page may want the same.
        self._rows = cache(self._counted)
        self.say: Say = catalog(DOMAIN, language).gettext
        self._weeks = (basis.question.last - basis.question.first).days >= MOST_BARS

    def figures(self) -> tuple[Figure, ...]:
        say = self.say
        (done,) = self._rows(bookings.bookings)
        (ahead,) = self._rows(bookings.lead_time)
        (times,) = self._rows(load.load)
        cancelled = (done["cancelled_by_clinic"] or 0, done["refused"] or 0)
        named = (
            (say("Booked"), done["booked"]),
            (say("Moved"), done["moved"]),
            (say("Cancelled by patients"), done["cancelled"]),
            (say("Cancelled or refused by the clinic"), sum(map(int, cancelled))),
            (say("Did not come"), done["not_come"]),
        )
        return (
            *(Figure(name, f"{value}") for name, value in named),
            Figure(say("Times taken"), self.share(times["share_taken"])),
            Figure(say("Days from asking to the visit, on average"), self.number(ahead["average_days"])),
        )

    def booked_by_day(self) -> Chart:
        rows = self._rows(bookings.bookings, "day")
        return Chart(
            self.say("Bookings by week") if self._weeks else self.say("Bookings by day"),
            self.say("By the day on which they were made."),
            (self.say("Booked"),),
            [(label, tuple(sums)) for label, sums in self._spans(rows, ("booked",))],
        )

    def undone_by_day(self) -> Chart:
        rows = self._rows(bookings.bookings, "day")
        names = ("cancelled", "cancelled_by_clinic", "moved", "not_come")
        say = self.say
        return Chart(
            say("What became of bookings, by week")
            if self._weeks
            else say("What became of bookings, by day"),
            say("By the day on which it was done; who did not come by the day of the visit."),
            (
                say("Cancelled by patients"),
                say("Cancelled by the clinic"),
                say("Moved"),
                say("Did not come"),
            ),
            [(label, tuple(sums)) for label, sums in self._spans(rows, names)],
            drawn=len(names),
        )

    def lead_time(self) -> Chart:
        (row,) = self._rows(bookings.lead_time)
        return Chart(
            self.say("How far ahead patients book"),
            self.say("From the day of booking to the day of the visit."),
            (self.say("Booked"),),
            [(self.say(words), (row[name],)) for name, words in _AHEAD.items()],
        )

    def specialties(self) -> Chart:
        rows = self._rows(bookings.bookings, "specialty")
        return Chart(
            self.say("Bookings by specialty"),
            self.say("Discreet specialties are told as one."),
            (self.say("Booked"), self.say("Cancelled by patients"), self.say("Did not come")),
            self._largest(rows, "specialty", ("booked", "cancelled", "not_come")),
            lying=True,
        )

    def channels(self) -> Chart:
        rows = self._rows(bookings.bookings, "channel")
        return Chart(
            self.say("Bookings by channel"),
            self.say("Who did it: patients at terminals, or staff."),
            (self.say("Booked"), self.say("Moved"), self.say("Cancelled by patients")),
            [
                (self._named(_CHANNELS, row["channel"]), (row["booked"], row["moved"], row["cancelled"]))
                for row in rows
            ],
            lying=True,
        )

    def load_by_day(self) -> Chart:
        rows = self._rows(load.load, "day")
        spans = self._spans(rows, ("times", "taken"))
        return Chart(
            self.say("Times taken by week") if self._weeks else self.say("Times taken by day"),
            self.say("Share of the doctors' times that are booked; days of absence are left out."),
            (self.say("Times taken"),),
            [(label, (round(taken / times, 3) if times else None,)) for label, (times, taken) in spans],
            percent=True,
        )

    def load_by_place(self) -> Chart:
        key = "doctor" if self._basis.question.value("facility") else "facility"
        rows = [row for row in self._rows(load.load, key) if row[key] is not None]
        rows = sorted(rows, key=lambda row: -float(row["share_taken"] or 0))[:MOST_LINES]
        say = self.say
        return Chart(
            say("The fullest doctors") if key == "doctor" else say("The fullest facilities"),
            say("Share of the times that are booked."),
            (say("Times taken"),),
            [(f"{row[f'{key}_name'] or row[key]}", (row["share_taken"],)) for row in rows],
            lying=True,
            percent=True,
        )

    def unmet(self) -> Chart:
        rows = self._rows(unmet.unmet, "specialty")
        names = ("no_time_at_all", "no_time_of_doctor", "joined_list")
        say = self.say
        return Chart(
            say("Asked for and not available"),
            say("What visitors of the terminals found no free time for, and who joined the waiting list."),
            (
                say("No time of the specialty"),
                say("No time of the doctor"),
                say("Joined the waiting list"),
            ),
            self._largest(rows, "specialty", names),
            drawn=2,
            lying=True,
        )

    def funnel(self) -> Chart:
        rows = {row["step"]: row["reached"] for row in self._rows(funnel.funnel, "step")}
        return Chart(
            self.say("How far visits at the terminals get"),
            self.say(
                "Visits that reached each step, of all facilities; not every way leads through each of them."
            ),
            (self.say("Visits"),),
            [(self.say(words), (rows.get(step, 0),)) for step, words in _STEPS.items()],
            lying=True,
        )

    # --- figures -------------------------------------------------------------------------------------------------

    def share(self, value: Cell) -> str:
        return "—" if value is None else f"{float(value) * 100:.0f} %"

    def number(self, value: Cell) -> str:
        text = "—" if value is None else f"{value}"
        return text.replace(".", ",") if self._language == "ru" else text

    def _counted(self, make: Callable[[Basis], Table], *by: str) -> list[dict[str, Cell]]:
        question: Question = replace(self._basis.question, by=by)
        return told(make(replace(self._basis, question=question)), question)

    def _spans(self, rows: Iterable[Row], names: tuple[str, ...]) -> list[tuple[str, list[int]]]:
        """The sums of each day, or of each week from Monday on, also of those of which there is nothing."""
        question = self._basis.question
        step = 7 if self._weeks else 1
        first = question.first - timedelta(days=question.first.weekday() if self._weeks else 0)
        sums: dict[date, list[int]] = {}
        while first <= question.last:
            sums[first] = [0] * len(names)
            first += timedelta(days=step)
        for row in rows:
            day = date.fromisoformat(f"{row['day']}")
            mine = sums[day - timedelta(days=day.weekday() if self._weeks else 0)]
            for place, name in enumerate(names):
                mine[place] += int(row[name] or 0)
        return [(self._day(day), values) for day, values in sums.items()]

    def _day(self, day: date) -> str:
        return format_date(day, "dd.MM", locale=self._language)

    def _largest(
        self, rows: Iterable[Row], key: str, names: tuple[str, ...]
    ) -> list[tuple[str, tuple[Cell, ...]]]:
        """The largest by the sum of the values, those of nothing left out."""

        def size(row: Row) -> int:
            return sum(int(row[name] or 0) for name in names)

        listed = sorted(
            (row for row in rows if any(row[name] != 0 for name in names)), key=size, reverse=True
        )
        return [(self._label(row, key), tuple(row[name] for name in names)) for row in listed[:MOST_LINES]]

    def _label(self, row: Row, key: str) -> str:
        if row[key] == DISCREET:
            return self.say("Discreet specialties")
        name = row[f"{key}_name"] or row[key]
        return f"{name}" if name else self.say("not known")

    def _named(self, names: Mapping[str, str], value: Any) -> str:
        return self.say(names[value]) if value in names else f"{value}"
