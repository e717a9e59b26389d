"""The registry's fixtures. Each test has its own database file, copied from one made once per run."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import booking_region
import import_office
import pytest
import tiny_region
from running_registry import Clock, Registry, running

from kiosk.central import identity, regional
from kiosk.central.demo import DEMO_CREDENTIAL, region
from kiosk.central.store import Store, create_schema


@pytest.fixture(scope="session")
def tiny_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the tiny region and no terminal."""
    path = tmp_path_factory.mktemp("tiny") / "registry.sqlite"
    store = Store(f"sqlite:///{path}")
    create_schema(store)
    store.write(regional.write_settings)
    store.write(tiny_region.fill)
    store.close()
    return path


@pytest.fixture
def clock() -> Clock:
    return Clock(tiny_region.NOW)


@pytest.fixture
def store(tiny_database: Path, tmp_path: Path) -> Iterator[Store]:
    """This test's own copy of the tiny region."""
    path = tmp_path / "registry.sqlite"
    shutil.copyfile(tiny_database, path)
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def registry(store: Store, clock: Clock) -> Iterator[Registry]:
    """The tiny region served over HTTP, seen by an enrolled terminal."""
    credential = identity.enroll(store, "lobby", clock.now)
    with running(store, clock, credential) as registry:
        yield registry


@pytest.fixture(scope="module")
def steady(tiny_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """One registry for a module's tests that change nothing another of them looks at; its clock stands still."""
    path = tmp_path_factory.mktemp("steady") / "registry.sqlite"
    shutil.copyfile(tiny_database, path)
    store, clock = Store(f"sqlite:///{path}"), Clock(tiny_region.NOW)
    with running(store, clock, identity.enroll(store, "lobby", clock.now)) as registry:
        yield registry
    store.close()


@pytest.fixture(scope="session")
def booking_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the booking region and no terminal."""
    path = tmp_path_factory.mktemp("booking") / "registry.sqlite"
    store = Store(f"sqlite:///{path}")
    create_schema(store)
    store.write(regional.write_settings)
    store.write(booking_region.fill)
    store.close()
    return path


@pytest.fixture
def booking_store(booking_database: Path, tmp_path: Path) -> Iterator[Store]:
    """This test's own copy of the booking region."""
    path = tmp_path / "booking.sqlite"
    shutil.copyfile(booking_database, path)
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def hall(booking_store: Store, clock: Clock) -> Iterator[booking_region.Hall]:
    """The booking region served over HTTP, and terminals before it."""
    credential = identity.enroll(booking_store, "lobby", clock.now)
    with running(booking_store, clock, credential) as registry:
        yield booking_region.Hall(registry)


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A database with the demo region, made on the Monday on which the tests' clock starts; once for all workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "central-demo"
    folder.mkdir(exist_ok=True)
    path = folder / "registry.sqlite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            make_demo(folder / "unfinished.sqlite").rename(path)
    return path


def make_demo(path: Path) -> Path:
    """The demo region in a new file, anew where an earlier try was left unfinished."""
    path.unlink(missing_ok=True)
    store = Store(f"sqlite:///{path}")
    create_schema(store)
    region.create(store, tiny_region.NOW)
    store.close()
    return path


@pytest.fixture
def demo_store(demo_database: Path, tmp_path: Path) -> Iterator[Store]:
    """This test's own copy of the demo region."""
    path = tmp_path / "demo.sqlite"
    shutil.copyfile(demo_database, path)
    store = Store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def demo_registry(demo_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The demo region served over HTTP to its demo terminal, for tests that only read."""
    path = tmp_path_factory.mktemp("readers") / "registry.sqlite"
    shutil.copyfile(demo_database, path)
    store = Store(f"sqlite:///{path}")
    with running(store, Clock(tiny_region.NOW), DEMO_CREDENTIAL) as registry:
        yield registry
    store.close()


@pytest.fixture(scope="session")
def quiet_hall(
    booking_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[booking_region.Hall]:
    """A hall for tests that only ask: nothing is held or booked in it, and its clock stands."""
    path = tmp_path_factory.mktemp("quiet") / "registry.sqlite"
    shutil.copyfile(booking_database, path)
    store = Store(f"sqlite:///{path}")
    credential = identity.enroll(store, "lobby", tiny_region.NOW)
    with running(store, Clock(tiny_region.NOW), credential) as registry:
        yield booking_region.Hall(registry)
    store.close()


@pytest.fixture(scope="session")
def sample_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry that was made of the sample files alone, on the Monday on which the tests' clock starts."""
    return import_office.make(tmp_path_factory.mktemp("samples") / "registry.sqlite")


@pytest.fixture
def office(sample_database: Path, tmp_path: Path) -> Iterator[import_office.Office]:
    """This test's own copy of it."""
    with import_office.opened(sample_database, tmp_path) as office:
        yield office
