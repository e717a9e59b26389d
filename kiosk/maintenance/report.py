"""What the diagnostic bundle holds, as texts in English: whoever helps from far away reads them. Blocks; for the workers."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from kiosk.devices.health import Grade, Health
from kiosk.errors import JournalFault
from kiosk.journal import Journal
from kiosk.maintenance import program, settings_table
from kiosk.maintenance.log_tail import FILES
from kiosk.maintenance.probe import Answering, Probe, probe
from kiosk.settings import Settings


class Report:
    """Of a running terminal; nothing of a person is in any of its sources."""

    def __init__(self, settings: Settings, registry: Answering, journal: Journal, health: Health) -> None:
        self._settings = settings
        self._registry = registry
        self._journal = journal
        self._health = health

    def parts(self) -> Mapping[str, str]:
        """Texts by the names of their files."""
        state = self._settings.terminal.state
        return {
            "check.txt": _text(self._check(state)),
            "settings.txt": _text(settings_table.lines(settings_table.look(self._settings))),
            "health.json": _json(self._history()),
            "journal.json": _json(self._counts()),
            **{name: _read(state / name) for name in FILES},
        }

    def _check(self, state: Path) -> Iterator[str]:
        """As `kiosk check` says it: "ok" or "FAIL", subject, words."""
        found, asked = program.look(state), probe(self._registry, monotonic)
        yield f"      made       {datetime.now(UTC).isoformat(timespec='seconds')}"
        yield f"      program    {found.program}, Python {found.python}, Kivy {found.kivy}, SQLite {found.sqlite}"
        yield f"      system     {found.system}"
        yield f"      memory     {found.memory} bytes"
        yield _line("state", f"{found.free} bytes free", good=found.free >= program.FREE_BYTES)
        yield _line("registry", _pace(asked), good=asked.problem is None)
        yield _line("clock", f"{asked.drift} s from the registry's", good=not asked.drifts)
        for device in self._health.devices():
            words = f"{device.state} since {device.since.isoformat(timespec='seconds')}"
            yield _line(device.device, words, good=device.grade in (Grade.GOOD, Grade.WARNING))

    def _history(self) -> object:
        return {
            device.device: [
                {"state": change.state, "at": change.at.isoformat(timespec="seconds")}
                for change in device.changes
            ]
            for device in self._health.devices()
        }

    def _counts(self) -> object:
        try:
            discards = [
                (one.reason, one.at.isoformat(timespec="seconds")) for one in self._journal.discards()
            ]
            return {"bookings": self._journal.counts(), "discards": discards}
        except JournalFault as error:
            return {"problem": str(error)}


def _line(subject: str, words: str, *, good: bool) -> str:
    return f"{'ok  ' if good else 'FAIL'}  {subject:<10} {words}"


def _pace(asked: Probe) -> str:
    times = ", ".join(f"{seconds * 1000:.0f}" for seconds in asked.taken)
    problem = f"; {type(asked.problem).__name__}" if asked.problem else ""
    return f"answers in {times} ms{problem}"


def _text(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        return f"{error.strerror}\n"
