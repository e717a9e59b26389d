"""`GET /statistics/...`: reports as JSON and CSV, and the page of plots (api.md section 15)."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import orjson

from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.frame import PLAIN
from kiosk.central.staff.permissions import Action
from kiosk.central.statistics.question import PAGE_PARAMETERS, BadQuestion, Question
from kiosk.central.statistics.reports import REPORTS, answered, as_data
from kiosk.central.statistics.table import Table, as_csv

#: How a page of ours is shown: nothing from elsewhere, no script, in no frame.
POLICIES = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
T = TypeVar("T")


def _report(name: str, shape: Callable[[str, Question, Table], Reply], call: Call) -> Reply:
    return shape(name, *_asked(call, lambda given: answered(call.store, name, given, call.now)))


def _asked(call: Call, answer: Callable[[dict[str, str]], T]) -> T:
    given = dict(call.query)
    if len(given) != len(call.query):
        names = [name for name, _ in call.query]
        raise Refusal("invalid", next(name for name in names if names.count(name) > 1))
    try:
        return answer(given)
    except BadQuestion as error:
        raise Refusal("invalid", error.name) from error


def _json(name: str, question: Question, table: Table) -> Reply:
    body = orjson.dumps(as_data(name, question, table))
    return Reply(body, headers={"Content-Type": "application/json"})


def _csv(name: str, question: Question, table: Table) -> Reply:
    file = f'attachment; filename="{name}.csv"'
    headers = {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": file}
    return Reply(as_csv(table, question).encode(), headers=headers)


def _page(call: Call) -> Reply:
    # The library that draws is loaded when the first page is asked for.
    from kiosk.central.statistics.page import page

    body = _asked(call, lambda given: page(call.store, given, call.now, call.language))
    return Reply(body.encode(), headers={"Content-Type": "text/html; charset=utf-8", **POLICIES})


def _routes(name: str) -> tuple[Route, Route]:
    searches = dict.fromkeys(REPORTS[name].parameters, "")
    return (
        Route(
            "GET",
            f"/statistics/{name}",
            partial(_report, name, _json),
            Who.LOCAL,
            PLAIN,
            searches=searches,
            action=Action.STATISTICS,
        ),
        Route(
            "GET",
            f"/statistics/{name}.csv",
            partial(_report, name, _csv),
            Who.LOCAL,
            PLAIN,
            searches=searches,
            action=Action.STATISTICS,
        ),
    )


ROUTES = (
    *(route for name in REPORTS for route in _routes(name)),
    Route(
        "GET",
        "/statistics",
        _page,
        Who.LOCAL,
        PLAIN,
        searches=dict.fromkeys(PAGE_PARAMETERS, ""),
        action=Action.STATISTICS,
    ),
)
