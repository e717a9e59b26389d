"""`kiosk central not-come`: staff note that nobody came (api.md section 13, R35); and what the plans of questions look at."""

from collections.abc import Callable
from typing import Any

import pytest
from booking_region import DAY, HOUR, Hall, Terminal, free_id, only, refused
from databases import Databases
from running_registry import Clock, url_of
from sqlalchemy import event, select, update
from tiny_region import ANNA, NOW

from kiosk.central import cli, schema
from kiosk.central.statistics.reports import answered
from kiosk.central.store import Store

Command = Callable[..., str]
BOOKED = free_id("r-therapist", 1)
#: When that visit is over.
AFTER = NOW + DAY + 2 * HOUR


@pytest.fixture
def desk(
    hall: Hall, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Command:
    """`kiosk central not-come ...` at the desk; what it prints."""
    monkeypatch.setattr(cli, "system_clock", lambda: clock.now)

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        database = url_of(hall.registry.store)
        assert cli.main(["not-come", *arguments, "--database", database]) == status
        printed = capsys.readouterr()
        return printed.err if status else printed.out

    return run


def not_come(store: Store, **given: str) -> list[tuple[Any, ...]]:
    """(day, channel, how many) of who did not come."""
    period = {"from": "2026-03-01", "to": "2026-03-15"}
    _, table = answered(store, "bookings", {"by": "day,channel", **period, **given}, AFTER)
    place = table.counts.index("not_come") - len(table.counts)
    return [(row[0], row[1], row[place]) for row in table.rows if row[place]]


def test_it_is_noted_once_and_can_be_taken_back(hall: Hall, clock: Clock, desk: Command) -> None:
    store, terminal = hall.registry.store, hall.terminal().identified(ANNA)
    ticket = only(terminal.book(BOOKED))["identifier"][1]["value"]
    assert "has not begun" in desk(BOOKED, status=1)
    clock.now = AFTER
    before = rows(store)
    assert desk(ticket).rstrip().endswith("not come")
    noted = rows(store)
    assert {name for name in noted if noted[name] != before[name]} == {"appointment", "event", "audit"}, (
        "nobody is told"
    )
    assert status_of(hall) == ("noshow", "2")
    assert not_come(store) == [("2026-03-03", "kiosk", 1)]
    noted = rows(store)
    assert "is noshow already" in desk(ticket)
    assert rows(store) == noted
    clock.forward(3 * DAY)
    assert desk(ticket, "--undo").rstrip().endswith("has come after all")
    assert status_of(hall) == ("booked", "3")
    assert not_come(store) == []
    assert "is booked already" in desk(ticket, "--undo")


def rows(store: Store) -> dict[str, list[Any]]:
    with store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=str)
            for table in schema.metadata.sorted_tables
        }


def status_of(hall: Hall) -> tuple[str, str]:
    answer = hall.terminal().identified(ANNA).get(f"Appointment/{BOOKED}").json()
    return answer["status"], answer["meta"]["versionId"]


def test_it_counts_on_the_channel_of_the_booking(hall: Hall, clock: Clock, desk: Command) -> None:
    """Not on that of who notes it down."""
    only(hall.terminal().identified(ANNA).book(BOOKED))
    by_staff = update(schema.appointment).values(channel="staff")
    hall.registry.store.write(lambda connection: connection.execute(by_staff))
    clock.now = AFTER
    desk(BOOKED)
    assert not_come(hall.registry.store) == [("2026-03-03", "staff", 1)]


def test_what_is_no_visit_is_not_noted(hall: Hall, clock: Clock, desk: Command) -> None:
    terminal = hall.terminal().identified(ANNA)
    only(terminal.book(BOOKED))
    only(terminal.cancel(BOOKED))
    clock.now = AFTER
    assert "is cancelled" in desk(BOOKED, status=1)
    assert "there is no booking 4711" in desk("4711", status=1)


