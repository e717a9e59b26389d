"""The registry over TLS, with certificates of an authority that the test makes (R39; api.md section 13)."""

import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import tiny_region
import trustme
from databases import Databases, copied
from registry_process import command, registry_process

from kiosk.api_client.late import LateClient, Proof
from kiosk.central import configuration, identity
from kiosk.central.store import Store
from kiosk.errors import SettingsError, Unreachable

TIMEOUTS = (5.0, 10.0)


@dataclass(frozen=True)
class Papers:
    """Files of two authorities: the region's and a stranger's, and what each has issued to a terminal."""

    folder: Path

    def proof(self, ca: str = "region", terminal: str = "") -> Proof:
        own = (
            (str(self.folder / f"{terminal}.pem"), str(self.folder / f"{terminal}.key"))
            if terminal
            else ("", "")
        )
        return Proof(str(self.folder / f"{ca}-ca.pem") if ca else "", *own)

    def config(self, *more: str) -> Path:
        lines = [f'certificate = "{self.folder / "registry.pem"}"', f'key = "{self.folder / "registry.key"}"']
        file = self.folder / f"registry-{len(more)}.toml"
        file.write_text("\n".join(("[registry]", *lines, *more)))
        return file


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    for owner in ("region", "stranger"):
        ca = trustme.CA()
        ca.cert_pem.write_to_path(str(folder / f"{owner}-ca.pem"))
        _issue(ca, folder, f"{owner}-terminal")
        if owner == "region":
            _issue(ca, folder, "registry")
    return Papers(folder)


def _issue(ca: trustme.CA, folder: Path, name: str) -> None:
    issued = ca.issue_cert("127.0.0.1")
    key = folder / f"{name}.key"
    key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(str(key), append=True)
    for number, pem in enumerate(issued.cert_chain_pems):
        pem.write_to_path(str(folder / f"{name}.pem"), append=number > 0)


@dataclass(frozen=True)
class Served:
    base: str
    credential: str

    def ask(self, proof: Proof) -> int:
        """How many districts the terminal's own client is told of."""
        client = LateClient(self.base, self.credential, TIMEOUTS, proof)
        try:
            return len(client.districts())
        finally:
            client.close()


def _served(papers: Papers, database: str, folder: Path, *more: str) -> Iterator[Served]:
    store = Store(database)
    credential = identity.enroll(store, "lobby", tiny_region.NOW)
    store.close()
    with registry_process(database, folder / "log", "--config", str(papers.config(*more))) as process:
        yield Served(process.base, credential)


@pytest.fixture(scope="module")
def served(
    papers: Papers, databases: Databases, tiny_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("tls")
    with copied(databases, tiny_database, folder) as url:
        yield from _served(papers, url, folder)


@pytest.fixture(scope="module")
def closed(
    papers: Papers, databases: Databases, tiny_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One that asks for certificates of terminals."""
    wanted = f'client_ca = "{papers.folder / "region-ca.pem"}"'
    folder = tmp_path_factory.mktemp("mutual")
    with copied(databases, tiny_database, folder) as url:
        yield from _served(papers, url, folder, wanted)


def test_a_terminal_trusts_the_authority_that_it_was_told(served: Served, papers: Papers) -> None:
    assert served.base.startswith("https://")
    assert served.ask(papers.proof()) == 1


@pytest.mark.parametrize("ca", ["stranger", ""], ids=["of a stranger", "of the machine"])
def test_a_registry_of_another_authority_is_none(served: Served, papers: Papers, ca: str) -> None:
    with pytest.raises(Unreachable):
        served.ask(papers.proof(ca))


def test_an_authority_whose_file_is_gone_is_an_error_of_the_registry(served: Served, papers: Papers) -> None:
    with pytest.raises(Unreachable):
        served.ask(papers.proof("gone"))


def test_plain_http_is_not_answered(served: Served, papers: Papers) -> None:
    plain = Served(served.base.replace("https", "http"), served.credential)
    with pytest.raises(Unreachable):
        plain.ask(papers.proof())


def test_who_shows_a_certificate_of_the_region_is_answered(closed: Served, papers: Papers) -> None:
    assert closed.ask(papers.proof(terminal="region-terminal")) == 1


@pytest.mark.parametrize("terminal", ["", "stranger-terminal"], ids=["without one", "of a stranger"])
def test_others_are_not_even_heard(closed: Served, papers: Papers, terminal: str) -> None:
    with pytest.raises(Unreachable):
        closed.ask(papers.proof(terminal=terminal))


def test_a_key_that_others_may_read_is_refused(papers: Papers, tiny_database: str, tmp_path: Path) -> None:
    open_key = tmp_path / "registry.key"
    shutil.copyfile(papers.folder / "registry.key", open_key)
    open_key.chmod(0o640)
    done = _refused(tiny_database, tmp_path, papers.folder / "registry.pem", open_key)
    assert "chmod 600" in done


def test_a_key_of_another_certificate_is_refused(papers: Papers, tiny_database: str, tmp_path: Path) -> None:
    assert "certificate, key" in _refused(
        tiny_database, tmp_path, papers.folder / "registry.pem", papers.folder / "stranger-terminal.key"
    )


def _refused(database: str, folder: Path, chain: Path, key: Path) -> str:
    config = folder / "registry.toml"
    config.write_text(f'[registry]\ncertificate = "{chain}"\nkey = "{key}"\n')
    options = ("--database", database, "--config", str(config), "--port", "0")
    done = subprocess.run(command("serve", *options), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("lines", "missing"),
    [('certificate = "a"', "key"), ('key = "a"', "certificate"), ('client_ca = "a"', "certificate")],
)
def test_half_a_certificate_is_a_mistake(tmp_path: Path, lines: str, missing: str) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(f"[registry]\n{lines}\n")
    with pytest.raises(SettingsError, match=rf"\[registry\] {missing}: is missing"):
        configuration.read(file)


def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask: personal data will stand in it, and in what SQLite keeps beside it."""
    path = tmp_path / "registry.sqlite"
    making = command("init", "--database", f"sqlite:///{path}")
    subprocess.run(making, check=True, timeout=60, umask=0)
    store = Store(f"sqlite:///{path}")
    identity.enroll(store, "lobby", tiny_region.NOW)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    store.close()
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}, modes
