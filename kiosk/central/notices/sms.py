"""The way of SMS: one request for each, to the gateway of the settings, over HTTP."""

import http.client
import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from kiosk.central.notices.deliveries import Due, Ending, Outcome
from kiosk.central.notices.settings import Sms
from kiosk.texts import catalog
from kiosk.ticket import Ticket

DOMAIN = "notices"
#: As much of an answer is looked at.
MOST_ANSWER = 64 * 1024
_TYPES = {"json": "application/json; charset=utf-8", "form": "application/x-www-form-urlencoded"}
#: The gateway lets nobody in, is elsewhere or overloaded: no other message would fare better.
_CLOSED = (401, 403, 404, 503)
_LATER = (408, 425, 429)


def _(words: str) -> str:
    """Marks words for the catalog."""
    return words


_REPEATED = _("(sent again)")


class Gateway:
    """Sends SMS. Never raises for what the network or the gateway does: that is the outcome."""

    way = "phone"

    def __init__(self, settings: Sms, token: str) -> None:
        self._settings = settings
        self._token = token
        self._context = ssl.create_default_context()

    def send(self, due: Due, ticket: Ticket | None) -> Outcome:
        """Hand the words of this attempt to the gateway; the ticket's number is in them."""
        request = asked(self._settings, self._token, due)
        connection = self._connection()
        try:
            try:
                connection.connect()
            except OSError as error:
                return Outcome(Ending.CLOSED, f"sms {type(error).__name__} at the door")
            connection.request(self._settings.method, request.target, request.body, dict(request.headers))
            answer = connection.getresponse()
            words = answer.read(MOST_ANSWER).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return Outcome(Ending.UNKNOWN, f"sms {type(error).__name__} after the request")
        finally:
            connection.close()
        return judged(answer.status, words, self._settings.success)

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self._settings.url)
        host, timeout = parts.hostname or "", self._settings.timeout
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout, context=self._context)
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)


# --- what is asked -----------------------------------------------------------------------------------------------


class Request:
    """A request as the gateway wants it: path with query, body, headers."""

    def __init__(self, target: str, body: bytes | None, headers: Mapping[str, str]) -> None:
        self.target = target
        self.body = body
        self.headers = headers


def asked(settings: Sms, token: str, due: Due) -> Request:
    """The request of this attempt, made of the templates of the settings; the id is that of every attempt."""
    text = f"{due.text} {catalog(DOMAIN, due.language).gettext(_REPEATED)}" if due.repeated else due.text
    places = {
        "{phone}": due.address,
        "{digits}": due.address.removeprefix("+"),
        "{text}": text,
        "{id}": due.id,
        "{token}": token,
    }
    headers = {name: _filled(value, places) for name, value in settings.headers.items()}
    fields = _filled(dict(settings.body), places)
    parts = urlsplit(settings.url)
    query = [parts.query] if parts.query else []
    if settings.encoding == "query":
        query.append(urlencode(fields))
        body = None
    else:
        body = orjson.dumps(fields) if settings.encoding == "json" else urlencode(fields).encode()
        headers = {"Content-Type": _TYPES[settings.encoding], **headers}
    return Request("?".join((parts.path or "/", *filter(None, ("&".join(query),)))), body, headers)


def _filled(template: Any, places: Mapping[str, str]) -> Any:
    """The template with what is known in its places, in whatever depth; what is put in is not looked into again."""
    if isinstance(template, str):
        return re.sub(r"\{[a-z]+\}", lambda found: places.get(found[0], found[0]), template)
    if isinstance(template, dict):
        return {name: _filled(value, places) for name, value in template.items()}
    if isinstance(template, list):
        return [_filled(value, places) for value in template]
    return template


# --- what came of it ---------------------------------------------------------------------------------------------


def judged(status: int, answer: str, success: str) -> Outcome:
    """What a gateway's answer means; one that says nothing of itself may have sent it."""
    words = f"sms HTTP {status}"
    if 200 <= status < 300:
        if re.search(success, answer):
            return Outcome(Ending.ACCEPTED, words)
        return Outcome(Ending.LATER, f"{words} without success")
    if status in _CLOSED or 300 <= status < 400:
        return Outcome(Ending.CLOSED, words)
    if status in _LATER:
        return Outcome(Ending.LATER, words)
    if status >= 500:
        return Outcome(Ending.UNKNOWN, words)
    return Outcome(Ending.NEVER, words)
