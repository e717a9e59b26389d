"""The end of the program's log, entry by entry. Reads files; for the workers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

#: As `kiosk.run` writes them: the file in use and the one before it hold more than is ever looked at.
FILES = ("kiosk.log.1", "kiosk.log")
ENTRIES = 500
_ENTRY = re.compile(r"(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}),\d{3} ([A-Z]+) ([\w.]+): (.*)")
#: The levels, the gravest last.
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class LogEntry:
    """One entry: when (the machine's local time, as written), its level, who says it, what, with any lines below."""

    at: str
    level: str
    name: str
    text: str


def tail(folder: Path, *, least: str = "INFO", count: int = ENTRIES) -> tuple[LogEntry, ...]:
    """The last entries of at least this level, newest first. A file that cannot be read has none."""
    least_rank = LEVELS.index(least)
    grave = [entry for entry in _entries(folder) if _rank(entry.level) >= least_rank]
    return tuple(reversed(grave[-count:]))


def _rank(level: str) -> int:
    """What is not known is shown rather than hidden."""
    return LEVELS.index(level) if level in LEVELS else len(LEVELS)


def _entries(folder: Path) -> Iterator[LogEntry]:
    entry: LogEntry | None = None
    for line in _lines(folder):
        found = _ENTRY.fullmatch(line)
        if found:
            if entry:
                yield entry
            entry = LogEntry(*found.groups())
        elif entry:
            entry = replace(entry, text=f"{entry.text}\n{line}")
    if entry:
        yield entry


def _lines(folder: Path) -> Iterator[str]:
    for name in FILES:
        try:
            yield from (folder / name).read_text("utf-8", "replace").splitlines()
        except OSError:
            continue
