"""Pages of a search: `_count` and opaque, signed `next` links (api.md sections 2 and 4)."""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Any
from urllib.parse import urlencode

import orjson

from kiosk.central.call import Call, Refusal

#: The query parameter of a `next` link; it stands for all the others.
PARAMETER = "_page"
DEFAULT_COUNT = 50
MOST_COUNT = 200

_DIGITS = re.compile(r"[0-9]+")
_SIGNATURE_BYTES = 16


def count(text: str | None, *, least: int = 0) -> int:
    """How many entries a page may have: `text` as the caller gave it, cut to MOST_COUNT.

    Raises Refusal("invalid", "_count") for anything but a whole number of at least `least`.
    """
    if text is None:
        return DEFAULT_COUNT
    if not _DIGITS.fullmatch(text):
        raise Refusal("invalid", "_count")
    asked = int(text.lstrip("0")[:4] or "0")
    if asked < least:
        raise Refusal("invalid", "_count")
    return min(asked, MOST_COUNT)


def link(call: Call, path: str, state: Any, *, seconds: int | None = None) -> str:
    """The URL under which a search goes on: GET `path` below the FHIR base, with `state` (plain JSON data) inside.

    With `seconds` it is good only that long.
    """
    expires = None if seconds is None else call.now + seconds
    body = orjson.dumps([path, expires, state])
    token = base64.urlsafe_b64encode(_signature(call, body) + body).rstrip(b"=").decode()
    return f"{call.base}/{path}?{urlencode({PARAMETER: token})}"


def resumed(call: Call, path: str) -> Any | None:
    """The state inside the link that the caller followed, None where this is a first request.

    Raises Refusal("invalid", "_page") for a link that this registry did not make for this path, or an old one.
    """
    tokens = [value for name, value in call.query if name == PARAMETER]
    if not tokens:
        return None
    link_path, expires, state = orjson.loads(_verified(call, tokens[0]))
    if link_path != path or (expires is not None and expires < call.now):
        raise Refusal("invalid", PARAMETER)
    return state


def _verified(call: Call, token: str) -> bytes:
    try:
        signed = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Refusal("invalid", PARAMETER) from error
    signature, body = signed[:_SIGNATURE_BYTES], signed[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(call, body)):
        raise Refusal("invalid", PARAMETER)
    return body


def _signature(call: Call, body: bytes) -> bytes:
    key = call.store.setting("secret").encode()
    return hmac.new(key, b"page:" + body, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
