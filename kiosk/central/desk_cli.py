"""`kiosk central find, bookings, book, paper, move`: what staff do for patients, at the registry's own keyboard
(api.md section 13). In the audit all of it is `cli`'s.
"""

import argparse
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from kiosk.central import absences, audit, clinic, codes, contacts, keyboard, patients, records, slots
from kiosk.central.clinic import Hand, line_of
from kiosk.central.clinic_cli import BOOKING, DOCTOR, Add, add_reason
from kiosk.central.proposals import Role
from kiosk.central.rules import OVERRIDABLE
from kiosk.central.schema import appointment, patient
from kiosk.central.shapes import CANCELLED, Booking
from kiosk.central.staff import desk, reads, search
from kiosk.central.staff.desk import Paper, Wish
from kiosk.central.store import Store

_PATIENT = "id, as `find` tells it"
_WHEN = "YYYY-MM-DDTHH:MM, by the facility's clock"
#: Which number of a patient is known: the column that keeps it, and what it is called.
_NUMBERS = {
    "policy": ("policy_number", "number of the policy"),
    "snils": ("snils", "СНИЛС"),
    "document": ("document_number", "number of the identity document"),
}


def add_commands(add: Add) -> None:
    """Add the commands; `add` makes the parser of one from its name, what it does, and what that is."""
    _add_find(add)
    listing = add("bookings", _bookings, "the bookings of a patient, the latest first")
    listing.add_argument("patient", metavar="PATIENT", help=_PATIENT)
    booking = add("book", _book, "book a doctor's time for a patient; repeated, it is told")
    _add_visit(booking)
    _add_overrides(booking)
    booking.add_argument(
        "--phone", action="store_true", help="read from standard input where the patient can be reached"
    )
    paper = add("paper", _paper, "enter a visit that stood on paper, be it near or past")
    _add_visit(paper)
    paper.add_argument("--minutes", type=int, metavar="N", help="where the doctor has no time then")
    moving = add("move", _move, "move a booking to another time of its facility and specialty")
    moving.add_argument("booking", metavar="BOOKING", help=BOOKING)
    _add_time(moving)
    _add_overrides(moving)


def _add_find(add: Add) -> None:
    words = (
        "find patients by full name and one number, exactly: lines of standard input with surname, first name, "
        "patronymic (empty where there is none) and the number"
    )
    finding = add("find", _find, words)
    numbers = ", ".join(f"{name}: {what}" for name, (_, what) in _NUMBERS.items())
    finding.add_argument(
        "--by", choices=_NUMBERS, default="policy", help=f"which number ({numbers}; default: policy)"
    )


def _add_visit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patient", metavar="PATIENT", help=_PATIENT)
    _add_time(parser)


def _add_time(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("doctor", metavar="DOCTOR", help=DOCTOR)
    parser.add_argument("when", type=_when, metavar="WHEN", help=_WHEN)
    parser.add_argument("--overbook", action="store_true", help="a further seat will do where it is taken")


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    rules = sorted(rule.value for rule in OVERRIDABLE)
    parser.add_argument(
        "--override",
        nargs="+",
        choices=rules,
        default=[],
        metavar="RULE",
        help=f"pass over {', '.join(rules)}; with --reason",
    )
    add_reason(parser)


def _when(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from error
    if when.tzinfo is not None:
        raise argparse.ArgumentTypeError("must be a time of the facility, without an offset")
    return when


# --- patients and bookings ---------------------------------------------------------------------------------------


def _find(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    last, first = keyboard.asked("surname"), keyboard.asked("first name")
    patronymic = keyboard.asked("patronymic", needed=False)
    kind, what = _NUMBERS[options.by]
    sought = search.Sought(last, first, patronymic, kind, keyboard.asked(what))
    for one in store.write(lambda connection: search.search(connection, audit.Done(now), sought)):
        yield "  ".join(filter(None, (one.id, one.name, one.birth_date, one.attached and one.attached[1])))


def _bookings(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    def work(connection: Connection) -> list[Booking]:
        _check_patient(connection, options.patient)
        return reads.of_patient(connection, audit.Done(now), options.patient)

    for one in store.write(work):
        role = one.time.role
        yield f"{line_of(one)}  {one.status}  {role.specialty_name}, {role.doctor_name}, {role.facility_name}"


def _book(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    phone = contacts.phone(keyboard.asked("phone")) if options.phone else ""
    confirms, hand = bool(store.setting(codes.SETTING)), Hand(now, options.reason)

    def work(connection: Connection) -> tuple[Booking, bool]:
        _check_patient(connection, options.patient)
        earlier = _standing(connection, options.patient, role, options.when)
        if earlier is not None:
            return earlier, False
        booking = desk.book(connection, _wish(connection, role, options, options.patient), hand)
        if phone:
            patients.add_phone(connection, options.patient, phone, hand, confirms=confirms)
        return booking, True

    booking, new = store.write(work)
    yield f"{line_of(booking)}  {'' if new else 'is '}{booking.status}{'' if new else ' already'}"


def _paper(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    start = _instant(role, options.when)
    paper = Paper(role.id, start, options.minutes, options.patient, options.overbook)
    if options.minutes is not None and options.minutes not in desk.MINUTES:
        raise ValueError(f"a visit takes {desk.MINUTES[0]} to {desk.MINUTES[-1]} minutes, a multiple of 5")

    def work(connection: Connection) -> tuple[Booking, bool]:
        _check_patient(connection, options.patient)
        earlier = _standing(connection, options.patient, role, options.when)
        return (earlier, False) if earlier else (desk.enter(connection, paper, Hand(now)), True)

    booking, new = store.write(work)
    yield f"{line_of(booking)}  {'entered' if new else 'is ' + booking.status + ' already'}"


def _move(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)

    def work(connection: Connection) -> tuple[Booking, bool]:
        booking = clinic.named(connection, options.booking, now)
        wish = _wish(connection, role, options, booking.patient_id)
        moved = desk.move(connection, booking, wish, Hand(now, options.reason))
        return moved, moved.version != booking.version

    moved, changed = store.write(work)
    yield f"{line_of(moved)}  {'moved' if changed else 'is there already'}"


def _wish(connection: Connection, role: Role, options: argparse.Namespace, patient_id: str) -> Wish:
    if options.override and not options.reason:
        raise ValueError("--override needs --reason")
    time = slots.at(connection, role.id, _instant(role, options.when))
    if time is None:
        raise ValueError(
            f"{role.doctor_name} has no time that begins at {options.when.isoformat(' ')}: see `kiosk central day`"
        )
    overridden = frozenset(rule for rule in OVERRIDABLE if rule.value in options.override)
    return Wish(time.id, patient_id, overridden, options.overbook)


def _instant(role: Role, when: datetime) -> int:
    return int(when.replace(tzinfo=ZoneInfo(role.zone)).timestamp())


def _check_patient(connection: Connection, id: str) -> None:
    if connection.execute(select(patient.c.id).where(patient.c.id == id)).first() is None:
        raise ValueError(f"there is no patient {id}: see `kiosk central find`")


def _standing(connection: Connection, patient_id: str, role: Role, when: datetime) -> Booking | None:
    """What this patient has at this time already, cancelled bookings apart."""
    place = (appointment.c.role_id == role.id) & (appointment.c.start == _instant(role, when))
    stands = (appointment.c.patient_id == patient_id) & (appointment.c.status != CANCELLED)
    row = connection.execute(records.query().where(place, stands)).first()
    return None if row is None else records.booking_of(row)
