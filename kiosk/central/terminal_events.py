"""`POST /terminal/events`: what terminals report of themselves, without a person (api.md section 10, R35, R36)."""

from typing import Any

from sqlalchemy import Connection, insert, select

from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.fhir import instant, reference_id
from kiosk.central.schema import terminal_event

MOST_EVENTS = 500
LONGEST_KIND = 64
LONGEST_DETAIL = 500

_KEYS = {"id", "at", "kind", "organization", "specialty", "detail"}


def report(call: Call) -> Reply:
    """Keep the events that are new by their id (of this terminal), all or none; 204."""
    if not isinstance(call.body, list) or len(call.body) > MOST_EVENTS:
        raise Refusal("invalid", "body")
    rows = {row["id"]: row for row in (_row(item, call.caller.terminal_id) for item in call.body)}
    if rows:
        call.store.write(lambda connection: _keep(connection, call.caller.terminal_id, rows))
    return Reply(status=204)


def _keep(connection: Connection, terminal_id: str, rows: dict[str, dict[str, Any]]) -> None:
    known = (terminal_event.c.terminal_id == terminal_id) & terminal_event.c.id.in_(rows)
    kept = set(connection.execute(select(terminal_event.c.id).where(known)).scalars())
    if new := [row for id, row in rows.items() if id not in kept]:
        connection.execute(insert(terminal_event), new)


def _row(item: Any, terminal_id: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Refusal("invalid", "event")
    if unknown := set(item) - _KEYS:
        raise Refusal("invalid", min(unknown))
    organization = item.get("organization")
    return {
        "terminal_id": terminal_id,
        "id": _required(item, "id", LONGEST_KIND),
        "at": instant(item.get("at"), "at"),
        "kind": _required(item, "kind", LONGEST_KIND),
        "organization": None if organization is None else reference_id(organization, "Organization"),
        "specialty": _text(item, "specialty", LONGEST_KIND),
        "detail": _text(item, "detail", LONGEST_DETAIL),
    }


def _text(item: dict[str, Any], name: str, most: int) -> str | None:
    value = item.get(name)
    if value is not None and (not isinstance(value, str) or not 1 <= len(value) <= most):
        raise Refusal("invalid", name)
    return value


def _required(item: dict[str, Any], name: str, most: int) -> str:
    value = _text(item, name, most)
    if value is None:
        raise Refusal("invalid", name)
    return value


ROUTES = (Route("POST", "/terminal/events", report, Who.TERMINAL),)
