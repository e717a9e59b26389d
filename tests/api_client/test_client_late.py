"""The client that is made when it is first asked."""

import threading
import time

import pytest

from kiosk.api_client.late import LateClient
from kiosk.errors import Unreachable


def test_offers_what_the_client_does() -> None:
    late = LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5))
    with pytest.raises(Unreachable):
        late.ready()
    late.close()


def test_lets_go_of_nothing_where_nothing_was_asked() -> None:
    LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5)).close()


def test_has_no_methods_of_its_own() -> None:
    late = LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5))
    with pytest.raises(AttributeError):
        late.nothing()
    late.close()


def test_is_made_once_however_many_workers_ask_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of them would leave connections that nobody closes."""
    made: list[float] = []
    begin = threading.Barrier(4)

    class Slow:
        def __init__(self, *arguments: object) -> None:
            made.append(time.monotonic())
            another_had_a_chance.wait(0.2)

        def ready(self) -> None:
            """Nothing to do."""

    another_had_a_chance = threading.Event()
    monkeypatch.setattr("kiosk.api_client.client.RegistryClient", Slow)
    late = LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5))

    def ask() -> None:
        begin.wait(10)
        late.ready()

    workers = [threading.Thread(target=ask) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    late.close()
    assert len(made) == 1
