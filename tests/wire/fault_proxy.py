"""A proxy between a terminal and the registry on loopback, with the faults of a bad network and of a bad server.

    with FaultProxy(registry.base) as proxy:
        client = RegistryClient(proxy.base, ...)
        proxy.next("lost-answer", path="$book")
        proxy.draw(Random(7), rate=0.1)

One request a connection: the client connects anew each time, so every fault meets it at a clear point.
"""

import select
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from types import TracebackType
from urllib.parse import urlsplit

#: What goes wrong on the way. outage: the connection breaks and nobody listens for a while. close: broken before
#: the request was passed on. late-request: passed on when the client has given up. duplicate: passed on once more
#: after the answer, as by a retransmission. slow is an answer in time, late-answer one that is not.
WAY_FAULTS = (
    "outage",
    "close",
    "lost-answer",
    "late-answer",
    "late-request",
    "slow",
    "truncated",
    "half-json",
    "duplicate",
)
#: What is answered instead of the registry, be the request carried out or not.
ANSWER_FAULTS = ("500", "503", "html", "wrong-shape")
FAULTS = WAY_FAULTS + ANSWER_FAULTS
#: For `next` only: the request or its answer stays here until `let_go`.
HELD_FAULTS = ("hold-request", "hold-answer")

_HTML = b"<!DOCTYPE html><title>Sign in to the network</title><p>Welcome to our Wi-Fi"
_INSTEAD = {
    "500": (b"500 Internal Server Error", b"text/plain", b"Internal Server Error"),
    "503": (b"503 Service Unavailable", b"text/html", b"<h1>Bad gateway</h1>"),
    "html": (b"200 OK", b"text/html", _HTML),
    "wrong-shape": (b"200 OK", b"application/fhir+json", b'{"resourceType": "Bundle", "entry": {"a": [1]}}'),
}


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds: `slow` less than the client's read timeout, `late` more."""

    slow: float = 6.0
    late: float = 9.0
    again: float = 0.2
    outage: float = 1.0


@dataclass(frozen=True)
class Done:
    """One request and what was done to it ('' for nothing). No body, no query, no header."""

    method: str
    path: str
    fault: str
    carried_out: bool


@dataclass(frozen=True)
class Request:
    """What the client sent: `head` up to and with the empty line."""

    method: str
    path: str
    head: bytes
    body: bytes = field(repr=False)


@dataclass
class _Rule:
    fault: str
    path: str
    method: str
    body: bytes
    carried_out: bool

    def fits(self, request: Request) -> bool:
        here = self.path in request.path and self.method in ("", request.method)
        return here and self.body in request.body