def test_a_visit_to_which_nobody_came_is_neither_moved_nor_cancelled(
    hall: Hall, clock: Clock, desk: Command
) -> None:
    terminal = hall.terminal().identified(ANNA)
    booking = only(terminal.book(BOOKED))
    clock.now = AFTER
    desk(BOOKED)
    again: Terminal = hall.terminal().identified(ANNA)
    assert refused(again.cancel(BOOKED)) == (422, "too-late")
    booking["meta"]["versionId"] = "2"
    assert refused(again.move(booking, free_id("r-therapist", 4)))[0] in (412, 422)
    only(again.book(free_id("r-therapist", 5)))


# --- plans -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(databases: Databases, module_booking_store: Store) -> Callable[..., list[str]]:
    """The steps of SQLite's plan for the table of a question."""
    if databases.engine != "sqlite":
        pytest.skip("PostgreSQL's plans depend on how much there is")
    store = module_booking_store
    statements: list[tuple[str, Any]] = []
    event.listen(
        store._engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, parameters, *_more: statements.append(
            (statement, parameters)
        ),
    )

    def plan(report: str, **given: str) -> list[str]:
        answered(store, report, given, NOW)
        statement, parameters = statements[-1]
        with store.read() as connection:
            explained = connection.connection.cursor()
            explained.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row[3] for row in explained.fetchall()]

    return plan


@pytest.mark.parametrize(
    ("report", "given", "steps"),
    [
        ("bookings", {}, ["event USING INDEX event_asked_at (asked_at>? AND asked_at<?)"]),
        ("lead-time", {"specialty": "therapist"}, ["event USING INDEX event_asked_at"]),
        (
            "bookings",
            {"facility": "f1"},
            ["event USING INDEX event_facility_asked_at (facility_id=? AND asked_at>?"],
        ),
        (
            "bookings",
            {"doctor": "r-second"},
            ["event USING INDEX event_facility_asked_at (facility_id=? AND"],
        ),
        ("load", {}, ["slot USING INDEX sqlite_autoindex_slot_1 (role_id=? AND start>? AND start<?)"]),
        (
            "load",
            {"facility": "f1"},
            ["role USING INDEX role_facility_specialty (facility_id=?", "slot USING"],
        ),
        ("load", {"doctor": "r-second"}, ["slot USING INDEX sqlite_autoindex_slot_1 (role_id=? AND start>?"]),
        (
            "unmet-demand",
            {},
            [
                "terminal_event USING INDEX terminal_event_kind_at (kind=? AND at>? AND at<?)",
                "event USING INDEX event_asked_at",
                "offer USING INDEX offer_state_expires (state=? AND expires>? AND expires<?)",
            ],
        ),
        (
            "unmet-demand",
            {"facility": "f1"},
            [
                "terminal_event USING INDEX terminal_event_organization_at (organization=? AND at>?",
                "event USING INDEX event_facility_asked_at",
            ],
        ),
        ("waiting", {}, ["waiting USING INDEX waiting_status_end"]),
        ("funnel", {}, ["terminal_event USING INDEX terminal_event_kind_at (kind=? AND at>? AND at<?)"]),
        (
            "funnel",
            {"terminal": "lobby"},
            ["terminal_event USING INDEX terminal_event_terminal_at (terminal_id=? AND at>? AND at<?)"],
        ),
    ],
)
def test_a_question_looks_at_what_is_asked_alone(
    plans: Callable[..., list[str]], report: str, given: dict[str, str], steps: list[str]
) -> None:
    """Issue 6: no table of which there is more every day is read from its beginning."""
    plan = plans(report, **given)
    for step in steps:
        assert any(f"SEARCH {step}" in line for line in plan), plan
    grow = ("event", "terminal_event", "slot", "appointment", "offer", "waiting")
    assert not [line for line in plan if line.startswith("SCAN") and line.split()[1] in grow]
