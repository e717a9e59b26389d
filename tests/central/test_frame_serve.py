"""The registry as a process: ready, killed, restarted, stopped; and what it does not listen on (api.md 1 and 13)."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import tiny_region
from registry_process import RegistryProcess, command, registry_process
from running_registry import Registry

from kiosk.central import frame, identity, serve
from kiosk.central.store import Store


@pytest.fixture
def credential(store: Store) -> str:
    """Of a terminal enrolled in this test's own database."""
    return identity.enroll(store, "lobby", tiny_region.NOW)


@pytest.fixture
def process(tiny_copy: str, credential: str, tmp_path: Path) -> Iterator[RegistryProcess]:
    with registry_process(tiny_copy, tmp_path / "log") as process:
        yield process


def sign_in(base: str, credential: str) -> httpx.Response:
    anna = tiny_region.ANNA
    fields = {"grant_type": "policy", "policy_number": anna.policy_number, "birth_date": anna.birth_date}
    return httpx.post(f"{base}/auth/token", data=fields, headers={"Authorization": f"Bearer {credential}"})


def record(base: str, token: str) -> httpx.Response:
    path = f"{base}/fhir/Patient/{tiny_region.ANNA.id}"
    return httpx.get(path, headers={"Authorization": f"Bearer {token}"})


def test_killed_and_started_again_it_knows_its_tokens(process: RegistryProcess, credential: str) -> None:
    """Section 9: a token survives a restart, also one after SIGKILL; the address stays."""
    base = process.base
    token = sign_in(base, credential).json()["access_token"]
    process.kill()
    with pytest.raises(httpx.TransportError):
        record(base, token)
    assert process.start() == base
    assert record(base, token).status_code == 200


def test_revoked_by_command_it_is_out_within_a_second(
    process: RegistryProcess, credential: str, tiny_copy: str
) -> None:
    """Section 1: by another process, without a restart."""
    token = sign_in(process.base, credential).json()["access_token"]
    assert record(process.base, token).status_code == 200
    subprocess.run(command("revoke", "lobby", "--database", tiny_copy), check=True)
    assert record(process.base, token).status_code == 401
    assert sign_in(process.base, credential).status_code == 401


def test_told_to_stop_it_ends_well(process: RegistryProcess) -> None:
    assert process.stop() == 0


def test_its_log_has_no_patient(process: RegistryProcess, credential: str, tmp_path: Path) -> None:
    """R39"""
    token = sign_in(process.base, credential).json()["access_token"]
    record(process.base, token)
    process.stop()
    log = (tmp_path / "log").read_text()
    assert "GET /fhir/Patient/{id} 200" in log
    anna = tiny_region.ANNA
    for secret in (anna.id, anna.policy_number, anna.birth_date, token, credential, "Петрова"):
        assert secret not in log


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "registry.example"])
def test_plain_http_stays_on_this_machine(store: Store, host: str) -> None:
    with pytest.raises(serve.PlainHttpRefused, match="allow_plain_http"):
        serve.server(store, serve.system_clock, host, 0, print)


def test_plain_http_can_be_allowed(store: Store) -> None:
    server = serve.server(store, serve.system_clock, "0.0.0.0", 0, print, allow_plain_http=True)
    server.close()


def test_an_address_in_use_is_an_error(store: Store) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve.server(store, serve.system_clock, "127.0.0.1", taken.getsockname()[1], print)


def test_a_body_that_does_not_come_is_given_up(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "BODY_SECONDS", 0.05)
    host, port = registry.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(
            b"POST /terminal/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n["
        )
        answer = b""
        while b"OperationOutcome" not in answer:
            received = connection.recv(4096)
            assert received, answer
            answer += received
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_too_many_at_once_are_told_to_come_again(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "MOST_WAITING", -1)
    answer = registry.get("/fhir/Location")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["resourceType"] == "OperationOutcome"
