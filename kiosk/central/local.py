"""Whether a request comes from this machine itself, and for itself (api.md section 1). Pure.

A proxy on the same machine passes requests of anybody on: loopback alone proves nothing. So a request that bears a mark of a
proxy is not local; nor is one that was addressed by another name than this machine's, as a page in a browser on this machine
does whose name was bound to loopback. A proxy that leaves no mark cannot be told: for that there is a setting (`local_pages`).
"""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

#: What proxies add to what they pass on.
MARKS = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def is_local(peer: str, headers: Mapping[str, str]) -> bool:
    """`peer` is the address that the connection comes from, `headers` have names in lower case."""
    return (
        is_loopback(peer)
        and not any(mark in headers for mark in MARKS)
        and is_loopback(_host(headers.get("host", "localhost")))
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can be meant; a name other than localhost may be anywhere."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(authority: str) -> str:
    """Without the port; '' where it is no authority."""
    try:
        return urlsplit(f"//{authority}").hostname or ""
    except ValueError:
        return ""