class FaultProxy:
    """Passes requests on to `upstream` (http://host:port) from a port of its own on 127.0.0.1."""

    def __init__(self, upstream: str, pace: Pace | None = None) -> None:
        target = urlsplit(upstream)
        self._target = (target.hostname, target.port)
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._turned = threading.Condition(self._lock)
        self._rules: list[_Rule] = []
        self._random, self._rate = Random(0), 0.0
        self._drawn: tuple[str, ...] = FAULTS
        self._done: list[Done] = []
        self._threads: set[threading.Thread] = set()
        self._stopped = threading.Event()
        self._let_go = threading.Event()
        self._holding = threading.Semaphore(0)
        self._closed_until = 0.0
        # Bound and never listening: keeps the port while nobody listens on it.
        self._place = _bound(0)
        self.port = int(self._place.getsockname()[1])
        self.base = f"http://127.0.0.1:{self.port}"
        self._listener: socket.socket | None = self._listening()
        self._waker, self._wake_end = socket.socketpair()
        self._thread = threading.Thread(target=self._accept, name="fault proxy")

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._let_go.set()
        self._wake()
        self._thread.join()
        for thread in self._running():
            thread.join()
        for end in (self._place, self._listener, self._waker, self._wake_end):
            if end is not None:
                end.close()

    # --- what is to go wrong -------------------------------------------------------------------------------------

    def next(
        self,
        fault: str,
        *,
        path: str = "",
        method: str = "",
        body: bytes = b"",
        times: int = 1,
        carried_out: bool = False,
    ) -> None:
        """This fault for the next request(s) that fit: `path` and `body` are parts of theirs.

        `carried_out`: whether ANSWER_FAULTS pass the request on all the same.
        """
        assert fault in FAULTS + HELD_FAULTS
        with self._lock:
            self._rules += [_Rule(fault, path, method, body, carried_out) for _ in range(times)]

    def draw(self, random: Random, rate: float, faults: tuple[str, ...] = FAULTS) -> None:
        """From now on each request that no rule fits meets one of the faults with this probability."""
        with self._lock:
            self._random, self._rate, self._drawn = random, rate, faults

    def calm(self) -> None:
        """No more faults, those under way apart; whatever is held goes on, and somebody listens again."""
        with self._lock:
            self._rules.clear()
            self._rate = 0.0
        self.let_go()
        self._listen_again_after(0.0)

    def refuse(self, seconds: float) -> None:
        """Connections are refused from now on for so long (until `calm`, if that comes first)."""
        self._listen_again_after(seconds)

    def wait_until_held(self, timeout: float) -> bool:
        """Whether a request came within so many seconds that is held now; each is told once."""
        return self._holding.acquire(timeout=timeout)

    def let_go(self) -> None:
        """What is held goes on; what is held after this waits again."""
        with self._lock:
            let_go, self._let_go = self._let_go, threading.Event()
        let_go.set()

    def wait_until_quiet(self) -> None:
        """Returns when nothing that came until now is under way any more: late and repeated requests are passed on."""
        for thread in self._running():
            thread.join()

    @property
    def done(self) -> tuple[Done, ...]:
        """Every request that came, in the order in which they were looked at."""
        with self._lock:
            return tuple(self._done)

    @property
    def faults_done(self) -> Counter[str]:
        """How often each fault was done."""
        return Counter(one.fault for one in self.done if one.fault)

    # --- connections ---------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        while not self._stopped.is_set():
            self._open_or_close()
            watched = [self._wake_end, *([self._listener] if self._listener else [])]
            for ready in select.select(watched, [], [], 0.05 if self._listener is None else None)[0]:
                if ready is self._wake_end:
                    ready.recv(64)
                else:
                    self._start(ready)

    def _listen_again_after(self, seconds: float) -> None:
        """Returns when it is so."""
        with self._turned:
            self._closed_until = monotonic() + seconds
            self._wake()
            self._turned.wait_for(lambda: (self._listener is None) == (seconds > 0), timeout=5)

    def _open_or_close(self) -> None:
        with self._turned:
            closed = monotonic() < self._closed_until
            if closed and self._listener is not None:
                self._listener.close()
                self._listener = None
            elif not closed and self._listener is None:
                self._listener = self._listening()
            self._turned.notify_all()

    def _listening(self) -> socket.socket:
        listener = _bound(self.port)
        listener.listen(64)
        return listener

    def _start(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        thread = threading.Thread(target=self._serve, args=(connection,), name="fault proxy request")
        with self._lock:
            self._threads = {one for one in self._threads if one.is_alive()} | {thread}
            thread.start()

    def _running(self) -> list[threading.Thread]:
        with self._lock:
            return list(self._threads)

    def _wake(self) -> None:
        self._waker.send(b"!")

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            try:
                request = _read_request(connection)
                if request is not None:
                    self._handle(connection, request)
            except OSError:
                _reset(connection)  # The client or the registry is gone: nobody answers here.

    # --- one request ---------------------------------------------------------------------------------------------

    def _handle(self, connection: socket.socket, request: Request) -> None:
        fault, carried_out = self._choose(request)
        send = connection.sendall
        if fault in ANSWER_FAULTS:
            if carried_out:
                self._pass_on(request)
            send(_instead(fault))
        elif fault in ("close", "outage"):
            if fault == "outage":
                self.refuse(self._pace.outage)
            _reset(connection)
        else:
            self._on_the_way(fault, send, request)

    def _on_the_way(self, fault: str, send: Callable[[bytes], None], request: Request) -> None:
        if fault == "late-request":
            self._stopped.wait(self._pace.late)
        if fault == "hold-request":
            self._hold()
        answer = self._pass_on(request)
        if fault in ("lost-answer", "late-request"):
            return
        if fault == "hold-answer":
            self._hold()
        self._stopped.wait({"slow": self._pace.slow, "late-answer": self._pace.late}.get(fault, 0.0))
        send(_spoilt(fault, answer))
        if fault == "duplicate":
            self._stopped.wait(self._pace.again)
            self._pass_on(request)

    def _choose(self, request: Request) -> tuple[str, bool]:
        with self._lock:
            rule = next((one for one in self._rules if one.fits(request)), None)
            if rule is not None:
                self._rules.remove(rule)
                fault, carried_out = rule.fault, rule.carried_out
            else:
                hit = self._random.random() < self._rate
                fault = self._random.choice(self._drawn) if hit else ""
                carried_out = self._random.random() < 0.5
            reaches = carried_out if fault in ANSWER_FAULTS else fault not in ("close", "outage")
            self._done.append(Done(request.method, request.path, fault, reaches))
        return fault, carried_out

    def _hold(self) -> None:
        with self._lock:
            let_go = self._let_go
        self._holding.release()
        let_go.wait()

    def _pass_on(self, request: Request) -> bytes:
        """The registry's whole answer; OSError where there is none."""
        with socket.create_connection(self._target, timeout=30) as upstream:
            upstream.sendall(request.head + request.body)
            answer = bytearray()
            while piece := upstream.recv(65_536):
                answer += piece
        if b"\r\n\r\n" not in answer:
            raise ConnectionResetError("the registry gave no answer")
        return bytes(answer)


def _bound(port: int) -> socket.socket:
    place = socket.socket()
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    place.bind(("127.0.0.1", port))
    return place


def _reset(connection: socket.socket) -> None:
    """Close with a reset, as when a machine between goes away."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def _read_request(connection: socket.socket) -> Request | None:
    data = bytearray()
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65_536)
        if not piece:
            return None
        data += piece
    head, _, body = bytes(data).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    method, path, _ = lines[0].decode("ascii").split(" ", 2)
    length = int(_header(lines, b"content-length") or 0)
    while len(body) < length:
        piece = connection.recv(65_536)
        if not piece:
            return None
        body += piece
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    passed_on = b"\r\n".join([*kept, b"Connection: close", b"", b""])
    return Request(method, path.partition("?")[0], passed_on, body)


def _header(lines: list[bytes], name: bytes) -> bytes:
    pairs = (line.partition(b":") for line in lines[1:])
    return next((value.strip() for key, _, value in pairs if key.lower() == name), b"")


def _instead(fault: str) -> bytes:
    status, kind, body = _INSTEAD[fault]
    return _answer(status, kind, body)


def _answer(status: bytes, kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, kind, len(body)) + body


def _spoilt(fault: str, answer: bytes) -> bytes:
    """The answer as this fault leaves it: cut off in the middle, or half a JSON that claims to be whole."""
    head, _, body = answer.partition(b"\r\n\r\n")
    if fault == "truncated":
        return head + b"\r\n\r\n" + body[: len(body) // 2]
    if fault == "half-json":
        status = head.split(b"\r\n")[0].partition(b" ")[2]
        return _answer(status, b"application/fhir+json", body[: len(body) // 2] or b"{")
    return answer
