"""The client that is made when it is first asked."""

import pytest

from kiosk.api_client.late import LateClient
from kiosk.errors import Unreachable


def test_offers_what_the_client_does() -> None:
    late = LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5))
    with pytest.raises(Unreachable):
        late.ready()
    late.close()


def test_lets_go_of_nothing_where_nothing_was_asked() -> None:
    LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5)).close()


def test_has_no_methods_of_its_own() -> None:
    late = LateClient("http://127.0.0.1:9", "credential", (0.5, 0.5))
    with pytest.raises(AttributeError):
        late.nothing()
    late.close()
