"""No blocking call on the UI thread (issue 2, "How it is shown to be right"): the real program, registry and printer."""

from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.house import House, answer, house, start
from benchmarks.people import adults, write_people

SECONDS = 250.0
#: What one turn of the loop may wait for anything but a processor, in ms: however busy the machine is, a wait for a
#: network, a printer or a lock is longer.
LONGEST_WAIT = 1000.0
FORBIDDEN = ("socket.__new__", "sqlite3.connect", "subprocess.Popen", "time.sleep", "open")


@pytest.fixture(scope="module")
def around(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as around:
        yield around


def visits(around: House, *options: str) -> Any:
    """What the watch said of the visits of two patients."""
    pair = write_people(adults(around.database)[:2])
    return answer(start("visits_watched", str(around.settings), pair, *options), SECONDS)


def test_the_ui_thread_never_waits(around: House) -> None:
    said = visits(around)
    assert said["found"] == []
    assert said["longest"] < LONGEST_WAIT


def test_the_watch_would_notice(around: House) -> None:
    said = visits(around, "mischief")
    heard = {found.split()[0] for found in said["found"]}
    assert heard >= set(FORBIDDEN)
    assert said["longest"] > LONGEST_WAIT
