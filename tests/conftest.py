"""What all rooms share: on which engine the registry's database is, and a collector that leaves alone what was there before."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from databases import ENGINES, NO_SERVER, SERVER, Databases, Files, OnServer
from hypothesis import settings
from postgresql_server import NoPostgresql, postgresql

# On a busy machine an example takes as long as it takes.
settings.register_profile("kiosk", deadline=None)
settings.load_profile("kiosk")

# Pictures are painted by the processor: threads of their own only cost more of it.
os.environ.setdefault("LP_NUM_THREADS", "0")

_running = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    words = "what the registry's database is; postgresql: only the tests that use `databases`"
    parser.addoption("--engine", choices=ENGINES, default="sqlite", help=words)


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for the run: its workers find it in their environment."""
    config.stash[_running] = ExitStack()
    if config.getoption("--engine") == "postgresql" and not hasattr(config, "workerinput"):
        try:
            os.environ[SERVER] = config.stash[_running].enter_context(postgresql()).url("")
        except NoPostgresql as reason:
            os.environ[NO_SERVER] = str(reason)


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_running].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A second engine is for those whom it concerns."""
    if config.getoption("--engine") == "postgresql":
        others = [item for item in items if "databases" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


def pytest_collection_finish() -> None:
    """Thousands of collected tests would otherwise be walked through again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Databases on the engine of this run; a machine without PostgreSQL says so."""
    if request.config.getoption("--engine") == "sqlite":
        yield Files()
        return
    if NO_SERVER in os.environ:
        pytest.skip(f"no PostgreSQL: {os.environ[NO_SERVER]}")
    databases = OnServer(os.environ[SERVER])
    yield databases
    databases.close()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of the run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent
