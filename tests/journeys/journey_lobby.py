"""One terminal in its lobby: the wire to the registry, the printer, the state folder, and the program between them."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from types import TracebackType

from fault_proxy import FaultProxy, Pace
from journey_kiosk import Kiosk
from journey_region import Person, Region
from wire_printer import Paper, WirePrinter

from kiosk.central.demo import HOME_FACILITY
from kiosk.settings import DEMO_PIN_HASH

#: Seconds: long enough for the registry's usual answer on a machine with much to do.
READ_SECONDS = 6
PACE = Pace(slow=3.2, late=6.5)
#: Nobody is sent away while a journey goes on, unless it says so: seconds without a touch, and those of the warning.
LONG_IDLE = (300, 60)

_SETTINGS = """
[terminal]
name = "{name}"
home_facility = "{home}"
zone = "Europe/Moscow"
mode = "demo"
state = "state"
idle_seconds = {idle[0]}
warning_seconds = {idle[1]}

[registry]
url = "{url}"
credential = "{credential}"
connect_seconds = 2
read_seconds = {read}

[display]
width = {display[0]}
height = {display[1]}
diagonal_inches = {display[2]}
fullscreen = false

[printer]
host = "127.0.0.1"
port = {port}
timeout_seconds = 1

[maintenance]
pin_hash = "{pin_hash}"
"""


class Lobby:
    """A context manager. `ready` gives the program, `start` a new run of it; the last one is ended with the lobby.

    Whatever a person types here is noted in `typed`, and looked for in every file (R39).
    """

    def __init__(
        self, region: Region, folder: Path, display: tuple[int, int, float], shots: Path | None
    ) -> None:
        self.region = region
        self.folder = folder
        self.name, self._credential = region.enroll()
        self.typed: set[str] = set()
        self._display = display
        self._shots = shots
        self._stack = ExitStack()
        self._kiosk: Kiosk | None = None
        self._started_with = ""
        self._before = (0, 0, 0)

    def __enter__(self) -> "Lobby":
        self.proxy = self._stack.enter_context(FaultProxy(self.region.process.base, PACE))
        self.printer = self._stack.enter_context(WirePrinter())
        self.config = self.folder / "kiosk.toml"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.proxy.calm()
        if self._kiosk is not None:
            self._kiosk.end()
        self._stack.close()

    # --- from journey to journey ---------------------------------------------------------------------------------

    def clear(self) -> None:
        """Before a journey: nothing is broken, and what was printed and noted until now does not count."""
        self.config.write_text(self.settings(), "utf-8")
        self._before = (len(self.printer.papers), len(self._entries()), len(self._logged()))

    def tidy(self) -> None:
        """After a journey: all faults are over, and the program is left at its welcome screen, or ended."""
        self.proxy.calm()
        self.printer.clear()
        if self._kiosk is not None and not self._kiosk.leave():
            self._kiosk.end()
            self._kiosk = None

    def ready(self) -> Kiosk:
        """The program at its welcome screen; the run of the journey before, where it is as asked."""
        kiosk = self._kiosk
        if kiosk is None or self._started_with != self.config.read_text("utf-8"):
            kiosk = self.start()
        kiosk.wait_for_touchable("Начать")
        kiosk.idle(*LONG_IDLE)
        kiosk.forget_touches()
        return kiosk

    def start(self) -> Kiosk:
        """A new run of the program."""
        if self._kiosk is not None:
            self._kiosk.end()
        self._started_with = self.config.read_text("utf-8")
        arguments = ["--config", str(self.config)]
        arguments += ["--shots", str(self._shots)] if self._shots else []
        self._kiosk = Kiosk(arguments, self.folder / "stderr.log")
        return self._kiosk

    def settings(self, *, printer_port: int = 0) -> str:
        """The text of the settings file."""
        return _SETTINGS.format(
            name=self.name,
            home=HOME_FACILITY,
            idle=LONG_IDLE,
            url=self.proxy.base,
            credential=self._credential,
            read=READ_SECONDS,
            display=self._display,
            port=printer_port or self.printer.port,
            pin_hash=DEMO_PIN_HASH,
        )

    # --- what there is to be looked at ---------------------------------------------------------------------------

    @property
    def papers(self) -> list[Paper]:
        """The tickets that came out in this journey."""
        return [paper for paper in self.printer.papers[self._before[0] :] if paper.codes]

    def log(self) -> str:
        """What the program has logged in this journey."""
        return self._logged()[self._before[2] :]

    def _logged(self) -> str:
        path = self.folder / "state" / "kiosk.log"
        return path.read_text("utf-8") if path.exists() else ""

    def open_entries(self) -> list[str]:
        """States of the bookings in the journal that are not settled."""
        return [state for state, _ in self.journal() if state in ("asked", "booked", "abandoned")]

    def journal(self) -> list[tuple[str, str]]:
        """State of each booking of this journey and of its paper, the oldest first."""
        return self._entries()[self._before[1] :]

    def _entries(self) -> list[tuple[str, str]]:
        path = self.folder / "state" / "journal.sqlite"
        if not path.exists():
            return []
        with closing(sqlite3.connect(path, timeout=5)) as journal:
            return journal.execute("SELECT state, paper FROM booking ORDER BY asked_at").fetchall()

    def comes(self, person: Person) -> Person:
        """This person types here: nothing of them may be found in any file."""
        born = person.birth_date
        self.typed |= {person.policy_number, person.document_number, *person.names, *_dates(born)}
        return person

    def enters(self, *values: str) -> tuple[str, ...]:
        """The same for something else that is typed here."""
        self.typed |= set(values)
        return values

    def files(self) -> Iterator[Path]:
        """Everything that was written: the terminal's logs, journal and state, and what the registry logs."""
        yield from (path for path in self.folder.rglob("*") if path.is_file())
        yield self.region.log

    def found(self) -> list[str]:
        """Where something that was typed stands, in a file or in the name of one."""
        words = [word.encode() for word in self.typed if len(word) > 3]
        return [
            path.name
            for path in self.files()
            if any(word in path.read_bytes() or word in str(path).encode() for word in words)
        ]


def _dates(born: date) -> set[str]:
    return {
        born.strftime(form) for form in ("%Y-%m-%d", "%d.%m.%Y", "%d%m%Y", "%Y%m%d", "%d-%m-%Y", "%d/%m/%Y")
    }
