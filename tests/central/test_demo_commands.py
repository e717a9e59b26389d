"""`kiosk central ...` (api.md section 13): the commands as a person at a keyboard meets them."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from kiosk.central import cli, configuration
from kiosk.central.demo import DEMO_CREDENTIAL

READY_SECONDS = 30


@pytest.fixture
def url(new_database: str) -> str:
    return new_database


@pytest.fixture
def empty(url: str) -> str:
    """The URL of a registry without demo."""
    assert cli.main(["init", "--database", url]) == 0
    return url


@pytest.fixture
def demo(demo_copy: str) -> str:
    """The URL of a demo registry."""
    return demo_copy


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().out.splitlines()


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of an error."""
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    return line


def test_init_refuses_a_database_that_is_not_empty(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init", "--database", empty]) == cli.EXIT_ERROR
    assert "not empty" in refused(capsys)


def test_init_refuses_what_is_no_registry(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter"
    letter.write_text("a letter to the editor" * 100)
    assert cli.main(["init", "--database", f"sqlite:///{letter}"]) == cli.EXIT_ERROR
    refused(capsys)


def test_an_interrupted_init_can_be_repeated(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(cli.regional, "write_settings", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cli.main(["init", "--database", url])
    assert cli.main(["list", "--database", url]) == cli.EXIT_ERROR
    assert cli.main(["init", "--database", url]) == 0
    assert cli.main(["list", "--database", url]) == 0


def interrupted(_connection: object) -> None:
    raise KeyboardInterrupt


def test_enroll_prints_the_credential_alone(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["enroll", "Холл, 1 этаж", "--database", empty]) == 0
    (credential,) = told(capsys)
    assert re.fullmatch(r"\S{20,}", credential)


def test_a_name_can_be_enrolled_once(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["enroll", "hall", "--database", empty])
    capsys.readouterr()
    assert cli.main(["enroll", "hall", "--database", empty]) == cli.EXIT_ERROR
    assert "hall" in refused(capsys)


def test_list_tells_who_is_in_and_who_was(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["enroll", "hall"], ["enroll", "lobby"], ["revoke", "hall"]):
        assert cli.main([*command, "--database", empty]) == 0
    capsys.readouterr()
    assert cli.main(["list", "--database", empty]) == 0
    hall, lobby = told(capsys)
    assert re.match(r"hall +enrolled \S+ \S+ UTC +revoked ", hall)
    assert re.match(r"lobby +enrolled \S+ \S+ UTC +active$", lobby)


def test_revoke_of_nobody(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["revoke", "hall", "--database", empty]) == cli.EXIT_ERROR
    assert "hall" in refused(capsys)


def test_patients_in_every_situation(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["patients", "--json", "--database", demo]) == 0
    listed = json.loads(capsys.readouterr().out)
    keys = {"situation", "name", "policy_number", "birth_date", "document_number"}
    assert all(set(one) == keys and all(one.values()) for one in listed)
    situations = [one["situation"] for one in listed]
    assert situations.count("adult") >= 40
    assert situations.count("same-policy-and-birth-date") == 2
    for situation in ("child", "dispensary", "no-attachment", "no-card", "newcomer", "unknown"):
        assert situations.count(situation) == 1


def test_patients_for_people(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["patients", "--database", demo]) == 0
    lines = told(capsys)
    assert lines[0].split()[:2] == ["situation", "name"]
    assert sum(line.startswith("adult") for line in lines) == 2, "one to try, and what it means"


def test_patients_of_a_real_registry_are_not_listed(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["patients", "--json", "--database", empty]) == cli.EXIT_ERROR
    refused(capsys)


@pytest.mark.parametrize("command", ["serve", "list", "patients"])
def test_there_must_be_a_registry(
    url: str, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--database", url]) == cli.EXIT_ERROR
    assert "init" in refused(capsys)
    assert not list(tmp_path.iterdir()), "looking makes no database"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["enroll"],
        ["enroll", " "],
        ["init", "--database", "nonsense"],
        ["init", "--database", "sqlite://"],
        ["init", "--database", "mysql://here/registry"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "http"],
    ],
)
def test_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == cli.EXIT_USAGE


def test_settings_name_the_database(empty: str, tmp_path: Path) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(f'[registry]\ndatabase = "{empty}"\n')
    assert cli.main(["enroll", "hall", "--config", str(file)]) == 0
    assert cli.main(["revoke", "hall", "--database", empty]) == 0


def test_settings_with_mistakes_are_told_all_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "registry.toml"
    file.write_text('[registry]\ndatabase = 5\nallow_plain_http = "yes"\nport = 1\n[other]\n')
    assert cli.main(["list", "--config", str(file)]) == cli.EXIT_USAGE
    err = capsys.readouterr().err
    assert all(name in err for name in ("database", "allow_plain_http", "port", "[other]", str(file)))


def test_settings_with_a_password_are_their_owners_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """R39."""
    file = tmp_path / "registry.toml"
    file.write_text('[registry]\ndatabase = "postgresql://registry:secret@127.0.0.1/registry"\n')
    file.chmod(0o640)
    assert cli.main(["list", "--config", str(file)]) == cli.EXIT_USAGE
    told = capsys.readouterr().err
    assert "chmod 600" in told
    assert "secret" not in told
    file.chmod(0o600)
    assert configuration.read(file).database.startswith("postgresql:")


@pytest.mark.parametrize("value", ["no url", "sqlite:///x", "postgresql://registry@127.0.0.1/registry"])
def test_other_databases_have_nothing_to_hide(tmp_path: Path, value: str) -> None:
    file = tmp_path / "registry.toml"
    file.write_text(f'[registry]\ndatabase = "{value}"\n')
    assert configuration.read(file).database == value


def test_plain_http_is_for_this_machine(demo: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--host", "0.0.0.0", "--port", "0", "--database", demo]) == cli.EXIT_ERROR
    assert "plain http" in capsys.readouterr().err


# --- serving -----------------------------------------------------------------------------------------------------


@contextmanager
def served(database: str, log: Path) -> Iterator[str]:
    """The base of a registry in its own process, ended by SIGTERM; it must end well."""
    command = [sys.executable, "-m", "kiosk.central.cli", "serve", "--port", "0", "--database", database]
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), log.read_text()
        try:
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stdout.read()
            status = process.wait(READY_SECONDS)
    assert (status, rest) == (0, ""), log.read_text()


def test_serve_answers_the_demo_terminal_and_stops_on_sigterm(demo: str, tmp_path: Path) -> None:
    with served(demo, tmp_path / "log") as base:
        bearer = {"Authorization": f"Bearer {DEMO_CREDENTIAL}"}
        assert httpx.get(f"{base}/health", trust_env=False).status_code == 200
        answer = httpx.get(f"{base}/fhir/Organization", headers=bearer, trust_env=False)
        assert answer.json()["total"] == 20


def test_the_demo_credential_is_nothing_elsewhere(empty: str, tmp_path: Path) -> None:
    with served(empty, tmp_path / "log") as base:
        bearer = {"Authorization": f"Bearer {DEMO_CREDENTIAL}"}
        assert httpx.get(f"{base}/fhir/Organization", headers=bearer, trust_env=False).status_code == 401


def test_a_terminal_revoked_from_outside_is_out_at_once(
    empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Section 1: within a second, without a restart."""
    cli.main(["enroll", "hall", "--database", empty])
    (credential,) = told(capsys)
    with served(empty, tmp_path / "log") as base:
        bearer = {"Authorization": f"Bearer {credential}"}
        assert httpx.get(f"{base}/fhir/Organization", headers=bearer, trust_env=False).status_code == 200
        cli.main(["revoke", "hall", "--database", empty])
        assert httpx.get(f"{base}/fhir/Organization", headers=bearer, trust_env=False).status_code == 401


def test_the_documented_settings_are_the_defaults() -> None:
    file = Path(__file__).parents[2] / "config" / "registry.toml"
    assert configuration.read(file) == configuration.Configuration()
