"""`script/soak`: the visits of visit_soak.py from the command line, and what came of them as a page of Markdown."""

import argparse
import os
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from visit_soak import FAULT_RATE, LOBBIES, Report, Soak

PACKAGES = ("SQLAlchemy", "starlette", "uvicorn", "requests", "python-escpos")


def main() -> int:
    """Exit status 1 where anything happened that may never happen."""
    parser = argparse.ArgumentParser(prog="script/soak", description=__doc__)
    parser.add_argument("--visits", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, help="a new folder for database, journals and logs, to look into"
    )
    options = parser.parse_args()
    if options.keep is not None:
        options.keep.mkdir(parents=True)
        report = Soak(options.keep, options.visits, options.seed).run()
    else:
        with tempfile.TemporaryDirectory() as folder:
            report = Soak(Path(folder), options.visits, options.seed).run()
    print("\n".join(page(report)))
    return 0 if report.is_right else 1


def page(report: Report) -> Iterator[str]:
    """The lines of the page."""
    ledger = report.ledger
    yield from (
        "# Visits with faults",
        "",
        "The output of `script/soak`, which says how it is made.",
        "",
        *_head(report),
        "",
    )
    verdict = "0 violations" if report.is_right else f"**{len(ledger.violations)} violations**"
    yield from (f"{verdict}.", "", *(f"- {words}" for words in ledger.violations))
    yield from table("What was told, and how the patient left", ledger.outcomes)
    yield from table("The step on which a visit ended", ledger.steps)
    yield from table("Faults on the wire", report.faults)
    yield from table("What else happened", ledger.events)
    yield from table("What patients read", ledger.notices)


def _head(report: Report) -> Iterator[str]:
    ledger, seconds = report.ledger, sorted(report.ledger.seconds)
    yield (
        f"{report.visits:,} visits at {LOBBIES} terminals (seed {report.seed}), {report.requests:,} requests, "
        f"faults in {FAULT_RATE:.0%} of them, in {report.seconds:,.0f} s; a visit took "
        f"{share(seconds, 0.5):.2f} s (p50), {share(seconds, 0.95):.2f} s (p95), {seconds[-1]:.2f} s at most."
    )
    yield (
        f"{len(ledger.told):,} bookings were told and stand; {len(ledger.unpainted)} more stand by the journal alone "
        f"(killed between the note `shown` and the painting), {len(ledger.stands)} because the registry had told "
        "them elsewhere before they could be cancelled. "
        f"{report.holds_left} terminals had a hold left that runs out by itself."
    )
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    yield f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {versions}."


def share(ordered: list[float], part: float) -> float:
    """What so large a part of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def table(title: str, counts: Counter[str]) -> Iterator[str]:
    """Counts, the largest first."""
    yield from ("", f"| {title} | |", "|---|---:|")
    yield from (
        f"| {what} | {count:,} |" for what, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    )


if __name__ == "__main__":
    sys.exit(main())
