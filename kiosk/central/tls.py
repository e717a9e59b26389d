"""How the registry proves itself, and who may connect at all: certificates as PEM files (R39, api.md section 13)."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import SettingsError


@dataclass(frozen=True)
class Certificate:
    """A certificate with its chain, and its key; with `client_ca` only who shows a certificate of it may connect."""

    chain: Path
    key: Path
    client_ca: Path | None = None

    @property
    def options(self) -> dict[str, Any]:
        """As uvicorn takes it."""
        own = {"ssl_certfile": self.chain, "ssl_keyfile": self.key}
        if self.client_ca is None:
            return own
        return {**own, "ssl_ca_certs": str(self.client_ca), "ssl_cert_reqs": ssl.CERT_REQUIRED}


def certificate(chain: str, key: str, client_ca: str = "") -> Certificate | None:
    """The certificate of these files, None where none is named.

    SettingsError where a file cannot be used, or others than its owner may read the key.
    """
    if not chain:
        return None
    found = Certificate(Path(chain), Path(key), Path(client_ca) if client_ca else None)
    try:
        if found.key.stat().st_mode & 0o077:
            raise SettingsError((f"[registry] key: {key}: others than its owner may read it (chmod 600)",))
        _try(found)
    except OSError as error:
        raise SettingsError((f"[registry] certificate, key, client_ca: {error}",)) from error
    return found


def _try(found: Certificate) -> None:
    """Use them once: a mistake is better told now than to the first who connects. A key with a password is one."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(found.chain, found.key, password="")
    if found.client_ca is not None:
        context.load_verify_locations(found.client_ca)
