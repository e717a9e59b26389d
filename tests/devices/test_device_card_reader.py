"""The card reader: the real daemon, a virtual reader and a virtual card on the wire (issue 5, 2)."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pcsc_daemon
import pytest
from card_applet import CardApplet, card_of, foreign_card, policy_card
from pcsc_daemon import PcscDaemon
from policy_samples import OTHER_PERSON, PERSON, insurer_file, owner_file
from virtual_card import VirtualCard

from kiosk.devices.card_reader import (
    CardEvent,
    CardFault,
    CardRead,
    CardRefused,
    CardRemoved,
    ReaderChanged,
    ReaderState,
)
from kiosk.devices.pcsc_reader import CARD_SECONDS, PcscReader

pytestmark = pcsc_daemon.needs_daemon

READY, NO_SERVICE = ReaderChanged(ReaderState.READY), ReaderChanged(ReaderState.NO_SERVICE)
ABSENT, REMOVED = ReaderChanged(ReaderState.ABSENT), CardRemoved()


class Desk:
    """A terminal's reader, the port into which its cards are put, and what was told."""

    def __init__(self, daemon: PcscDaemon, card_seconds: float = 15) -> None:
        """As a rule so patient that a busy machine is no slow card."""
        self.daemon = daemon
        self.told: queue.Queue[CardEvent] = queue.Queue()
        self.reader = PcscReader(card_seconds)

    def card(self, applet: CardApplet | None = None, **how: object) -> VirtualCard:
        return VirtualCard(self.daemon.port, applet or policy_card(), **how)  # type: ignore[arg-type]

    def next(self) -> CardEvent:
        return self.told.get(timeout=20)

    def answer_to(self, card: VirtualCard) -> CardEvent:
        """What is said of a card that is put in and taken out again."""
        with card:
            answer = self.next()
        assert self.next() == REMOVED
        return answer


@pytest.fixture(scope="module")
def daemon() -> Iterator[PcscDaemon]:
    daemon = PcscDaemon()
    daemon.plug_in()
    daemon.start()
    yield daemon
    daemon.close()


@contextmanager
def listening(desk: Desk) -> Iterator[Desk]:
    desk.reader.listen(desk.told.put)
    assert desk.next() == READY
    yield desk
    desk.reader.stop()
    assert desk.told.empty()


@pytest.fixture
def desk(daemon: PcscDaemon) -> Iterator[Desk]:
    with listening(Desk(daemon)) as desk:
        yield desk


@pytest.fixture
def real_desk(daemon: PcscDaemon) -> Iterator[Desk]:
    """As patient as a terminal is."""
    with listening(Desk(daemon, CARD_SECONDS)) as desk:
        yield desk


def test_a_policy_is_read_and_its_removal_is_told(desk: Desk) -> None:
    with desk.card():
        assert desk.next() == CardRead(PERSON)
        assert desk.reader.state() is ReaderState.READY
    assert desk.next() == REMOVED


def test_another_persons_card_in_place_of_the_first(desk: Desk) -> None:
    assert desk.answer_to(desk.card()) == CardRead(PERSON)
    assert desk.answer_to(desk.card(policy_card(OTHER_PERSON))) == CardRead(OTHER_PERSON)


def test_a_card_that_was_in_before_listening_began(desk: Desk) -> None:
    with desk.card():
        assert desk.next() == CardRead(PERSON)
        late = Desk(desk.daemon)
        late.reader.listen(late.told.put)
        assert [late.next(), late.next()] == [READY, CardRead(PERSON, was_there=True)]
        late.reader.stop()
    assert desk.next() == REMOVED
    assert late.told.empty(), "nothing is told after stop"


@pytest.mark.parametrize(
    ("applet", "kind"),
    [
        (foreign_card(), CardFault.FOREIGN),
        (card_of(owner_file(PERSON)[:60], insurer_file(PERSON)), CardFault.UNREADABLE),
        (card_of(insurer_file(PERSON), b""), CardFault.UNREADABLE),
    ],
    ids=["foreign", "truncated", "damaged"],
)
def test_a_card_that_is_refused(desk: Desk, applet: CardApplet, kind: CardFault) -> None:
    assert desk.answer_to(desk.card(applet)) == CardRefused(kind)


