"""What staff do over HTTP, below `/staff/` (api.md section 17, docs/staff-api.yaml): plain JSON in and out.

The frame has asked whether an action is the role's; here it is asked for the facility of the thing itself.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Connection

from kiosk.central import absences, audit, clinic, codes, day_moves, fhir, patients, records, terms
from kiosk.central.absences import DayOff
from kiosk.central.call import Call, Refusal, Reply, Route, Who
from kiosk.central.clinic import Hand, Impossible, Ruling
from kiosk.central.day_moves import Move
from kiosk.central.frame import PLAIN
from kiosk.central.proposals import Role
from kiosk.central.schema import appointment
from kiosk.central.shapes import Booking
from kiosk.central.sign_in import folded
from kiosk.central.staff import days, desk, permissions, search, told
from kiosk.central.staff.asked import MOST_REASON, Asked, asked
from kiosk.central.staff.desk import Paper, Wish
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.printing import printed
from kiosk.central.statistics.routes import POLICIES
from kiosk.check_digits import digits_only
from kiosk.models import Online

T = TypeVar("T")

LONGEST_VISIT_MINUTES = 240
#: So many bookings of one patient are told, the latest first.
MOST_BOOKINGS = 50
_NUMBERS = ("policy_number", "snils", "document_number")


def _json(body: Any) -> Reply:
    return Reply(body, headers={"Content-Type": "application/json"})


def _write(call: Call, work: Callable[[Connection], T]) -> T:
    return _possible(lambda: call.store.write(work))


def _possible(act: Callable[[], T]) -> T:
    try:
        return act()
    except Impossible as error:
        raise Refusal(error.code, str(error)) from error


# --- patients ----------------------------------------------------------------------------------------------------


def find_patients(call: Call) -> Reply:
    """Who has this full name and this number (R34)."""
    given = asked(call.body, "last_name", "first_name", "patronymic", *_NUMBERS)
    given.required("last_name", "first_name")
    numbers = [name for name in _NUMBERS if given.text(name)]
    if len(numbers) != 1:
        raise Refusal("invalid", numbers[1] if numbers else _NUMBERS[0])
    sought = search.Sought(
        given.text("last_name"),
        given.text("first_name"),
        given.text("patronymic"),
        policy_number=folded(given.text("policy_number")),
        snils=digits_only(given.text("snils")),
        document_number=folded(given.text("document_number")),
    )
    found = call.store.write(lambda connection: search.search(connection, call, sought))
    return _json({"patients": [told.found(one) for one in found]})


def patients_bookings(call: Call) -> Reply:
    """The bookings of a patient, the latest first; a registrar reads those of their facility."""
    id = call.path["id"]

    def work(connection: Connection) -> list[told.Told]:
        search.check(connection, call, id)
        query = records.query().where(appointment.c.patient_id == id).order_by(appointment.c.start.desc())
        here = call.caller.staff.facility_id if call.caller.staff else ""
        if here:
            query = query.where(appointment.c.facility_id == here)
        rows = connection.execute(query.limit(MOST_BOOKINGS)).all()
        audit.note(connection, call, "read", "Appointment", id)
        return _seen(connection, [records.booking_of(row) for row in rows])

    return _json({"bookings": call.store.write(work)})


def _seen(connection: Connection, some: list[Booking]) -> list[told.Told]:
    """What staff were told of stands: a terminal takes it back no more (api.md section 8)."""
    if not all(one.seen for one in some):
        records.mark_seen(connection, some)
    return told.bookings(connection, some)


# --- one booking -------------------------------------------------------------------------------------------------


def book(call: Call) -> Reply:
    """Book for a patient; the same request again is answered with what came of it (R34)."""
    given = asked(
        call.body, "identifier", "patient", "time", "phone", "override", "reason", "overbook"
    ).required("identifier", "patient", "time")
    wish = _wish(call, given, given.id("patient"))
    phone, confirms = given.phone("phone"), bool(call.store.setting(codes.SETTING))
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))

    def make(connection: Connection) -> Booking:
        search.check(connection, call, wish.patient_id)
        booking = desk.book(connection, wish, hand)
        if phone:
            patients.add_phone(connection, wish.patient_id, phone, call.now, confirms=confirms)
        return booking

    return _once(call, hand, given, make)


def enter_paper(call: Call) -> Reply:
    """Enter a visit that stood on paper (R32)."""
    given = asked(
        call.body, "identifier", "patient", "doctor", "start", "minutes", "overbook", "reason"
    ).required("identifier", "patient", "doctor", "start")
    paper = Paper(
        given.id("doctor"),
        fhir.instant(given.values["start"], "start"),
        _minutes(given),
        given.id("patient"),
        given.flag("overbook"),
    )
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))

    def make(connection: Connection) -> Booking:
        search.check(connection, call, paper.patient_id)
        return desk.enter(connection, paper, hand)

    return _once(call, hand, given, make)


def _minutes(given: Asked) -> int | None:
    minutes = given.whole("minutes", 5, LONGEST_VISIT_MINUTES)
    if minutes is not None and minutes % 5:
        raise Refusal("invalid", "minutes")
    return minutes


def _once(call: Call, hand: Hand, given: Asked, make: Callable[[Connection], Booking]) -> Reply:
    identifier, digest = given.identifier(), given.digest

    def work(connection: Connection) -> told.Told:
        booking = desk.once(connection, hand, identifier, digest, lambda: make(connection))
        return told.booking(connection, booking)

    return _json(_write(call, work))


def _wish(call: Call, given: Asked, patient_id: str) -> Wish:
    overridden, overbook = given.overridden(), given.flag("overbook")
    for wanted, action in ((overridden, Action.OVERRIDE_RULES), (overbook, Action.OVERBOOK)):
        if wanted and not (call.caller.staff and permissions.may(call.caller.staff, action)):
            raise Refusal("forbidden")
    return Wish(given.id("time"), patient_id, overridden, overbook)


def read(call: Call) -> Reply:
    """One booking."""

    def work(connection: Connection) -> told.Told:
        booking = _own(connection, call, Action.READ_BOOKINGS)
        audit.note(connection, call, "read", f"Appointment/{booking.id}", booking.patient_id)
        return _seen(connection, [booking])[0]

    return _json(call.store.write(work))


def move(call: Call) -> Reply:
    """Move one booking to another time of its facility and specialty."""
    given = asked(call.body, "time", "version", "override", "reason", "overbook").required("time")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))

    def work(connection: Connection) -> told.Told:
        booking = _own(connection, call, Action.BOOK)
        wish = _wish(call, given, booking.patient_id)
        _check_version(given, booking)
        return told.booking(connection, desk.move(connection, booking, wish, hand))

    return _json(_write(call, work))


def _ruling(action: Action, act: Callable[[Connection, Booking, Hand], Ruling]) -> Callable[[Call], Reply]:
    """The handler of what the clinic does with one booking."""

    def answer(call: Call) -> Reply:
        given = asked(call.body, "version", "reason")
        hand = desk.hand_of(call, given.text("reason", MOST_REASON))

        def work(connection: Connection) -> told.Told:
            booking = _own(connection, call, action)
            _check_version(given, booking)
            return told.booking(connection, act(connection, booking, hand).booking)

        return _json(_write(call, work))

    return answer


def _own(connection: Connection, call: Call, action: Action) -> Booking:
    """The booking of the path, if it is of a facility of the caller's."""
    booking = records.found(connection, call.path["id"])
    if booking is None:
        raise Refusal("not-found")
    permissions.check(call, action, booking.time.role.facility_id)
    return booking


