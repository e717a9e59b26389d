"""The databases of the tests, on the engine that the run is for (`pytest --engine`): made once, and copied for each test."""

import fcntl
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

ENGINES = ("sqlite", "postgresql")
#: The URL of the PostgreSQL that all workers of a run share: without a database in it, or why there is none.
SERVER, NO_SERVER = "REGISTRY_TESTS_POSTGRESQL", "REGISTRY_TESTS_NO_POSTGRESQL"

_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"


class Databases(Protocol):
    """Databases of one engine, each told by its URL."""

    engine: str

    def new(self, folder: Path) -> str:
        """An empty one. Its files, if it has any, are in the folder."""

    def copy(self, template: str, folder: Path) -> str:
        """The same data once more; nobody may have the template open."""

    def drop(self, url: str) -> None:
        """It is not needed any more."""

    def away(self, url: str) -> AbstractContextManager[None]:
        """Nobody reaches it while the block lasts."""


class Files:
    """SQLite: each database is a file."""

    engine = "sqlite"

    def new(self, folder: Path) -> str:
        numbered = (folder / f"registry{number or ''}.sqlite" for number in itertools.count())
        return f"sqlite:///{next(path for path in numbered if not path.exists())}"

    def copy(self, template: str, folder: Path) -> str:
        url = self.new(folder)
        shutil.copyfile(file_of(template), file_of(url))
        return url

    def drop(self, url: str) -> None:
        """The file goes with its folder."""

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        path = file_of(url)
        away = path.rename(path.with_suffix(".away"))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            away.rename(path)


class OnServer:
    """PostgreSQL: all databases of a run are on one server."""

    engine = "postgresql"

    def __init__(self, server: str) -> None:
        self._server = server
        self._numbers = itertools.count()
        self._connection = psycopg.connect(self.url("postgres"), autocommit=True)

    def new(self, folder: Path) -> str:
        return self._made("template0")

    def copy(self, template: str, folder: Path) -> str:
        return self._made(name_of(template))

    def drop(self, url: str) -> None:
        self._connection.execute(f"DROP DATABASE {name_of(url)} WITH (FORCE)".encode())

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        name = name_of(url)
        self._connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        self._connection.execute(_END, (name,))
        try:
            yield
        finally:
            self._connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())

    def close(self) -> None:
        self._connection.close()

    def run(self, statement: str) -> None:
        self._connection.execute(statement.encode())

    def _made(self, template: str) -> str:
        name = f"registry_{os.getpid()}_{next(self._numbers)}"
        made = f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy"
        self._connection.execute(made.encode())
        return self.url(name)

    def url(self, name: str) -> str:
        return self._server.replace("/?", f"/{name}?")


def file_of(url: str) -> Path:
    """Of a database on SQLite."""
    return Path(url.removeprefix("sqlite:///"))


def name_of(url: str) -> str:
    """Of a database on PostgreSQL."""
    return url.partition("?")[0].rpartition("/")[2]


@contextmanager
def copied(databases: Databases, template: str, folder: Path) -> Iterator[str]:
    """A copy for as long as the block lasts."""
    url = databases.copy(template, folder)
    yield url
    databases.drop(url)


def once(folder: Path, make: Callable[[Path], str]) -> str:
    """What `make` gives for this folder, made by one worker for all of them."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "made"
        if not made.exists():
            made.write_text(make(folder))
        return made.read_text()
