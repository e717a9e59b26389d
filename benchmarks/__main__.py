"""The command behind `script/benchmark`: measures, prints tables, and writes docs/benchmarks.md when all was measured."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from benchmarks import cards, memory, search, startup, touch
from benchmarks.house import PROJECT, House, house

REPORT = PROJECT / "docs" / "benchmarks.md"
BENCHMARKS: dict[str, Callable[[House], str]] = {
    "startup": startup.measure,
    "touch": touch.measure,
    "cards": cards.measure,
    "search": search.measure,
    # The last: other work on the machine makes it longer, and changes nothing of what it finds.
    "memory": memory.measure,
}


def main() -> int:
    """Measures what was asked for; 0 when it could be measured."""
    options = _options()
    wanted = {name: BENCHMARKS[name] for name in ([options.name] if options.name else BENCHMARKS)}
    if options.visits and "memory" in wanted:
        wanted["memory"] = lambda house: memory.measure(house, options.visits)
    loads = [_load()]
    sections = []
    for measure in wanted.values():
        sections.append(_section(measure))
        loads.append(_load())
    report = "\n\n".join((_head(loads), *sections)) + "\n"
    sys.stdout.write(report)
    if len(wanted) == len(BENCHMARKS):
        REPORT.write_text(report, "utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/benchmark", description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHMARKS, help="only this one; docs/benchmarks.md stays")
    parser.add_argument("--visits", type=int, help=f"of the memory benchmark (default: {memory.VISITS})")
    return parser.parse_args()


def _section(measure: Callable[[House], str]) -> str:
    """Each in its own house: what one does to the registry is nothing to the next."""
    with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as around:
        return measure(around)


def _load() -> str:
    """Of the last minute; a benchmark by itself keeps one core busy."""
    return f"{os.getloadavg()[0]:.1f}"


def _head(loads: Sequence[str]) -> str:
    moment = time.strftime("%H:%M")
    libraries = ", ".join(
        f"{name} {version(name)}"
        for name in ("kivy", "requests", "pillow", "sqlalchemy", "uvicorn", "rapidfuzz")
    )
    return "\n\n".join(
        (
            "# Benchmarks",
            f"Written by `script/benchmark` on {date.today():%Y-%m-%d} at {moment}. Absolute figures are those of this "  # noqa: DTZ011
            "machine, which draws in software; compare the columns, and measure on the real terminal.",
            f"{_processor()}, {os.cpu_count()} cores, no graphics processor (Mesa llvmpipe, offscreen), window of "
            f"1080x1920 px; {platform.system()} {platform.release()}, Python {platform.python_version()}, {libraries}. "
            f"Load of the machine at the beginning and after each section: {', '.join(loads)}; one benchmark is about 1, "
            "and with more the machine had other work, which lengthens all times.",
        )
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
