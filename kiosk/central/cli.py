"""`kiosk central ...`: make, serve and look after a registry (api.md section 13).

Errors are one line on standard error and exit status 1, wrong usage and settings 2.
"""

import argparse
import json
import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from kiosk.central import (
    backup,
    clinic_cli,
    configuration,
    day_cli,
    desk_cli,
    identity,
    import_cli,
    keyboard,
    lapsing,
    regional,
    schema,
    terms_cli,
    tls,
)
from kiosk.central.backup import BackupUnfit
from kiosk.central.call import Refusal
from kiosk.central.demo import days, listing, region
from kiosk.central.notices.dead_letters import dead_letters
from kiosk.central.schedule import daily, timetable
from kiosk.central.serve import PlainHttpRefused, serve, system_clock
from kiosk.central.staff import command as staff
from kiosk.central.statistics import command as statistics
from kiosk.central.store import Store, StoreUnfit, create_schema
from kiosk.central.vocabulary import vocabulary
from kiosk.errors import SettingsError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

EXIT_ERROR = 1
EXIT_USAGE = 2
DEFAULT_PORT = 8080
MOST_NAME = 100


class CommandError(Exception):
    """What was asked for cannot be done; the words are for the person at the keyboard."""


# --- the command line --------------------------------------------------------------------------------------------


def add_parser(commands: "Commands") -> None:
    """Add `central` and its commands to the command `kiosk`; `options.run(options)` gives the exit status."""
    words = "the central registry: its database, server, terminals, staff and their audit, what the clinic does with bookings, notices, statistics"
    _add_commands(commands.add_parser("central", help=words, description=f"Commands of {words}."))


def _add_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    init = _command(commands, "init", _init, "make a new registry in an empty database")
    init.add_argument("--demo", action="store_true", help="with an invented region and its demo terminal")
    serving = _command(commands, "serve", _serve, "answer terminals until SIGINT or SIGTERM")
    serving.add_argument("--host", default="127.0.0.1", metavar="H", help="default: 127.0.0.1")
    serving.add_argument("--port", default=DEFAULT_PORT, type=_port, metavar="N", help="0: any free one")
    enroll = _command(
        commands, "enroll", _enroll, "let a terminal in; prints its credential, which is not kept"
    )
    enroll.add_argument("name", type=_name, metavar="NAME", help="what to call the terminal")
    revoke = _command(commands, "revoke", _revoke, "end a terminal's credential at once")
    revoke.add_argument("name", metavar="NAME", help="what the terminal is called")
    _command(commands, "list", _list, "the terminals that were ever let in")
    patients = _command(commands, "patients", _patients, "whom to try in a demo registry")
    patients.add_argument("--json", action="store_true", help="all of them, as JSON")

    taking = _command(commands, "backup", _backup, "write all data into one file, also while it serves")
    taking.add_argument("file", type=Path, metavar="FILE", help="must not be there yet")
    restoring = _command(commands, "restore", _restore, "fill an empty database with a backup")
    restoring.add_argument("file", type=Path, metavar="FILE", help="what `backup` wrote, from either engine")
    upgrading = _command(commands, "upgrade", _upgrade, "bring the tables to this program's, a backup first")
    upgrading.add_argument("--no-backup", action="store_true", help="there is one already")

    def on_store(name: str, act: clinic_cli.Act, words: str) -> argparse.ArgumentParser:
        return _command(commands, name, _on_store(act), words)

    clinic_cli.add_commands(on_store)
    desk_cli.add_commands(on_store)
    day_cli.add_commands(on_store)
    terms_cli.add_command(on_store)
    import_cli.add_commands(on_store, lambda options: _settings(options).days_ahead)
    statistics.add_command(on_store)
    people = commands.add_parser("staff", help="the accounts of staff", description="The accounts of staff.")
    of_staff = people.add_subparsers(title="commands", required=True, metavar="COMMAND")
    staff.add_commands(lambda name, act, words: _command(of_staff, name, _on_store(act), words))
    staff.add_audit(on_store)
    _command(commands, "notices", _notices, "send notices by e-mail and SMS until SIGINT or SIGTERM")
    dead = _command(commands, "dead-letters", _on_store(dead_letters), "the notices that could not be sent")
    dead.add_argument("--retry", nargs="+", metavar="ID", help="try these again; `all`: every one")


