"""The proxy does what it says: each fault as the client sees it, and what of it reaches the server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

import pytest
import requests
from fault_proxy import ANSWER_FAULTS, FAULTS, FaultProxy, Pace

ANSWER = b'{"resourceType": "Bundle", "total": 0}'
PACE = Pace(slow=0.1, late=0.6, again=0.01, outage=0.3)
READ_TIMEOUT = 0.4


class Upstream:
    """A server that answers everything the same, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.more = threading.Condition()
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with upstream.more:
                    upstream.asked.append((self.path, body))
                    upstream.more.notify_all()
                self.send_response(200)
                self.send_header("Content-Type", "application/fhir+json")
                self.send_header("Content-Length", str(len(ANSWER)))
                self.end_headers()
                self.wfile.write(ANSWER)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"

    def wait_for(self, number: int) -> None:
        with self.more:
            assert self.more.wait_for(lambda: len(self.asked) >= number, 10)


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    thread = threading.Thread(target=lambda: upstream.server.serve_forever(0.01))
    thread.start()
    yield upstream
    upstream.server.shutdown()
    thread.join()
    upstream.server.server_close()


@pytest.fixture
def proxy(upstream: Upstream) -> Iterator[FaultProxy]:
    with FaultProxy(upstream.base, PACE) as proxy:
        yield proxy


def post(proxy: FaultProxy, path: str = "/fhir/Appointment/$book", data: bytes = b"hello") -> bytes:
    answer = requests.post(proxy.base + path, data=data, timeout=(1, READ_TIMEOUT))
    answer.raise_for_status()
    return answer.content


def test_without_a_fault_everything_passes(proxy: FaultProxy, upstream: Upstream) -> None:
    assert post(proxy, "/fhir/x?y=1") == ANSWER
    assert upstream.asked == [("/fhir/x?y=1", b"hello")]
    assert [(one.path, one.fault, one.carried_out) for one in proxy.done] == [("/fhir/x", "", True)]


@pytest.mark.parametrize("fault", ["close", "outage", "lost-answer", "late-answer", "late-request"])
def test_no_answer_comes(proxy: FaultProxy, upstream: Upstream, fault: str) -> None:
    proxy.next(fault)
    with pytest.raises((requests.ConnectionError, requests.Timeout)):
        post(proxy)
    if fault in ("lost-answer", "late-answer", "late-request"):
        upstream.wait_for(1)
    else:
        assert not upstream.asked


@pytest.mark.parametrize("fault", ["truncated", "half-json"])
def test_half_an_answer_comes(proxy: FaultProxy, upstream: Upstream, fault: str) -> None:
    proxy.next(fault)
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.JSONDecodeError)):
        requests.post(proxy.base, timeout=READ_TIMEOUT).json()
    upstream.wait_for(1)


@pytest.mark.parametrize("fault", ANSWER_FAULTS)
@pytest.mark.parametrize("carried_out", [False, True])
def test_something_else_answers(proxy: FaultProxy, upstream: Upstream, fault: str, carried_out: bool) -> None:
    proxy.next(fault, carried_out=carried_out)
    answer = requests.post(proxy.base, timeout=READ_TIMEOUT)
    assert answer.status_code == {"500": 500, "503": 503}.get(fault, 200)
    assert answer.content != ANSWER
    assert len(upstream.asked) == carried_out == proxy.done[0].carried_out


def test_a_slow_answer_comes_and_a_duplicate_is_sent_twice(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.next("slow")
    proxy.next("duplicate")
    assert post(proxy) == post(proxy) == ANSWER
    upstream.wait_for(3)


def test_refused_connections_until_calm(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.refuse(3600)
    with pytest.raises(requests.ConnectionError, match="refused"):
        post(proxy)
    proxy.calm()
    assert post(proxy) == ANSWER
    assert len(upstream.asked) == 1


def test_rules_fit_by_path_and_body(proxy: FaultProxy, upstream: Upstream) -> None:
    proxy.next("500", path="$book", body=b"pending")
    assert post(proxy, "/fhir/Appointment/$hold", b"pending") == ANSWER
    assert post(proxy, "/fhir/Appointment/$book", b"cancelled") == ANSWER
    with pytest.raises(requests.HTTPError):
        post(proxy, "/fhir/Appointment/$book", b"status: pending")
    assert post(proxy, "/fhir/Appointment/$book", b"pending") == ANSWER


@pytest.mark.parametrize("fault", ["hold-request", "hold-answer"])
def test_held_until_let_go(proxy: FaultProxy, upstream: Upstream, fault: str) -> None:
    proxy.next(fault)
    with pytest.raises(requests.Timeout):
        post(proxy)
    assert proxy.wait_until_held(10)
    assert len(upstream.asked) == (fault == "hold-answer")
    proxy.let_go()
    upstream.wait_for(1)


def test_drawn_faults_are_those_of_the_seed(proxy: FaultProxy) -> None:
    def run() -> list[str]:
        proxy.draw(Random(5), 0.5, ("500", "slow", "html"))
        before = len(proxy.done)
        for _ in range(12):
            requests.post(proxy.base, timeout=READ_TIMEOUT)
        return [one.fault for one in proxy.done[before:]]

    first = run()
    assert run() == first
    assert {"", "500"} <= set(first) <= {"", *FAULTS}
