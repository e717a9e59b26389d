"""The durable record of bookings in flight and tickets not surely printed (architecture.md, "What may never happen").

SQLite, synchronous FULL. No person in it: identifiers, ticket numbers, versions, states, instants. A move of a booking
is an entry of its own beside that of the booking.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import TypeVar

from kiosk.errors import JournalFault
from kiosk.models import Move

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Settled bookings are of no use after this; a void mark of the registry lives as long (api.md section 8).
KEPT = timedelta(days=30)
#: How long to wait for another process that has the file, in seconds.
LOCK_SECONDS = 3.0


class State(Enum):
    """Where a booking stands. ASKED and BOOKED were not shown: without their patient they are cancelled.

    HANDED_OVER: the registry refused to cancel it for good, and staff took it over with a reason. Of a move BOOKED says
    that it was carried out, REFUSED that the old time stands, STANDS that nobody was shown the new one. COPY: no booking
    of its own, but the paper of one that was printed once more.
    """

    ASKED = "asked"
    BOOKED = "booked"
    SHOWN = "shown"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"
    STANDS = "stands"
    REFUSED = "refused"
    HANDED_OVER = "handed-over"
    COPY = "copy"


#: What has still to be found out, cancelled or looked up once its patient is gone.
UNSETTLED = (State.ASKED, State.BOOKED, State.ABANDONED)


class Paper(Enum):
    """What became of the paper ticket; UNDER_WAY after a restart is as good as UNSURE. HANDLED: staff saw to it."""

    NONE = "none"
    UNDER_WAY = "under-way"
    PRINTED = "printed"
    NOT_PRINTED = "not-printed"
    UNSURE = "unsure"
    HANDLED = "handled"


#: Staff is not asked again.
SETTLED_PAPER = (Paper.PRINTED, Paper.HANDLED)
#: Another try that does not print takes nothing back of a first one that may have printed.
_PAPER_FROM = {
    Paper.NONE: (),
    Paper.UNDER_WAY: (Paper.NONE, Paper.NOT_PRINTED),
    Paper.PRINTED: tuple(Paper),
    Paper.NOT_PRINTED: (Paper.NONE, Paper.UNDER_WAY),
    Paper.UNSURE: tuple(Paper),
    Paper.HANDLED: (Paper.NONE, Paper.UNDER_WAY, Paper.NOT_PRINTED, Paper.UNSURE),
}


@dataclass(frozen=True)
class Entry:
    """One booking of this terminal, or a move of one: then `moved_from` is the version that its patient saw, and
    `moved_to` the start that was asked for."""

    identifier: str
    state: State
    appointment_id: str
    ticket_number: str
    paper: Paper
    asked_at: datetime
    changed_at: datetime
    moved_from: str = ""
    moved_to: datetime | None = None

    @property
    def is_move(self) -> bool:
        return self.moved_to is not None


@dataclass(frozen=True)
class Discard:
    """What staff gave up or took over, and why (a word of a fixed list)."""

    identifier: str
    reason: str
    at: datetime


_SCHEMA = """
CREATE TABLE IF NOT EXISTS booking (
    identifier TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    appointment_id TEXT NOT NULL DEFAULT '',
    ticket_number TEXT NOT NULL DEFAULT '',
    paper TEXT NOT NULL DEFAULT 'none',
    asked_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    moved_from TEXT NOT NULL DEFAULT '',
    moved_to TEXT NOT NULL DEFAULT ''
)
"""
#: What a file of before the moves lacks.
_OF_MOVES = ("moved_from", "moved_to")
_DISCARDS = """
CREATE TABLE IF NOT EXISTS discard (identifier TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL)
"""
_COLUMNS = (
    "identifier, state, appointment_id, ticket_number, paper, asked_at, changed_at, moved_from, moved_to"
)


class Journal:
    """The journal in one file; used from several workers, one at a time. Every method may raise JournalFault.

    The file is opened at first use and again after a failure, so that a terminal whose disk was full or whose
    file was locked goes on by itself. A file that is no journal any more is moved aside, and said in the log.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def asked(self, identifier: str, move: Move | None = None) -> None:
        """The intent, before the registry is asked: to book, or to move what is booked."""
        now = self._now()
        columns = {"identifier": identifier, "state": State.ASKED.value, "asked_at": now, "changed_at": now}
        if move is not None:
            columns |= {
                "appointment_id": move.booked.id,
                "ticket_number": move.booked.ticket_number,
                "moved_from": move.booked.version,
                "moved_to": move.time.start.astimezone(UTC).isoformat(),
            }
        marks = ", ".join("?" * len(columns))
        self._write(f"INSERT INTO booking ({', '.join(columns)}) VALUES ({marks})", tuple(columns.values()))

    def copy(self, identifier: str, ticket_number: str) -> None:
        """A ticket is printed once more, before the printer is asked; then `paper`."""
        now = self._now()
        self._write(
            "INSERT INTO booking (identifier, state, ticket_number, asked_at, changed_at) VALUES (?, ?, ?, ?, ?)",
            (identifier, State.COPY.value, ticket_number, now, now),
        )

    def booked(self, identifier: str, appointment_id: str, ticket_number: str) -> None:
        """The registry's answer; changes nothing where the patient has left meanwhile."""
        self._write(
            "UPDATE booking SET state = ?, appointment_id = ?, ticket_number = ?, changed_at = ? "
            "WHERE identifier = ? AND state = ?",
            (State.BOOKED.value, appointment_id, ticket_number, self._now(), identifier, State.ASKED.value),
        )

    def move(self, identifier: str, state: State, *, only_from: tuple[State, ...]) -> bool:
        """To another state, where it stands in one of `only_from`; whether it did."""
        marks = ", ".join("?" * len(only_from))
        values = (state.value, self._now(), identifier, *(one.value for one in only_from))
        statement = (
            f"UPDATE booking SET state = ?, changed_at = ? WHERE identifier = ? AND state IN ({marks})"
        )
        return self._write(statement, values) == 1

    def paper(self, identifier: str, paper: Paper) -> None:
        """What is known of the paper ticket; a doubt stays one until the ticket was surely printed."""
        marks = ", ".join("?" * len(_PAPER_FROM[paper]))
        self._write(
            f"UPDATE booking SET paper = ?, changed_at = ? WHERE identifier = ? AND paper IN ({marks})",
            (paper.value, self._now(), identifier, *(one.value for one in _PAPER_FROM[paper])),
        )

    def age(self, entry: Entry) -> timedelta:
        """How long ago an entry changed last."""
        return self._clock() - entry.changed_at

    def get(self, identifier: str) -> Entry | None:
        found = self._select("identifier = ?", (identifier,))
        return found[0] if found else None

    def unsettled(self) -> tuple[Entry, ...]:
        """Bookings that were asked for and whose end was neither shown nor found out; the oldest first."""
        marks = ", ".join("?" * len(UNSETTLED))
        return self._select(f"state IN ({marks})", tuple(state.value for state in UNSETTLED))

    def unprinted(self) -> tuple[Entry, ...]:
        """Bookings that stand and whose ticket was not surely printed: for the staff."""
        papers = tuple(paper.value for paper in SETTLED_PAPER)
        return self._select(
            "state IN (?, ?) AND paper NOT IN (?, ?)", (State.SHOWN.value, State.STANDS.value, *papers)
        )

    def hand_over(self, identifier: str, reason: str) -> bool:
        """Staff takes over what the registry refuses to cancel; whether it was still open."""
        return self._discard(identifier, reason, "state", State.HANDED_OVER.value, UNSETTLED)

    def paper_handled(self, identifier: str, reason: str) -> bool:
        """Staff saw to a ticket that was not surely printed; whether it was still open."""
        return self._discard(identifier, reason, "paper", Paper.HANDLED.value, _PAPER_FROM[Paper.HANDLED])

    def discards(self) -> tuple[Discard, ...]:
        """What staff gave up or took over, the oldest first."""

        def work(connection: sqlite3.Connection) -> tuple[Discard, ...]:
            with closing(
                connection.execute("SELECT identifier, reason, at FROM discard ORDER BY at")
            ) as rows:
                return tuple(Discard(one, why, datetime.fromisoformat(at)) for one, why, at in rows)

        return self._with_file(work)

    def counts(self) -> dict[str, int]:
        """How many bookings stand in each state and each state of the paper: "shown, printed" and so on."""
        statement = "SELECT state, paper, COUNT(*) FROM booking GROUP BY state, paper ORDER BY state, paper"

        def work(connection: sqlite3.Connection) -> dict[str, int]:
            with closing(connection.execute(statement)) as rows:
                return {f"{state}, {paper}": count for state, paper, count in rows}

        return self._with_file(work)

    def left_in_printer(self) -> bool:
        """Whether a ticket may be held in the printer: since the last that was surely printed one was sent and
        nobody knows what became of it. Staff that saw to it has not emptied the printer."""
        sent = (Paper.UNDER_WAY, Paper.UNSURE, Paper.HANDLED)
        marks = ", ".join("?" * len(sent))
        last_printed = "SELECT MAX(changed_at) FROM booking WHERE paper = ?"
        return bool(
            self._select(
                f"paper IN ({marks}) AND changed_at > COALESCE(({last_printed}), '')",
                (*(paper.value for paper in sent), Paper.PRINTED.value),
            )
        )

    def restarted(self) -> None:
        """After a start: what was being printed when the terminal stopped may have come out or not."""
        self._write(
            "UPDATE booking SET paper = ? WHERE paper = ?", (Paper.UNSURE.value, Paper.UNDER_WAY.value)
        )

    def tidy(self) -> None:
        """Drops what was settled long ago."""
        marks = ", ".join("?" * len(UNSETTLED))
        before = (self._clock() - KEPT).astimezone(UTC).isoformat()
        self._write(
            f"DELETE FROM booking WHERE changed_at < ? AND state NOT IN ({marks})",
            (before, *(state.value for state in UNSETTLED)),
        )
        self._write("DELETE FROM discard WHERE at < ?", (before,))

    def close(self) -> None:
        """Lets go of the file; the next use opens it again."""
        with self._lock:
            self._drop()

    def _discard(
        self, identifier: str, reason: str, column: str, value: str, only_from: tuple[Enum, ...]
    ) -> bool:
        """The change and its reason, both or neither."""
        marks, now = ", ".join("?" * len(only_from)), self._now()
        change = (
            f"UPDATE booking SET {column} = ?, changed_at = ? WHERE identifier = ? AND {column} IN ({marks})"
        )
        values = (value, now, identifier, *(one.value for one in only_from))

        def work(connection: sqlite3.Connection) -> bool:
            with connection:
                if connection.execute(change, values).rowcount != 1:
                    return False
                connection.execute("INSERT INTO discard VALUES (?, ?, ?)", (identifier, reason, now))
                return True

        return self._with_file(work)

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat()

    def _write(self, statement: str, values: tuple[str, ...]) -> int:
        def work(connection: sqlite3.Connection) -> int:
            with connection:
                return connection.execute(statement, values).rowcount

        return self._with_file(work)

    def _select(self, condition: str, values: tuple[str, ...]) -> tuple[Entry, ...]:
        statement = f"SELECT {_COLUMNS} FROM booking WHERE {condition} ORDER BY asked_at, identifier"

        def work(connection: sqlite3.Connection) -> tuple[Entry, ...]:
            with closing(connection.execute(statement, values)) as rows:
                return tuple(_entry(row) for row in rows)

        return self._with_file(work)

    def _with_file(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._lock:
            try:
                return self._try(work)
            except sqlite3.DatabaseError as error:
                self._drop()
                if not _is_broken(error):
                    raise JournalFault(type(error).__name__) from error
                self._move_aside()
                return self._try_new(work)

    def _try_new(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._try(work)
        except sqlite3.DatabaseError as error:
            self._drop()
            raise JournalFault(type(error).__name__) from error

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._connection is None:
            self._connection = _opened(self._path)
        return work(self._connection)

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _move_aside(self) -> None:
        """The broken file stays for whoever looks into it; its unsettled bookings are lost to this terminal."""
        stamp = self._clock().astimezone(UTC).strftime("%Y%m%d-%H%M%S-%f")
        for suffix in ("", "-wal", "-shm"):
            old = self._path.with_name(self._path.name + suffix)
            try:
                old.rename(self._path.with_name(f"{self._path.name}.broken-{stamp}{suffix}"))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise JournalFault(type(error).__name__) from error
        log.error(
            "the journal was broken and has been moved aside; bookings in flight must be checked by staff"
        )


def _opened(path: Path) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalFault(type(error).__name__) from error
    connection = sqlite3.connect(path, timeout=LOCK_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _Broken("quick_check")
        connection.execute(_SCHEMA)
        connection.execute(_DISCARDS)
        there = [name for _, name, *_ in connection.execute("PRAGMA table_info(booking)")]
        for column in (one for one in _OF_MOVES if one not in there):
            connection.execute(f"ALTER TABLE booking ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


class _Broken(sqlite3.DatabaseError):
    """The file is a database, but not a sound one."""


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    """Not a database, a damaged one, or (the statements here being fixed) a table of another shape."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    broken = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)
    return isinstance(error, _Broken) or code in broken


def _entry(row: tuple[str, ...]) -> Entry:
    identifier, state, appointment_id, ticket_number, paper, asked_at, changed_at, moved_from, moved_to = row
    try:
        return Entry(
            identifier,
            State(state),
            appointment_id,
            ticket_number,
            Paper(paper),
            datetime.fromisoformat(asked_at),
            datetime.fromisoformat(changed_at),
            moved_from,
            datetime.fromisoformat(moved_to) if moved_to else None,
        )
    except ValueError as error:
        raise _Broken("row") from error
