"""One import: the lines of its files are read, checked against the registry and written, all in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, select

from kiosk.central import absences, audit, clinic, slots
from kiosk.central.absences import DayOff
from kiosk.central.clinic import Hand
from kiosk.central.imports import files, keys
from kiosk.central.imports.files import FileRefused
from kiosk.central.imports.keys import Known
from kiosk.central.imports.kind import Desk, Entry, Kind, new_id
from kiosk.central.imports.report import Findings, Lost, Place, Report
from kiosk.central.proposals import Role
from kiosk.central.schedule import timetable
from kiosk.central.schedule.timetable import Outside
from kiosk.central.schema import role
from kiosk.central.store import Store

BATCH = 1000


class ImportRefused(Exception):
    """There are mistakes in the files; nothing was imported."""

    def __init__(self, mistakes: Findings) -> None:
        super().__init__(f"{mistakes.count} mistakes")
        self.mistakes = mistakes


@dataclass(frozen=True)
class Options:
    """How an import is meant. `full`: the files are all that there is of the facilities that they name; `withdraw`:
    what is missing in them goes. `cancel_outside`: bookings outside their doctors' hours are not kept; `reason` is
    what their patients are told. `dry_run`: nothing is kept of it.
    """

    full: bool = False
    withdraw: bool = False
    cancel_outside: bool = False
    reason: str = ""
    dry_run: bool = False


class _DryRun(Exception):
    """Rolls back what was tried."""

    def __init__(self, report: Report) -> None:
        self.report = report


def load(store: Store, kind: type[Kind], paths: Sequence[Path], options: Options, now: int) -> Report:
    """Import the files as one, or not at all: ImportRefused with every mistake that there is.

    They are looked through first: mistakes, and files that change nothing, keep nobody from booking.
    """
    defaults = {name: store.setting(name) for name in ("zone", "notice_minutes")}

    def started(connection: Connection) -> _Import:
        return _Import(kind(), paths, options, Desk(connection, now, defaults))

    def work(connection: Connection) -> Report:
        report = started(connection).run()
        audit.note(connection, audit.Done(now), "import", f"Import/{kind.name}")
        if options.dry_run:
            raise _DryRun(report)
        return report

    with store.read() as connection:
        looked = started(connection).look()
    if looked is not None:
        return looked
    try:
        return store.write(work)
    except _DryRun as tried:
        return tried.report


class _Import:
    """One run over the files, from the start to the end of a transaction."""

    def __init__(self, kind: Kind, paths: Sequence[Path], options: Options, desk: Desk) -> None:
        self._kind = kind
        self._paths = paths
        self._options = options
        self._desk = desk
        self._seen: dict[str, Place] = {}
        self._facilities: set[str] = set()

    def look(self) -> Report | None:
        """What there is to tell where there is nothing to write, else None."""
        moving = sum(map(len, self._batches()))
        missing = self._missing()
        if moving or (missing and self._options.withdraw):
            return None
        self._desk.report.missing = [one.key for one in missing]
        return self._desk.report

    def run(self) -> Report:
        """Write all of it."""
        for entries in self._batches():
            if not self._desk.mistakes.count:
                self._write(entries)
        self._withdraw(self._missing())
        self._settle()
        return self._desk.report

    def _batches(self) -> Iterator[Sequence[Entry]]:
        """The lines that say something new, checked; ImportRefused after the last where there are mistakes."""
        entries = self._kind.entries(self._desk, self._lines())
        while batch := list(islice(entries, BATCH)):
            yield self._moving(batch)
        self._refuse()

    def _refuse(self) -> None:
        if self._desk.mistakes.count:
            raise ImportRefused(self._desk.mistakes)

    # --- lines -------------------------------------------------------------------------------------------------

    def _lines(self) -> Iterator[Entry]:
        columns = self._kind.columns
        headings = {files.folded(said): one.name for one in columns for said in (one.name, one.heading)}
        for path in self._paths:
            try:
                for line in files.lines(path, headings):
                    entry = self._read(path.name, line)
                    if entry is not None:
                        yield entry
            except FileRefused as refused:
                self._desk.mistakes.add(Place(path.name, refused.line), str(refused))

    def _read(self, file: str, line: files.Line) -> Entry | None:
        """What a line means; None where that cannot be told."""
        entry = Entry({}, Place(file, line.number))
        before = self._desk.mistakes.count
        for column in self._kind.columns:
            try:
                entry.values[column.name] = column.value(line.cells.get(column.name, ""))
            except ValueError as error:
                self._desk.mistake(entry, column, str(error))
        if self._desk.mistakes.count == before:
            self._kind.check(self._desk, entry)
        return entry if self._desk.mistakes.count == before else None

    # --- batches -----------------------------------------------------------------------------------------------

    def _moving(self, batch: Sequence[Entry]) -> list[Entry]:
        desk, kind = self._desk, self._kind
        for entry in batch:
            entry.key = kind.key(entry.values)
        known = keys.some(desk.connection, kind.name, (entry.key for entry in batch))
        entries = [entry for entry in batch if self._first(entry)]
        for entry in entries:
            entry.known = known.get(entry.key)
            entry.id = entry.known.id if entry.known else new_id()
            entry.facility_id = entry.known.facility_id if entry.known else ""
        moving = [entry for entry in entries if entry.known is None or entry.known.digest != entry.digest]
        desk.report.unchanged += len(entries) - len(moving)
        kind.resolve(desk, moving)
        self._facilities.update(entry.facility_id for entry in entries)
        return [entry for entry in moving if not entry.refs.get("skipped")]

    def _first(self, entry: Entry) -> bool:
        earlier = self._seen.setdefault(entry.key, entry.place)
        if earlier is not entry.place:
            self._desk.mistake(entry, None, f"is about the same as {earlier}")
        return earlier is entry.place

    def _write(self, entries: Sequence[Entry]) -> None:
        desk, kind = self._desk, self._kind
        new = [entry for entry in entries if entry.known is None]
        changed = [entry for entry in entries if entry.known is not None]
        before = desk.mistakes.count
        kind.write(desk, new, changed)
        if desk.mistakes.count > before:
            return
        keys.add(desk.connection, kind.name, [_known(entry) for entry in new])
        keys.change(desk.connection, kind.name, [_known(entry) for entry in changed])
        desk.report.new += len(new)
        desk.report.changed += len(changed)

    # --- what is missing -----------------------------------------------------------------------------------------

    def _missing(self) -> list[Known]:
        """What full files of these facilities no longer have."""
        if not self._options.full:
            return []
        named = self._facilities if self._kind.regional else self._facilities - {""}
        there = keys.of_facilities(self._desk.connection, self._kind.name, named)
        return [one for one in there if one.key not in self._seen]

    def _withdraw(self, missing: Sequence[Known]) -> None:
        """Withdraw it where that was asked for; the rest is told."""
        desk, kind = self._desk, self._kind
        gone = kind.withdraw(desk, missing) if self._options.withdraw and missing else ()
        if kind.forgets:
            keys.forget(desk.connection, kind.name, gone)
        else:
            keys.change(desk.connection, kind.name, [replace(one, digest="") for one in gone])
        withdrawn = {one.key for one in gone}
        desk.report.withdrawn = sorted(withdrawn)
        desk.report.missing = [one.key for one in missing if one.key not in withdrawn]

    # --- what hours have to do with --------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Times that are no more go; bookings that have lost theirs are told of, and not kept where that was asked."""
        desk = self._desk
        fitted = timetable.fit(desk.connection, desk.touched, desk.now)
        desk.report.times = fitted.withdrawn
        desk.report.lost = [self._lost(outside) for outside in fitted.outside]

    def _lost(self, outside: Outside) -> Lost:
        if not self._options.cancel_outside:
            return Lost(outside, "kept")
        booking, away = outside.booking, outside.absence
        hand = Hand(self._desk.now, self._options.reason)
        if away is None or away.substitute_id is None:
            clinic.cancelled(self._desk.connection, booking, hand)
            return Lost(outside, "cancelled")
        at = booking.time
        substitute = _role(self._desk.connection, away.substitute_id)
        off = DayOff(at.role, at.role.local_day(at.start), substitute)
        settled = absences.settle(self._desk.connection, off, booking.id, hand)
        return Lost(outside, settled.outcome.value if settled else "kept")


def _role(connection: Connection, role_id: str) -> Role:
    query = select(*slots.ROLE_COLUMNS).select_from(slots.ROLES).where(role.c.id == role_id)
    return Role(*connection.execute(query).one())


def _known(entry: Entry) -> Known:
    return Known(entry.key, entry.id, entry.facility_id, entry.digest)
