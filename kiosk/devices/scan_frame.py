"""What one frame of a scanner is. Pure, and total: any bytes are something, if only refused."""

import re

from kiosk.check_digits import is_valid_enp
from kiosk.devices.policy_barcode import LENGTH, decode
from kiosk.devices.policy_error import PolicyFault, PolicyFormatError
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanFault, Scanned, ScanRefused, TicketScanned
from kiosk.ticket import parse_qr

_HEX = re.compile(rf"[0-9A-Fa-f]{{{2 * LENGTH}}}")
_NUMBERS = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")
_BLANKS = "".join(map(chr, range(0x21)))


def classify(frame: bytes) -> Scanned:
    """What one frame is, whatever its bytes: 130 raw ones, 260 hex digits, or a text."""
    if frame[:1] in (b"\x01", b"\x02"):
        return _barcode(frame)
    text = frame.decode("ascii", "replace").strip(_BLANKS)
    code = parse_qr(text)
    if code is not None:
        return TicketScanned(code)
    return _barcode(bytes.fromhex(text)) if _HEX.fullmatch(text) else _number(text)


def _barcode(payload: bytes) -> Scanned:
    """Only unified policies have it, so a number without its check, like a missing name, tells of bytes that are wrong."""
    try:
        data = decode(payload)
    except PolicyFormatError as error:
        return ScanRefused(_BARCODE_FAULTS.get(error.kind, ScanFault.DAMAGED))
    sound = is_valid_enp(data.number) and data.last_name
    return PolicyScanned(data) if sound else ScanRefused(ScanFault.DAMAGED)


_BARCODE_FAULTS = {
    PolicyFault.TRUNCATED: ScanFault.TRUNCATED,
    PolicyFault.UNKNOWN_TYPE: ScanFault.UNKNOWN,
}


def _number(text: str) -> Scanned:
    """A digital policy's code may say more than the number, so the one valid number in a text is taken."""
    numbers = _NUMBERS.findall(text)
    valid = [number for number in numbers if is_valid_enp(number)]
    if len(valid) == 1:
        return NumberScanned(valid[0])
    return ScanRefused(ScanFault.WRONG_CHECK if numbers == [text] else ScanFault.UNKNOWN)
