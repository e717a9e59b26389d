"""The registry as its own process, by the real command: can be killed at any moment and started on the same port."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

READY_SECONDS = 60
STOP_SECONDS = 20
_LISTENING = re.compile(r"listening on (https?://\S+:([0-9]+))")


def command(*arguments: str) -> list[str]:
    """The command line of `kiosk central ...`."""
    return [sys.executable, "-m", "kiosk.central.cli", *arguments]


class RegistryProcess:
    """`kiosk central serve` over one database, with these options besides. What it logs goes to `log`, over all its starts."""

    def __init__(self, database: str, log: Path, *options: str) -> None:
        self.base = ""
        self._options = options
        self._database = database
        self._log = log
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None

    def start(self) -> str:
        """Start it, on the port it had before, and wait until it listens; its address."""
        place = (
            "--database",
            self._database,
            "--host",
            "127.0.0.1",
            "--port",
            str(self._port),
            *self._options,
        )
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                command("serve", *place), stdout=subprocess.PIPE, stderr=log, text=True, env=_environment()
            )
        lines: Queue[str] = Queue()
        self._reader = Thread(target=_read, args=(self._process, lines), name="registry output")
        self._reader.start()
        self.base, self._port = self._listening(lines)
        return self.base

    def kill(self) -> None:
        """End it with SIGKILL: nothing of it runs after this returns."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """End it with SIGTERM, as a service manager does; its exit status."""
        return self._end(signal.SIGTERM)

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _listening(self, lines: "Queue[str]") -> tuple[str, int]:
        while True:
            try:
                line = lines.get(timeout=READY_SECONDS)
            except Empty:
                line = ""
            found = _LISTENING.search(line)
            if found:
                return found[1], int(found[2])
            if not line:
                self._end(signal.SIGKILL)
                raise AssertionError(f"the registry did not start: {self._log.read_text()[-2000:]}")

    def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        assert self._reader is not None
        self._process.send_signal(how)
        try:
            return self._process.wait(STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            self._reader.join()


def _read(process: subprocess.Popen[str], lines: "Queue[str]") -> None:
    """Pass on what the process prints, and an empty line at its end; never let its pipe fill up."""
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}


@contextmanager
def registry_process(database: str, log: Path, *options: str) -> Iterator[RegistryProcess]:
    """A started registry, ended with the block if it still runs."""
    registry = RegistryProcess(database, log, *options)
    registry.start()
    try:
        yield registry
    finally:
        if registry.running:
            registry.kill()
