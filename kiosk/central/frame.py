"""The frame of every request: route, caller, format, limits, errors, access log. Knows HTTP, and no resource.

A request is read here, admitted and carried out in a worker thread, by its route's handler, and answered here; every refusal
and every fault becomes an OperationOutcome (on the token endpoint: an RFC 6749 error).
"""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import anyio
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kiosk.central import audit, identity, local, negotiation, pages
from kiosk.central.batches import Batches
from kiosk.central.call import Call, Caller, Refusal, Reply, Route, Who
from kiosk.central.engines import is_away
from kiosk.central.faults import told
from kiosk.central.fhir import ID
from kiosk.central.metrics import Metrics
from kiosk.central.refusals import MEANINGS, refusal_outcome
from kiosk.central.staff import permissions, tokens
from kiosk.central.store import Store

FHIR_JSON = "application/fhir+json"
BODY_LIMIT = 256 * 1024
BODY_SECONDS = 20
WORKERS = 8
#: More requests than these do not wait for a worker; they are told to come again.
MOST_WAITING = 256
#: When to come again while the database cannot be had.
AWAY_SECONDS = 2
#: The interaction of routes that take and give what RFC 6749 and 7009 say.
TOKEN = "token"
#: The interaction of routes that are not FHIR, and answer in the one format that they have.
PLAIN = "plain"

_HOST = re.compile(r"[A-Za-z0-9.\-_:\[\]]{1,255}")
_access = logging.getLogger("kiosk.central.access")
_log = logging.getLogger(__name__)

#: Of RFC 6749 for our refusals; the rest is `invalid_request`.
_TOKEN_ERRORS = {
    "login": "invalid_client",
    "too-many": "too_many",
    "server-error": "server_error",
    "unavailable": "temporarily_unavailable",
}
#: Whom a route lets in who is none of the staff: a patient's token is its terminal's too.
_LETS_IN = {
    Who.TERMINAL: (Who.TERMINAL, Who.PATIENT),
    Who.PATIENT: (Who.PATIENT,),
    Who.STAFF: (),
    Who.LOCAL: (),
}


@dataclass(frozen=True)
class Service:
    """What all requests share: the store, the clock, the limit of worker threads, the batches, what is counted.

    `local_pages`: whether this machine itself needs no credential where `Who.LOCAL` may ask.
    """

    store: Store
    clock: Callable[[], int]
    workers: anyio.CapacityLimiter
    batches: Batches
    metrics: Metrics
    local_pages: bool = True


@dataclass(frozen=True)
class Arrival:
    """A request as it came in: nothing of it is trusted yet. `payload` is None where it is over the limit.

    `peer` is the address that it came from, as the connection has it.
    """

    url: str
    query: tuple[tuple[str, str], ...]
    path: Mapping[str, str]
    headers: Mapping[str, str]
    payload: bytes | None
    peer: str


