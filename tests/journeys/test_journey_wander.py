"""The random patient at the real window (issue 3): no dead end, no crash, one hold at most, what stands was told.

`script/wander` does it at length.
"""

import os
from collections import Counter

import journey_steps as steps
import pytest
from journey_kiosk import Kiosk
from journey_lobby import Lobby
from journey_region import Region

pytestmark = pytest.mark.long

STEPS = int(os.environ.get("RANDOM_STEPS", "150"))
SEED = int(os.environ.get("RANDOM_SEED", "11"))
#: The registry is looked at after each of so many.
SOME = 25


def test_somebody_who_touches_anything(lobby: Lobby, kiosk: Kiosk, region: Region) -> None:
    """No screen without a way on and a way out, no error in the log, and the registry holds one time at most."""
    people = [lobby.comes(region.adult()) for _ in range(6)]
    papers = [[one.policy_number, one.birth_digits, one.document_number] for one in people]
    seen: Counter[str] = Counter()
    for _ in range(-(-STEPS // SOME)):
        seen.update(kiosk.wander(SEED, papers, SOME))
        assert len(region.held_by(lobby.name)) <= 1
        assert " ERROR " not in lobby.log()
        assert "Traceback" not in lobby.log()
    assert len(seen) > 5
    assert seen.most_common(1)[0][1] < sum(seen.values()) / 2, seen
    kiosk.idle(0, 0)
    kiosk.wait_for_touchable("Начать")
    steps.wait_until(lambda: lobby.open_entries() == [], "the journal to be settled")
    steps.wait_until(lambda: region.held_by(lobby.name) == [], "the last hold to be let go")
    assert region.tokens_of(lobby.name) == 0
    waiting = "SELECT id FROM waiting WHERE patient_id = ? AND status = 'waitlist'"
    stands = sum(len(region.booked(one)) + len(region.rows(waiting, (one.id,))) for one in people)
    assert stands == sum(state == "shown" for state, _ in lobby.journal())
