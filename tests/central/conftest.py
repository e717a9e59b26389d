"""The registry's fixtures. Each test has its own database, copied from one that was made once per run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import booking_region
import import_office
import pytest
import tiny_region
from databases import Databases, copied, once
from running_registry import Clock, Registry, made, opened, running

from kiosk.central import identity
from kiosk.central.demo import DEMO_CREDENTIAL, region
from kiosk.central.store import Store, create_schema


@contextmanager
def served(databases: Databases, template: str, folder: Path, credential: str = "") -> Iterator[Registry]:
    """A copy of these data, served to this terminal, or to one that is enrolled; its clock stands."""
    clock = Clock(tiny_region.NOW)
    with (
        copied(databases, template, folder) as url,
        opened(url) as store,
        running(store, clock, credential or identity.enroll(store, "lobby", clock.now)) as registry,
    ):
        yield registry


@pytest.fixture(scope="session")
def tiny_database(databases: Databases, shared: Path) -> str:
    """A database with the tiny region and no terminal."""
    return once(shared / "tiny", lambda folder: made(databases.new(folder), tiny_region.fill))


@pytest.fixture(scope="session")
def booking_database(databases: Databases, shared: Path) -> str:
    """A database with the booking region and no terminal."""
    return once(shared / "booking", lambda folder: made(databases.new(folder), booking_region.fill))


@pytest.fixture(scope="session")
def demo_database(databases: Databases, shared: Path) -> str:
    """A database with the demo region, made on the Monday on which the tests' clock starts."""

    def make(folder: Path) -> str:
        url = databases.new(folder)
        with opened(url) as store:
            create_schema(store)
            region.create(store, tiny_region.NOW)
        return url

    return once(shared / "central-demo", make)


@pytest.fixture(scope="session")
def sample_database(databases: Databases, shared: Path) -> str:
    """A registry that was made of the sample files alone, on the Monday on which the tests' clock starts."""
    return once(shared / "samples", lambda folder: import_office.make(databases.new(folder), folder))


@pytest.fixture
def clock() -> Clock:
    return Clock(tiny_region.NOW)


@pytest.fixture
def new_database(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """An empty database of this test's own."""
    url = databases.new(tmp_path)
    yield url
    databases.drop(url)


# --- the tiny region ---------------------------------------------------------------------------------------------


@pytest.fixture
def tiny_copy(databases: Databases, tiny_database: str, tmp_path: Path) -> Iterator[str]:
    """Where `store` keeps what it has."""
    with copied(databases, tiny_database, tmp_path) as url:
        yield url


@pytest.fixture
def store(tiny_copy: str) -> Iterator[Store]:
    """This test's own copy of the tiny region."""
    with opened(tiny_copy) as store:
        yield store


@pytest.fixture
def registry(store: Store, clock: Clock) -> Iterator[Registry]:
    """The tiny region served over HTTP, seen by an enrolled terminal."""
    credential = identity.enroll(store, "lobby", clock.now)
    with running(store, clock, credential) as registry:
        yield registry


@pytest.fixture(scope="module")
def steady(
    databases: Databases, tiny_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """One registry for a module's tests that change nothing another of them looks at; its clock stands still."""
    with served(databases, tiny_database, tmp_path_factory.mktemp("steady")) as registry:
        yield registry


# --- the booking region ------------------------------------------------------------------------------------------


@pytest.fixture
def booking_copy(databases: Databases, booking_database: str, tmp_path: Path) -> Iterator[str]:
    """Where `booking_store` keeps what it has."""
    with copied(databases, booking_database, tmp_path) as url:
        yield url


@pytest.fixture
def booking_store(booking_copy: str) -> Iterator[Store]:
    """This test's own copy of the booking region."""
    with opened(booking_copy) as store:
        yield store


@pytest.fixture(scope="module")
def module_booking_store(
    databases: Databases, booking_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A copy of the booking region for all tests of a module."""
    folder = tmp_path_factory.mktemp("booking")
    with copied(databases, booking_database, folder) as url, opened(url) as store:
        yield store


@pytest.fixture
def hall(booking_store: Store, clock: Clock) -> Iterator[booking_region.Hall]:
    """The booking region served over HTTP, and terminals before it."""
    credential = identity.enroll(booking_store, "lobby", clock.now)
    with running(booking_store, clock, credential) as registry:
        yield booking_region.Hall(registry)


@pytest.fixture(scope="session")
def quiet_hall(
    databases: Databases, booking_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[booking_region.Hall]:
    """A hall for tests that only ask: nothing is held or booked in it, and its clock stands."""
    with served(databases, booking_database, tmp_path_factory.mktemp("quiet")) as registry:
        yield booking_region.Hall(registry)


# --- the demo region ---------------------------------------------------------------------------------------------


@pytest.fixture
def demo_copy(databases: Databases, demo_database: str, tmp_path: Path) -> Iterator[str]:
    """Where `demo_store` keeps what it has."""
    with copied(databases, demo_database, tmp_path) as url:
        yield url


@pytest.fixture
def demo_store(demo_copy: str) -> Iterator[Store]:
    """This test's own copy of the demo region."""
    with opened(demo_copy) as store:
        yield store


@pytest.fixture(scope="session")
def demo_registry(
    databases: Databases, demo_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Registry]:
    """The demo region served over HTTP to its demo terminal, for tests that only read."""
    with served(databases, demo_database, tmp_path_factory.mktemp("readers"), DEMO_CREDENTIAL) as registry:
        yield registry


@pytest.fixture
def office(databases: Databases, sample_database: str, tmp_path: Path) -> Iterator[import_office.Office]:
    """This test's own copy of the registry of samples."""
    with copied(databases, sample_database, tmp_path) as url, opened(url) as store:
        yield import_office.Office(store, url, tmp_path)
