"""docs/staff-api.md from top to bottom, word for word, before a real registry with the demo's region."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from registry_process import registry_process

DOCUMENT = Path(__file__).parents[2] / "docs" / "staff-api.md"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="there is no curl, or no jq")
def test_the_examples_of_the_document_work(tmp_path: Path) -> None:
    making, *blocks = re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {**os.environ, "PATH": path, "DATABASE": f"sqlite:///{tmp_path}/registry.sqlite"}
    run(making, given)
    with registry_process(given["DATABASE"], tmp_path / "log") as registry:
        lines = run("\n".join(blocks), {**given, "R": registry.base})
    (
        role,
        bookings,
        booked,
        overbooked,
        channel,
        approved,
        refused,
        cancelled,
        printed,
        moved,
        called_off,
        free,
    ) = lines
    assert (role, bookings, booked, overbooked, channel) == (
        "registrar",
        "0",
        "booked",
        "overbooked: true",
        "paper",
    )
    assert (approved, refused, cancelled) == ("booked", "cancelled", "cancelled")
    assert int(printed) > 1
    day = json.loads(moved)
    assert day["moved"] or day["stay"]
    assert {ticket for ticket, _ in json.loads(called_off)} == {ticket for ticket, _ in day["stay"]}
    assert int(free) > 0


def run(script: str, environment: dict[str, str]) -> list[str]:
    """What it prints; whatever fails in it ends it."""
    ran = subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{script}"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()