def _check_version(given: Asked, booking: Booking) -> None:
    if given.whole("version", 1, 10**9) not in (None, booking.version):
        raise Refusal("version-conflict")


def requests(call: Call) -> Reply:
    """What has to be approved, the next visit first (R31)."""
    staff = call.caller.staff
    pending = clinic.pending(call.store, call.now, staff.facility_id if staff else "")

    def work(connection: Connection) -> list[told.Told]:
        some = [one.booking for one in pending]
        for one in some:
            audit.note(connection, call, "read", f"Appointment/{one.id}", one.patient_id)
        return _seen(connection, some)

    return _json({"bookings": call.store.write(work)})


# --- a doctor's day ----------------------------------------------------------------------------------------------


def day(call: Call) -> Reply:
    """Every time of a doctor's day, and who has it."""

    def work(connection: Connection) -> told.Told:
        role, on = _doctor(connection, call, Action.DOCTOR_DAY), _date(call)
        (found,) = days.of_doctor(connection, role, on, on, call.now)
        some = list(found.bookings)
        for one in some:
            audit.note(connection, call, "read", f"Appointment/{one.id}", one.patient_id)
        people = iter(_seen(connection, some))
        times = [
            {
                "time": line.time.id,
                "start": fhir.instant_text(line.time.start, role.zone),
                "end": fhir.instant_text(line.time.end, role.zone),
                "state": line.state.value,
                "bookings": [next(people) for _ in line.bookings],
            }
            for line in found.lines
        ]
        return told.of_day(role, on) | {"absent": found.absent, "times": times}

    return _json(call.store.write(work))