class Endpoint:
    """All routes of one path. An ASGI application below Starlette's router."""

    def __init__(self, service: Service, routes: Sequence[Route], template: str) -> None:
        self._service = service
        self._routes = {route.method: route for route in routes}
        self._template = template

    @property
    def routes(self) -> Sequence[Route]:
        """What is answered here, one for each method."""
        return tuple(self._routes.values())

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request, whatever it is, and write one line of access log."""
        request = Request(scope, receive)
        started = time.perf_counter()
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            _access.info("%s %s gone", request.method, self._template)
            return
        await response(scope, receive, send)
        spent = time.perf_counter() - started
        # Methods are any word that a caller likes: only those that are known make a series of their own.
        method = request.method if request.method in self._routes else "other"
        self._service.metrics.answered(method, self._template, response.status_code, spent)
        _access.info("%s %s %s %.1f ms", request.method, self._template, response.status_code, spent * 1000)

    async def _answer(self, request: Request) -> Response:
        language = negotiation.language(request.headers.get("accept-language", ""))
        route = self._routes.get("GET" if request.method == "HEAD" else request.method)
        oauth = route is not None and route.interaction == TOKEN
        try:
            return await self._carried_out(request, route, language)
        except Refusal as refusal:
            self._service.metrics.refused(refusal.code)
            allowed = (
                {"Allow": ", ".join(sorted(self._routes))} if refusal.code == "method-not-allowed" else {}
            )
            return _refused(refusal, language, oauth, allowed)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001 (the server's error handler: every fault becomes an answer)
            _log.error("%s failed: %s", self._template, told(error))
            fault = (
                Refusal("unavailable", retry_after=AWAY_SECONDS)
                if is_away(error)
                else Refusal("server-error")
            )
            self._service.metrics.refused(fault.code)
            return _refused(fault, language, oauth, {})

    async def _carried_out(self, request: Request, route: Route | None, language: str) -> Response:
        if route is None:
            raise Refusal("method-not-allowed" if self._routes else "not-found")
        batches, workers = self._service.batches, self._service.workers
        waiting = batches.waiting if route.batched else workers.statistics().tasks_waiting
        if waiting > MOST_WAITING:
            raise Refusal("unavailable", retry_after=1)
        arrival = await _arrival(request)
        call = partial(admitted, self._service, route, arrival, language)
        if route.batched:
            return _response(await batches.answer(lambda: partial(answered, route, call())))
        return await anyio.to_thread.run_sync(lambda: _response(answered(route, call())), limiter=workers)


async def _arrival(request: Request) -> Arrival:
    """Read the request; a body over the limit is read no further, one too slow is refused."""
    host = request.headers.get("host") or "{}:{}".format(*request.scope["server"])
    if not _HOST.fullmatch(host):
        raise Refusal("invalid", "Host")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            payload = await _payload(request)
    except TimeoutError as error:
        raise Refusal("too-slow") from error
    return Arrival(
        url=f"{request.scope['scheme']}://{host}",
        query=_pairs(request.scope["query_string"]),
        path=request.path_params,
        headers={name.lower(): value for name, value in request.headers.items()},
        payload=payload,
        peer=request.client.host if request.client else "",
    )


async def _payload(request: Request) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_LIMIT:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def admitted(service: Service, route: Route, arrival: Arrival, language: str) -> Call:
    """The request as its handler takes it: authenticated, checked and parsed; Refusal for any that is not let in."""
    now = service.clock()
    caller = _caller(service, route, arrival, now)
    if caller.terminal_id:
        service.metrics.heard(caller.terminal_id, now)
    if not all(ID.fullmatch(value) for value in arrival.path.values()):
        raise Refusal("not-found")
    if route.interaction != PLAIN and not _takes_json(arrival):
        raise Refusal("not-acceptable")
    _check_query(route, arrival.query)
    form, body = _body(route, arrival)
    return Call(
        store=service.store,
        caller=caller,
        now=now,
        language=language,
        base=arrival.url + "/fhir",
        path=arrival.path,
        query=form if route.interaction == TOKEN else _without_format(arrival.query + form),
        headers=arrival.headers,
        body=body,
    )


def answered(route: Route, call: Call) -> Reply:
    """What the route's handler answers."""
    reply = route.handler(call)
    if route.personal and call.caller.patient_id:
        _note_read(route, call)
    return reply


def _note_read(route: Route, call: Call) -> None:
    """Nothing of a patient is told before it stands in the audit."""
    kind, id = route.path.split("/")[1], call.path.get("id")
    record = f"{kind}/{id}" if id else kind
    call.store.write(
        lambda connection: audit.note(
            connection, call, "read" if id else "search", record, call.caller.patient_id
        )
    )


def _takes_json(arrival: Arrival) -> bool:
    return negotiation.answers_in_json(arrival.headers.get("accept", ""), dict(arrival.query).get("_format"))


