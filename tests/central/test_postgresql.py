"""What only PostgreSQL does: writers who lose against each other, connections that are lost, and a
server that goes away and comes back (R38). Its server is these tests' own."""

import itertools
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import booking_region
import httpx
import pytest
from booking_region import Hall, Terminal, free_id, new_identifier, only
from postgresql_server import NoPostgresql, PostgresqlServer, postgresql
from running_registry import Clock, made, opened, running
from sqlalchemy import Connection, bindparam, event, func, insert, select, text, update
from sqlalchemy.exc import OperationalError
from tiny_region import ANNA, PAVEL

from kiosk.central import engines, identity, schema
from kiosk.central.prepared import Prepared
from kiosk.central.store import Store, create_schema

PATIENCE = 60

Work = Callable[[Connection], Any]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresqlServer]:
    """One that keeps what it has committed, whatever becomes of it."""
    try:
        with postgresql(durable=True) as server:
            yield server
    except NoPostgresql as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture
def url(server: PostgresqlServer) -> Iterator[str]:
    """An empty database."""
    server.run("CREATE DATABASE registry TEMPLATE template0")
    yield server.url("registry")
    server.run("DROP DATABASE registry WITH (FORCE)")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """With the tables, and two districts in them."""
    with opened(url) as store:
        create_schema(store)
        rows = [{"id": id, "name": "free"} for id in ("a", "b")]
        store.write(lambda connection: connection.execute(insert(schema.district), rows))
        yield store


def named(connection: Connection, name: str) -> int:
    query = select(func.count()).where(schema.district.c.name == name)
    return connection.execute(query).scalar_one()


def name(connection: Connection, id: str, name: str) -> None:
    connection.execute(update(schema.district).where(schema.district.c.id == id).values(name=name))


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.scalars(select(schema.district.c.name).order_by(schema.district.c.id)))


@contextmanager
def faults(store: Store) -> Iterator[list[str | None]]:
    """The SQLSTATEs of what goes wrong meanwhile."""
    found: list[str | None] = []

    def note(context: Any) -> None:
        found.append(context.original_exception.sqlstate)

    event.listen(store._engine, "handle_error", note)
    yield found
    event.remove(store._engine, "handle_error", note)


def together(*works: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(PATIENCE) for future in [pool.submit(work) for work in works]]


class First:
    """A meeting of both writers, each in its first try; later tries go on alone."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self._both = threading.Barrier(2, timeout=PATIENCE)

    def met(self, who: str) -> None:
        self.tries[who] += 1
        if self.tries[who] == 1:
            self._both.wait()


# --- who loses, and who is lost ----------------------------------------------------------------------------------


def test_of_two_who_each_rely_on_what_the_other_changes_one_runs_again(store: Store) -> None:
    """Each takes a row if nobody has one. Snapshots alone let both: SERIALIZABLE lets one, and the other looks again."""
    first = First()

    def takes(id: str) -> Work:
        def work(connection: Connection) -> bool:
            free = named(connection, "taken") == 0
            first.met(id)
            if free:
                name(connection, id, "taken")
            return free

        return work

    with faults(store) as found:
        took = together(lambda: store.write(takes("a")), lambda: store.write(takes("b")))
    assert sorted(took) == [False, True]
    assert sorted(names(store)) == ["free", "taken"]
    assert {*found} == {"40001"}, "once, or again while the winner still commits"
    assert first.tries.total() == 2 + len(found)


def test_of_two_who_wait_for_each_other_one_runs_again(store: Store) -> None:
    first = First()

    def changes(one: str, other: str) -> Work:
        def work(connection: Connection) -> None:
            name(connection, one, one)
            first.met(one)
            name(connection, other, one)

        return work

    with faults(store) as found:
        together(lambda: store.write(changes("a", "b")), lambda: store.write(changes("b", "a")))
    assert found[0] == "40P01", "a deadlock"
    assert len(set(names(store))) == 1, "one after the other, each in whole"
    assert first.tries.total() == 3


def test_bookings_of_two_processes_take_turns_and_none_runs_again(url: str, store: Store) -> None:
    """Each takes a row if nobody has one, as above: here the second begins when the first has ended."""

    def takes(store: Store, id: str) -> bool:
        def work(connection: Connection) -> bool:
            free = named(connection, "taken") == 0
            if free:
                name(connection, id, "taken")
            return free

        return store.write(work)

    with opened(url) as other, faults(store) as found, faults(other) as found_there:
        for _ in range(20):
            store.write(lambda connection: connection.execute(update(schema.district).values(name="free")))
            took = together(
                lambda: store.together([lambda: lambda: takes(store, "a")])[0].told(),
                lambda: other.together([lambda: lambda: takes(other, "b")])[0].told(),
            )
            assert sorted(took) == [False, True]
    assert (found, found_there) == ([], [])


def test_who_stops_in_the_middle_of_its_turn_is_thrown_out_and_runs_again(
    url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry that is stopped, or cut off, does not keep the others for long."""
    monkeypatch.setattr(engines, "_TURN", engines._TURN.replace(str(engines.TURN_IDLE_MS), "300"))
    inside, go_on = threading.Event(), threading.Event()

    def stops() -> int:
        inside.set()
        go_on.wait(PATIENCE)
        with store.read() as connection:
            return named(connection, "other")

    def goes_on() -> None:
        inside.wait(PATIENCE)
        other.together([lambda: lambda: other.write(lambda connection: name(connection, "a", "other"))])
        go_on.set()

    with opened(url) as other:
        [stopped], _ = together(lambda: store.together([lambda: stops]), goes_on)
    assert stopped.told() == 1, "it has seen what the other did meanwhile"


