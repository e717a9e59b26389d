"""Two registries on one database, each killed while all want the same time (R21, R38); in full: script/benchmark race."""

import time
from pathlib import Path

from benchmarks import race, region_of_times
from benchmarks.race import Outcome

CLIENTS, TIMES = 12, 24


def test_two_processes_on_one_database_give_each_time_once(new_database: str, tmp_path: Path) -> None:
    region = region_of_times.create(new_database, 1, CLIENTS * TIMES, int(time.time()))
    with race.two(new_database, tmp_path) as registries:
        told = race.race(registries, region, CLIENTS, race.restarts(registries))
    assert race.outcome(new_database, region, told) == Outcome(TIMES, lost=0, double=0, unheard=0)
    assert told.refused == (CLIENTS - 1) * TIMES
    assert told.kills == 2
