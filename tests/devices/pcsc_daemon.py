"""A PC/SC daemon of the tests' own, beside any other on the machine, with a virtual reader.

pcscd's socket has a fixed place in /run, so it gets a /run of its own (a mount namespace); the library finds the socket
by PCSCLITE_CSOCK_NAME, which it reads once: one place for all daemons of a process.
"""

import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

COMMAND = "/usr/sbin/pcscd"
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")


def _namespace() -> list[str]:
    return ["unshare", "--mount", *(["--map-root-user"] if os.geteuid() else [])]


def missing() -> str:
    """Why there can be no daemon here, '' where there can."""
    if not (Path(COMMAND).exists() and DRIVER.exists()):
        return "pcscd and vsmartcard-vpcd are not installed (script/setup --for-tests)"
    if subprocess.run([*_namespace(), "mount", "--bind", "/tmp", "/run"], capture_output=True).returncode:
        return "no mount namespaces on this machine, so no PC/SC daemon of its own"
    try:
        import smartcard.scard  # noqa: F401
    except ImportError:
        return "pyscard is not installed (script/setup --card)"
    return ""


_WHY_NOT = missing()
#: The mark of tests that need one; why they are skipped is printed.
needs_daemon = pytest.mark.skipif(bool(_WHY_NOT), reason=_WHY_NOT)


class PcscDaemon:
    """The daemon and its place; cards are put into `port` (virtual_card.py), into a second reader at the next port."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pcsc"))
        self._config = self._folder / "readers"
        self._reader = self._config / "desk"
        self._run = self._folder / "run"
        self._config.mkdir()
        (self._run / "pcscd").mkdir(parents=True)
        self._socket = self._run / "pcscd" / "pcscd.comm"
        self.port = _free_pair()
        self._process: subprocess.Popen[bytes] | None = None
        os.environ["PCSCLITE_CSOCK_NAME"] = str(self._socket)

    def plug_in(self) -> None:
        """From the next start on there is a reader."""
        port = f"0x{self.port:X}"
        self._reader.write_text(
            f'FRIENDLYNAME "Desk"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n'
        )

    def pull_out(self) -> None:
        """From the next start on there is none."""
        self._reader.unlink()

    def start(self) -> None:
        mount = f"mount --bind '{self._run}' /run && exec {COMMAND} --foreground --critical --config '{self._config}'"
        for left in (self._run / "pcscd").iterdir():
            left.unlink()
        self._process = subprocess.Popen([*_namespace(), "sh", "-c", mount], stdout=subprocess.DEVNULL)
        _wait_for(self._answers)

    def kill(self) -> None:
        """As when it crashes: its socket stays there."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self._socket)) == 0


def _free_pair() -> int:
    """A port free together with the next one: the driver makes two readers of each entry.

    Below the range that outgoing connections draw from: none may take it while the daemon is down.
    """
    for port in random.sample(range(20_000, 30_000, 2), 100):
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
        return port
    raise OSError("no two ports together are free between 20000 and 30000")


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
