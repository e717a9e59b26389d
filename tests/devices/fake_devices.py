"""A card reader, a scanner and sounds at the terminal's own border: they tell what the test says, and record."""

from collections.abc import Callable

from kiosk.devices.card_reader import CardEvent, ReaderState
from kiosk.devices.code_scanner import ScannerEvent, ScannerState
from kiosk.devices.sound import Cue, SoundState


class FakeReader:
    """`tell` is what the terminal listens with."""

    def __init__(self) -> None:
        self.now = ReaderState.READY
        self.tell: Callable[[CardEvent], None] = lambda event: None

    def state(self) -> ReaderState:
        return self.now

    def listen(self, tell: Callable[[CardEvent], None]) -> None:
        self.tell = tell

    def stop(self) -> None:
        """Nothing is told any more."""
        self.tell = lambda event: None


class FakeScanner:
    """`tell` is what the terminal listens with."""

    def __init__(self) -> None:
        self.now = ScannerState.READY
        self.tell: Callable[[ScannerEvent], None] = lambda event: None

    def state(self) -> ScannerState:
        return self.now

    def listen(self, tell: Callable[[ScannerEvent], None]) -> None:
        self.tell = tell

    def stop(self) -> None:
        """Nothing is told any more."""
        self.tell = lambda event: None


class FakeSounds:
    """Every cue is in `played`."""

    def __init__(self) -> None:
        self.played: list[Cue] = []

    def play(self, cue: Cue) -> None:
        self.played.append(cue)

    def state(self) -> SoundState:
        return SoundState.READY

    def close(self) -> None:
        """Silence."""
