"""Bookings that are answered together: one transaction, and none of them knows of the others (R21, R38)."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from sqlalchemy import Connection, event, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError

from kiosk.central import batches, schema
from kiosk.central.batches import Batches
from kiosk.central.call import Refusal
from kiosk.central.store import Store, create_schema


@pytest.fixture
def store(new_database: str) -> Iterator[Store]:
    store = Store(new_database)
    create_schema(store)
    yield store
    store.close()


@pytest.fixture
def commits(store: Store) -> list[int]:
    """One for each transaction that is committed."""
    found: list[int] = []
    event.listen(store._engine, "commit", lambda _: found.append(1))
    return found


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
    first, second, third, fourth = store.together(works)
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

    [outcome] = store.together([twice])
    with pytest.raises(Refusal):
        outcome.told()
    assert names(store) == ["first"]


def test_nobody_is_answered_where_the_commit_fails(store: Store) -> None:
    cause = OperationalError("COMMIT", {}, Exception("the disk is full"))

    def full(_: Connection) -> None:
        raise cause

    event.listen(store._engine, "commit", full)
    with pytest.raises(OperationalError) as caught:
        store.together([partial(add, store, "a"), partial(add, store, "b")])
    event.remove(store._engine, "commit", full)
    assert caught.value is cause
    assert names(store) == []
    assert [outcome.told() for outcome in store.together([partial(add, store, "a")])] == ["a"]


def test_other_threads_do_not_see_it_before_the_commit(store: Store) -> None:
    seen: list[list[str]] = []

    def look() -> None:
        thread = threading.Thread(target=lambda: seen.append(names(store)))
        thread.start()
        thread.join(20)

    store.together([partial(add, store, "a"), look])
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

        leader = asyncio.create_task(together.answer(first))
        await begun.wait()
        others = [asyncio.create_task(together.answer(work)) for work in works]
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
        gone = asyncio.create_task(together.answer(partial(add, store, "gone")))
        await asyncio.sleep(0)
        gone.cancel()
        return await together.answer(partial(add, store, "here"))

    assert asyncio.run(asked()) == "gone,here"


def test_a_fault_of_the_database_is_told_to_each(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = OperationalError("BEGIN", {}, Exception("away"))

    def away(_works: object) -> None:
        raise fault

    async def asked() -> list[object]:
        together = Batches(store)
        monkeypatch.setattr(store, "together", away)
        answers = [together.answer(partial(add, store, name)) for name in "ab"]
        told: list[object] = await asyncio.gather(*answers, return_exceptions=True)
        monkeypatch.undo()
        return [*told, await together.answer(partial(add, store, "c"))]

    assert asyncio.run(asked()) == [fault, fault, "c"]
