"""Memory over many visits at one terminal that is not restarted."""

import statistics
from collections.abc import Sequence

from benchmarks.figures import table
from benchmarks.house import House, answer, start
from benchmarks.people import adults, write_people

VISITS = 2000
SECONDS_A_VISIT = 20.0
#: Of growth, MB (issue 3).
TARGET = 2
#: Parts into which the visits are divided; the first is the warming up, in which everything is shown and cached once.
PARTS = 10


def measure(house: House, visits: int = VISITS) -> str:
    """The section of the report."""
    who = write_people(adults(house.database))
    # Frames that wait for pixels to be filled in software are the driver's, and the more the busier the machine is: no pixels
    # are filled, and no thread is there to wait for.
    program = start(
        "visits_memory", str(house.settings), who, str(visits), LP_PERF="no_rast", LP_NUM_THREADS="0"
    )
    said = answer(program, visits * SECONDS_A_VISIT)
    length = visits // PARTS
    parts = [said["own"][first : first + length] for first in range(0, length * PARTS, length)]
    least = [min(part) for part in parts]
    return "\n\n".join(
        (
            "## Memory",
            f"Memory of its own (RssAnon) of one terminal over {visits} visits by the robot (of eight, one to the ticket, one to the cabinet where "
            "that is cancelled, one to the confirmation with contacts, one in English and in all modes, four that look "
            "around; no pixels are filled), each time after what was freed went back to the system (kiosk/memory.py), in parts of "
            f"{length} visits, MB. It goes up and down with the pictures of words that are kept a while; what stays "
            "for good raises the least of a part.",
            table(
                ["visits", "least", "median", "most"],
                [
                    [f"{length * number + 1} to {length * (number + 1)}", *map(_mb, _summary(part))]
                    for number, part in enumerate(parts)
                ],
            ),
            f"Target: the least grows by less than {TARGET} MB after the first {length} visits. Measured: "
            f"{_mb(round(least[-1] - least[1], 1) + 0.0)} MB. Screens made more than once: {_named(said['made'])}. Screens of which more than one is alive at the end: {_named(said['alive'])}.",
        )
    )


def _summary(part: Sequence[float]) -> tuple[float, float, float]:
    return min(part), statistics.median(part), max(part)


def _mb(value: float) -> str:
    return f"{value:.1f}"


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count > 1) or "none"
