"""`kiosk central day, cancel-day, move-day, schedule`: a doctor's days, at the registry's own keyboard (api.md section 13).

What was done already stays as it is, and what was broken off is finished by the next.
"""

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from kiosk.central import absences, audit, day_moves, day_returns
from kiosk.central.absences import DayOff
from kiosk.central.clinic import Hand, line_of
from kiosk.central.clinic_cli import DAY, DOCTOR, Add, add_reason, read_day
from kiosk.central.day_moves import Move
from kiosk.central.staff import reads, told
from kiosk.central.staff.days import Line, State
from kiosk.central.staff.printing import printed
from kiosk.central.store import Store
from kiosk.texts import DEFAULT_LANGUAGE


def add_commands(add: Add) -> None:
    """Add the commands; `add` makes the parser of one from its name, what it does, and what that is."""
    _add_day(add("day", _day, "every time of a doctor's day, and who has it"))
    _add_cancel_day(add)
    _add_move_day(add)
    printing = add("schedule", _schedule, "a doctor's schedule as a page to be printed (HTML)")
    printing.add_argument("doctor", metavar="DOCTOR", help=DOCTOR)
    for option in ("from", "to"):
        printing.add_argument(
            f"--{option}", required=True, type=read_day, metavar="DATE", dest=f"{option}_day", help=DAY
        )
    printing.add_argument("--names", action="store_true", help="with the names of the patients")


def _add_cancel_day(add: Add) -> None:
    off = add("cancel-day", _cancel_day, "call off a doctor's day: no more times, and nobody comes in vain")
    _add_day(off)
    how = off.add_mutually_exclusive_group()
    how.add_argument(
        "--substitute", metavar="DOCTOR", help="who sees the patients at the same times, where these are free"
    )
    how.add_argument(
        "--undo", action="store_true", help="the doctor is there after all; who was told otherwise stays so"
    )
    add_reason(off)


def _add_move_day(add: Add) -> None:
    words = "move all bookings of a doctor's day; who cannot be moved is named, and stays"
    moving = add("move-day", _move_day, words)
    _add_day(moving)
    moving.add_argument("--to-date", type=read_day, metavar="DATE", help="to the same times of this day")
    moving.add_argument(
        "--to-doctor", metavar="DOCTOR", help="to this doctor of the same facility and specialty"
    )
    add_reason(moving)


def _add_day(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("doctor", metavar="DOCTOR", help=DOCTOR)
    parser.add_argument("day", type=read_day, metavar="DATE", help=DAY)


# --- seen and printed --------------------------------------------------------------------------------------------


def _day(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)

    def work(connection: Connection) -> list[str]:
        day = reads.of_day(connection, audit.Done(now), role, options.day)
        names = told.names(connection, day.bookings)
        head = [f"{role.doctor_name} is absent on {options.day}"] if day.absent else []
        return [*head, *(_line(one, role.zone, names) for one in day.lines)]

    yield from store.write(work)


def _line(line: Line, zone: str, names: Mapping[str, str]) -> str:
    """When, and who comes then, or what else is the matter with the time."""
    start, end = (datetime.fromtimestamp(at, ZoneInfo(zone)) for at in (line.time.start, line.time.end))
    people = [
        f"{one.status}  ticket {one.ticket}  {names[one.patient_id]}  {one.id}" for one in line.bookings
    ]
    state = [] if line.state is State.BOOKED else [line.state.value]
    return "  ".join((f"{start:%H:%M}-{end:%H:%M}", *state, *people))


def _schedule(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    period = (options.from_day, options.to_day)
    yield printed(store, audit.Done(now), role, period, DEFAULT_LANGUAGE, names=options.names)


# --- changed -----------------------------------------------------------------------------------------------------


def _cancel_day(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = absences.doctor(store, options.doctor)
    hand = Hand(now, options.reason)
    if options.undo:
        free = day_returns.take_back(store, role, options.day, hand)
        yield f"{role.doctor_name}, {options.day}: {free} times are free again"
        return
    substitute = absences.doctor(store, options.substitute) if options.substitute else None
    done = absences.call_off(store, DayOff(role, options.day, substitute), hand)
    for one in done.settled:
        yield f"{line_of(one.booking)}  {one.outcome.value}"
    yield (
        f"{role.doctor_name}, {options.day}: {len(done.settled)} bookings, {done.times} free times withdrawn, "
        f"{done.offers} offers ended"
    )


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
