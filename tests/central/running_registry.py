"""A real registry for tests: its own thread and port, a clock that the test turns, and a terminal's view of it."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import staff_document
from sqlalchemy import Connection

from kiosk.central import identity, regional, serve
from kiosk.central.store import Store, create_schema

READY_SECONDS = 20
#: These registries speak plain http. Reading the machine's authorities for each would take longer than most tests.
_NO_AUTHORITY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Clock:
    """Whole seconds of UTC that only a test moves."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: int) -> None:
        self.now += seconds


class Registry:
    """A running registry, seen from the terminal whose `credential` it is. `get`, `post` ... take paths below base.

    `token` is the bearer of a request: the terminal's credential by default, None for nobody at all. Whatever staff are
    answered is held against docs/staff-api.yaml.
    """

    def __init__(self, base: str, store: Store, clock: Clock, credential: str) -> None:
        self.base = base
        self.store = store
        self.clock = clock
        self.credential = credential
        self.http = httpx.Client(base_url=base, timeout=20, trust_env=False, verify=_NO_AUTHORITY)

    def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "",
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        bearer = self.credential if token == "" else token
        sent = {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **(headers or {})}
        answer = self.http.request(method, path, headers=sent, **options)
        return staff_document.checked(answer) if path.startswith("/staff/") else answer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.request("POST", path, **options)

    def patch(self, path: str, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, **options)

    def identify(self, *, token: str | None = "", **fields: str) -> httpx.Response:
        """`POST /auth/token` with these fields."""
        return self.post("/auth/token", token=token, data={"grant_type": "policy", **fields})

    def sign_in(self, person: Any, **options: Any) -> str:
        """The token of somebody with policy_number, birth_date and document_number."""
        answer = self.identify(
            policy_number=person.policy_number,
            birth_date=person.birth_date,
            document_number=person.document_number,
            **options,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def enroll(self, name: str) -> str:
        """The credential of another terminal."""
        return identity.enroll(self.store, name, self.clock.now)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store over a database, closed with the block."""
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


def made(url: str, fill: Callable[[Connection], None]) -> str:
    """A registry in an empty database; its URL."""
    with opened(url) as store:
        create_schema(store)
        store.write(regional.write_settings)
        store.write(fill)
    return url


def url_of(store: Store) -> str:
    """The URL of its database, as a command takes it."""
    return str(store._engine.url).replace("+psycopg", "")


@contextmanager
def running(store: Store, clock: Clock, credential: str, port: int = 0) -> Iterator[Registry]:
    """A registry over this store until the block ends; the store stays open."""
    listening: list[int] = []
    ready = threading.Event()

    def on_ready(given: int) -> None:
        listening.append(given)
        ready.set()

    server = serve.server(store, clock, "127.0.0.1", port, on_ready)
    thread = threading.Thread(target=server.run, name="registry")
    thread.start()
    try:
        assert ready.wait(READY_SECONDS), "the registry did not start"
        registry = Registry(f"http://127.0.0.1:{listening[0]}", store, clock, credential)
        with registry.http:
            yield registry
    finally:
        server.stop()
        thread.join(READY_SECONDS)
    assert not thread.is_alive(), "the registry did not stop"
