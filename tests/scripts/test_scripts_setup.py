"""What script/setup asks of apt, with a dpkg-query and an apt-get that stand in: the second start asks for nothing (issue 2)."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

SETUP = Path(__file__).parents[2] / "script" / "setup"
_LIST = f'source {SETUP} && printf "%s\\n" "${{system_packages[@]}}"'
PACKAGES = subprocess.check_output(["bash", "-c", _LIST], text=True).split()
#: How each release names them: what `dpkg-query` says of a package, as status, name and what it provides.
DEBIAN = {name: f"installed {name}, " for name in PACKAGES}
UBUNTU = DEBIAN | {"libmtdev1": "installed libmtdev1t64, libmtdev1 (= 1.1.6-1.1build1), libmtdev-any"}


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of commands that come first; what `apt-get` is asked for stands in `asked`."""
    _command(tmp_path, "dpkg-query", f"cat {tmp_path}/installed")
    _command(tmp_path, "apt-get", f'echo "$@" >> {tmp_path}/asked')
    _command(tmp_path, "sudo", 'exec "$@"')
    return tmp_path


@pytest.mark.parametrize("release", [DEBIAN, UBUNTU], ids=["debian-12", "ubuntu-24.04"])
def test_nothing_is_asked_where_all_is_installed(machine: Path, release: dict[str, str]) -> None:
    assert _asked(machine, release.values()) == []


def test_what_is_missing_is_asked_for_and_nothing_else(machine: Path) -> None:
    """A package of which only its configuration is left is not there, nor is one whose name begins alike."""
    installed = UBUNTU | {"xclip": "config-files xclip, ", "libgl1": "installed libgl1-mesa, "}
    update, install = _asked(machine, installed.values())
    assert update.startswith("update")
    assert [word for word in install.split() if not word.startswith("-")] == ["install", "libgl1", "xclip"]


def _asked(machine: Path, installed: Iterable[str]) -> list[str]:
    (machine / "installed").write_text("".join(f"{line}\n" for line in installed), "utf-8")
    subprocess.run(
        ["bash", "-c", f"source {SETUP} && install_system_packages"],
        check=True,
        env={**os.environ, "PATH": f"{machine}:{os.environ['PATH']}"},
        timeout=30,
    )
    asked = machine / "asked"
    return asked.read_text("utf-8").splitlines() if asked.exists() else []


def _command(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
