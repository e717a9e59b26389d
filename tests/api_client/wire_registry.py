"""A registry at the wire level: a handler function says what each request is answered, or how the wire breaks."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Say:
    """One answer. `cut` sends that many bytes of the body and hangs up; `drip` sends a byte each so many seconds."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hang_up: bool = False
    silent: threading.Event | None = None
    drip: float = 0.0

    @property
    def content(self) -> bytes:
        return (
            self.body
            if isinstance(self.body, bytes)
            else b""
            if self.body is None
            else json.dumps(self.body).encode()
        )


class WireRegistry:
    """Requests in the order in which they came, and the server's address."""

    def __init__(self, handler: Callable[[Asked], Say]) -> None:
        self.asked: list[Asked] = []
        self.handler = handler
        self.base = ""


@contextmanager
def wire_registry(handler: Callable[[Asked], Say]) -> Iterator[WireRegistry]:
    """A running registry whose answers are made by `handler`."""
    wire = WireRegistry(handler)
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:
                self.close_connection = True

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
            wire.asked.append(asked)
            say = wire.handler(asked)
            if say.silent is not None:
                say.silent.wait(10)
            if say.hang_up or say.silent is not None:
                self.close_connection = True
                return
            self._send(say)

        def _send(self, say: Say) -> None:
            content = say.content
            self.send_response_only(say.status)
            own = {"Date": self.date_time_string(), "Content-Length": str(len(content))}
            for name, value in {**own, **say.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if say.drip:
                for number in range(len(content)):
                    self.wfile.write(content[number : number + 1])
                    if stop.wait(say.drip):
                        break
                self.close_connection = True
            else:
                self.wfile.write(content if say.cut is None else content[: say.cut])
                self.close_connection = self.close_connection or say.cut is not None

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    wire.base = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield wire
    finally:
        stop.set()
        server.shutdown()
        thread.join()
        server.server_close()
