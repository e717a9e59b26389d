"""The registry as a server: uvicorn on one address, one worker, graceful stop."""

import logging
import socket
import time
from collections.abc import Callable
from types import FrameType

import uvicorn

from kiosk.central.app import create_app
from kiosk.central.local import is_loopback
from kiosk.central.store import Store
from kiosk.central.tls import Certificate

#: How long requests under way may take to end when the server stops.
STOP_SECONDS = 10
#: Terminals keep their connection between two touches: closing it under a request would look like a lost answer.
KEEP_ALIVE_SECONDS = 75
BACKLOG = 1024


class PlainHttpRefused(ValueError):
    """Plain http on an address that others can reach, and no setting that allows it (R39, api.md section 13)."""


class Server(uvicorn.Server):
    """A server bound to its address and not running yet: `run` blocks, `stop` ends it from any thread.

    In the main thread SIGINT and SIGTERM end it too, and `run` returns.
    """

    def __init__(
        self, config: uvicorn.Config, listener: socket.socket, on_ready: Callable[[int], None]
    ) -> None:
        super().__init__(config)
        self._listener = listener
        self._on_ready = on_ready

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until stopped."""
        with self._listener:
            super().run(sockets or [self._listener])

    def close(self) -> None:
        """Give the address back; for a server that shall not run after all."""
        self._listener.close()

    def stop(self) -> None:
        """Take no more requests, end those under way, and let `run` return."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell the port."""
        await super().startup(sockets)
        self._on_ready(self._listener.getsockname()[1])

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and do not raise the signal again afterwards as uvicorn does: the caller still has to clean up."""
        self.stop()


def system_clock() -> int:
    """Whole seconds of UTC."""
    return int(time.time())


def server(
    store: Store,
    clock: Callable[[], int],
    host: str,
    port: int,
    on_ready: Callable[[int], None],
    *,
    allow_plain_http: bool = False,
    local_pages: bool = True,
    certificate: Certificate | None = None,
) -> Server:
    """A server bound to host and port (0: any free one); `on_ready` gets the port once it answers.

    Raises PlainHttpRefused, or OSError where the address cannot be had.
    """
    if certificate is None and not allow_plain_http and not is_loopback(host):
        raise PlainHttpRefused(f"plain http on {host} is refused unless allow_plain_http is set")
    config = uvicorn.Config(
        create_app(store, clock, local_pages=local_pages),
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        **({} if certificate is None else certificate.options),
    )
    # The frame writes its own access log: uvicorn's has addresses with ids in it, and must stay silent (R39).
    logging.getLogger("uvicorn.access").disabled = True
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return Server(config, socket.create_server((host, port), family=family, backlog=BACKLOG), on_ready)


def serve(
    store: Store,
    host: str,
    port: int,
    on_ready: Callable[[int], None],
    *,
    allow_plain_http: bool = False,
    local_pages: bool = True,
    certificate: Certificate | None = None,
) -> None:
    """Serve in this process until SIGINT or SIGTERM; raises as `server` does. The store stays the caller's."""
    server(
        store,
        system_clock,
        host,
        port,
        on_ready,
        allow_plain_http=allow_plain_http,
        local_pages=local_pages,
        certificate=certificate,
    ).run()
