"""`kiosk central pending, approve, refuse, cancel, not-come`: the clinic's part in bookings (api.md section 13).

Every command may be repeated: what is done already is said, and stays as it is.
"""

import argparse
from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import Connection

from kiosk.central import audit, clinic
from kiosk.central.clinic import Hand, Ruling, line_of
from kiosk.central.shapes import Booking
from kiosk.central.staff import reads, told
from kiosk.central.store import Store

#: Carries a command out at an instant and tells what came of it, line by line; ValueError where it cannot be done.
Act = Callable[[Store, argparse.Namespace, int], Iterator[str]]
Add = Callable[[str, Act, str], argparse.ArgumentParser]

MOST_REASON = 200
BOOKING = "id of the booking, or number of its ticket"
DOCTOR = "id, or words of the name"
DAY = "YYYY-MM-DD, of the facility"


def add_commands(add: Add) -> None:
    """Add the commands; `add` makes the parser of one from its name, what it does, and what that is."""
    add("pending", _pending, "the requests that the clinic has to approve")
    approving = add("approve", _approve, "let requests stand")
    approving.add_argument("bookings", nargs="+", metavar="BOOKING", help=BOOKING)
    for name, act, words in (
        ("refuse", _refuse, "end a request that was not approved yet, and tell its patient"),
        ("cancel", _cancel, "cancel a booking for the clinic, and tell its patient"),
    ):
        ending = add(name, act, words)
        ending.add_argument("booking", metavar="BOOKING", help=BOOKING)
        add_reason(ending)
    absent = add("not-come", _not_come, "note that nobody came to a visit, for the statistics")
    absent.add_argument("booking", metavar="BOOKING", help=BOOKING)
    absent.add_argument("--undo", action="store_true", help="take that back")


def add_reason(parser: argparse.ArgumentParser) -> None:
    """Add the option by which patients are told why."""
    parser.add_argument(
        "--reason", type=_reason, default="", metavar="TEXT", help="what the patients are told besides"
    )


def read_day(text: str) -> date:
    """A date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date (YYYY-MM-DD): {text}") from error


def _reason(text: str) -> str:
    if not text.isprintable() or len(text) > MOST_REASON:
        raise argparse.ArgumentTypeError(f"must be a printable text of {MOST_REASON} characters at most")
    return text.strip()


# --- the commands ------------------------------------------------------------------------------------------------


def _pending(store: Store, _options: argparse.Namespace, now: int) -> Iterator[str]:
    def work(connection: Connection) -> list[str]:
        some = reads.requests(connection, audit.Done(now))
        names = told.names(connection, some)
        return [f"{line_of(one)}  {_doctor(one)}  {names[one.patient_id]}" for one in some]

    yield from store.write(work)


def _doctor(booking: Booking) -> str:
    return f"{booking.time.role.specialty_name}, {booking.time.role.doctor_name}"


def _approve(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    for name in options.bookings:
        yield _told(_done(store, clinic.approved, name, Hand(now)), "approved")


def _refuse(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    yield _told(_done(store, clinic.refused, options.booking, Hand(now, options.reason)), "refused")


def _cancel(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    yield _told(_done(store, clinic.cancelled, options.booking, Hand(now, options.reason)), "cancelled")


def _not_come(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    act, done = (clinic.came, "has come after all") if options.undo else (clinic.not_come, "not come")
    yield _told(_done(store, act, options.booking, Hand(now), begun=True), done)


def _done(
    store: Store,
    act: Callable[[Connection, Booking, Hand], Ruling],
    name: str,
    hand: Hand,
    *,
    begun: bool = False,
) -> Ruling:
    """What came of it, in one transaction, for the booking of this name."""
    return store.write(
        lambda connection: act(connection, clinic.named(connection, name, hand.now, begun=begun), hand)
    )


def _told(ruling: Ruling, done: str) -> str:
    words = done if ruling.changed else f"is {ruling.booking.status} already"
    return f"{line_of(ruling.booking)}  {words}"
