"""How staff's routes are made and answer: plain JSON, for whoever's role may do it (R40)."""

from typing import Any

import orjson

from kiosk.central.call import Handler, Reply, Route, Who
from kiosk.central.frame import PLAIN
from kiosk.central.staff.permissions import Action


def route(method: str, path: str, handler: Handler, action: Action, *searches: str) -> Route:
    """A route for the roles that may do this; `searches` are the parameters of its query."""
    return Route(method, path, handler, Who.STAFF, PLAIN, searches=dict.fromkeys(searches, ""), action=action)


def reply(body: Any, status: int = 200) -> Reply:
    """Plain data as JSON."""
    return Reply(orjson.dumps(body), status, {"Content-Type": "application/json"})
