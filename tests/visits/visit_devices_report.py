"""`script/soak devices`: the visits of visit_devices.py from the command line, and what came of them as Markdown."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pcsc_daemon
from visit_devices import BLOCKED_SECONDS, DeviceReport, visits_at
from visit_report import share, table

#: With devices that are well: so many visits for one with devices that fail.
CALM_SHARE = 0.3


def main() -> int:
    """Exit status 1 where anything happened that may never happen, 2 where there can be no PC/SC daemon."""
    parser = argparse.ArgumentParser(prog="script/soak devices", description=__doc__)
    parser.add_argument("--visits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ready", type=Path, help="a demo database of today, to save its making")
    parser.add_argument("--keep", type=Path, help="a new folder for databases, journals and logs")
    parser.add_argument("--json", action="store_true", help="a line of figures, without the visits in calm")
    options = parser.parse_args()
    if why := pcsc_daemon.missing():
        print(why, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        failing = _visits(folder / "failing", options, options.visits, calm=False)
        if options.json:
            print(json.dumps(figures(failing)))
            return 0 if not failing.ledger.violations else 1
        calm = _visits(folder / "calm", options, max(1, int(options.visits * CALM_SHARE)), calm=True)
    print("\n".join(page(failing, calm)))
    return 0 if not failing.ledger.violations + calm.ledger.violations else 1


def _visits(folder: Path, options: argparse.Namespace, visits: int, *, calm: bool) -> DeviceReport:
    folder.mkdir(parents=True)
    return visits_at(folder, visits, options.seed, calm=calm, ready=options.ready)


def figures(report: DeviceReport) -> dict[str, object]:
    """What the short form of these visits is judged by."""
    ledger = report.ledger
    return {
        "violations": ledger.violations,
        "visits": len(ledger.seconds),
        "told": len(ledger.told),
        "blocked": report.blocked,
        "calls": len(report.reactions.waited),
        "events": dict(ledger.events),
    }


def page(failing: DeviceReport, calm: DeviceReport) -> Iterator[str]:
    """The lines of the section."""
    yield from (
        "## All devices failing at random",
        "",
        "The output of `script/soak devices`, which says how it is made.",
        "",
        *(_head(name, report) for name, report in (("failing", failing), ("well", calm))),
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.",
        "",
    )
    violations = failing.ledger.violations + calm.ledger.violations
    verdict = "0 violations" if not violations else f"**{len(violations)} violations**"
    yield from (f"{verdict}.", "", *(f"- {words}" for words in violations))
    yield from _reactions(failing, calm)
    happened, told = _parted(failing.ledger.events)
    yield from table("What happened", happened)
    yield from table("What the devices told", told)
    yield from table("What was told, and how the patient left", failing.ledger.outcomes)
    yield from table("What patients read", failing.ledger.notices)


def _head(name: str, report: DeviceReport) -> str:
    ledger, seconds = report.ledger, sorted(report.ledger.seconds)
    return (
        f"Devices {name}: {report.visits:,} visits (seed {report.seed}) in {report.seconds:,.0f} s, one of them "
        f"{share(seconds, 0.5):.2f} s (p50), {share(seconds, 0.95):.2f} s (p95), {seconds[-1]:.2f} s at most; "
        f"{len(ledger.told):,} bookings were told and stand, {report.printed:,} tickets are on paper.  "
    )


def _reactions(failing: DeviceReport, calm: DeviceReport) -> Iterator[str]:
    yield from (
        "",
        "Each call of the UI thread (a touch, a second's tick, an answer that is handed over), ms. «Waited» is what of",
        "it was spent neither at work nor in line for a processor; a call that waits for a device waits at least",
        f"{BLOCKED_SECONDS * 1000:.0f} ms: {failing.blocked} did with failing devices, {calm.blocked} with devices that are well.",
        "",
        "| | calls | p50 | p95 | p99 | p99.9 | max |",
        "|---|---:|---:|---:|---:|---:|---:|",
    )
    for name, report in (("failing", failing), ("well", calm)):
        yield _row(f"devices {name}: whole", report.reactions.whole)
        yield _row(f"devices {name}: waited", report.reactions.waited)


def _row(name: str, seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    shares = (*(share(ordered, part) for part in (0.5, 0.95, 0.99, 0.999)), ordered[-1])
    return f"| {name} | {len(ordered):,} | " + " | ".join(f"{one * 1000:.1f}" for one in shares) + " |"


def _parted(events: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    told = Counter({what: count for what, count in events.items() if what.startswith("told by")})
    return events - told, told


if __name__ == "__main__":
    sys.exit(main())