def test_a_card_the_wrong_way_round_says_nothing_of_use(desk: Desk) -> None:
    assert desk.answer_to(desk.card(atr=b"\xff")) == CardRefused(CardFault.MUTE)


@pytest.mark.parametrize(("failing", "refused"), [(1, True), (3, True), (5, True), (9, False)])
def test_a_command_that_fails(desk: Desk, failing: int, refused: bool) -> None:
    """Of the owner's: refused. Of the insurer's: the owner is known. The pure tests go through them all."""
    applet = policy_card()
    applet.spoil = lambda number, _command: (b"", 0x6F00) if number == failing else None
    assert isinstance(desk.answer_to(desk.card(applet)), CardRefused) == refused


def test_an_answer_without_a_status(desk: Desk) -> None:
    assert desk.answer_to(desk.card(cuts_at=3)) == CardRefused(CardFault.UNREADABLE)


@pytest.mark.parametrize("command", [0, 5])
def test_a_card_that_hangs_is_given_up_and_its_removal_is_seen(real_desk: Desk, command: int) -> None:
    assert real_desk.answer_to(real_desk.card(hangs_at=command)) == CardRefused(CardFault.TOO_SLOW)
    with listening(Desk(real_desk.daemon)) as patient:
        assert patient.answer_to(patient.card()) == CardRead(PERSON), "the next card, as if nothing had been"
        assert isinstance(real_desk.next(), CardRead | CardRefused)
        assert real_desk.next() == REMOVED


def test_a_slow_card_is_given_up(real_desk: Desk) -> None:
    assert real_desk.answer_to(real_desk.card(delay=1.0)) == CardRefused(CardFault.TOO_SLOW)


def test_a_less_slow_card_is_read(desk: Desk) -> None:
    assert desk.answer_to(desk.card(delay=0.02)) == CardRead(PERSON)


def test_a_card_taken_out_too_early(desk: Desk) -> None:
    card = desk.card(hangs_at=4)
    card.insert()
    wait_for(lambda: card.asked == 4)
    card.remove()
    assert desk.next() in (CardRefused(CardFault.TAKEN_OUT), CardRefused(CardFault.UNREADABLE))
    assert desk.next() == REMOVED


def test_the_daemon_killed_and_restarted(desk: Desk) -> None:
    """With a card in the reader, and with one being read."""
    card = desk.card()
    card.insert()
    assert desk.next() == CardRead(PERSON)
    desk.daemon.kill()
    assert [desk.next(), desk.next()] == [REMOVED, NO_SERVICE]
    card.remove()
    desk.daemon.start()
    assert desk.next() == READY
    card = desk.card(hangs_at=3)
    card.insert()
    wait_for(lambda: card.asked == 3)
    desk.daemon.kill()
    assert isinstance(desk.next(), CardRefused)
    assert [desk.next(), desk.next()] == [REMOVED, NO_SERVICE]
    card.remove()
    desk.daemon.start()
    assert desk.next() == READY
    assert desk.answer_to(desk.card()) == CardRead(PERSON)


def test_no_reader_and_then_one(desk: Desk) -> None:
    desk.daemon.kill()
    assert desk.next() == NO_SERVICE
    desk.daemon.pull_out()
    desk.daemon.start()
    assert desk.next() == ABSENT
    desk.daemon.kill()
    assert desk.next() == NO_SERVICE
    desk.daemon.plug_in()
    desk.daemon.start()
    assert desk.next() == READY
    assert desk.answer_to(desk.card()) == CardRead(PERSON)


def test_two_readers(desk: Desk) -> None:
    """Both cards are answered, and removed is told once, when none is left."""
    with desk.card(), VirtualCard(desk.daemon.port + 1, policy_card(OTHER_PERSON)):
        told = [desk.next(), desk.next()]
    assert sorted(told, key=lambda event: event == CardRead(PERSON)) == [
        CardRead(OTHER_PERSON),
        CardRead(PERSON),
    ]
    assert desk.next() == REMOVED


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
