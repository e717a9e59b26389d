"""The registry as a stranger meets it: the commands of api.md section 13 as processes, nothing imported of it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from databases import Databases

ROOT = Path(__file__).parents[2]
#: How the registry's commands are called; the one place that knows.
COMMAND = (sys.executable, "-m", "kiosk", "central")
#: The same command for many names in one process: 32 starts of Python cost more than what is tested with them.
ENROLL_MANY = """
import sys
from kiosk.__main__ import main
url, *names = sys.argv[1:]
for name in names:
    sys.argv = ["kiosk", "central", "enroll", name, "--database", url]
    main(sys.argv[1:]) == 0 or sys.exit(1)
"""
LISTENING = re.compile(r"listening on (http://\S+)")
PATIENCE = 60.0


def wait_for(condition: Callable[[], Any], what: str, patience: float = PATIENCE, pause: float = 0.02) -> Any:
    """The first true value of the condition; an AssertionError when the patience is over."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise AssertionError(f"waited {patience:.0f} s in vain for {what}")


@dataclass
class Database:
    """A registry's database, a folder for what belongs to it, and the commands that take it."""

    url: str
    folder: Path

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command to its end; whatever its exit status is."""
        call = [*COMMAND, command, *arguments, "--database", self.url]
        return subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    def must(self, command: str, *arguments: str) -> str:
        """What a command prints that has to succeed."""
        done = self.run(command, *arguments)
        assert done.returncode == 0, f"{command} {arguments}: exit {done.returncode}\n{done.stderr}"
        return done.stdout

    def enroll(self, name: str) -> str:
        """The credential of a new terminal: printed alone on one line (section 13)."""
        return self.must("enroll", name).strip()

    def enroll_many(self, names: list[str]) -> list[str]:
        """The credentials of new terminals, in the order of their names."""
        call = [sys.executable, "-c", ENROLL_MANY, self.url, *names]
        done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        credentials = done.stdout.split()
        assert len(credentials) == len(names), done.stderr
        return credentials

    def patients(self) -> list[dict[str, str]]:
        people: list[dict[str, str]] = json.loads(self.must("patients", "--json"))
        return people

    def copy(self, databases: Databases, folder: Path) -> "Database":
        """The same data once more; to be called while no server has them open."""
        folder.mkdir(parents=True, exist_ok=True)
        return Database(databases.copy(self.url, folder), folder)


@dataclass
class Server:
    """`serve` as a process; `base` is the address that it printed."""

    database: Database
    log: Path
    port: int = 0
    base: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Returns when `listening on` was printed; the second time on the port of the first."""
        printed = self.log.stat().st_size if self.log.exists() else 0
        call = [*COMMAND, "serve", "--port", str(self.port), "--database", self.database.url]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(call, cwd=ROOT, env=environment, stdout=out, stderr=out)
        self.base = wait_for(lambda: self._listening(printed), "the server to listen")
        self.port = int(self.base.rsplit(":", 1)[1].strip("/"))

    def _listening(self, printed: int) -> str | None:
        assert self.process is not None
        text = self.log.read_text("utf-8", "replace")[printed:]
        assert self.process.poll() is None, f"serve ended with {self.process.returncode}:\n{text}"
        found = LISTENING.search(text)
        return found[1].rstrip("/") if found else None

    def stop(self, with_signal: int = signal.SIGTERM) -> int:
        """Ends the server, SIGKILL included; gives its exit status."""
        assert self.process is not None
        self.process.send_signal(with_signal)
        return self.process.wait(30)

    def restart(self, with_signal: int = signal.SIGTERM) -> None:
        self.stop(with_signal)
        self.start()


@contextmanager
def serving(database: Database, log: Path | None = None) -> Iterator[Server]:
    """A server on a free port for as long as the block lasts; it logs beside the database, or to `log`."""
    server = Server(database, log or database.folder / "registry.log")
    try:
        server.start()
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop()
