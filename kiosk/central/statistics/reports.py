"""The reports there are, each by its name (api.md section 15)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from kiosk.central.schedule import shifts
from kiosk.central.statistics import bookings, funnel, load, unmet
from kiosk.central.statistics.basis import Basis, basis
from kiosk.central.statistics.question import Question, asked
from kiosk.central.statistics.table import Table, told
from kiosk.central.store import Store


@dataclass(frozen=True)
class Report:
    """How a table is made, by which keys it can be broken down, and whether it is of a period or of now."""

    make: Callable[[Basis], Table]
    keys: tuple[str, ...]
    of_period: bool = True

    @property
    def parameters(self) -> tuple[str, ...]:
        """What can be asked of it."""
        period = ("from", "to") if self.of_period else ()
        return (*period, "by", *(key for key in self.keys if key != "day"), "fewest")


REPORTS: Mapping[str, Report] = {
    "bookings": Report(bookings.bookings, bookings.KEYS),
    "lead-time": Report(bookings.lead_time, bookings.KEYS),
    "load": Report(load.load, load.KEYS),
    "unmet-demand": Report(unmet.unmet, unmet.KEYS),
    "waiting": Report(unmet.waiting_now, unmet.KEYS_OF_WAITING, of_period=False),
    "funnel": Report(funnel.funnel, funnel.KEYS),
}


def today(store: Store, now: int) -> date:
    """The day in the region's own zone."""
    return shifts.local_day(now, ZoneInfo(store.setting("zone")))


def answered(store: Store, name: str, given: Mapping[str, str], now: int) -> tuple[Question, Table]:
    """The question in these parameters and the table that answers it, of one snapshot. Raises BadQuestion."""
    report = REPORTS[name]
    question = asked(given, today(store, now), report.keys)
    with store.read() as connection:
        return question, report.make(basis(connection, question, store.setting("zone"), now))


def as_data(name: str, question: Question, table: Table) -> dict[str, object]:
    """As JSON tells it."""
    period = {"from": question.first.isoformat(), "to": question.last.isoformat()}
    return {
        "report": name,
        **(period if REPORTS[name].of_period else {}),
        "columns": table.columns,
        "rows": told(table, question),
    }
