"""The registry's client, made by the first worker that asks it: its HTTP library takes long to load (issue 2)."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.api_client.client import RegistryClient


class LateClient:
    """Stands for the RegistryClient with these timeouts in seconds (connect, read): offers all that it does."""

    def __init__(self, base_url: str, credential: str, timeouts: tuple[float, float]) -> None:
        self._base_url = base_url
        self._credential = credential
        self._timeouts = timeouts

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def close(self) -> None:
        """Lets go of the connections, where there are any."""
        if "_client" in self.__dict__:
            self._session.close()

    @cached_property
    def _client(self) -> "RegistryClient":
        from kiosk.api_client.client import RegistryClient

        return RegistryClient(self._base_url, self._credential, self._session, self._timeouts)

    @cached_property
    def _session(self) -> Any:
        import requests

        return requests.Session()
