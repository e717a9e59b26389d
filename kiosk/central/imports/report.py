"""What an import has found and done, in words that name nobody (R39). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from kiosk.central.clinic import line_of
from kiosk.central.schedule.timetable import Outside

#: Of more mistakes than this only the number is told.
MOST_TOLD = 1000


@dataclass(frozen=True)
class Place:
    """Where something stands: the name of the file, the line (0: none), the column ('': none)."""

    file: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        return ", ".join(
            part for part in (self.file, f"line {self.line}" if self.line else "", self.column) if part
        )


@dataclass(frozen=True)
class Finding:
    """Something about a place in a file that its maker should know."""

    place: Place
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


class Findings:
    """Findings in order, and how many there were; the first of them are kept."""

    def __init__(self) -> None:
        self.kept: list[Finding] = []
        self.count = 0

    def add(self, place: Place, words: str) -> None:
        """Keep it if there is room."""
        self.count += 1
        if self.count <= MOST_TOLD:
            self.kept.append(Finding(place, words))

    def told(self) -> Iterator[str]:
        """A line for each that is kept, by their places, and one for the rest."""
        yield from map(str, sorted(self.kept, key=lambda one: (one.place.file, one.place.line)))
        if self.count > len(self.kept):
            yield f"... and {self.count - len(self.kept)} more"


@dataclass(frozen=True)
class Lost:
    """A booking that falls outside its doctor's hours, and what was done: kept, moved or cancelled."""

    outside: Outside
    outcome: str


@dataclass
class Report:
    """What became of the files of one import. `withdrawn` and `missing` are keys of the source."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    over: int = 0
    withdrawn: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    times: int = 0
    lost: list[Lost] = field(default_factory=list)
    warnings: Findings = field(default_factory=Findings)

    @property
    def nothing(self) -> bool:
        """Whether the registry is as it was."""
        return not (self.new or self.changed or self.withdrawn)

    def told(self, kind: str, *, dry_run: bool) -> Iterator[str]:
        """All of it, line by line."""
        yield from (f"warning: {line}" for line in self.warnings.told())
        yield from (f"missing: {kind} {key}" for key in self.missing)
        yield from (f"withdrawn: {kind} {key}" for key in self.withdrawn)
        for lost in self.lost:
            booking = lost.outside.booking
            why = "absence" if lost.outside.absence else "hours"
            yield f"outside ({why}): {line_of(booking)}  {booking.time.role.doctor_name}  {lost.outcome}"
        yield self._counts(kind)
        if dry_run:
            yield "dry run: nothing was changed"
        elif self.nothing:
            yield "nothing was changed"

    def _counts(self, kind: str) -> str:
        counts = {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "over already": self.over,
            "withdrawn": len(self.withdrawn),
            "missing from the files": len(self.missing),
            "times taken out": self.times,
            "bookings outside": len(self.lost),
        }
        said = [f"{count} {name}" for name, count in counts.items() if count]
        return f"{kind}: {', '.join(said) or 'no lines'}"
