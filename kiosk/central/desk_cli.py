"""`kiosk central find, book, paper, move, move-day, settings, schedule`: what staff do, at the registry's own keyboard
(api.md section 13). In the audit all of it is `cli`'s.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from kiosk.central import absences, audit, clinic, codes, contacts, day_moves, patients, records, slots, terms
from kiosk.central.call import Refusal
from kiosk.central.clinic import Hand, line_of
from kiosk.central.clinic_cli import Add, add_reason, read_day
from kiosk.central.day_moves import Move
from kiosk.central.proposals import Role
from kiosk.central.refusals import words
from kiosk.central.rules import OVERRIDABLE
from kiosk.central.schema import appointment, patient
from kiosk.central.shapes import CANCELLED, Booking
from kiosk.central.sign_in import folded
from kiosk.central.staff import desk, search
from kiosk.central.staff.desk import Paper, Wish
from kiosk.central.staff.printing import printed
from kiosk.central.store import Store
from kiosk.check_digits import digits_only
from kiosk.models import Online
from kiosk.texts import DEFAULT_LANGUAGE

T = TypeVar("T")
_DOCTOR = "id, or words of the name"
_PATIENT = "id, as `find` tells it"
_BOOKING = "id of the booking, or number of its ticket"
_WHEN = "YYYY-MM-DDTHH:MM, by the facility's clock"


def add_commands(add: Add) -> None:
    """Add the commands; `add` makes the parser of one from its name, what it does, and what that is."""
    finding = add("find", _find, "patients by their full name and one number, exactly")
    finding.add_argument("name", nargs="+", metavar="NAME", help="surname, name and patronymic, if any")
    number = finding.add_mutually_exclusive_group(required=True)
    for option, what in (
        ("--policy", "of the policy"),
        ("--snils", "СНИЛС"),
        ("--document", "of the document"),
    ):
        number.add_argument(option, default="", metavar="NUMBER", help=what)
    booking = add("book", _book, "book a doctor's time for a patient")
    _add_visit(booking)
    _add_overrides(booking)
    booking.add_argument("--phone", default="", metavar="PHONE", help="where the patient can be reached")
    paper = add("paper", _paper, "enter a visit that stood on paper, be it near or past")
    _add_visit(paper)
    paper.add_argument("--minutes", type=int, metavar="N", help="where the doctor has no time then")
    moving = add("move", _move, "move a booking to another time of its facility and specialty")
    moving.add_argument("booking", metavar="BOOKING", help=_BOOKING)
    moving.add_argument("doctor", metavar="DOCTOR", help=_DOCTOR)
    moving.add_argument("when", type=_when, metavar="WHEN", help=_WHEN)
    _add_overrides(moving)
    day = add(
        "move-day", _move_day, "move all bookings of a doctor's day; who cannot be moved is named, and stays"
    )
    day.add_argument("doctor", metavar="DOCTOR", help=_DOCTOR)
    day.add_argument("day", type=read_day, metavar="DATE", help="YYYY-MM-DD, of the facility")
    day.add_argument("--to-date", type=read_day, metavar="DATE", help="to the same times of this day")
    day.add_argument(
        "--to-doctor", metavar="DOCTOR", help="to this doctor of the same facility and specialty"
    )
    add_reason(day)
    deciding = add(
        "settings", _settings, "what a facility decides about bookings; without options it is told"
    )
    _add_settings(deciding)
    printing = add("schedule", _schedule, "a doctor's schedule as a page to be printed (HTML)")
    printing.add_argument("doctor", metavar="DOCTOR", help=_DOCTOR)
    for option in ("--from", "--to"):
        printing.add_argument(option, required=True, type=read_day, metavar="DATE", dest=option[2:] + "_day")
    printing.add_argument("--names", action="store_true", help="with the names of the patients")


def _add_visit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patient", metavar="PATIENT", help=_PATIENT)
    parser.add_argument("doctor", metavar="DOCTOR", help=_DOCTOR)
    parser.add_argument("when", type=_when, metavar="WHEN", help=_WHEN)
    parser.add_argument("--overbook", action="store_true", help="a further seat will do where it is taken")


def _add_overrides(parser: argparse.ArgumentParser) -> None:
    rules = sorted(rule.value for rule in OVERRIDABLE)
    parser.add_argument(
        "--override", nargs="+", choices=rules, default=[], metavar="RULE", help=", ".join(rules)
    )
    add_reason(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("facility", metavar="FACILITY", help="id")
    parser.add_argument(
        "--newcomers", type=_flag, metavar="yes|no", help="books patients it does not know (R10)"
    )
    parser.add_argument("--notice-minutes", type=_up_to(terms.MOST_NOTICE_MINUTES), metavar="N", help="R28")
    parser.add_argument(
        "--extra-seats", type=_up_to(terms.MOST_EXTRA_SEATS), metavar="N", help="for overbooking by staff"
    )
    parser.add_argument("--specialty", metavar="CODE", help="of which the rest is")
    parser.add_argument("--online", choices=[one.value for one in Online], help="who books it (R30)")
    parser.add_argument("--approval", type=_flag, metavar="yes|no", help="requests have to be approved (R31)")


def _when(text: str) -> datetime:
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a time: {text}") from error
    if when.tzinfo is not None:
        raise argparse.ArgumentTypeError("must be a time of the facility, without an offset")
    return when


def _flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError("must be yes or no")
    return text == "yes"


def _up_to(most: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        if not text.isdecimal() or int(text[:6]) > most:
            raise argparse.ArgumentTypeError(f"must be a whole number from 0 to {most}")
        return int(text)

    return whole


def _possible(act: Callable[[], T]) -> T:
    """What a rule refuses is said in one line."""
    try:
        return act()
    except Refusal as refusal:
        raise ValueError(f"{refusal.code}: {words(refusal.code, 'en', refusal.detail)}") from refusal


def _write(store: Store, work: Callable[[Connection], T]) -> T:
    return _possible(lambda: store.write(work))


# --- patients and bookings ---------------------------------------------------------------------------------------


def _find(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    names = [*" ".join(options.name).split(), "", "", ""]
    sought = search.Sought(
        names[0],
        names[1],
        " ".join(filter(None, names[2:])),
        policy_number=folded(options.policy),
        snils=digits_only(options.snils),
        document_number=folded(options.document),
    )
    for one in _write(store, lambda connection: search.search(connection, audit.Done(now), sought)):
        yield "  ".join((one.id, one.name, one.birth_date, one.attached[1] if one.attached else ""))


def _book(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    phone = _possible(lambda: contacts.phone(options.phone)) if options.phone else ""
    confirms, hand = bool(store.setting(codes.SETTING)), Hand(now, options.reason)

    def work(connection: Connection) -> tuple[Booking, bool]:
        _check_patient(connection, options.patient)
        earlier = _standing(connection, options.patient, role, options.when)
        if earlier is not None:
            return earlier, False
        booking = desk.book(connection, _wish(connection, role, options, options.patient), hand)
        if phone:
            patients.add_phone(connection, options.patient, phone, now, confirms=confirms)
        return booking, True

    booking, new = _write(store, work)
    yield f"{line_of(booking)}  {'' if new else 'is '}{booking.status}{'' if new else ' already'}"


def _paper(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    start = _instant(role, options.when)
    paper = Paper(role.id, start, options.minutes, options.patient, options.overbook)
    if options.minutes is not None and (options.minutes % 5 or not 5 <= options.minutes <= 240):
        raise ValueError("a visit takes 5 to 240 minutes, a multiple of 5")

    def work(connection: Connection) -> tuple[Booking, bool]:
        _check_patient(connection, options.patient)
        earlier = _standing(connection, options.patient, role, options.when)
        return (earlier, False) if earlier else (desk.enter(connection, paper, Hand(now)), True)

    booking, new = _write(store, work)
    yield f"{line_of(booking)}  {'entered' if new else 'is ' + booking.status + ' already'}"


def _move(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    options.overbook = False

    def work(connection: Connection) -> tuple[Booking, bool]:
        booking = clinic.named(connection, options.booking, now)
        wish = _wish(connection, role, options, booking.patient_id)
        moved = desk.move(connection, booking, wish, Hand(now, options.reason))
        return moved, moved.version != booking.version

    moved, changed = _write(store, work)
    yield f"{line_of(moved)}  {'moved' if changed else 'is there already'}"


def _wish(connection: Connection, role: Role, options: argparse.Namespace, patient_id: str) -> Wish:
    if options.override and not options.reason:
        raise ValueError("--override needs --reason")
    time = slots.at(connection, role.id, _instant(role, options.when))
    if time is None:
        raise ValueError(f"{role.doctor_name} has no time that begins at {options.when.isoformat(' ')}")
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


# --- days --------------------------------------------------------------------------------------------------------


def _move_day(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    other = absences.doctor(store, options.to_doctor) if options.to_doctor else role
    move = Move(role, options.day, other, options.to_date or options.day)
    done = day_moves.move_day(store, move, Hand(now, options.reason))
    for booking in done.moved:
        yield f"{line_of(booking)}  moved"
    for one in done.stay:
        yield f"{line_of(one.booking)}  stays: {one.why}"
    yield (
        f"{role.doctor_name}, {options.day}: {len(done.moved)} moved, {len(done.stay)} stay, "
        f"{done.times} free times withdrawn, {done.offers} offers ended"
    )


def _schedule(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    period = (options.from_day, options.to_day)
    yield printed(store, audit.Done(now), role, period, DEFAULT_LANGUAGE, names=options.names)


# --- what a facility decides -------------------------------------------------------------------------------------


def _settings(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    by = audit.Done(now)
    own = _given(options, "newcomers", "notice_minutes", "extra_seats")
    of_specialty = _given(options, "online", "approval")
    if bool(of_specialty) != bool(options.specialty):
        raise ValueError("--specialty goes with --online or --approval")

    def work(connection: Connection) -> terms.Terms:
        if of_specialty:
            terms.change_service(connection, by, options.facility, options.specialty, of_specialty)
        return terms.change(connection, by, options.facility, own)

    of = _write(store, work)
    yield (
        f"{of.name}  zone {of.zone}  newcomers {_said(of.newcomers)}  notice {of.notice_minutes} minutes  "
        f"extra seats {of.extra_seats}"
    )
    for one in of.services:
        mandatory = "  mandatory (R29)" if one.mandatory else ""
        yield f"{one.specialty}  {one.name}  online {one.online}  approval {_said(one.approval)}{mandatory}"


def _given(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _said(flag: bool) -> str:
    return "yes" if flag else "no"
