"""The hidden gesture: the upper left corner held for five seconds, then the upper right one (issue 5, item 7; R36)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.maintenance.gesture import CORNER_MM, FOLLOW_SECONDS, HOLD_SECONDS, Gesture

SIZE = (1080.0, 1920.0)
PER_MM = 3.6
SIDE = CORNER_MM * PER_MM
LEFT, RIGHT, MIDDLE = (5.0, 1915.0), (1075.0, 1915.0), (540.0, 960.0)


class Hand:
    """One finger and the clock."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.gesture = Gesture(PER_MM, lambda: self.seconds)

    def hold(
        self, seconds: float, at: tuple[float, float] = LEFT, until: tuple[float, float] | None = None
    ) -> bool:
        """Down here, up there, so long after; whether the gesture was complete with it."""
        complete = self.gesture.down(*at, SIZE)
        self.seconds += seconds
        self.gesture.up(*(until or at), SIZE)
        return complete

    def wait(self, seconds: float) -> None:
        self.seconds += seconds

    def touch(self, at: tuple[float, float]) -> bool:
        return self.hold(0.1, at)


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_held_then_touched(hand: Hand) -> None:
    assert not hand.hold(HOLD_SECONDS)
    hand.wait(FOLLOW_SECONDS)
    assert hand.touch(RIGHT)
    assert not hand.touch(RIGHT), "once"


def test_too_short(hand: Hand) -> None:
    hand.hold(HOLD_SECONDS - 0.1)
    assert not hand.touch(RIGHT)


def test_too_late(hand: Hand) -> None:
    hand.hold(HOLD_SECONDS)
    hand.wait(FOLLOW_SECONDS + 0.1)
    assert not hand.touch(RIGHT)


def test_the_corners_are_no_larger_than_said(hand: Hand) -> None:
    inside, below, beside = (SIDE - 1, 1920 - SIDE), (5.0, 1920 - SIDE - 1), (SIDE, 1915.0)
    hand.hold(HOLD_SECONDS, inside)
    assert hand.touch((1080 - SIDE, 1920 - SIDE))
    for elsewhere in (below, beside):
        hand.hold(HOLD_SECONDS, elsewhere)
        assert not hand.touch(RIGHT)
    hand.hold(HOLD_SECONDS)
    assert not hand.touch((1080 - SIDE - 1, 1915.0))


def test_a_finger_that_slides_out_of_the_corner_has_not_held_it(hand: Hand) -> None:
    hand.hold(HOLD_SECONDS, LEFT, until=MIDDLE)
    assert not hand.touch(RIGHT)


def test_a_touch_in_between_begins_it_anew(hand: Hand) -> None:
    hand.hold(HOLD_SECONDS)
    hand.touch(MIDDLE)
    assert not hand.touch(RIGHT)


def test_a_second_finger_begins_it_anew(hand: Hand) -> None:
    hand.gesture.down(*LEFT, SIZE)
    hand.wait(HOLD_SECONDS)
    hand.gesture.down(*RIGHT, SIZE)
    hand.gesture.up(*LEFT, SIZE)
    assert not hand.touch(RIGHT)


places = st.tuples(st.floats(0, SIZE[0]), st.floats(0, SIZE[1]))
patient = st.lists(st.tuples(places, st.floats(0, HOLD_SECONDS - 0.01), st.floats(0, 60)), max_size=30)


@given(patient)
def test_who_holds_nothing_for_five_seconds_never_gets_there(
    touches: list[tuple[tuple[float, float], float, float]],
) -> None:
    hand = Hand()
    for at, held, pause in touches:
        assert not hand.hold(held, at)
        hand.wait(pause)
    assert not hand.touch(RIGHT)


@given(st.lists(st.tuples(places, st.floats(0, 60), st.floats(0, 60)), max_size=30))
def test_it_is_complete_only_right_after_a_hold(
    touches: list[tuple[tuple[float, float], float, float]],
) -> None:
    hand = Hand()
    held_until = None
    for at, held, pause in touches:
        begun = hand.seconds
        if hand.hold(held, at):
            assert held_until is not None
            assert begun - held_until <= FOLLOW_SECONDS
        in_corner = at[0] < SIDE and at[1] >= SIZE[1] - SIDE
        held_until = hand.seconds if in_corner and held >= HOLD_SECONDS else None
        hand.wait(pause)
