"""`kiosk central settings`: what a facility decides about bookings (api.md sections 13 and 17, R10, R28 to R31)."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Connection

from kiosk.central import audit, terms
from kiosk.central.clinic_cli import Add
from kiosk.central.store import Store
from kiosk.models import Online


def add_command(add: Add) -> None:
    """Add the command; `add` makes the parser of one from its name, what it does, and what that is."""
    words = "what a facility decides about bookings; without options it is told"
    _add_options(add("settings", _settings, words))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("facility", metavar="FACILITY", help="id, as `GET /fhir/Organization` tells it")
    parser.add_argument(
        "--newcomers", type=_flag, metavar="yes|no", help="books patients it does not know (R10)"
    )
    parser.add_argument(
        "--notice-minutes",
        type=_up_to(terms.MOST_NOTICE_MINUTES),
        metavar="N",
        help="so long before a visit patients still book it (R28)",
    )
    parser.add_argument(
        "--extra-seats", type=_up_to(terms.MOST_EXTRA_SEATS), metavar="N", help="for overbooking by staff"
    )
    parser.add_argument("--specialty", metavar="CODE", help="of which the rest is")
    parser.add_argument("--online", choices=[one.value for one in Online], help="who books it (R30)")
    parser.add_argument("--approval", type=_flag, metavar="yes|no", help="requests have to be approved (R31)")


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

    of = store.write(work)
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
