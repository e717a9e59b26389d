"""A real cupsd of one's own, with one raw queue that leads to a WirePrinter."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from wire_printer import WirePrinter

PROGRAMS = ("cupsd", "lpadmin", "cupsdisable", "cupsenable")
#: Hands a job to the address of its queue, and tries again until somebody takes it, as the backends of CUPS do.
_BACKEND = """#!/usr/bin/python3
import os, socket, sys, time
if len(sys.argv) == 1:
    print('direct wire "" ""')
    sys.exit()
host, port = os.environ["DEVICE_URI"].removeprefix("wire://").split(":")
data = open(sys.argv[6], "rb").read() if len(sys.argv) > 6 else sys.stdin.buffer.read()
while True:
    try:
        line = socket.create_connection((host, int(port)), 3)
        break
    except OSError:
        print("STATE: +connecting-to-device", file=sys.stderr, flush=True)
        time.sleep(0.5)
print("STATE: -connecting-to-device", file=sys.stderr, flush=True)
line.sendall(data)
"""
_DAEMON = """LogLevel warn
Listen 127.0.0.1:{port}
Browsing No
DefaultAuthType None
WebInterface No
<Location />
Order allow,deny
Allow from 127.0.0.1
</Location>
<Policy default>
<Limit All>
Order deny,allow
</Limit>
</Policy>
"""
_FILES = """ServerRoot {root}/etc
ServerBin {root}/bin
RequestRoot {root}/spool
TempDir {root}/spool/tmp
CacheDir {root}/cache
StateDir {root}/state
AccessLog {root}/access.log
ErrorLog {root}/error.log
PageLog {root}/page.log
"""


def missing() -> str:
    """Why there can be no daemon here, '' where there can."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=_PATH) is None]
    if absent:
        return f"{', '.join(absent)} is not installed (Debian: cups-daemon, cups-client)"
    return "" if os.geteuid() == 0 else "cupsd runs backends of root only"


_PATH = os.environ.get("PATH", "") + ":/usr/sbin"


class CupsDaemon:
    """cupsd with the queue `queue`; its files are under /tmp, because its backends run as another user."""

    def __init__(self, printer: WirePrinter) -> None:
        self._root = Path(tempfile.mkdtemp(prefix="cups-", dir="/tmp"))
        with socket.create_server(("127.0.0.1", 0)) as server:
            self._port = server.getsockname()[1]
        self.queue = f"ipp://127.0.0.1:{self._port}/printers/tickets"
        self._make_files()
        self.process = subprocess.Popen(
            [
                "/usr/sbin/cupsd",
                "-f",
                "-c",
                f"{self._root}/etc/cupsd.conf",
                "-s",
                f"{self._root}/etc/files.conf",
            ]
        )
        self._wait_until_up()
        self.administer("lpadmin", "-p", "tickets", "-E", "-m", "raw", "-v", "wire://127.0.0.1:9")
        self.lead_to(printer.port)

    def __enter__(self) -> "CupsDaemon":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._root)

    def lead_to(self, port: int) -> None:
        """The printer of the queue is at this port of this machine from now on."""
        self.administer("lpadmin", "-p", "tickets", "-v", f"wire://127.0.0.1:{port}")

    def administer(self, command: str, *arguments: str) -> None:
        """Runs one of CUPS' commands."""
        server = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{self._port}", "PATH": _PATH}
        subprocess.run([command, *arguments], env=server, check=True, capture_output=True, timeout=20)

    def stop(self) -> None:
        """May be called again."""
        self.process.terminate()
        self.process.wait(20)

    def _make_files(self) -> None:
        self._root.chmod(0o755)
        for name in ("etc", "spool", "spool/tmp", "cache", "state", "bin", "bin/backend"):
            (self._root / name).mkdir()
        for folder in Path("/usr/lib/cups").iterdir():
            if folder.name != "backend":
                (self._root / "bin" / folder.name).symlink_to(folder)
        backend = self._root / "bin" / "backend" / "wire"
        backend.write_text(_BACKEND)
        backend.chmod(0o755)
        (self._root / "etc" / "cupsd.conf").write_text(_DAEMON.format(port=self._port))
        (self._root / "etc" / "files.conf").write_text(_FILES.format(root=self._root))

    def _wait_until_up(self) -> None:
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                assert time.monotonic() < end, "cupsd did not start"
                time.sleep(0.05)
