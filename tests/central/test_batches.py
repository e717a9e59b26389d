"""Bookings that are answered together: one transaction, and none of them knows of the others (R21, R38)."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from kiosk.central import audit, batches, schema
from kiosk.central.batches import Batches
from kiosk.central.call import Refusal
from kiosk.central.prepared import Prepared
from kiosk.central.store import Store, Work, create_schema


@pytest.fixture
def store(new_database: str) -> Iterator[Store]:
    store = Store(new_database)
    create_schema(store)
    yield store
    store.close()


@pytest.fixture
def commits(store: Store) -> list[int]:
    """One for each writing transaction that is committed."""
    found: list[int] = []
    writes = None if store._engine.dialect.name == "sqlite" else "SERIALIZABLE"

    def committed(connection: Connection) -> None:
        if connection.get_execution_options().get("isolation_level") == writes:
            found.append(1)

    event.listen(store._engine, "commit", committed)
    return found


def then(work: Callable[[], str]) -> Work[str]:
    """`work`, which has nothing to look up before."""
    return lambda: work


def add(store: Store, name: str) -> str:
    """Written in one `write`, told after a `read` of the same request."""

    def work(connection: Connection) -> None:
        connection.execute(insert(schema.district).values(id=name, name=name))

    store.write(work)
    return ",".join(names(store))


def add_and_refuse(store: Store, name: str) -> str:
    def work(connection: Connection) -> str:
        connection.execute(insert(schema.district).values(id=name, name=name))
        raise Refusal("slot-taken")

    return store.write(work)


@contextmanager
def watching_statements(asked: list[str]) -> Iterator[None]:
    """Have `asked` everything that goes to the driver, also what is handed to it past SQLAlchemy."""
    with pytest.MonkeyPatch.context() as patched:
        sent = Prepared._sent

        def watched(self: Prepared, connection: Connection, values: dict[str, object]) -> object:
            result = sent(self, connection, values)
            asked.append(result[1].text)
            return result

        patched.setattr(Prepared, "_sent", watched)
        yield


def names(store: Store) -> list[str]:
    with store.read() as connection:
        return list(connection.scalars(select(schema.district.c.id).order_by(schema.district.c.id)))


# --- the store ---------------------------------------------------------------------------------------------------


def test_together_is_one_commit_and_a_refusal_touches_no_other(store: Store, commits: list[int]) -> None:
    """The second has written nothing, the third sees what the first has left, and the name that is there stands once."""
    works = [
        partial(add, store, "a"),
        partial(add_and_refuse, store, "b"),
        partial(add, store, "c"),
        partial(add, store, "a"),
    ]
    first, second, third, fourth = store.together([*map(then, works)])
    assert len(commits) == 1
    assert (first.told(), third.told()) == ("a", "a,c")
    with pytest.raises(Refusal, match="slot-taken"):
        second.told()
    with pytest.raises(IntegrityError):
        fourth.told()
    assert names(store) == ["a", "c"]


def test_what_a_request_wrote_before_it_was_refused_stays_as_it_would_alone(store: Store) -> None:
    """Two writes are two: as when a token is prolonged, and then the booking is refused."""

    def twice() -> str:
        add(store, "first")
        return add_and_refuse(store, "second")

    [outcome] = store.together([then(twice)])
    with pytest.raises(Refusal):
        outcome.told()
    assert names(store) == ["first"]


def test_nobody_is_answered_where_the_commit_fails(store: Store) -> None:
    cause = OperationalError("COMMIT", {}, Exception("the disk is full"))

    def full(_: Connection) -> None:
        raise cause

    event.listen(store._engine, "commit", full)
    with pytest.raises(OperationalError) as caught:
        store.together([then(partial(add, store, "a")), then(partial(add, store, "b"))])
    event.remove(store._engine, "commit", full)
    assert caught.value is cause
    assert names(store) == []
    assert [outcome.told() for outcome in store.together([then(partial(add, store, "a"))])] == ["a"]


def noted(store: Store, kind: str, *, refused: bool = False) -> str:
    """Written with a line of the audit."""

    def work(connection: Connection) -> str:
        connection.execute(insert(schema.district).values(id=kind, name=kind))
        audit.note(connection, audit.Done(0), kind, "Appointment/1")
        if refused:
            raise Refusal("slot-taken")
        return kind

    return store.write(work)


def lines(store: Store) -> list[str]:
    with store.read() as connection:
        return sorted(connection.scalars(select(schema.audit.c.kind)))


def test_what_is_appended_goes_in_one_statement_and_only_with_what_it_tells_of(store: Store) -> None:
    """R39: no change without its line, no line without its change."""
    asked: list[str] = []
    with watching_statements(asked):
        works = [noted, partial(noted, refused=True), noted, noted]
        outcomes = store.together(
            [then(partial(work, store, kind)) for work, kind in zip(works, "abcd", strict=True)]
        )
    assert [outcome.error is None for outcome in outcomes] == [True, False, True, True]
    assert (names(store), lines(store)) == (["a", "c", "d"], ["a", "c", "d"])
    assert sum("INTO audit" in words for words in asked) == 1
    noted(store, "e")
    assert lines(store)[-1] == "e", "alone it is written at once"


def test_what_is_appended_is_not_there_where_the_commit_fails(store: Store) -> None:
    def full(_: Connection) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    event.listen(store._engine, "commit", full)
    with pytest.raises(OperationalError):
        store.together([then(partial(noted, store, "a"))])
    event.remove(store._engine, "commit", full)
    assert lines(store) == []
    store.together([then(partial(noted, store, "b"))])
    assert lines(store) == ["b"], "and it does not come with the next"


def looks_and_adds(store: Store, name: str, *, known: bool = True) -> Callable[[], str]:
    """Looks up what is there, notes that it did, and adds what it is to add: or goes no further."""
    seen = names(store)
    store.write_soon(lambda connection: audit.note(connection, audit.Done(0), f"{name} looked", "District"))
    if not known:
        raise Refusal("login")
    return lambda: f"{seen} {add(store, name)}"


def test_all_look_before_any_writes_and_what_can_wait_is_written_first(
    store: Store, commits: list[int]
) -> None:
    outcomes = store.together(
        [
            partial(looks_and_adds, store, "a"),
            partial(looks_and_adds, store, "b", known=False),
            partial(looks_and_adds, store, "c"),
        ]
    )
    assert (outcomes[0].told(), outcomes[2].told()) == ("[] a", "[] a,c")
    with pytest.raises(Refusal, match="login"):
        outcomes[1].told()
    assert lines(store) == ["a looked", "b looked", "c looked"], (
        "of the refused one too, as it would be alone"
    )
    assert len(commits) == 1


def test_where_nobody_gets_further_than_looking_nothing_is_written(store: Store, commits: list[int]) -> None:
    def unknown() -> Callable[[], str]:
        raise Refusal("login")

    [outcome] = store.together([unknown])
    with pytest.raises(Refusal):
        outcome.told()
    assert commits == []


def test_other_threads_do_not_see_it_before_the_commit(store: Store) -> None:
    seen: list[list[str]] = []

    def look() -> str:
        thread = threading.Thread(target=lambda: seen.append(names(store)))
        thread.start()
        thread.join(20)
        return ""

    store.together([then(partial(add, store, "a")), then(look)])
    look()
    assert seen == [[], ["a"]]


# --- the batches -------------------------------------------------------------------------------------------------


def ask_all(store: Store, works: list[Callable[[], str]]) -> list[str | BaseException]:
    """What each is answered; all ask while the first is carried out."""

    async def asked() -> list[str | BaseException]:
        begun, go_on = asyncio.Event(), threading.Event()
        loop, together = asyncio.get_running_loop(), Batches(store)

        def first() -> str:
            loop.call_soon_threadsafe(begun.set)
            go_on.wait(20)
            return "first"

        leader = asyncio.create_task(together.answer(then(first)))
        await begun.wait()
        others = [asyncio.create_task(together.answer(then(work))) for work in works]
        await asyncio.sleep(0)
        assert together.waiting == len(works)
        go_on.set()
        return await asyncio.gather(leader, *others, return_exceptions=True)

    return asyncio.run(asked())


def test_who_waits_is_answered_together_in_the_order_of_coming(store: Store, commits: list[int]) -> None:
    works = [partial(add, store, "a"), partial(add_and_refuse, store, "b"), partial(add, store, "c")]
    first, one, refused, other = ask_all(store, works)
    assert (first, one, other) == ("first", "a", "a,c")
    assert isinstance(refused, Refusal)
    assert len(commits) == 2


def test_so_many_at_a_time(store: Store, commits: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST", 2)
    told = ask_all(store, [partial(add, store, f"{number}") for number in range(5)])
    assert told[-1] == "0,1,2,3,4"
    assert len(commits) == 1 + 3


def test_who_is_gone_is_carried_out_and_keeps_nobody(store: Store) -> None:
    async def asked() -> str:
        together = Batches(store)
        gone = asyncio.create_task(together.answer(then(partial(add, store, "gone"))))
        await asyncio.sleep(0)
        gone.cancel()
        return await together.answer(then(partial(add, store, "here")))

    assert asyncio.run(asked()) == "gone,here"


def test_a_fault_of_the_database_is_told_to_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = OperationalError("BEGIN", {}, Exception("away"))

    def away(_works: object) -> None:
        raise fault

    async def asked() -> list[object]:
        together = Batches(store)
        monkeypatch.setattr(store, "together", away)
        answers = [together.answer(then(partial(add, store, name))) for name in "ab"]
        told: list[object] = await asyncio.gather(*answers, return_exceptions=True)
        monkeypatch.undo()
        return [*told, await together.answer(then(partial(add, store, "c")))]

    assert asyncio.run(asked()) == [fault, fault, "c"]