END = text("SELECT pg_terminate_backend(:pid)")
PREPARED = Prepared(select(schema.district.c.name).where(schema.district.c.id == bindparam("id")))


@pytest.mark.parametrize("asks", ["plainly", "prepared"])
def test_a_connection_lost_before_the_commit_costs_a_try(store: Store, asks: str) -> None:
    pids: list[int] = []

    def work(connection: Connection) -> str:
        name(connection, "a", f"try {len(pids)}")
        pids.append(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())
        if len(pids) == 1:
            with store.read() as another:
                another.execute(END, {"pid": pids[0]})
        if asks == "plainly":
            return connection.execute(select(schema.district.c.name).order_by(schema.district.c.id)).scalar()
        return PREPARED.first(connection, id="a").name

    assert store.write(work) == "try 1"
    assert names(store) == ["try 1", "free"]
    assert pids[0] != pids[1]


ENDS_IN_THE_COMMIT = """
CREATE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER ends AFTER UPDATE ON district DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ends();
"""


def test_a_connection_lost_in_the_commit_is_left_to_who_asked(store: Store) -> None:
    """Nobody knows whether it was done: it is not done twice. Terminals find out by the booking's identifier (R21)."""
    store.write(lambda connection: connection.execute(text(ENDS_IN_THE_COMMIT)))
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        name(connection, "a", "taken")

    with pytest.raises(OperationalError) as raised:
        store.write(work)
    assert len(tries) == 1
    assert engines.is_away(raised.value)
    assert names(store) == ["free", "free"]


def test_what_fails_for_another_reason_is_not_tried_again(store: Store) -> None:
    tries = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(Exception, match="division by zero") as raised:
        store.write(work)
    assert len(tries) == 1
    assert not engines.is_away(raised.value)


# --- a server that goes away -------------------------------------------------------------------------------------


@pytest.fixture
def hall(server: PostgresqlServer, url: str, clock: Clock) -> Iterator[Hall]:
    """A registry on it, with times to book."""
    with opened(made(url, booking_region.fill)) as store:
        credential = identity.enroll(store, "lobby", clock.now)
        with running(store, clock, credential) as registry:
            yield Hall(registry)
    if not server.running:
        server.start()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
def test_while_it_is_away_terminals_are_told_to_come_again(
    hall: Hall, server: PostgresqlServer, how: signal.Signals
) -> None:
    """503 with Retry-After for whatever they ask; once it is there again the registry goes on by itself, with all it knew."""
    anna = hall.terminal().identified(ANNA)
    before, after = free_id("r-therapist", 3), free_id("r-second", 4)
    booked = only(anna.book(before))
    server.stop(how)
    for answer in (
        anna.get(f"Appointment/{before}"),
        anna.hold(after),
        anna.book(after),
        anna.registry.identify(policy_number=PAVEL.policy_number, birth_date=PAVEL.birth_date),
        anna.registry.get("/fhir/Location"),
    ):
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0
    assert anna.registry.get("/health", token=None).status_code == 503
    server.start()
    assert anna.registry.get("/health", token=None).status_code == 200
    assert anna.get(f"Appointment/{before}").json() == booked
    assert only(anna.cancel(before))["status"] == "cancelled"


def test_a_crash_in_the_middle_of_bookings_loses_none_that_was_acknowledged(
    hall: Hall, server: PostgresqlServer
) -> None:
    """It goes down twice under two terminals, who ask again with the same identifier until they are told (R21)."""
    told: Counter[str] = Counter()
    enough = threading.Event()
    wishes = ((ANNA, "r-therapist"), (PAVEL, "r-second"))
    terminals = [hall.terminal(f"crash-{role}").identified(person) for person, role in wishes]
    books = [
        partial(book_and_cancel, terminal, free_id(role, 3).rpartition(".")[0], told, enough)
        for terminal, (_, role) in zip(terminals, wishes, strict=True)
    ]

    def crash() -> None:
        try:
            for _ in range(2):
                seen = told.total()
                wait_until(lambda seen=seen: told.total() >= seen + 10)
                server.stop(signal.SIGQUIT)
                server.start()
            seen = told.total()
            wait_until(lambda: told.total() >= seen + 10)
        finally:
            enough.set()

    together(crash, *books)
    with hall.registry.store.read() as connection:
        kept = connection.execute(select(schema.appointment.c.id, schema.appointment.c.status)).all()
        assert connection.execute(select(func.count()).select_from(schema.claim)).scalar_one() == 0
    assert dict(map(tuple, kept)) == dict.fromkeys(told, "cancelled")
    assert set(told.values()) == {2}, "each was told twice: booked, and given back"


def book_and_cancel(terminal: Terminal, time: str, told: Counter[str], enough: threading.Event) -> None:
    """One time again and again: with each cancelling it has a new id."""
    for generation in itertools.count():
        id, made = f"{time}.{generation}", new_identifier()
        for ask in (lambda id=id, made=made: terminal.book(id, made), lambda id=id: terminal.cancel(id)):
            assert only(insist(ask))["id"] == id
            told[id] += 1
        if enough.is_set():
            return


def insist(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer to what may be repeated, once it is another than that the database is away."""
    answers: list[httpx.Response] = []

    def answered() -> bool:
        answers.append(ask())
        return answers[-1].status_code != 503

    wait_until(answered)
    return answers[-1]


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
