"""`kiosk central dead-letters`: what could not be sent, and how it is tried again."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from kiosk.central.notices import deliveries
from kiosk.central.notices.deliveries import DeadLetter
from kiosk.central.store import Store

ALL = "all"


def dead_letters(store: Store, options: argparse.Namespace, now: int) -> Iterator[str]:
    """The list, a line each and nobody named; or, with `--retry`, what is tried again. ValueError for an unknown id."""
    dead = deliveries.dead_letters(store)
    if not options.retry:
        yield from map(_line, dead)
        return
    known = {letter.id for letter in dead}
    wanted = known if options.retry == [ALL] else set(options.retry)
    if unknown := wanted - known:
        raise ValueError(f"no such dead letter: {', '.join(sorted(unknown))}")
    yield f"tried again: {deliveries.retry(store, wanted, now)}"


def _line(letter: DeadLetter) -> str:
    since = datetime.fromtimestamp(letter.since, UTC).strftime("%Y-%m-%d %H:%M UTC")
    what = f"{letter.kind}  {letter.about or '-'}  {letter.address}"
    return f"{letter.id}  {since}  {what}  attempts: {letter.attempts}  {letter.outcome}"
