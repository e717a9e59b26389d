"""Program: many visits at one terminal, and what its memory does. Arguments: settings, patients, how many visits."""

import gc
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.people import Person, read_people
from kiosk.run import run_terminal
from kiosk.settings import load

#: One in so many visits goes to the ticket, one up to the confirmation, one in another language and in all modes; the
#: others look around.
BOOKS, LOOKS_OTHERWISE, GIVES_CONTACTS, CYCLE = 0, 2, 4, 8


def main() -> int:
    """Says {"own": [MB after each visit], "alive": {screen: how many}, "made": {screen: how many}}."""
    settings, people, visits = load(Path(sys.argv[1])), read_people(sys.argv[2]), int(sys.argv[3])
    measured: dict[str, Any] = {}
    status = run_terminal(settings, offscreen=True, attend=lambda: measured.update(attend(people, visits)))
    sys.stdout.write(json.dumps(measured) + "\n")
    return status


def attend(people: Sequence[Person], count: int) -> dict[str, Any]:
    """The visits one after the other."""
    from kiosk.robot import Robot

    made = _count_screens()
    robot = Robot(production=False)
    own = []
    first, *others = people
    someone = iter(others)
    for number in range(count):
        _visit(robot, number % CYCLE, first, someone)
        robot.reactions.clear()
        own.append(_own_mb())
    robot.close()
    return {"own": own, "alive": _alive(), "made": made}


def _visit(robot: Any, kind: int, first: Person, others: Iterator[Person]) -> None:
    """Each of the others books once; the first comes again and again and never books."""
    from benchmarks import visits

    person = next(others, None) if kind == BOOKS else None
    if person is not None:
        visits.book(robot, person)
    elif kind == LOOKS_OTHERWISE:
        visits.look_otherwise(robot)
    elif kind in (BOOKS, GIVES_CONTACTS):
        visits.give_contacts(robot, first)
    else:
        visits.look_around(robot)


def _count_screens() -> Counter[str]:
    """How often each screen is made from now on."""
    from kiosk import screens

    made: Counter[str] = Counter()
    make = screens.make_screen

    def make_and_count(step: Any, terminal: Any) -> Any:
        made[step.value] += 1
        return make(step, terminal)

    screens.make_screen = make_and_count
    return made


def _alive() -> Counter[str]:
    from kiosk.screens.step_screen import StepScreen

    gc.unfreeze()
    gc.collect()
    return Counter(type(one).__name__ for one in gc.get_objects() if issubclass(type(one), StepScreen))


def _own_mb() -> float:
    """Its own: pages of program files come and go as the kernel likes."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")) / 1024


if __name__ == "__main__":
    sys.exit(main())
