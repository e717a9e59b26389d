"""The command behind `script/benchmark`: measures, prints tables, and with `--write` puts them into docs/benchmarks.md."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    bookings,
    cards,
    counting,
    imports,
    memory,
    race,
    search,
    size,
    startup,
    terminals,
    touch,
)
from benchmarks.house import PROJECT, House, house
from benchmarks.report import put

REPORT = PROJECT / "docs" / "benchmarks.md"
BENCHMARKS: dict[str, Callable[[House], str]] = {
    "startup": startup.measure,
    "touch": touch.measure,
    "cards": cards.measure,
    "search": search.measure,
    "import": imports.measure,
    "statistics": counting.measure,
    "bookings": bookings.measure,
    "race": race.measure,
    "size": size.measure,
    "terminals": terminals.measure,
    # The last: other work on the machine makes it longer, and changes nothing of what it finds.
    "memory": memory.measure,
}


def main() -> int:
    """Measures what was asked for; 0 when it could be measured."""
    options = _options()
    wanted = {name: BENCHMARKS[name] for name in ([options.name] if options.name else BENCHMARKS)}
    if options.visits and "memory" in wanted:
        wanted["memory"] = lambda house: memory.measure(house, options.visits)
    for measure in wanted.values():
        section = _section(measure)
        sys.stdout.write(section + "\n\n")
        if options.write:
            REPORT.write_text(put(REPORT.read_text("utf-8"), section), "utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHMARKS, help="only this one")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md as well")
    parser.add_argument("--visits", type=int, help=f"of the memory benchmark (default: {memory.VISITS})")
    options = parser.parse_args()
    if options.visits is not None and options.visits < memory.PARTS:
        parser.error(f"--visits: at least {memory.PARTS}")
    return options


def _section(measure: Callable[[House], str]) -> str:
    """Each in its own house: what one does to the registry is nothing to the next."""
    moment, before = time.strftime("%Y-%m-%d %H:%M"), _load()
    with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as around:
        measured = measure(around)
    return f"{measured}\n\nMeasured {moment}, load {before} before and {_load()} after. {_machine()}"


def _load() -> str:
    """Of the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _machine() -> str:
    libraries = ", ".join(
        f"{name} {version(name)}"
        for name in ("kivy", "requests", "pillow", "sqlalchemy", "uvicorn", "rapidfuzz")
    )
    return (
        f"{_processor()}, {os.cpu_count()} cores, no graphics processor; {platform.system()} {platform.release().split('-')[0]}, "
        f"Python {platform.python_version()}, {libraries}."
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
