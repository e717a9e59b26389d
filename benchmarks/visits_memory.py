"""Program: many visits at one terminal, and what its memory does. Arguments: settings, patients, how many visits."""

import gc
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.people import Person, read_people
from kiosk import memory
from kiosk.run import run_terminal
from kiosk.settings import load

#: Of so many visits one goes to the ticket, one cancels that in the cabinet, one goes up to the confirmation, one in
#: another language and in all modes; the others look around.
BOOKS, LOOKS_OTHERWISE, GIVES_CONTACTS, CANCELS, CYCLE = 0, 2, 4, 6, 8


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
    for number in range(count):
        _visit(robot, number % CYCLE, first, others[number // CYCLE % len(others)])
        robot.reactions.clear()
        # As the terminal does itself, within a second after a visit; who comes next here does not let it wait so long.
        memory.give_back()
        own.append(_own_mb())
    robot.close()
    return {"own": own, "alive": _alive(), "made": made}


def _visit(robot: Any, kind: int, first: Person, person: Person) -> None:
    """A person books, and comes once more to cancel that; the first of all never books."""
    from benchmarks import visits

    if kind == BOOKS:
        visits.book(robot, person)
    elif kind == CANCELS:
        visits.cancel(robot, person)
    elif kind == LOOKS_OTHERWISE:
        visits.look_otherwise(robot)
    elif kind == GIVES_CONTACTS:
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
