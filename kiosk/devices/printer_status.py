"""What a receipt printer's reply bytes say: pure. Source: ESC/POS (DLE EOT, GS r, GS a), client-facts.md section 5."""

from enum import Enum

DLE_EOT = b"\x10\x04"


class PrinterState(Enum):
    """How a receipt printer is, as far as it says. A ticket can be sent in the first two only."""

    READY = "ready"
    PAPER_LOW = "paper-low"
    OUT_OF_PAPER = "out-of-paper"
    COVER_OPEN = "cover-open"
    OFFLINE = "offline"
    UNKNOWN = "unknown"

    @property
    def can_print(self) -> bool:
        """Whether a ticket sent now is printed now, and not held for the next patient."""
        return self in (PrinterState.READY, PrinterState.PAPER_LOW)


def state_of(printer: int, offline_cause: int, paper: int) -> PrinterState:
    """The state told by the replies to DLE EOT 1, 2 and 4.

    An open cover is told only by the second (client-facts.md), and may report missing paper as well.
    """
    if offline_cause & 0x04:
        return PrinterState.COVER_OPEN
    if offline_cause & 0x20 or paper & 0x60:
        return PrinterState.OUT_OF_PAPER
    if printer & 0x08 or offline_cause & 0x40:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if paper & 0x0C else PrinterState.READY


def paper_was_there(proof: int) -> bool:
    """Whether the reply to GS r 1 says that there was paper: at its end the reply proves nothing."""
    return not proof & 0x0C


class ReplySorter:
    """Sorts what a printer sends by the fixed bits of each kind of reply, over one connection.

    DLE EOT: 0xx1xx10. Automatic status (another program may have asked for it): 0xx1xx00 and three bytes
    more. Flow control: 11, 13. Blocks, such as the answer to a clearing: 37 to the next NUL.
    GS r: 0xx0xxxx. Anything else is noise and dropped.
    """

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.proofs: list[int] = []
        self._automatic_left = 0
        self._in_block = False

    def feed(self, data: bytes) -> None:
        """Sorts these bytes; they may end within an automatic status."""
        for byte in data:
            if self._automatic_left:
                self._automatic_left -= 1
            elif self._in_block:
                self._in_block = byte != 0x00
            elif byte == 0x37:
                self._in_block = True
            elif byte & 0x93 == 0x12:
                self.statuses.append(byte)
            elif byte & 0x93 == 0x10:
                self._automatic_left = 3
            elif byte & 0x90 == 0x00:
                self.proofs.append(byte)
