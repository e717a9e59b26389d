"""How much of the roll is used: metres and tickets since the last new roll, kept over a restart."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kiosk.maintenance import state_file

#: So many metres before its end a roll is called low: some thirty tickets.
LOW_METRES = 5.0


@dataclass(frozen=True)
class Roll:
    """What came out of the roll that was put in at `since` (None: nobody has said so yet)."""

    metres: float = 0.0
    tickets: int = 0
    since: datetime | None = None


class PaperCounter:
    """Counted is on the printer's worker, read anywhere. `roll_metres` is the length of a new roll, 0 where unknown."""

    def __init__(self, file: Path, roll_metres: float) -> None:
        self._file = file
        self._roll_metres = roll_metres
        self.roll = _read(file)

    @property
    def left(self) -> float | None:
        """Metres that should be left; None where the length of a roll is not known, or when one was put in."""
        if not self._roll_metres or self.roll.since is None:
            return None
        return max(0.0, self._roll_metres - self.roll.metres)

    @property
    def is_low(self) -> bool:
        """Whether the roll should be near its end, whatever the printer's sensor says."""
        return self.left is not None and self.left <= min(LOW_METRES, self._roll_metres / 4)

    def add(self, millimetres: float) -> None:
        """A ticket came out, or may have."""
        roll = self.roll
        self._keep(replace(roll, metres=round(roll.metres + millimetres / 1000, 3), tickets=roll.tickets + 1))

    def begin(self, now: datetime) -> None:
        """A new roll was put in."""
        self._keep(Roll(since=now))

    def _keep(self, roll: Roll) -> None:
        self.roll = roll
        since = roll.since.isoformat() if roll.since else ""
        state_file.write(self._file, {"metres": roll.metres, "tickets": roll.tickets, "since": since})


def _read(file: Path) -> Roll:
    """What was counted; a file that cannot be understood begins at nothing."""
    told = state_file.read(file) or {}
    metres, tickets, since = told.get("metres", 0.0), told.get("tickets", 0), told.get("since", "")
    if not (isinstance(metres, int | float) and isinstance(tickets, int) and isinstance(since, str)):
        return Roll()
    try:
        return Roll(float(metres), tickets, datetime.fromisoformat(since) if since else None)
    except ValueError:
        return Roll()
