"""docs/registry.md from top to bottom, word for word, on a PostgreSQL of its own and in folders of the test's (R38, R39)."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import rows
from postgresql_server import NoPostgresql, PostgresqlServer, postgresql
from running_registry import opened

DOCUMENT = Path(__file__).parents[2] / "docs" / "registry.md"
PLACES = ("/etc/clinic-kiosk", "/var/backups", "/var/lib/clinic-registry")


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    try:
        with postgresql() as server:
            yield server
    except NoPostgresql as reason:
        pytest.skip(f"no PostgreSQL: {reason}")


def test_the_commands_of_the_document_work(server: PostgresqlServer, tmp_path: Path) -> None:
    text = DOCUMENT.read_text("utf-8")
    for place in PLACES:
        assert place in text
        text = text.replace(place, f"{tmp_path}{place}")
        (tmp_path / place[1:]).mkdir(parents=True)
    of_postgresql, settings, tables, *kept = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    *_, credential = run("\n".join((of_postgresql, settings, tables)), server)
    assert len(credential) >= 32
    with opened(server.url("registry")) as store:
        rows.fill(store)
        before = rows.everything(store)
    upgraded = run("\n".join(kept), server)[-1]
    assert re.fullmatch(r"the tables are at revision \d{4}", upgraded)
    sqlite = f"sqlite:///{tmp_path}/var/lib/clinic-registry/registry.sqlite"
    for url in (server.url("registry"), server.url("registry_restored"), sqlite):
        with opened(url) as store:
            assert rows.everything(store) == before


def run(script: str, server: PostgresqlServer) -> list[str]:
    """What it prints; whatever fails in it ends it."""
    path = f"{Path(sys.executable).parent}:{server.programs}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PGHOST": server.host, "PGUSER": "postgres"}
    ran = subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{script}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()
