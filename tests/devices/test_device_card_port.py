"""The card reader where the daemon is not needed: readers pulled out, odd answers of PC/SC, no library, no reader."""

import queue
import sys
import time
from collections.abc import Iterator
from types import ModuleType

import pytest
from card_applet import policy_card
from policy_samples import PERSON

from kiosk.devices.card_reader import (
    CardEvent,
    CardFault,
    CardRead,
    CardRefused,
    CardRemoved,
    NoCardReader,
    ReaderChanged,
    ReaderState,
)
from kiosk.devices.pcsc_reader import PcscReader

READY, ABSENT = ReaderChanged(ReaderState.READY), ReaderChanged(ReaderState.ABSENT)
NO_SERVICE = ReaderChanged(ReaderState.NO_SERVICE)


class StandInPcsc(ModuleType):
    """PC/SC as a USB reader makes it: a reader with its card is there, then gone, as the virtual driver cannot do."""

    SCARD_S_SUCCESS, SCARD_SCOPE_USER, SCARD_SHARE_SHARED, SCARD_LEAVE_CARD = 0, 0, 2, 0
    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1, SCARD_PCI_T0, SCARD_PCI_T1 = 1, 2, "T=0", "T=1"
    SCARD_STATE_CHANGED, SCARD_STATE_EMPTY, SCARD_STATE_PRESENT = 0x2, 0x10, 0x20
    SCARD_E_TIMEOUT, SCARD_E_NO_READERS_AVAILABLE, SCARD_E_NO_SERVICE = -1, -2, -3
    SCARD_E_UNKNOWN_READER, SCARD_E_READER_UNAVAILABLE, SCARD_E_NO_SMARTCARD = -4, -5, -6
    SCARD_W_UNRESPONSIVE_CARD, SCARD_W_UNPOWERED_CARD, SCARD_W_UNSUPPORTED_CARD = -7, -8, -9
    SCARD_W_REMOVED_CARD, SCARD_E_PROTO_MISMATCH, SCARD_F_COMM_ERROR = -10, -11, -12

    def __init__(self) -> None:
        super().__init__("smartcard.scard")
        self.readers: list[str] = []
        self.counts: dict[str, int] = {}
        self.connecting = self.changing = self.SCARD_S_SUCCESS
        self.transmitting: int = self.SCARD_S_SUCCESS
        self.headers: set[str] = set()

    def put_in(self, name: str = "USB") -> None:
        """A card is in the reader where its count is odd."""
        self.counts[name] = self.counts.get(name, 0) + 1

    take_out = put_in

    def SCardEstablishContext(self, scope: int) -> tuple[int, str]:
        return self.SCARD_S_SUCCESS, "context"

    def SCardGetErrorMessage(self, code: int) -> str:
        return "Service not available."

    def SCardReleaseContext(self, context: str) -> int:
        return self.SCARD_S_SUCCESS

    def SCardListReaders(self, context: str, groups: list[str]) -> tuple[int, list[str]]:
        return self.SCARD_S_SUCCESS if self.readers else self.SCARD_E_NO_READERS_AVAILABLE, self.readers

    def SCardGetStatusChange(self, context: str, wait: int, slots: list[tuple[str, int]]) -> tuple[int, list]:
        code, self.changing = self.changing, self.SCARD_S_SUCCESS
        time.sleep(0.01)  # it always says that something changed, so this alone keeps the watch from spinning
        return code, [(name, self._seen(name), []) for name, _known in slots]

    def _seen(self, name: str) -> int:
        count = self.counts.get(name, 0)
        flags = self.SCARD_STATE_PRESENT if count % 2 else self.SCARD_STATE_EMPTY
        return count << 16 | flags | self.SCARD_STATE_CHANGED

    def SCardConnect(self, context: str, name: str, share: int, protocols: int) -> tuple[int, object, int]:
        return self.connecting, policy_card(), self.SCARD_PROTOCOL_T0

    def SCardBeginTransaction(self, card: object) -> int:
        return self.SCARD_S_SUCCESS

    def SCardTransmit(self, card: object, header: str, command: list[int]) -> tuple[int, list[int]]:
        self.headers.add(header)
        data, status = card.transmit(bytes(command))  # type: ignore[attr-defined]
        return self.transmitting, [*data, status >> 8, status & 0xFF]

    def SCardDisconnect(self, card: object, how: int) -> int:
        return self.SCARD_S_SUCCESS


