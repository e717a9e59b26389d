"""`kiosk central statistics`: a report as CSV or JSON, or the page of plots, on standard output (api.md section 13)."""

import argparse
import json
from collections.abc import Callable, Iterator

from kiosk.central.statistics.question import PAGE_PARAMETERS, BadQuestion
from kiosk.central.statistics.reports import REPORTS, answered, as_data
from kiosk.central.statistics.table import as_csv
from kiosk.central.store import Store

PAGE = "page"
_LIMITS = ("facility", "specialty", "doctor", "channel", "terminal", "step")

Act = Callable[[Store, argparse.Namespace, int], Iterator[str]]


def add_command(add: Callable[[str, Act, str], argparse.ArgumentParser]) -> None:
    """Add the command; `add` makes its parser from its name, what it does, and what that is."""
    parser = add("statistics", _statistics, "figures of bookings, load and demand, without a person")
    parser.add_argument("report", choices=(*REPORTS, PAGE), help="`page`: HTML with plots")
    parser.add_argument(
        "--from", dest="from_", metavar="DATE", help="YYYY-MM-DD; default: 29 days before --to"
    )
    parser.add_argument("--to", metavar="DATE", help="YYYY-MM-DD; default: today")
    parser.add_argument("--by", metavar="KEY,...", help="what to break it down by: day, facility, ...")
    for key in _LIMITS:
        parser.add_argument(f"--{key}", metavar="ID", help=f"this {key} alone")
    parser.add_argument("--fewest", metavar="N", help="tell no count from 1 to below N")
    parser.add_argument("--json", action="store_true", help="as JSON, not as CSV")


def _statistics(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    given = {name: value for name, value in _given(options) if value is not None}
    if options.report == PAGE:
        # The library that draws is loaded for nothing else.
        from kiosk.central.statistics.page import page

        _check(given, PAGE_PARAMETERS)
        yield page(store, given, now)
        return
    _check(given, REPORTS[options.report].parameters)
    question, table = answered(store, options.report, given, now)
    if options.json:
        yield json.dumps(as_data(options.report, question, table), ensure_ascii=False, indent=1)
    else:
        yield from as_csv(table, question).splitlines()


def _given(options: argparse.Namespace) -> Iterator[tuple[str, str | None]]:
    yield "from", options.from_
    yield from ((name, getattr(options, name)) for name in ("to", "by", *_LIMITS, "fewest"))


def _check(given: dict[str, str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise BadQuestion(name)
