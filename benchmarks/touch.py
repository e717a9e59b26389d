"""From the press to what is seen of it, beside a bare window's; the opening and the frames of every screen."""

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.figures import percentile, table
from benchmarks.house import House, answer, bare_settings, start
from benchmarks.people import adults, write_people

ROUNDS = 6
TARGET_RATIO = 1.5
TARGET_OPENING_MS = 150
TIMEOUT = 300.0

Series = Mapping[str, Sequence[float]]


def measure(house: House) -> str:
    """The section of the report."""
    bare, ours = series(house)
    presses = [one["press"] for said in ours for one in said["reactions"]]
    shown = [press for press in presses if press is not None]
    theirs = [press for said in bare for press in said["press"]]
    said = percentile(shown, 0.95) / percentile(theirs, 0.95)
    return "\n\n".join(
        (
            "## Touch",
            f"From the finger's touch to the end of the first frame that shows it, ms, in {ROUNDS} rounds of the bare "
            "window and eight whole visits at the terminal in turn (one to the ticket; one in another clinic with "
            "pages, weeks, help and back; one with contacts typed; searches; cards; one's own doctor and the areas; the "
            "waiting list; English in all modes). Drawing is complete when it counts.",
            table(
                ("", "touches", "p50", "p95", "max"),
                [row("bare window", theirs), row("terminal", shown)],
            ),
            f"Target: p95 at most {TARGET_RATIO} times the bare window's. Measured: {said:.2f}. "
            f"Touches that showed nothing: {len(presses) - len(shown)}.",
            _screens(gathered(ours, "opened"), gathered(ours, "frames"), gathered(ours, "work")),
            "A bare window's frame: " + frame_words([ms for one in bare for ms in one["frames"]]) + ".",
        )
    )


def series(house: House) -> tuple[list[Any], list[Any]]:
    """What the bare window and the terminal said, round by round."""
    people = adults(house.database)
    bare, ours = [], []
    for number in range(ROUNDS):
        bare.append(answer(start("touch_bare", bare_settings()), TIMEOUT))
        pair = write_people(people[2 * number : 2 * number + 2])
        ours.append(answer(start("visits_kiosk", str(house.settings), pair), TIMEOUT))
    return bare, ours


def gathered(said: Sequence[Any], what: str) -> Series:
    """One kind of times of all rounds, by screen; the times of `opened` are those of each round's first only."""
    found: dict[str, list[float]] = defaultdict(list)
    for one in said:
        for screen, values in one["turns"][what].items():
            found[screen] += values[:1] if what == "opened" else values
    return found


def row(name: str, values: Sequence[float]) -> tuple[str, ...]:
    """Name, count, p50, p95, max."""
    figures = (statistics.median(values), percentile(values, 0.95), max(values))
    return (name, str(len(values)), *(f"{figure:.0f}" for figure in figures))


def frame_words(values: Sequence[float]) -> str:
    """Median and p95 of frames."""
    return f"median {statistics.median(values):.0f} ms, p95 {percentile(values, 0.95):.0f} ms"


def _screens(opened: Series, frames: Series, work: Series) -> str:
    rows = [
        (
            screen.removesuffix("Screen"),
            f"{statistics.median(opened[screen]):.0f}",
            f"{max(opened[screen]):.0f}",
            f"{statistics.median(frames[screen]):.0f}",
            f"{percentile(frames[screen], 0.95):.0f}",
            f"{percentile(work[screen], 0.95):.0f}",
            f"{max(work[screen]):.0f}",
        )
        for screen in opened
        if screen != "WelcomeScreen"
    ]
    heads = ("screen", "first opening", "max", "frame", "p95", "work of a turn: p95", "max")
    worst = max(max(opened[row[0] + "Screen"]) for row in rows)
    return "\n\n".join(
        (
            f"The first opening of each screen in a program, from the touch or the answer to its first frame (median "
            f"and max of {ROUNDS}); all its frames; and the longest that the loop worked between two frames, ms:",
            table(heads, rows),
            f"Target: no first opening over {TARGET_OPENING_MS} ms. Measured: {worst:.0f} ms.",
        )
    )