def _caller(service: Service, route: Route, arrival: Arrival, now: int) -> Caller:
    """Who calls, or Refusal: `login` without a valid credential, `forbidden` with one that is not enough."""
    if route.who is Who.ANYBODY:
        return Caller()
    if route.who is Who.LOCAL and service.local_pages and local.is_local(arrival.peer, arrival.headers):
        return Caller()
    caller = _known(service.store, bearer(arrival.headers), now)
    if caller is None:
        raise Refusal("login")
    if not _is_let_in(route, caller):
        raise Refusal("forbidden")
    return caller


def _known(store: Store, credential: str, now: int) -> Caller | None:
    if not tokens.is_staffs(credential):
        return identity.caller(store, credential, now)
    staff = tokens.holder(store, credential, now)
    return None if staff is None else Caller(staff=staff)


def _is_let_in(route: Route, caller: Caller) -> bool:
    if caller.staff is None:
        return caller.who in _LETS_IN[route.who]
    if route.action is None:
        return route.who is Who.STAFF
    return permissions.may(caller.staff, route.action)


def bearer(headers: Mapping[str, str]) -> str:
    """The credential of an `Authorization: Bearer ...` header, or ''."""
    scheme, _, credential = headers.get("authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else ""


def _check_query(route: Route, query: Sequence[tuple[str, str]]) -> None:
    """Refuse a parameter that the route does not take, by its name."""
    known = {"_format", *route.searches}
    if route.interaction == "search-type":
        known |= {"_count", pages.PARAMETER} | ({"_include"} if route.includes else set())
    for name, value in query:
        if name not in known:
            raise Refusal("invalid", name)
        if "\0" in value:
            raise Refusal("invalid", name)


def _body(route: Route, arrival: Arrival) -> tuple[tuple[tuple[str, str], ...], Any]:
    """(form, JSON) of the body: the one or the other, as the route takes it."""
    if arrival.payload is None:
        raise Refusal("too-large")
    given = negotiation.media_type(arrival.headers.get("content-type", ""))
    if route.method == "GET":
        return (), None
    if route.interaction == TOKEN or route.path.endswith("/_search"):
        if arrival.payload and given != negotiation.FORM_TYPE:
            raise Refusal("unsupported-media")
        form = _pairs(arrival.payload)
        if route.interaction != TOKEN:
            _check_query(route, form)
        return form, None
    if given and given not in negotiation.JSON_TYPES:
        raise Refusal("unsupported-media")
    return (), _json(arrival.payload)


def _json(payload: bytes) -> Any:
    """The JSON of a body. NUL is refused with bad JSON: no text of the registry has it, no database takes it."""
    if b"\\u0000" in payload:
        raise Refusal("invalid", "body")
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        raise Refusal("invalid", "body") from error


def _pairs(encoded: bytes) -> tuple[tuple[str, str], ...]:
    """Names and values of a query or a form, repeats included; what is not UTF-8 becomes U+FFFD."""
    try:
        pairs = parse_qsl(encoded.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=1000)
    except ValueError as error:
        raise Refusal("invalid", "query") from error
    return tuple(pairs)


def _without_format(query: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in query if pair[0] != "_format")


def _refused(refusal: Refusal, language: str, oauth: bool, more: Mapping[str, str]) -> Response:
    meaning = MEANINGS[refusal.code]
    headers = dict(more)
    if meaning.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="registry"'
    if refusal.retry_after is not None:
        headers["Retry-After"] = str(refusal.retry_after)
    if oauth:
        body: Any = {"error": _TOKEN_ERRORS.get(refusal.code, "invalid_request")}
        headers["Content-Type"] = "application/json"
    else:
        body = refusal_outcome(refusal, language)
    return _response(Reply(body, meaning.status, headers))


def _response(reply: Reply) -> Response:
    """The answer on the wire; no cache keeps it unless its handler says so (R39)."""
    content = b"" if reply.body is None else reply.body
    if not isinstance(content, bytes):
        content = orjson.dumps(content)
    headers = {"Cache-Control": "no-store", **reply.headers}
    media = headers.pop("Content-Type", FHIR_JSON)
    return Response(content, reply.status, headers, media_type=media if content else None)
