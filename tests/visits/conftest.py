"""The demo region of today in a file, made once for all tests of this room and all workers of a run."""

import fcntl
from pathlib import Path

import pytest
from visit_soak import make_demo


@pytest.fixture(scope="session")
def demo_of_today(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """To be copied, not changed."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "visits-demo"
    folder.mkdir(exist_ok=True)
    path = folder / "registry.sqlite"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = folder / "unfinished.sqlite"
            unfinished.unlink(missing_ok=True)
            make_demo(unfinished)
            unfinished.rename(path)
    return path
