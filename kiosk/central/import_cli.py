"""`kiosk central import` and `times`: files of clinics, and the times that come of working hours (docs/import.md)."""

import argparse
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import func, select

from kiosk.central.clinic_cli import Act, Add, add_reason
from kiosk.central.imports.absences import Absences
from kiosk.central.imports.areas import Areas
from kiosk.central.imports.bookings import Bookings
from kiosk.central.imports.doctors import Doctors
from kiosk.central.imports.facilities import Facilities
from kiosk.central.imports.hours import Hours
from kiosk.central.imports.kind import Kind
from kiosk.central.imports.load import ImportRefused, Options, load
from kiosk.central.imports.patients import Patients
from kiosk.central.imports.services import Services
from kiosk.central.imports.specialties import Specialties
from kiosk.central.schedule import timetable
from kiosk.central.schema import slot
from kiosk.central.store import Store

MOST_DAYS = 366

#: In the order in which they name each other.
KINDS: dict[str, type[Kind]] = {
    kind.name: kind
    for kind in (
        Facilities,
        Specialties,
        Services,
        Areas,
        Doctors,
        Hours,
        Absences,
        Patients,
        Bookings,
    )
}

#: How many days ahead times are made, as the settings of a command say.
DaysAhead = Callable[[argparse.Namespace], int]


def add_commands(add: Add, days_ahead: DaysAhead) -> None:
    """Add the commands; `add` makes the parser of one from its name, what it does, and what that is."""
    importing = add(
        "import", _importer(days_ahead), "take over what stands in files of a clinic, or nothing of it"
    )
    importing.add_argument("kind", choices=KINDS, metavar="KIND", help=", ".join(KINDS))
    importing.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help=".csv or .xlsx (docs/import.md)"
    )
    importing.add_argument(
        "--dry-run", action="store_true", help="tell what would happen, and change nothing"
    )
    importing.add_argument(
        "--full",
        action="store_true",
        help="the files are all there is of the facilities they name: tell what is missing",
    )
    importing.add_argument("--withdraw", action="store_true", help="with --full: withdraw what is missing")
    importing.add_argument(
        "--cancel-outside",
        action="store_true",
        help="move or cancel bookings outside their doctors' hours, and tell the patients (default: they are kept)",
    )
    add_reason(importing)
    making = add("times", _maker(days_ahead), "make the times of working hours for the days to come")
    making.add_argument("--days", type=_days, metavar="N", help="until today + N (default: of the settings)")


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:6]) <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be a number of days from 1 to {MOST_DAYS}")
    return int(text)


def _importer(days_ahead: DaysAhead) -> Act:
    def act(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
        if store.setting("demo"):
            raise ValueError("this is a demo registry: import into one that `kiosk central init` has made")
        if options.withdraw and not options.full:
            raise ValueError("--withdraw needs --full: only a full file can miss anything")
        wanted = Options(
            options.full, options.withdraw, options.cancel_outside, options.reason, options.dry_run
        )
        try:
            report = load(store, KINDS[options.kind], options.files, wanted, now)
        except ImportRefused as refused:
            yield from refused.mistakes.told()
            raise ValueError(
                f"{refused.mistakes.count} mistakes in the files: nothing was imported"
            ) from refused
        yield from report.told(options.kind, dry_run=options.dry_run)
        if not options.dry_run and not report.nothing:
            yield from _made(store, days_ahead(options), now)

    return act


def _maker(days_ahead: DaysAhead) -> Act:
    def act(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
        yield from _made(store, options.days or days_ahead(options), now)
        with store.read() as connection:
            last = connection.scalar(select(func.max(slot.c.day)))
        yield f"there are times until {date.fromordinal(last)}" if last else "there are no working hours"

    return act


def _made(store: Store, days: int, now: int) -> Iterator[str]:
    count = 0
    for made in timetable.extend(store, days, now):
        count += made
        time.sleep(timetable.BREATH_SECONDS)
    if count:
        yield f"times made: {count}"
