"""The short form of `script/soak devices`: devices that fail at random lose nobody a booking and block nothing (issue 5).

As a process of its own: the PC/SC library looks once in a process for its daemon.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pcsc_daemon

VISITS, SEED = 6, 1
HERE = Path(__file__).parent
pytestmark = pcsc_daemon.needs_daemon


def test_visits_with_failing_devices(tmp_path: Path, demo_of_today: Path) -> None:
    """R24, R39, "What may never happen" 1 to 5."""
    rooms = (HERE.parents[1], *(HERE.parent / room for room in ("devices", "wire", "central")))
    command = [sys.executable, str(HERE / "visit_devices_report.py"), "--json"]
    options = ["--visits", str(VISITS), "--seed", str(SEED), "--ready", str(demo_of_today)]
    done = subprocess.run(
        [*command, *options, "--keep", str(tmp_path / "kept")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, rooms))},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["violations"] == []
    assert said["visits"] == VISITS
    assert said["blocked"] == 0, "no call of the UI thread waited for a device"
    assert sum(count for what, count in said["events"].items() if not what.startswith("told by")) >= VISITS