def _command(
    commands: "Commands", name: str, act: Callable[[argparse.Namespace], None], words: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument(
        "--database",
        type=_database_url,
        metavar="URL",
        help="sqlite:///PATH or postgresql://... (one with a password stands better in the settings)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"settings (default: {configuration.DEFAULT_FILE}, if there)",
    )
    parser.set_defaults(run=run, act=act)
    return parser


def _database_url(text: str) -> str:
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise argparse.ArgumentTypeError(f"not a database URL: {text}") from error
    if url.drivername not in ("sqlite", "postgresql") or not url.database:
        raise argparse.ArgumentTypeError("must be sqlite:///PATH or postgresql://...")
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or int(text[:6]) > 65535:
        raise argparse.ArgumentTypeError(f"not a port: {text}")
    return int(text)


def _name(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > MOST_NAME:
        raise argparse.ArgumentTypeError("must be a printable text")
    return text.strip()


def run(options: argparse.Namespace) -> int:
    """Carry out one command; the exit status. Raises SettingsError where the settings have mistakes."""
    try:
        options.act(options)
    except (CommandError, PlainHttpRefused, BackupUnfit, StoreUnfit, OSError) as error:
        return _failed(str(error))
    except DBAPIError as error:
        return _failed(f"the database cannot be used: {str(error.orig).partition(chr(10))[0]}")
    except ModuleNotFoundError as error:
        return _failed(f"the driver of this database is not installed: {error.name}")
    return 0


def _failed(words: str) -> int:
    print(f"error: {words}", file=sys.stderr)
    return EXIT_ERROR


# --- the commands ------------------------------------------------------------------------------------------------


def _init(options: argparse.Namespace) -> None:
    with _database(_settings(options).database, new=True) as store:
        if not _unused(store):
            raise CommandError("the database is not empty")
        create_schema(store)
        if options.demo:
            region.create(store, system_clock())
        else:
            store.write(regional.write_settings)


def _serve(options: argparse.Namespace) -> None:
    _log_to_stderr()
    settings = _settings(options)
    certificate = tls.certificate(settings.certificate, settings.key, settings.client_ca)
    scheme = "http" if certificate is None else "https"
    host = f"[{options.host}]" if ":" in options.host else options.host

    def ready(port: int) -> None:
        print(f"listening on {scheme}://{host}:{port}", flush=True)

    with _registry(options) as store:
        _upgraded(store, settings)
        with store.read() as connection:
            vocabulary(store, connection)  # Nobody waits for it who types the first letter.
        if store.setting("demo"):
            days.extend(store, system_clock())
        zone = ZoneInfo(store.setting("zone"))
        ahead = daily.kept_ahead(_extension(store, settings.days_ahead), system_clock, zone)
        with ahead, lapsing.watched(store, system_clock):
            serve(
                store,
                options.host,
                options.port,
                ready,
                allow_plain_http=settings.allow_plain_http,
                local_pages=settings.local_pages,
                certificate=certificate,
            )


def _extension(store: Store, days_ahead: int) -> daily.Extend:
    """What adds the days that are missing: the demo region's own, or the times of working hours."""
    if store.setting("demo"):
        return lambda now: [days.extend(store, now)]
    return lambda now: timetable.extend(store, days_ahead, now)


def _backup(options: argparse.Namespace) -> None:
    with _registry(options) as store:
        rows = backup.write(store, options.file)
    print(f"{options.file}: {rows} rows, read once more")


def _restore(options: argparse.Namespace) -> None:
    backup.read(options.file)  # Nothing is begun with a file that is none.
    with _database(_settings(options).database, new=True) as store:
        if not _unused(store):
            raise CommandError("the database is not empty")
        print(f"{backup.restore(options.file, store)} rows")


def _upgrade(options: argparse.Namespace) -> None:
    with _registry(options) as store:
        if options.no_backup:
            create_schema(store)
        else:
            _upgraded(store, _settings(options))
        print(f"the tables are at revision {store.revision()}")


def _upgraded(store: Store, settings: configuration.Configuration) -> None:
    """Bring the tables to this program's; a backup is written first, where the settings say or beside the SQLite file."""
    beside = make_url(settings.database).database if settings.database.startswith("sqlite") else None
    folder = settings.backups or (beside and str(Path(beside).parent))
    made = backup.upgrade(store, Path(folder) if folder else None, system_clock())
    if made is not None:
        print(f"as it was before the upgrade: {made}", file=sys.stderr, flush=True)


def _enroll(options: argparse.Namespace) -> None:
    with _registry(options) as store, _told():
        print(identity.enroll(store, options.name, system_clock()))


def _revoke(options: argparse.Namespace) -> None:
    with _registry(options) as store, _told():
        identity.revoke(store, options.name, system_clock())


def _list(options: argparse.Namespace) -> None:
    with _registry(options) as store:
        terminals = identity.terminals(store)
    width = max((len(terminal.name) for terminal in terminals), default=0)
    for terminal in terminals:
        state = f"revoked {_moment(terminal.revoked)}" if terminal.revoked is not None else "active"
        print(f"{terminal.name.ljust(width)}  enrolled {_moment(terminal.enrolled)}  {state}")


def _patients(options: argparse.Namespace) -> None:
    with _registry(options) as store:
        if not store.setting("demo"):
            raise CommandError("this is not a demo registry: its patients are not listed")
        examples = listing.examples(store)
    if options.json:
        print(json.dumps(listing.as_data(examples), ensure_ascii=False, indent=1))
    else:
        print("\n".join(listing.table(examples)))


def _on_store(act: clinic_cli.Act) -> Callable[[argparse.Namespace], None]:
    """The command that has this done in the registry, and prints what it tells line by line."""

    def run_it(options: argparse.Namespace) -> None:
        with _registry(options) as store, _told():
            for line in act(store, options, system_clock()):
                print(line, flush=True)

    return run_it


def _notices(options: argparse.Namespace) -> None:
    # Pictures and calendars take long to load, and no other command needs them.
    from kiosk.central.notices.ways import ways_of
    from kiosk.central.notices.worker import Worker

    _log_to_stderr()
    settings = _settings(options)
    ways = ways_of(settings.notices, system_clock)
    if not ways:
        raise SettingsError(("the settings have neither [notices.email] nor [notices.sms]",))
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    with _registry(options) as store:
        _upgraded(store, settings)
        print(f"sending to: {', '.join(way.way for way in ways)}", flush=True)
        Worker(store, settings.notices, ways, system_clock).run(stopped)


def _log_to_stderr() -> None:
    # No line tells them, and to find them out for each takes time.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


# --- the database ------------------------------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> configuration.Configuration:
    """The settings; `--database` goes before the one in the file."""
    settings = configuration.read(options.config)
    return replace(settings, database=options.database) if options.database else settings


@contextmanager
def _database(url: str, *, new: bool = False) -> Iterator[Store]:
    """The open database; one on SQLite is made by `init` alone."""
    path = make_url(url).database if url.startswith("sqlite") else None
    if path is not None and not new and not Path(path).exists():
        raise CommandError(f"there is no database at {path}: see `kiosk central init`")
    if path is not None and new:
        # Before SQLite makes it for everybody to read: its other files follow it (R39).
        Path(path).touch(mode=0o600)
    store = Store(url)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _registry(options: argparse.Namespace) -> Iterator[Store]:
    """The open database, which holds a registry."""
    with _database(_settings(options).database) as store:
        if not _has_settings(store):
            raise CommandError("there is no registry in this database: see `kiosk central init`")
        yield store


def _has_settings(store: Store) -> bool:
    if schema.setting.name not in store.tables():
        return False
    with store.read() as connection:
        return connection.execute(select(schema.setting).limit(1)).first() is not None


def _unused(store: Store) -> bool:
    """Whether there is nothing in it, or no more than the empty tables of an `init` that was interrupted."""
    own = {*schema.metadata.tables, "alembic_version"}
    return set(store.tables()) <= own and not _has_settings(store)


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with a name, and which rule refuses, is said in one line."""
    try:
        yield
    except Refusal as refusal:
        raise CommandError(keyboard.told(refusal)) from refusal
    except ValueError as error:
        raise CommandError(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> int:
    """`python -m kiosk.central.cli`: the same without the terminal's commands."""
    parser = argparse.ArgumentParser(prog="kiosk central", description="The central registry.")
    _add_commands(parser)
    options = parser.parse_args(arguments)
    try:
        return run(options)
    except SettingsError as error:
        print(f"The settings have mistakes:\n{error}", file=sys.stderr)
        return EXIT_USAGE


if __name__ == "__main__":
    sys.exit(main())
