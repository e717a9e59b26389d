"""Where notices arrive: a real SMTP server and a real HTTP gateway, which can refuse, hold, and be killed and started again."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

WAIT_SECONDS = 30


class Hold:
    """Lets what arrives wait, once, after it was taken and before that is said."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.go_on = threading.Event()


class PostOffice:
    """An SMTP server on a port of its own. `letters` are those that it took, over all its starts.

    With `tls` it wants STARTTLS, or (`from_the_start`) speaks nothing else, as at port 465.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, password: str = "", *, from_the_start: bool = False
    ) -> None:
        self.letters: list[EmailMessage] = []
        self.hold: Hold | None = None
        #: The next answers to RCPT and DATA: a reply, or None to break the connection off.
        self.at_rcpt: list[str | None] = []
        self.at_data: list[str | None] = []
        self.port = _free_port()
        # Of a connection that is encrypted from the start aiosmtpd does not know that it is: it would take no login.
        self._options: dict[str, Any] = (
            {"ssl_context": tls, "auth_require_tls": False}
            if from_the_start
            else {"tls_context": tls, "require_starttls": tls is not None}
        )
        if password:
            self._options |= {"authenticator": _door(password), "auth_required": True}
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """End it, whatever it is in the middle of; repeatable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.at_rcpt.pop(0) if self.at_rcpt else "250 OK"
        if answer is None:
            return self._broken_off(server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 OK"
        if answer is None or answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        hold, self.hold = self.hold, None
        if hold is not None:
            hold.reached.set()
            await asyncio.to_thread(hold.go_on.wait, WAIT_SECONDS)
        return self._broken_off(server) if answer is None else answer

    def _broken_off(self, server: SMTP) -> str:
        assert server.transport is not None
        server.transport.abort()
        return "421 gone"


def _door(password: str) -> Callable[..., AuthResult]:
    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _how: str, given: Any
    ) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=right, handled=right)

    return authenticate


class SmsGateway:
    """An HTTP server on a port of its own. `taken` is what it took: headers and fields, over all its starts."""

    def __init__(self) -> None:
        self.taken: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.hold: Hold | None = None
        #: The next answers: status and body; None to break the connection off.
        self.answers: list[tuple[int, str] | None] = []
        self.requests: list[str] = []
        self.port = _free_port()
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="gateway").start()

    def stop(self) -> None:
        """End it; repeatable."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _handler(gateway: "SmsGateway") -> type[BaseHTTPRequestHandler]:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.requests.append(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = gateway.answers.pop(0) if gateway.answers else (200, '{"status": "ok"}')
                if answer is None or answer[0] < 300:
                    is_json = "json" in self.headers.get("Content-Type", "")
                    fields = json.loads(body) if is_json else {"raw": body.decode()}
                    gateway.taken.append((dict(self.headers), fields))
                hold, gateway.hold = gateway.hold, None
                if hold is not None:
                    hold.reached.set()
                    hold.go_on.wait(WAIT_SECONDS)
                if answer is None:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self._say(*answer)

            do_GET = do_POST

            def _say(self, status: int, words: str) -> None:
                try:
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(words.encode())))
                    self.end_headers()
                    self.wfile.write(words.encode())
                except OSError:
                    pass  # Who asked was killed.

            def log_message(self, *_arguments: object) -> None:
                pass

        return Handler


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
