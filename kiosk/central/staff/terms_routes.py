"""What administrators change of what a facility decides about bookings, over HTTP (api.md section 17, R10, R28 to R31)."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from kiosk.central import terms
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.staff import permissions, told
from kiosk.central.staff.asked import Asked, asked
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.plain import reply, route
from kiosk.models import Online


def read_terms(call: Call) -> Reply:
    """What a facility has decided about bookings."""
    id = call.path["id"]
    permissions.check(call, Action.SETTINGS, id)
    with call.store.read() as connection:
        return reply(told.terms(terms.of_facility(connection, id)))


def change_terms(call: Call) -> Reply:
    """Change what the facility decides for all its doctors; elements that are missing stay."""
    given = asked(call.body, "newcomers", "notice_minutes", "extra_seats")
    wanted = {
        "newcomers": given.flag("newcomers"),
        "notice_minutes": given.whole("notice_minutes", 0, terms.MOST_NOTICE_MINUTES),
        "extra_seats": given.whole("extra_seats", 0, terms.MOST_EXTRA_SEATS),
    }
    return _change(call, given, wanted, lambda c, only: terms.change(c, call, call.path["id"], only))


def change_service(call: Call) -> Reply:
    """Change what the facility decides for one specialty; R29 is not its to decide."""
    given = asked(call.body, "online", "approval")
    online = given.text("online")
    if "online" in given.values and online not in {one.value for one in Online}:
        raise Refusal("invalid", "online")
    wanted = {"online": online, "approval": given.flag("approval")}
    id, code = call.path["id"], call.path["specialty"]
    return _change(call, given, wanted, lambda c, only: terms.change_service(c, call, id, code, only))


def _change(
    call: Call,
    given: Asked,
    wanted: Mapping[str, Any],
    change: Callable[[Connection, Mapping[str, Any]], terms.Terms],
) -> Reply:
    permissions.check(call, Action.SETTINGS, call.path["id"])
    only = {name: wanted[name] for name in given.values}
    return reply(told.terms(call.store.write(lambda connection: change(connection, only))))


_TERMS = "/staff/facilities/{id}/settings"
ROUTES = (
    route("GET", _TERMS, read_terms, Action.SETTINGS),
    route("PATCH", _TERMS, change_terms, Action.SETTINGS),
    route("PATCH", f"{_TERMS}/{{specialty}}", change_service, Action.SETTINGS),
)
