"""HTTP to the registry: one private request, and every failure as an error of errors.py.

Nothing of a request or an answer is ever logged, and foreign exceptions are not chained: their texts hold addresses.
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError, NewConnectionError

from kiosk.api_client.node import YEARS, Node
from kiosk.api_client.reading import refusal
from kiosk.errors import BadReply, Refused, RegistryError, ServerFault, Unreachable

JSON = "application/fhir+json"
ACCEPTED = f"{JSON}, application/json;q=0.9"
#: A week of 50 doctors is some 300 kB; no honest answer is larger than this.
MAX_BYTES = 8_000_000
MAX_PAGES = 50

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One answer: `body` is parsed JSON, None where it was empty."""

    status: int
    headers: Mapping[str, str]
    body: Any


class Bearer(AuthBase):
    """A credential or a token. As `auth`, so that no .netrc of the machine takes its place."""

    def __init__(self, value: str) -> None:
        self._value = value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._value}"
        return request


class Connection:
    """Requests to one registry: timeouts in seconds (connect, read), same origin only, no redirects, no cookies."""

    def __init__(
        self, base_url: str, session: requests.Session, timeouts: tuple[float, float], language: str
    ) -> None:
        self._base = base_url.rstrip("/")
        self._session = session
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        if _is_loopback(urlsplit(base_url).hostname or ""):
            # A registry on this machine is never behind the proxy that the environment names.
            self._session.trust_env = False
        self._timeouts = timeouts
        self._language = language
        self._offset = timedelta()
        self._heard_at: datetime | None = None
        self._lock = threading.Lock()
        # At DEBUG urllib3 logs every address with its query: identifiers and ids of patients.
        logging.getLogger("urllib3").setLevel(logging.WARNING)

    def speak(self, language: str) -> None:
        """The Accept-Language of the requests to come."""
        self._language = language

    @property
    def language(self) -> str:
        """The language of the registry's texts."""
        return self._language

    def now(self) -> datetime:
        """The registry's time by the Date of its last answer; this machine's until then."""
        with self._lock:
            return datetime.now(UTC) + self._offset

    def heard_at(self) -> datetime | None:
        """When the registry last gave an answer that was no failure, by this machine's clock."""
        with self._lock:
            return self._heard_at

    def read(self, bearer: str, path: str, query: Mapping[str, str] | None = None) -> Node:
        """A GET; tried once more where the registry surely did not see it, or failed."""
        return _once_more(lambda: Node.of(self.request("GET", path, bearer, params=query).body))

    def ask(self, bearer: str, path: str, body: Any) -> Node:
        """A POST that changes nothing, tried again like a read."""
        return _once_more(lambda: self.command(bearer, path, body))

    def command(self, bearer: str, path: str, body: Any) -> Node:
        """A POST that may change something: sent once."""
        return Node.of(self.request("POST", path, bearer, content=body).body)

    def pages(self, bearer: str, path: str, query: Mapping[str, str]) -> Iterator[Node]:
        """A searchset and those that its `next` links lead to."""
        asked: Mapping[str, str] | None = query
        for _ in range(MAX_PAGES):
            page = self.read(bearer, path, asked)
            yield page
            links = (link for link in page.nodes("link") if link.optional("relation") == "next")
            following = next(links, None)
            if following is None:
                return
            path, asked = self._own_path(following.text("url")), None
        raise BadReply("too many pages")

    def request(
        self,
        method: str,
        path: str,
        bearer: str,
        *,
        params: Mapping[str, str] | None = None,
        content: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        allowed: tuple[int, ...] = (),
    ) -> Answer:
        """The answer to one request, of status 2xx or one of `allowed`; every other is an error."""
        data = form if content is None else json.dumps(content).encode()
        kind = {} if content is None else {"Content-Type": JSON}
        own = {"Accept": ACCEPTED, "Accept-Language": self._language, **kind, **(headers or {})}
        address = self._base + path
        sent = requests.Request(method, address, params=params, data=data, headers=own, auth=Bearer(bearer))
        answer = self._exchange(sent)
        if 200 <= answer.status < 300 or answer.status in allowed:
            return answer
        raise _refused(answer)

    def _exchange(self, request: requests.Request) -> Answer:
        try:
            prepared = self._session.prepare_request(request)
            # A CA of one's own goes before the one that the environment names.
            own = self._session.verify if isinstance(self._session.verify, str) else None
            settings = self._session.merge_environment_settings(prepared.url, {}, True, own, None)
            with self._session.send(
                prepared, timeout=self._timeouts, allow_redirects=False, **settings
            ) as response:
                self._keep_time(response.headers.get("Date", ""))
                content = self._content(response)
        except OSError as error:  # Those of requests are such, too; a file of certificates may be gone.
            raise Unreachable(type(error).__name__, sent=_was_sent(error)) from None
        except HTTPError as error:
            raise Unreachable(type(error).__name__, sent=True) from None
        if response.status_code >= 500:
            raise ServerFault(response.status_code)
        with self._lock:
            self._heard_at = datetime.now(UTC)
        return Answer(response.status_code, response.headers, _parsed(content))

    def _content(self, response: requests.Response) -> bytes:
        """The whole body. The read timeout is one between two packets, so a dripping answer has an end of its own.

        `read1` returns with every packet; what reads whole blocks would not come back to look at the clock.
        """
        end = time.monotonic() + self._timeouts[1]
        content = bytearray()
        while chunk := response.raw.read1(65_536, decode_content=True):
            content += chunk
            if len(content) > MAX_BYTES:
                raise BadReply("too large")
            if time.monotonic() > end:
                raise Unreachable("slow body", sent=True)
        return bytes(content)

    def _keep_time(self, date: str) -> None:
        try:
            moment = parsedate_to_datetime(date)
        except (ValueError, OverflowError):
            return
        if moment.tzinfo is not None and moment.year in YEARS:
            with self._lock:
                # The header has cut the second: its middle is the best guess.
                self._offset = moment + timedelta(seconds=0.5) - datetime.now(UTC)

    def _own_path(self, url: str) -> str:
        """The part of an absolute address after our base; another origin is refused."""
        base, link = urlsplit(self._base), urlsplit(url)
        ours = (link.scheme, link.netloc) == (base.scheme, base.netloc)
        if not ours or not link.path.startswith(base.path + "/"):
            raise BadReply("a link to elsewhere")
        return url[len(f"{base.scheme}://{base.netloc}{base.path}") :]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _once_more(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except ServerFault:
        return ask()
    except Unreachable as error:
        if error.sent:
            raise
        return ask()


def _was_sent(error: OSError) -> bool:
    """False only where no connection came about, so that the registry cannot have seen the request."""
    if isinstance(error, requests.ConnectTimeout):
        return False
    cause = getattr(error.args[0] if error.args else None, "reason", None)
    return not isinstance(cause, NewConnectionError)


def _parsed(content: bytes) -> Any:
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise BadReply("not JSON") from None


def _refused(answer: Answer) -> RegistryError:
    """A 4xx with an OperationOutcome is a refusal; anything else is nothing that api.md promises."""
    told = refusal(Node.of(answer.body)) if 400 <= answer.status < 500 else None
    if told is None:
        return BadReply(f"HTTP {answer.status}")
    code, text = told
    return Refused(answer.status, code, text, retry_after(answer))


def retry_after(answer: Answer) -> int | None:
    """The whole seconds of Retry-After, None without them."""
    value = answer.headers.get("Retry-After", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else None