class Desk:
    """The reader over the stand-in, and what it told."""

    def __init__(self, pcsc: StandInPcsc) -> None:
        self.pcsc = pcsc
        self.told: queue.Queue[CardEvent] = queue.Queue()
        self.reader = PcscReader()
        self.reader.listen(self.told.put)

    def next(self) -> CardEvent:
        return self.told.get(timeout=20)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    package, pcsc = ModuleType("smartcard"), StandInPcsc()
    package.scard = pcsc  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "smartcard", package)
    monkeypatch.setitem(sys.modules, "smartcard.scard", pcsc)
    pcsc.readers = ["USB"]
    desk = Desk(pcsc)
    assert desk.next() == READY
    yield desk
    desk.reader.stop()
    assert desk.told.empty()


def test_a_reader_pulled_out_with_the_card_in_it(desk: Desk) -> None:
    desk.pcsc.put_in()
    assert desk.next() == CardRead(PERSON)
    desk.pcsc.readers = []
    assert [desk.next(), desk.next()] == [CardRemoved(), ABSENT]
    desk.pcsc.readers = ["Another"]
    assert desk.next() == READY
    desk.pcsc.put_in("Another")
    assert desk.next() == CardRead(PERSON)
    desk.pcsc.take_out("Another")
    assert desk.next() == CardRemoved()


def test_a_card_replaced_between_two_looks(desk: Desk) -> None:
    """The reader was never seen empty: only its count tells."""
    desk.pcsc.put_in()
    assert desk.next() == CardRead(PERSON)
    desk.pcsc.counts["USB"] += 2
    assert [desk.next(), desk.next()] == [CardRemoved(), CardRead(PERSON)]
    desk.pcsc.take_out()
    assert desk.next() == CardRemoved()


def test_of_two_readers_removed_is_told_when_no_card_is_left(desk: Desk) -> None:
    desk.pcsc.readers = ["USB", "Slot"]
    desk.pcsc.put_in()
    assert desk.next() == CardRead(PERSON)
    desk.pcsc.put_in("Slot")
    other = desk.next()
    assert isinstance(other, CardRead)
    assert other.data == PERSON
    desk.pcsc.take_out()
    desk.pcsc.put_in("Slot")
    assert desk.next() == CardRemoved()


def test_a_card_of_the_older_protocol(desk: Desk) -> None:
    desk.pcsc.put_in()
    assert desk.next() == CardRead(PERSON)
    assert desk.pcsc.headers == {"T=0"}
    desk.pcsc.take_out()
    assert desk.next() == CardRemoved()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (StandInPcsc.SCARD_W_UNPOWERED_CARD, CardFault.MUTE),
        (StandInPcsc.SCARD_W_UNRESPONSIVE_CARD, CardFault.MUTE),
        (StandInPcsc.SCARD_W_REMOVED_CARD, CardFault.TAKEN_OUT),
        (StandInPcsc.SCARD_F_COMM_ERROR, CardFault.UNREADABLE),
    ],
)
@pytest.mark.parametrize("where", ["connecting", "transmitting"])
def test_what_the_reader_says_of_a_card(desk: Desk, where: str, code: int, kind: CardFault) -> None:
    setattr(desk.pcsc, where, code)
    desk.pcsc.put_in()
    assert desk.next() == CardRefused(kind)
    desk.pcsc.take_out()
    assert desk.next() == CardRemoved()


def test_a_reader_that_goes_between_list_and_look_is_not_the_daemon_gone(desk: Desk) -> None:
    desk.pcsc.changing = desk.pcsc.SCARD_E_UNKNOWN_READER
    desk.pcsc.put_in()
    assert desk.next() == CardRead(PERSON)
    desk.pcsc.changing = desk.pcsc.SCARD_E_NO_SERVICE
    assert [desk.next(), desk.next()] == [CardRemoved(), NO_SERVICE]
    assert [desk.next(), desk.next()] == [READY, CardRead(PERSON, was_there=True)]
    desk.pcsc.take_out()
    assert desk.next() == CardRemoved()


def test_without_the_library_that_is_said_and_nothing_else_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    told: queue.Queue[CardEvent] = queue.Queue()
    reader = PcscReader()
    reader.listen(told.put)
    assert told.get(timeout=20) == ReaderChanged(ReaderState.NO_LIBRARY)
    reader.stop()
    assert reader.state() is ReaderState.NO_LIBRARY
    assert told.empty()


def test_a_terminal_without_a_reader() -> None:
    none = NoCardReader()
    none.listen(lambda event: pytest.fail(str(event)))
    none.stop()
    assert none.state() is ReaderState.NONE
    PcscReader().stop()
