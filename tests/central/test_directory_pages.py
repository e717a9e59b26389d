"""`_count` and signed links (api.md sections 2 and 4)."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from kiosk.central import pages
from kiosk.central.call import Call, Caller, Refusal


def call(query: str = "", *, now: int = 1000, secret: str = "s") -> Call:
    store: Any = SimpleNamespace(setting=lambda name: secret)
    return Call(store, Caller("t"), now, "ru", "http://here/fhir", query=parse_qsl(query))


def query_of(url: str) -> str:
    return urlsplit(url).query


@pytest.mark.parametrize(
    ("text", "count"),
    [(None, 50), ("1", 1), ("0", 0), ("0007", 7), ("200", 200), ("201", 200), ("9" * 5000, 200)],
)
def test_count_up_to_200_and_more_is_cut(text: str | None, count: int) -> None:
    assert pages.count(text) == count


@pytest.mark.parametrize("text", ["", "-1", "1.0", "ten", "١", " 1", "+1"])
def test_a_count_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        pages.count(text)
    assert refused.value.detail == "_count"


def test_find_takes_no_count_of_zero() -> None:
    with pytest.raises(Refusal):
        pages.count("0", least=1)


def test_a_link_gives_its_state_back() -> None:
    url = pages.link(call(), "Location", {"offset": 50})
    assert url.startswith("http://here/fhir/Location?_page=")
    assert pages.resumed(call(query_of(url)), "Location") == {"offset": 50}


def test_a_first_request_resumes_nothing() -> None:
    assert pages.resumed(call("name=x"), "Location") is None


def test_a_link_is_good_for_its_time_only() -> None:
    query = query_of(pages.link(call(now=1000), "Appointment", [1], seconds=600))
    assert pages.resumed(call(query, now=1600), "Appointment") == [1]
    with pytest.raises(Refusal):
        pages.resumed(call(query, now=1601), "Appointment")


def test_a_link_of_another_path_or_registry_is_refused() -> None:
    query = query_of(pages.link(call(), "Location", 1))
    with pytest.raises(Refusal):
        pages.resumed(call(query), "Organization")
    with pytest.raises(Refusal):
        pages.resumed(call(query, secret="another"), "Location")


@pytest.mark.parametrize("token", ["", "x", "xx", "АБВ", "====", "!" * 40, "A" * 1000])
def test_a_link_that_was_not_made_here_is_refused(token: str) -> None:
    with pytest.raises(Refusal) as refused:
        pages.resumed(call(f"_page={token}") if token else _with_empty(), "Location")
    assert (refused.value.code, refused.value.detail) == ("invalid", "_page")


def _with_empty() -> Call:
    store: Any = SimpleNamespace(setting=lambda name: "s")
    return Call(store, Caller("t"), 0, "ru", "", query=[("_page", "")])
