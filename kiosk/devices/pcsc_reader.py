"""Chip policies in any PC/SC reader. The only place that knows smartcard (pyscard) and PC/SC's numbers.

One thread watches all readers and tells of everything; each card is read in a thread of its own, so that a card that
hangs is given up in time and delays neither its removal nor another reader. pyscard is imported by the watching thread.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from kiosk.devices.card_reader import (
    CardEvent,
    CardFault,
    CardRead,
    CardRefused,
    CardRemoved,
    ReaderChanged,
    ReaderState,
)
from kiosk.devices.policy_card import read
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.policy_error import PolicyFault, PolicyFormatError

#: From a card being noticed, which takes the daemon up to half a second, to words about it: two seconds together.
CARD_SECONDS = 1.4
#: How soon a reader or the daemon is noticed; and how often a card being read is looked after.
_LOOK_SECONDS = 0.5
_READING_LOOK_SECONDS = 0.05
_STOP_SECONDS = 2.0
#: The count of cards put in and taken out stands above the flags of a reader's state.
_COUNT_BITS = 16

_log = logging.getLogger(__name__)


class _ServiceLost(Exception):
    """The PC/SC daemon is not there, gone, or lets this user do nothing; in the words of PC/SC."""


class _CardLost(Exception):
    """A card does not do what it is told."""

    def __init__(self, kind: CardFault) -> None:
        super().__init__(kind.value)
        self.kind = kind


@dataclass
class _Reading:
    """A card being read: `outcome` is there when `done`. `was_there`: it came with its reader."""

    began: float
    was_there: bool
    done: threading.Event = field(default_factory=threading.Event)
    outcome: PolicyData | CardFault = CardFault.TOO_SLOW


@dataclass
class _Slot:
    """A reader as last seen; `reading` while its card is not answered yet."""

    seen: int = 0
    card: bool = False
    reading: _Reading | None = None


class PcscReader:
    """A `CardReader` over all readers that the PC/SC daemon knows."""

    def __init__(self, card_seconds: float = CARD_SECONDS) -> None:
        self._card_seconds = card_seconds
        self._state = ReaderState.ABSENT
        self._slots: dict[str, _Slot] = {}
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def state(self) -> ReaderState:
        """How it was when last heard of; never blocks."""
        return self._state

    def listen(self, tell: Callable[[CardEvent], None]) -> None:
        """Tells of each card and each change of state, in the reader's own thread, until `stop`."""
        self._tell = tell
        self._thread = threading.Thread(target=self._run, name="card-reader", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Nothing is told any more once this returns. May be called again."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        try:
            import smartcard.scard as pcsc
        except ImportError:
            self._become(ReaderState.NO_LIBRARY)
            return
        while not self._stopped.is_set():
            try:
                with _context(pcsc) as context:
                    self._watch(pcsc, context)
            except _ServiceLost as error:
                self._forget(set())
                self._become(ReaderState.NO_SERVICE, str(error))
                self._stopped.wait(_LOOK_SECONDS)

    def _watch(self, pcsc: Any, context: Any) -> None:
        while not self._stopped.is_set():
            names = _readers(pcsc, context)
            self._forget(set(names))
            if not names:
                self._become(ReaderState.ABSENT)
                self._stopped.wait(_LOOK_SECONDS)
                continue
            for name, seen in self._changes(pcsc, context, names):
                self._look(pcsc, name, seen)
            if all(slot.seen for slot in self._slots.values()):
                self._become(ReaderState.READY)
            self._answer()

    def _changes(self, pcsc: Any, context: Any, names: list[str]) -> list[tuple[str, int]]:
        """The readers' states after a change, or after a while without one."""
        slots = [(name, self._slots.setdefault(name, _Slot()).seen) for name in names]
        reading = any(slot.reading for slot in self._slots.values())
        wait = _READING_LOOK_SECONDS if reading else _LOOK_SECONDS
        code, states = pcsc.SCardGetStatusChange(context, int(wait * 1000), slots)
        if code in (pcsc.SCARD_E_UNKNOWN_READER, pcsc.SCARD_E_READER_UNAVAILABLE):
            # Pulled out since the list was made.
            self._stopped.wait(_READING_LOOK_SECONDS)
            return []
        if code not in (pcsc.SCARD_S_SUCCESS, pcsc.SCARD_E_TIMEOUT):
            raise _ServiceLost(pcsc.SCardGetErrorMessage(code))
        return [(name, seen & ~pcsc.SCARD_STATE_CHANGED) for name, seen, _atr in states]

    def _look(self, pcsc: Any, name: str, seen: int) -> None:
        """A card whose count has gone on is another card, even where the reader was never seen empty."""
        slot = self._slots[name]
        card = bool(seen & pcsc.SCARD_STATE_PRESENT)
        other = seen >> _COUNT_BITS != slot.seen >> _COUNT_BITS
        is_new, slot.seen = slot.seen == 0, seen
        if slot.card and (other or not card):
            self._remove(slot)
        if card and not slot.card:
            slot.card = True
            slot.reading = _begin_reading(pcsc, name, is_new)

    def _answer(self) -> None:
        for slot in self._slots.values():
            reading = slot.reading
            if reading and (reading.done.is_set() or monotonic() - reading.began >= self._card_seconds):
                slot.reading = None
                self._say(_answer(reading))

    def _remove(self, slot: _Slot) -> None:
        if slot.reading:
            self._say(_refused(CardFault.TAKEN_OUT))
        slot.card, slot.reading = False, None
        if not any(other.card for other in self._slots.values()):
            self._say(CardRemoved())

    def _forget(self, names: set[str]) -> None:
        """What is known of readers other than these: their cards are gone with them."""
        for name in self._slots.keys() - names:
            if self._slots[name].card:
                self._remove(self._slots[name])
            del self._slots[name]

    def _become(self, state: ReaderState, why: str = "") -> None:
        if state is not self._state:
            self._state = state
            _log.info("card reader: %s %s", state.value, why)
            self._say(ReaderChanged(state))

    def _say(self, event: CardEvent) -> None:
        if not self._stopped.is_set():
            self._tell(event)


def _answer(reading: _Reading) -> CardEvent:
    outcome = reading.outcome
    return CardRead(outcome, reading.was_there) if isinstance(outcome, PolicyData) else _refused(outcome)


def _refused(kind: CardFault) -> CardRefused:
    _log.info("card refused: %s", kind.value)
    return CardRefused(kind)


def _begin_reading(pcsc: Any, name: str, was_there: bool) -> _Reading:
    reading = _Reading(monotonic(), was_there)

    def work() -> None:
        reading.outcome = _outcome(pcsc, name)
        reading.done.set()

    threading.Thread(target=work, name="card", daemon=True).start()
    return reading


def _outcome(pcsc: Any, name: str) -> PolicyData | CardFault:
    try:
        # A context of its own: what waits for a card would make all else in the same context wait.
        with _context(pcsc) as context, _connection(pcsc, context, name) as transmit:
            return read(transmit)
    except PolicyFormatError as error:
        return CardFault.FOREIGN if error.kind is PolicyFault.FOREIGN else CardFault.UNREADABLE
    except _CardLost as error:
        return error.kind
    except _ServiceLost:
        return CardFault.UNREADABLE


@contextmanager
def _context(pcsc: Any) -> Iterator[Any]:
    code, context = pcsc.SCardEstablishContext(pcsc.SCARD_SCOPE_USER)
    if code != pcsc.SCARD_S_SUCCESS:
        raise _ServiceLost(pcsc.SCardGetErrorMessage(code))
    try:
        yield context
    finally:
        pcsc.SCardReleaseContext(context)


def _readers(pcsc: Any, context: Any) -> list[str]:
    code, names = pcsc.SCardListReaders(context, [])
    if code == pcsc.SCARD_E_NO_READERS_AVAILABLE:
        return []
    if code != pcsc.SCARD_S_SUCCESS:
        raise _ServiceLost(pcsc.SCardGetErrorMessage(code))
    return list(names)


@contextmanager
def _connection(pcsc: Any, context: Any, name: str) -> Iterator[Callable[[bytes], tuple[bytes, int]]]:
    """What sends commands to the card in this reader, while nobody else does: others would select other files."""
    any_protocol = pcsc.SCARD_PROTOCOL_T0 | pcsc.SCARD_PROTOCOL_T1
    code, card, protocol = pcsc.SCardConnect(context, name, pcsc.SCARD_SHARE_SHARED, any_protocol)
    _must(pcsc, code)
    header = pcsc.SCARD_PCI_T0 if protocol == pcsc.SCARD_PROTOCOL_T0 else pcsc.SCARD_PCI_T1

    def transmit(command: bytes) -> tuple[bytes, int]:
        code, answer = pcsc.SCardTransmit(card, header, list(command))
        _must(pcsc, code)
        if len(answer) < 2:
            raise _CardLost(CardFault.UNREADABLE)
        whole = bytes(byte & 0xFF for byte in answer)
        return whole[:-2], int.from_bytes(whole[-2:], "big")

    try:
        _must(pcsc, pcsc.SCardBeginTransaction(card))
        yield transmit
    finally:
        # Ends the transaction as well; the daemon powers the card down when nobody is connected any more.
        pcsc.SCardDisconnect(card, pcsc.SCARD_LEAVE_CARD)


def _must(pcsc: Any, code: int) -> None:
    if code != pcsc.SCARD_S_SUCCESS:
        raise _CardLost(_fault(pcsc, code))


def _fault(pcsc: Any, code: int) -> CardFault:
    mute = (
        *(pcsc.SCARD_W_UNRESPONSIVE_CARD, pcsc.SCARD_W_UNPOWERED_CARD),
        *(pcsc.SCARD_W_UNSUPPORTED_CARD, pcsc.SCARD_E_PROTO_MISMATCH),
    )
    gone = (pcsc.SCARD_W_REMOVED_CARD, pcsc.SCARD_E_NO_SMARTCARD, pcsc.SCARD_E_READER_UNAVAILABLE)
    if code in mute:
        return CardFault.MUTE
    return CardFault.TAKEN_OUT if code in gone else CardFault.UNREADABLE
