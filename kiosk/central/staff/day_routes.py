"""What staff do with a doctor's days over HTTP: see who sits there, call one off, move it, print them (api.md section 17)."""

from datetime import date

from sqlalchemy import Connection

from kiosk.central import absences, day_moves, day_returns, fhir
from kiosk.central.absences import DayOff
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.day_moves import Move
from kiosk.central.proposals import Role
from kiosk.central.staff import desk, permissions, reads, told
from kiosk.central.staff.asked import MOST_REASON, asked
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.plain import reply, route
from kiosk.central.staff.printing import printed
from kiosk.central.statistics.routes import POLICIES


def day(call: Call) -> Reply:
    """Every time of a doctor's day, and who has it."""

    def work(connection: Connection) -> told.Told:
        role, on = _doctor(connection, call, Action.DOCTOR_DAY), _date(call)
        return told.day(connection, reads.of_day(connection, call, role, on))

    return reply(call.store.write(work))


def cancel_day(call: Call) -> Reply:
    """Call a day off: who has a time is moved to the substitute, or cancelled (R26, R45)."""
    given = asked(call.body, "substitute", "reason")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))
    with call.store.read() as connection:
        role, on = _doctor(connection, call, Action.DAY_OFF), _date(call)
        substitute = _other(connection, call, given.id("substitute"))
    done = absences.call_off(call.store, DayOff(role, on, substitute), hand)
    with call.store.read() as connection:
        some = told.bookings(connection, [one.booking for one in done.settled])
    bookings = [
        {"outcome": one.outcome.value, "booking": booking}
        for one, booking in zip(done.settled, some, strict=True)
    ]
    counts = {"withdrawn": done.times, "offers": done.offers}
    return reply(told.of_day(role, on) | counts | {"bookings": bookings})


def reopen_day(call: Call) -> Reply:
    """Take that back: the doctor is there after all; who was cancelled or moved stays so (R45)."""
    asked(call.body)
    with call.store.read() as connection:
        role, on = _doctor(connection, call, Action.DAY_OFF), _date(call)
    free = day_returns.take_back(call.store, role, on, desk.hand_of(call))
    return reply(told.of_day(role, on) | {"free": free})


def move_day(call: Call) -> Reply:
    """Move a day to another day or doctor; who cannot be moved stays, and is named (R26)."""
    given = asked(call.body, "to_doctor", "to_date", "reason")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))
    with call.store.read() as connection:
        role, on = _doctor(connection, call, Action.DAY_OFF), _date(call)
        other = _other(connection, call, given.id("to_doctor"))
    wanted = Move(role, on, other or role, given.day("to_date") or on)
    done = day_moves.move_day(call.store, wanted, hand)
    with call.store.read() as connection:
        moved = told.bookings(connection, done.moved)
        staying = told.bookings(connection, [one.booking for one in done.stay])
    stay = [{"why": one.why, "booking": booking} for one, booking in zip(done.stay, staying, strict=True)]
    counts = {"withdrawn": done.times, "offers": done.offers}
    return reply(told.of_day(role, on) | counts | {"moved": moved, "stay": stay})


def _doctor(connection: Connection, call: Call, action: Action) -> Role:
    role = desk.role_of(connection, call.path["id"])
    permissions.check(call, action, role.facility_id)
    return role


def _other(connection: Connection, call: Call, id: str) -> Role | None:
    """The doctor who takes over, who is of the same facility."""
    if not id:
        return None
    role = desk.role_of(connection, id)
    permissions.check(call, Action.DAY_OFF, role.facility_id)
    return role


def _date(call: Call) -> date:
    return fhir.day(call.path["date"], "date")


def print_schedule(call: Call) -> Reply:
    """A doctor's schedule as a page to be printed (R33); names of patients are for the registrar of the facility."""
    given = dict(call.query)
    if len(given) != len(call.query) or given.get("names", "false") not in ("true", "false"):
        raise Refusal("invalid", "names")
    named = given.get("names") == "true"
    period = (fhir.day(given.get("from"), "from"), fhir.day(given.get("to"), "to"))
    with call.store.read() as connection:
        role = desk.role_of(connection, call.path["id"])
    if named:
        permissions.check(call, Action.DOCTOR_DAY, role.facility_id)
    page = printed(call.store, call, role, period, call.language, names=named)
    return Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8", **POLICIES})


_DAY = "/staff/doctors/{id}/days/{date}"
ROUTES = (
    route("GET", "/staff/doctors/{id}/schedule", print_schedule, Action.DIRECTORY, "from", "to", "names"),
    route("GET", _DAY, day, Action.DOCTOR_DAY),
    route("POST", f"{_DAY}/cancel", cancel_day, Action.DAY_OFF),
    route("POST", f"{_DAY}/move", move_day, Action.DAY_OFF),
    route("POST", f"{_DAY}/reopen", reopen_day, Action.DAY_OFF),
)
