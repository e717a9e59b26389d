"""What was scanned: a policy's barcode, a policy number, a ticket of ours, or nothing that we know. Pure.

Whatever a code says, it is only looked at: no address in it is ever opened.
"""

from dataclasses import dataclass, field
from enum import Enum

from kiosk.devices.policy_data import PolicyData


class ScanFault(Enum):
    """Why a scan is refused: another kind of code, a policy's barcode that came in part or spoiled, a number misread."""

    UNKNOWN = "unknown"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    WRONG_CHECK = "wrong-check"


@dataclass(frozen=True)
class PolicyScanned:
    """The barcode of a paper policy."""

    data: PolicyData


@dataclass(frozen=True)
class NumberScanned:
    """A unified policy number and nothing else."""

    number: str = field(repr=False)


@dataclass(frozen=True)
class TicketScanned:
    """The QR of a ticket: its code (kiosk/ticket.py)."""

    code: str = field(repr=False)


@dataclass(frozen=True)
class ScanRefused:
    """A code that is of no use here."""

    kind: ScanFault


Scanned = PolicyScanned | NumberScanned | TicketScanned | ScanRefused
