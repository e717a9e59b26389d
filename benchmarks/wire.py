"""A cheap client, as it shares its processors with what it measures: prepared bytes out, status and body back.

One protocol of asyncio on a kept connection, one request at a time; of the answer only the status line and the length are read.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson

_LENGTH = b"content-length: "
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Answer:
    """What came back, and how long it took, ms."""

    status: int
    body: bytes
    ms: float


class Wire(asyncio.Protocol):
    """A connection to a registry; a lost one is made again with the next request."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""

    async def ask(self, base: str, request: bytes) -> Answer:
        """Send a request and wait for its whole answer; ConnectionError where it did not come."""
        begun = time.perf_counter()
        loop = asyncio.get_running_loop()
        if self._transport is None:
            place = urlsplit(base)
            await loop.create_connection(lambda: self, place.hostname, place.port)
        assert self._transport is not None
        self._waiting, self._received = loop.create_future(), b""
        self._transport.write(request)
        status, body = await self._waiting
        return Answer(status, body, (time.perf_counter() - begun) * 1000)

    def close(self) -> None:
        """End the connection."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Complete the answer that is waited for."""
        self._received += data
        head, end, body = self._received.partition(_END)
        if not end or self._waiting is None or self._waiting.done():
            return
        at = head.lower().find(_LENGTH)
        length = 0 if at < 0 else int(head[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        if len(body) >= length:
            self._waiting.set_result((int(head[9:12]), body))

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionResetError("the connection was lost"))


def get(path: str, bearer: str) -> bytes:
    """The bytes of a GET."""
    return _head("GET", path, bearer) + b"\r\n"


def post(path: str, bearer: str, body: Any) -> bytes:
    """The bytes of a POST of JSON."""
    return _posted(path, bearer, "application/fhir+json", orjson.dumps(body))


def post_form(path: str, bearer: str, form: str) -> bytes:
    """The bytes of a POST of a form, encoded."""
    return _posted(path, bearer, "application/x-www-form-urlencoded", form.encode())


def _posted(path: str, bearer: str, media: str, content: bytes) -> bytes:
    more = f"Content-Type: {media}\r\nContent-Length: {len(content)}\r\n\r\n"
    return _head("POST", path, bearer) + more.encode() + content


def _head(method: str, path: str, bearer: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: registry\r\nAuthorization: Bearer {bearer}\r\n".encode()