def cancel_day(call: Call) -> Reply:
    """Call a day off: who has a time is moved to the substitute, or cancelled (R26, R45)."""
    given = asked(call.body, "substitute", "reason")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))
    with call.store.read() as connection:
        role, on = _doctor(connection, call, Action.DAY_OFF), _date(call)
        substitute = _other(connection, call, given.id("substitute"))
    done = _possible(lambda: absences.call_off(call.store, DayOff(role, on, substitute), hand))
    with call.store.read() as connection:
        some = told.bookings(connection, [one.booking for one in done.settled])
    bookings = [
        {"outcome": one.outcome.value, "booking": booking}
        for one, booking in zip(done.settled, some, strict=True)
    ]
    counts = {"withdrawn": done.times, "offers": done.offers}
    return _json(told.of_day(role, on) | counts | {"bookings": bookings})


def move_day(call: Call) -> Reply:
    """Move a day to another day or doctor; who cannot be moved stays, and is named (R26)."""
    given = asked(call.body, "to_doctor", "to_date", "reason")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))
    with call.store.read() as connection:
        role, on = _doctor(connection, call, Action.DAY_OFF), _date(call)
        other = _other(connection, call, given.id("to_doctor"))
    wanted = Move(role, on, other or role, given.day("to_date") or on)
    done = _possible(lambda: day_moves.move_day(call.store, wanted, hand))
    with call.store.read() as connection:
        moved = told.bookings(connection, done.moved)
        staying = told.bookings(connection, [one.booking for one in done.stay])
    stay = [{"why": one.why, "booking": booking} for one, booking in zip(done.stay, staying, strict=True)]
    counts = {"withdrawn": done.times, "offers": done.offers}
    return _json(told.of_day(role, on) | counts | {"moved": moved, "stay": stay})


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
    try:
        page = printed(call.store, call, role, period, call.language, names=named)
    except ValueError as error:
        raise Refusal("invalid", "to") from error
    return Reply(page.encode(), headers={"Content-Type": "text/html; charset=utf-8", **POLICIES})


# --- what a facility decides -------------------------------------------------------------------------------------


def read_terms(call: Call) -> Reply:
    """What a facility has decided about bookings."""
    id = call.path["id"]
    permissions.check(call, Action.SETTINGS, id)
    with call.store.read() as connection:
        return _json(told.terms(terms.of_facility(connection, id)))


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
    if None in only.values():
        raise Refusal("invalid", next(name for name, value in only.items() if value is None))
    return _json(told.terms(_write(call, lambda connection: change(connection, only))))


_BOOKING = "/staff/bookings/{id}"
_DAY = "/staff/doctors/{id}/days/{date}"
_TERMS = "/staff/facilities/{id}/settings"


def _route(method: str, path: str, handler: Callable[[Call], Reply], action: Action, *searches: str) -> Route:
    return Route(method, path, handler, Who.STAFF, PLAIN, searches=dict.fromkeys(searches, ""), action=action)


ROUTES = (
    _route("POST", "/staff/patients/search", find_patients, Action.SEARCH_PATIENTS),
    _route("GET", "/staff/patients/{id}/bookings", patients_bookings, Action.READ_BOOKINGS),
    _route("POST", "/staff/bookings", book, Action.BOOK),
    _route("POST", "/staff/paper-bookings", enter_paper, Action.ENTER_PAPER),
    _route("GET", "/staff/requests", requests, Action.APPROVE),
    _route("GET", _BOOKING, read, Action.READ_BOOKINGS),
    _route("POST", f"{_BOOKING}/move", move, Action.BOOK),
    _route("POST", f"{_BOOKING}/approve", _ruling(Action.APPROVE, clinic.approved), Action.APPROVE),
    _route("POST", f"{_BOOKING}/refuse", _ruling(Action.APPROVE, clinic.refused), Action.APPROVE),
    _route("POST", f"{_BOOKING}/cancel", _ruling(Action.CANCEL, clinic.cancelled), Action.CANCEL),
    _route("POST", f"{_BOOKING}/not-come", _ruling(Action.ATTENDANCE, clinic.not_come), Action.ATTENDANCE),
    _route("POST", f"{_BOOKING}/came", _ruling(Action.ATTENDANCE, clinic.came), Action.ATTENDANCE),
    _route("GET", "/staff/doctors/{id}/schedule", print_schedule, Action.DIRECTORY, "from", "to", "names"),
    _route("GET", _DAY, day, Action.DOCTOR_DAY),
    _route("POST", f"{_DAY}/cancel", cancel_day, Action.DAY_OFF),
    _route("POST", f"{_DAY}/move", move_day, Action.DAY_OFF),
    _route("GET", _TERMS, read_terms, Action.SETTINGS),
    _route("PATCH", _TERMS, change_terms, Action.SETTINGS),
    _route("PATCH", f"{_TERMS}/{{specialty}}", change_service, Action.SETTINGS),
)
