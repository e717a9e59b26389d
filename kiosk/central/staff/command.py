"""`kiosk central staff ...` and `kiosk central audit`: accounts of staff, and who touched what (api.md section 13)."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from kiosk.central import audit
from kiosk.central.clinic_cli import Add
from kiosk.central.staff import accounts
from kiosk.central.staff.account import StaffRole
from kiosk.central.staff.accounts import Account
from kiosk.central.store import Store

#: How far back the audit is told, and how much of it.
DEFAULT_SECONDS = 7 * 24 * 3600
MOST_LINES = 100_000
MOST_NAME = 100
_LOGIN = "what somebody signs in as"


def add_commands(add: Add) -> None:
    """Add those of `staff`; `add` makes the parser of one from its name, what it does, and what that is."""
    making = add(
        "add", _add, "make an account; prints its first password, which is for once, and is not kept"
    )
    making.add_argument("login", metavar="LOGIN", help=_LOGIN)
    _add_role(making)
    making.add_argument("--name", required=True, type=_name, help="of the person")
    add("list", _list, "the accounts that were ever made")
    changing = add("role", _role, "let an account be something else; who is signed in has to sign in again")
    changing.add_argument("login", metavar="LOGIN", help=_LOGIN)
    _add_role(changing)
    closing = add("disable", _disable, "let nobody in by an account any more, at once")
    closing.add_argument("login", metavar="LOGIN", help=_LOGIN)
    closing.add_argument("--undo", action="store_true", help="take that back")
    resetting = add("reset", _reset, "a new first password for who lost theirs; prints it")
    resetting.add_argument("login", metavar="LOGIN", help=_LOGIN)


def add_audit(add: Add) -> None:
    """Add `audit`."""
    reading = add("audit", _audit, "who touched what of whom, the newest first")
    for option, words in (("--since", "default: 7 days ago"), ("--until", "default: now")):
        reading.add_argument(
            option, type=_moment, metavar="TIME", help=f"YYYY-MM-DD, or with a time of the region; {words}"
        )
    reading.add_argument(
        "--account", default="", metavar="LOGIN", help="of this account alone; `cli`: of commands"
    )
    reading.add_argument("--patient", default="", metavar="ID", help="of this patient alone")


def _add_role(parser: argparse.ArgumentParser) -> None:
    roles = [role.value for role in StaffRole]
    parser.add_argument("--role", required=True, choices=roles, help="what somebody is here for")
    parser.add_argument("--facility", default="", metavar="ID", help="of a registrar, who always has one")


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > MOST_NAME:
        raise argparse.ArgumentTypeError("must be a printable text")
    return text.strip()


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not a date or time: {text}") from error


# --- accounts ----------------------------------------------------------------------------------------------------


def _add(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    role = StaffRole(options.role)
    yield accounts.add(store, audit.Done(now), options.login, role, options.name, options.facility)


def _list(store: Store, _options: argparse.Namespace, _now: int) -> Iterator[str]:
    everybody = accounts.everybody(store)
    width = max((len(one.staff.login) for one in everybody), default=0)
    for one in everybody:
        place = " ".join(filter(None, (one.staff.role.value, one.staff.facility_id)))
        yield f"{one.staff.login.ljust(width)}  {place}  {one.staff.name}  {_state(one)}"


def _state(one: Account) -> str:
    if one.disabled is not None:
        return f"disabled {_told(one.disabled)}"
    return "has to choose a password" if one.one_time else "active"


def _role(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    accounts.give_role(store, audit.Done(now), options.login, StaffRole(options.role), options.facility)
    yield f"{options.login} is {options.role} {options.facility}".rstrip()


def _disable(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    (accounts.enable if options.undo else accounts.disable)(store, audit.Done(now), options.login)
    yield f"{options.login} is {'enabled' if options.undo else 'disabled'}"


def _reset(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    yield accounts.reset(store, audit.Done(now), options.login)


# --- the audit ---------------------------------------------------------------------------------------------------


def _audit(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    zone = ZoneInfo(store.setting("zone"))
    asked = audit.Asked(
        since=_instant(options.since, zone) if options.since else now - DEFAULT_SECONDS,
        until=_instant(options.until, zone) if options.until else now + 1,
        account=options.account,
        patient_id=options.patient,
        most=MOST_LINES,
    )
    for line in audit.read(store, audit.Done(now), asked):
        words = (line.login or line.who, line.kind, line.record, line.patient_id or "-", line.reason)
        yield "  ".join((_told(line.at), *words)).rstrip()


def _instant(moment: datetime, zone: ZoneInfo) -> int:
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _told(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
