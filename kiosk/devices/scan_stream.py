"""A serial scanner's bytes cut into codes: pure, told only what came and that nothing came for a while.

A policy's barcode holds any byte, line ends among them, so it is framed by its length. Prefixes (AIM, STX), suffixes and
noise are stepped over; a scanner may double backslashes. Source: policy-formats.md section 2, "Delivery by scanners".
"""

import re

from kiosk.devices.policy_barcode import LENGTH
from kiosk.devices.scan_frame import classify
from kiosk.devices.scanned import ScanFault, Scanned, ScanRefused

#: Type, and the highest bytes of a number of 16 digits: nothing that a scanner sends as text begins so.
_BARCODE = re.compile(rb"[\x01\x02]\x00[\x00-\x23]")
_BARCODE_BEGUN = re.compile(rb"[\x01\x02]\x00?")
_AIM = re.compile(rb"\][A-Za-z][0-9A-Za-z]")
_AIM_BEGUN = re.compile(rb"\][A-Za-z]?")
_TEXT = re.compile(rb"[ -~]+")
#: Each backslash with its second; one at the very end still waits for it.
_SIGNS_TWICE = re.compile(rb"(?>\\\\|[^\\]|\\(?=[^\\])){%d}" % LENGTH, re.DOTALL)
_SUFFIX = b"\r\n\t\x00\x03"
_BACKSLASH = 0x5C
_DOUBLED, _ONCE = b"]L1", (b"]L0", b"]L2")

_LONGEST_TEXT = 4096
#: So many bytes tell where a code begins.
_TELLING = 3
#: Fewer stray bytes than this are a plug being touched, not a code.
_NOISE = 4


class ScanStream:
    """The scans in a stream. Codes that we know come out as soon as they are whole.

    A refusal comes out at a pause, once, where the bytes since the last pause held no code that we know.
    """

    def __init__(self) -> None:
        self._left = b""
        self._prefix = b""
        self._quiet()

    def feed(self, data: bytes) -> list[Scanned]:
        """What these bytes complete."""
        self._left += data
        return self._scans(paused=False)

    def pause(self) -> list[Scanned]:
        """What is known by nothing having come for a while."""
        scans = self._scans(paused=True)
        if not self._known and (self._fault or self._stray >= _NOISE):
            scans.append(ScanRefused(self._fault or ScanFault.UNKNOWN))
        self._quiet()
        return scans

    def _quiet(self) -> None:
        self._known = False
        self._stray = 0
        self._fault: ScanFault | None = None

    def _scans(self, *, paused: bool) -> list[Scanned]:
        scans: list[Scanned] = []
        while self._left and (used := self._step(scans, paused)):
            self._left = self._left[used:]
        return scans

    def _step(self, scans: list[Scanned], paused: bool) -> int:
        """Takes the next thing in the stream; how many bytes it had, 0 where more must come to know."""
        left = self._left
        if _AIM.match(left):
            self._prefix = left[:3]
            return 3
        if not paused and (_AIM_BEGUN.fullmatch(left) or _BARCODE_BEGUN.fullmatch(left)):
            return 0
        if _BARCODE.match(left):
            return self._barcode(scans, paused)
        text = _TEXT.match(left)
        return self._text(text[0], scans, paused) if text else self._noise()

    def _barcode(self, scans: list[Scanned], paused: bool) -> int:
        reading = _reading(self._left, self._prefix, paused)
        if reading is None and not paused:
            return 0
        payload, used = reading or (self._left[: LENGTH - 1], 1)  # too short a one
        scan = classify(payload)
        if not isinstance(scan, ScanRefused):
            self._take(scan, scans)
            return used
        # Perhaps a barcode by chance, within something else: the next may begin at any byte.
        self._refuse(scan.kind)
        self._prefix = b""
        return 1

    def _text(self, text: bytes, scans: list[Scanned], paused: bool) -> int:
        if len(text) == len(self._left) < _LONGEST_TEXT and not paused:
            return 0
        next_prefix = _AIM.search(text)
        text = text[: next_prefix.start()] if next_prefix else text
        self._take(classify(text), scans)
        return len(text)

    def _noise(self) -> int:
        self._stray += self._left[0] not in _SUFFIX
        self._prefix = b""
        return 1

    def _take(self, scan: Scanned, scans: list[Scanned]) -> None:
        self._prefix = b""
        if isinstance(scan, ScanRefused):
            self._refuse(scan.kind)
        else:
            self._known = True
            scans.append(scan)

    def _refuse(self, kind: ScanFault) -> None:
        """The first reason stays, unless it was only that the code is unknown."""
        if self._fault in (None, ScanFault.UNKNOWN):
            self._fault = kind


def _reading(left: bytes, prefix: bytes, paused: bool) -> tuple[bytes, int] | None:
    """The barcode at the beginning and how many bytes it took, None where they are too few to tell.

    Without a prefix that tells, backslashes are taken for doubled where every one is, and where what follows would
    else be neither a suffix nor another code.
    """
    plain = (left[:LENGTH], LENGTH) if len(left) >= LENGTH else None
    if prefix in _ONCE or plain is None:
        return plain if prefix != _DOUBLED else _undoubled(left)
    if _BACKSLASH not in plain[0] or not _only_doubled(plain[0]):
        return plain
    after = left[LENGTH:].lstrip(b"\r\n")
    if len(after) < _TELLING and not paused:
        return None
    if not after or _begins(after):
        return plain
    return _undoubled(left) or (plain if paused else None)


def _begins(after: bytes) -> bool:
    return bool(_AIM.match(after) or _BARCODE.match(after))


def _only_doubled(payload: bytes) -> bool:
    """Whether all backslashes stand in pairs; the last may have lost its second to the end."""
    return _BACKSLASH not in payload.replace(b"\\\\", b"").removesuffix(b"\\")


def _undoubled(left: bytes) -> tuple[bytes, int] | None:
    """A barcode with doubled backslashes; a lone one is taken as it is."""
    signs = _SIGNS_TWICE.match(left)
    return (signs[0].replace(b"\\\\", b"\\"), signs.end()) if signs else None
