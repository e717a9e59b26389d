"""Resident memory over many visits at one terminal that is not restarted."""

from benchmarks.figures import table
from benchmarks.house import House, answer, start
from benchmarks.people import adults, write_people

VISITS = 2000
SECONDS_A_VISIT = 20.0
#: Visits after which everything has been shown and cached once.
WARM = 60


def measure(house: House, visits: int = VISITS) -> str:
    """The section of the report."""
    who = write_people(adults(house.database))
    said = answer(start("visits_memory", str(house.settings), who, str(visits)), visits * SECONDS_A_VISIT)
    resident = said["resident"]
    warm, end = resident[min(WARM, visits) - 1], resident[-1]
    growth = (end - warm) * 1000 / max(1, visits - WARM)
    points = sorted({1, min(WARM, visits), *(visits * part // 4 for part in (1, 2, 3, 4))})
    return "\n\n".join(
        (
            "## Memory",
            f"Resident memory of one terminal over {visits} visits by the robot (of eight, one to the ticket, one to "
            "the confirmation with contacts, one in English and in all modes, five that look around), MB:",
            table(
                [f"after {point}" for point in points], [[f"{resident[point - 1]:.1f}" for point in points]]
            ),
            f"After {WARM} visits of warming up it grew by {growth:.1f} kB a visit. Screens made more than once: "
            f"{_named(said['made'])}. Screens of which more than one is alive at the end: {_named(said['alive'])}.",
        )
    )


def _named(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items() if count > 1) or "none"
