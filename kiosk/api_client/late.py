"""The registry's client, made by the first worker that asks it: its HTTP library takes long to load (issue 2)."""

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.api_client.client import RegistryClient


@dataclass(frozen=True)
class Proof:
    """How registry and terminal prove each other by TLS, as paths of PEM files: whose certificates count as the
    registry's ('': those that the machine trusts), and the terminal's own certificate and key ('': it shows none).
    """

    ca_file: str = ""
    certificate: str = ""
    key: str = ""


class LateClient:
    """Stands for the RegistryClient with these timeouts in seconds (connect, read): offers all that it does."""

    def __init__(
        self, base_url: str, credential: str, timeouts: tuple[float, float], proof: Proof | None = None
    ) -> None:
        self._base_url = base_url
        self._credential = credential
        self._timeouts = timeouts
        self._proof = proof or Proof()
        self._making = threading.Lock()
        self._session: Any = None
        self._language = ""
        self._client: RegistryClient | None = None

    def __getattr__(self, name: str) -> Any:
        with self._making:
            client = self._client or self._made()
        return getattr(client, name)

    def speak(self, language: str) -> None:
        """The language of the registry's texts from now on; asked on the UI thread, so it makes no client."""
        with self._making:
            self._language = language
            if self._client is not None:
                self._client.speak(language)

    def close(self) -> None:
        """Lets go of the connections, where there are any."""
        with self._making:
            if self._session is not None:
                self._session.close()

    def _made(self) -> "RegistryClient":
        """The one client of all workers: at the start several of them ask at once."""
        import requests

        from kiosk.api_client.client import RegistryClient

        self._session = requests.Session()
        self._session.verify = self._proof.ca_file or True
        self._session.cert = (self._proof.certificate, self._proof.key) if self._proof.certificate else None
        client = RegistryClient(self._base_url, self._credential, self._session, self._timeouts)
        if self._language:
            client.speak(self._language)
        self._client = client
        return client
