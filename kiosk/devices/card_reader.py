"""The reader of chip policies: what it promises (`CardReader`), and having none."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from kiosk.devices.policy_data import PolicyData

__all__ = [
    "CardEvent",
    "CardFault",
    "CardRead",
    "CardReader",
    "CardRefused",
    "CardRemoved",
    "NoCardReader",
    "ReaderChanged",
    "ReaderState",
]


class ReaderState(Enum):
    """Whether a card could be read.

    ABSENT: no reader is plugged in. NO_SERVICE: the PC/SC daemon does not answer. NO_LIBRARY: pyscard is not
    installed. NONE: the terminal is meant to have no reader.
    """

    READY = "ready"
    ABSENT = "absent"
    NO_SERVICE = "no-service"
    NO_LIBRARY = "no-library"
    NONE = "none"


class CardFault(Enum):
    """Why a card was not read.

    FOREIGN: it is no policy. MUTE: no contact, put in the wrong way round or not to the end. TAKEN_OUT: too early.
    TOO_SLOW: it did not say all in time. UNREADABLE: its data are damaged, or it refuses to give them.
    """

    FOREIGN = "foreign"
    MUTE = "mute"
    TAKEN_OUT = "taken-out"
    TOO_SLOW = "too-slow"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class CardRead:
    """A policy was put in and read; it is still in the reader.

    `was_there`: it was in already when its reader was first seen, so nobody may have put it in just now.
    """

    data: PolicyData
    was_there: bool = False


@dataclass(frozen=True)
class CardRefused:
    """A card was put in and not read."""

    kind: CardFault


@dataclass(frozen=True)
class CardRemoved:
    """No card is in a reader any more, or none can be seen there."""


@dataclass(frozen=True)
class ReaderChanged:
    """A reader was plugged in or out, the daemon went or came."""

    state: ReaderState


CardEvent = CardRead | CardRefused | CardRemoved | ReaderChanged


class CardReader(Protocol):
    """A reader that may come and go at any time. A card that is in it then is told of, too."""

    def state(self) -> ReaderState:
        """How it was when last heard of; never blocks."""

    def listen(self, tell: Callable[[CardEvent], None]) -> None:
        """Tells of each card and each change of state, in the reader's own thread, until `stop`.

        Each card that is put in is answered once, within two seconds, by CardRead or CardRefused.
        """

    def stop(self) -> None:
        """Nothing is told any more once this returns. May be called again."""


class NoCardReader:
    """A terminal without one."""

    def state(self) -> ReaderState:
        return ReaderState.NONE

    def listen(self, tell: Callable[[CardEvent], None]) -> None:
        """Nothing will come."""

    def stop(self) -> None:
        """There is nothing to stop."""
