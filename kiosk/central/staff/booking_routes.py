"""What staff do with bookings over HTTP, below `/staff/` (api.md section 17, docs/staff-api.yaml): plain JSON in and out.

The frame has asked whether an action is the role's; here it is asked for the facility of the thing itself.
"""

from collections.abc import Callable

from sqlalchemy import Connection

from kiosk.central import clinic, codes, fhir, patients, records
from kiosk.central.call import Call, Refusal, Reply
from kiosk.central.clinic import Hand, Ruling
from kiosk.central.shapes import Booking
from kiosk.central.staff import desk, permissions, reads, search, told
from kiosk.central.staff.asked import MOST_REASON, Asked, asked
from kiosk.central.staff.desk import Paper, Wish
from kiosk.central.staff.permissions import Action
from kiosk.central.staff.plain import reply, route

# --- patients ----------------------------------------------------------------------------------------------------


def find_patients(call: Call) -> Reply:
    """Who has this full name and this number (R34)."""
    given = asked(call.body, "last_name", "first_name", "patronymic", *search.NUMBERS)
    kinds = [kind for kind in search.NUMBERS if kind in given.values]
    if len(kinds) != 1:
        raise Refusal("invalid", kinds[1] if kinds else next(iter(search.NUMBERS)))
    given.required("last_name", "first_name", *kinds)
    last, first, patronymic = (given.text(name) for name in ("last_name", "first_name", "patronymic"))
    sought = search.Sought(last, first, patronymic, kinds[0], given.text(kinds[0]))
    found = call.store.write(lambda connection: search.search(connection, call, sought))
    return reply({"patients": [told.found(one) for one in found]})


def patients_bookings(call: Call) -> Reply:
    """The bookings of a patient, the latest first; a registrar reads those of their facility."""
    id = call.path["id"]

    def work(connection: Connection) -> list[told.Told]:
        search.check(connection, call, id)
        return told.bookings(connection, reads.of_patient(connection, call, id))

    return reply({"bookings": call.store.write(work)})


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
            patients.add_phone(connection, wish.patient_id, phone, call, confirms=confirms)
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
        given.whole("minutes", desk.MINUTES[0], desk.MINUTES[-1]),
        given.id("patient"),
        given.flag("overbook"),
    )
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))

    def make(connection: Connection) -> Booking:
        search.check(connection, call, paper.patient_id)
        return desk.enter(connection, paper, hand)

    return _once(call, hand, given, make)


def _once(call: Call, hand: Hand, given: Asked, make: Callable[[Connection], Booking]) -> Reply:
    identifier, digest = given.identifier(), given.digest

    def work(connection: Connection) -> told.Told:
        booking = desk.once(connection, hand, identifier, digest, lambda: make(connection))
        # Whoever made it may be at another facility's desk by now.
        permissions.check(call, Action.BOOK, booking.time.role.facility_id)
        return told.booking(connection, booking)

    return reply(call.store.write(work))


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
        return told.booking(connection, reads.one(connection, call, booking))

    return reply(call.store.write(work))


def move(call: Call) -> Reply:
    """Move one booking to another time of its facility and specialty."""
    given = asked(call.body, "time", "version", "override", "reason", "overbook").required("time")
    hand = desk.hand_of(call, given.text("reason", MOST_REASON))

    def work(connection: Connection) -> told.Told:
        booking = _own(connection, call, Action.BOOK)
        wish = _wish(call, given, booking.patient_id)
        _check_version(given, booking)
        return told.booking(connection, desk.move(connection, booking, wish, hand))

    return reply(call.store.write(work))


def _ruling(action: Action, act: Callable[[Connection, Booking, Hand], Ruling]) -> Callable[[Call], Reply]:
    """The handler of what the clinic does with one booking."""

    def answer(call: Call) -> Reply:
        given = asked(call.body, "version", "reason")
        hand = desk.hand_of(call, given.text("reason", MOST_REASON))

        def work(connection: Connection) -> told.Told:
            booking = _own(connection, call, action)
            _check_version(given, booking)
            return told.booking(connection, act(connection, booking, hand).booking)

        return reply(call.store.write(work))

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

    def work(connection: Connection) -> list[told.Told]:
        return told.bookings(connection, reads.requests(connection, call))

    return reply({"bookings": call.store.write(work)})


_BOOKING = "/staff/bookings/{id}"
ROUTES = (
    route("POST", "/staff/patients/search", find_patients, Action.SEARCH_PATIENTS),
    route("GET", "/staff/patients/{id}/bookings", patients_bookings, Action.READ_BOOKINGS),
    route("POST", "/staff/bookings", book, Action.BOOK),
    route("POST", "/staff/paper-bookings", enter_paper, Action.ENTER_PAPER),
    route("GET", "/staff/requests", requests, Action.APPROVE),
    route("GET", _BOOKING, read, Action.READ_BOOKINGS),
    route("POST", f"{_BOOKING}/move", move, Action.BOOK),
    route("POST", f"{_BOOKING}/approve", _ruling(Action.APPROVE, clinic.approved), Action.APPROVE),
    route("POST", f"{_BOOKING}/refuse", _ruling(Action.APPROVE, clinic.refused), Action.APPROVE),
    route("POST", f"{_BOOKING}/cancel", _ruling(Action.CANCEL, clinic.cancelled), Action.CANCEL),
    route("POST", f"{_BOOKING}/not-come", _ruling(Action.ATTENDANCE, clinic.not_come), Action.ATTENDANCE),
    route("POST", f"{_BOOKING}/came", _ruling(Action.ATTENDANCE, clinic.came), Action.ATTENDANCE),
)
