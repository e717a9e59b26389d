"""How long a question of statistics takes, in a registry of one year and in one of several; and what metrics cost."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import statistics_year
from sqlalchemy import insert, select

from benchmarks.figures import ratio, spread, table
from benchmarks.house import House
from kiosk.central import schema
from kiosk.central.call import Call, Caller
from kiosk.central.demo import HOME_FACILITY, region
from kiosk.central.metrics import Metrics, answer
from kiosk.central.statistics.page import page
from kiosk.central.statistics.reports import answered
from kiosk.central.store import Store, create_schema

NOW = statistics_year.NOW
YEAR = 365 * 24 * 3600
EVENTS, REPORTS = 200_000, 300_000
YEARS = {1: "one year", 3: "three years"}
ROUNDS = 7
#: How many requests are counted at a time.
COUNTED = 20_000
_STEP = 10_000
_TARGET = 1.25

Ask = Callable[[Store], object]


def measure(_house: House) -> str:
    """The section of the report; the house of the terminal has no part in it."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {years: _registry(Path(folder), years) for years in YEARS}
        spent = {name: _spent(ask, stores) for name, ask in _questions()}
        scrapes = _spent(_scrape(), {max(YEARS): stores[max(YEARS)]})[max(YEARS)]
        for store in stores.values():
            store.close()
    least, most = min(YEARS), max(YEARS)
    ratios = {name: ratio(several[most], several[least]) for name, several in spent.items()}
    rows = [
        (name, *(spread(several[years], ".1f") for years in YEARS), f"{ratios[name]:.2f}")
        for name, several in spent.items()
    ]
    return "\n\n".join(
        (
            "## Statistics",
            f"The demo region over SQLite with {EVENTS:,} events of bookings and {REPORTS:,} of terminals for each year, in this "
            f"process; a month is the last one. Processor time, ms, median (least-most) of {ROUNDS}, the registries in turns.",
            table(["question", *YEARS.values(), "ratio"], rows),
            f"Target: at most {_TARGET} times for what is not asked about. Measured: at most {max(ratios.values()):.2f}. Counting a "
            f"request for the metrics costs {spread(list(_counted()), '.2f')} µs, a scrape of them in the longer registry "
            f"{spread(scrapes, '.1f')} ms.",
        )
    )


def _registry(folder: Path, years: int) -> Store:
    store = Store(f"sqlite:///{folder / f'{years}.sqlite'}")
    create_schema(store)
    region.create(store, NOW)
    with store.read() as connection:
        columns = (schema.role.c.id, schema.role.c.facility_id, schema.role.c.specialty_code)
        places = {id: (place, code) for id, place, code in connection.execute(select(*columns))}
    span = (NOW - years * YEAR, NOW)
    _write(store, schema.terminal, iter(statistics_year.terminals()))
    _write(store, schema.event, statistics_year.events(years * EVENTS, span, places=places))
    _write(store, schema.terminal_event, statistics_year.reports(years * REPORTS, span, places=places))
    return store


def _write(store: Store, into: schema.Table, rows: Iterator[dict[str, object]]) -> None:
    while some := [row for row, _ in zip(rows, range(_STEP), strict=False)]:
        store.write(lambda connection, some=some: connection.execute(insert(into), some))


def _questions() -> Iterator[tuple[str, Ask]]:
    home, lobby = {"facility": HOME_FACILITY}, {"terminal": "lobby of the year"}
    for name, report, given in (
        ("bookings of a month by day", "bookings", {"by": "day"}),
        ("bookings of a month, one facility, by doctor", "bookings", {"by": "doctor", **home}),
        ("bookings of a year by day", "bookings", {"by": "day", "from": "2025-03-03"}),
        ("lead time of a month by specialty", "lead-time", {"by": "specialty"}),
        ("unmet demand of a month by specialty", "unmet-demand", {"by": "specialty"}),
        ("unmet demand of a month, one facility", "unmet-demand", home),
        ("funnel of a month, one terminal", "funnel", lobby),
    ):
        yield name, lambda store, report=report, given=given: answered(store, report, given, NOW)
    yield "the page of plots, a month", lambda store: page(store, {}, NOW)


def _scrape() -> Ask:
    """As Prometheus asks, every quarter of a minute; of what happened since the start events are counted."""
    metrics, moments = Metrics(NOW - YEAR), itertools.count(NOW, 15)
    return lambda store: answer(metrics, Call(store, Caller(), next(moments), "ru", ""))


def _spent(ask: Ask, stores: dict[int, Store]) -> dict[int, list[float]]:
    """Milliseconds by registry; the first round does not count."""
    spent: dict[int, list[float]] = {years: [] for years in stores}
    for _ in range(ROUNDS + 1):
        for years, store in stores.items():
            begun = time.process_time()
            ask(store)
            spent[years].append((time.process_time() - begun) * 1000)
    return {years: several[1:] for years, several in spent.items()}


def _counted() -> Iterator[float]:
    """Microseconds of one request."""
    metrics = Metrics(NOW)
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _number in range(COUNTED):
            metrics.answered("POST", "/fhir/Appointment/$book", 200, 0.02)
            metrics.heard("terminal", NOW)
        yield (time.process_time() - begun) / COUNTED * 1e6
