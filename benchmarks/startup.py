"""From exec to a welcome screen that reacts, beside a bare window that reacts."""

import time
from collections import defaultdict

from benchmarks.figures import ratio, spread, table
from benchmarks.house import House, answer, bare_settings, start

RUNS = 11
TARGET = 1.5
TIMEOUT = 60.0

#: By program, then by what it said: ms since exec.
Times = dict[str, dict[str, list[float]]]


def measure(house: House) -> str:
    """The section of the report."""
    times = series(house)
    bare, ours = times["bare"], times["kiosk"]
    rows = [
        (name, spread(bare[key]), spread(ours[key]), f"{ratio(ours[key], bare[key]):.2f}")
        for name, key in (
            ("first frame is out", "frame"),
            ("a touch has changed the picture", "reaction"),
            ("processor time until then", "processor"),
        )
    ]
    said = f"{ratio(ours['reaction'], bare['reaction']):.2f}"
    return "\n\n".join(
        (
            "## Start",
            f"From exec, ms: median (least-most) of {RUNS} runs each, taken in turn after one that does not count. "
            "The terminal is `kiosk run` with its settings file and the registry running as a process of its own; "
            "the bare window is Kivy with twelve buttons and the same settings of window and graphics. A touch goes "
            "through Kivy's input to the first button that answers; its px are read back until they change.",
            table(("", "bare window", "terminal", "ratio of medians"), rows),
            f"Target: at most {TARGET} for the touch. Measured: {said}.",
        )
    )


def series(house: House) -> Times:
    """Both programs in turn, the first pair not counted."""
    times: Times = {"bare": defaultdict(list), "kiosk": defaultdict(list)}
    programs = (("bare", "start_bare", bare_settings()), ("kiosk", "start_kiosk", str(house.settings)))
    for run in range(RUNS + 1):
        for name, program, argument in programs:
            said = _once(program, argument)
            for key, value in said.items() if run else ():
                times[name][key].append(value)
    return times


def _once(program: str, argument: str) -> dict[str, float]:
    begun = time.monotonic()
    said = answer(start(program, argument), TIMEOUT)
    moments = {key: (said[key] - begun) * 1000 for key in ("frame", "reaction")}
    return {**moments, "processor": said["processor"] * 1000}
