"""api.md section 10, end: events of a terminal, without a person (R35)."""

import uuid
from typing import Any

import pytest
from contract_wire import Terminal, Wire

Json = Any
KINDS = ["unmet-demand", "step", "staff-called", "device-fault"]


def event(**more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "at": "2026-01-02T03:04:05+03:00",
        "kind": "step",
        "detail": "welcome",
        **more,
    }


def post(terminal: Terminal, body: Json) -> int:
    return terminal.send("POST", "/terminal/events", json=body).status


@pytest.mark.parametrize("kind", KINDS)
def test_stored(terminal: Terminal, kind: str) -> None:
    answer = terminal.send("POST", "/terminal/events", json=[event(kind=kind)])
    assert answer.status == 204
    assert answer.body is None


def test_a_list_of_many(terminal: Terminal) -> None:
    assert post(terminal, [event() for _ in range(100)]) == 204
    assert post(terminal, []) == 204


def test_with_facility_and_specialty(terminal: Terminal) -> None:
    assert (
        post(terminal, [event(kind="unmet-demand", organization="Organization/x", specialty="therapist")])
        == 204
    )


def test_repeatable_by_id(terminal: Terminal) -> None:
    same = event()
    assert [post(terminal, [same]) for _ in range(3)] == [204] * 3
    assert post(terminal, [same, same, event()]) == 204


@pytest.mark.parametrize(
    "body",
    [
        {},
        "x",
        None,
        [1],
        [{}],
        [event(id=None)],
        [event(at="yesterday")],
        [event(at="2026-01-02T03:04:05")],
        [event(kind=5)],
        [event(detail={"deep": "thing"})],
    ],
)
def test_another_shape_is_400(terminal: Terminal, body: Json) -> None:
    terminal.send("POST", "/terminal/events", json=body).refused(400, "invalid")


def test_one_wrong_event_stores_none(terminal: Terminal) -> None:
    """Refused as a whole, so that the list may be sent again as a whole."""
    good = event()
    terminal.send("POST", "/terminal/events", json=[good, {}]).refused(400, "invalid")
    assert post(terminal, [good]) == 204


def test_broken_json_is_400(terminal: Terminal) -> None:
    terminal.send(
        "POST", "/terminal/events", data=b"[{", headers={"Content-Type": "application/json"}
    ).refused(400)


def test_needs_a_terminal(wire: Wire) -> None:
    wire.send("POST", "/terminal/events", json=[event()]).refused(401, "login")
