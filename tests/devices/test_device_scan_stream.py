"""Scans cut out of a stream: every framing, split, glued, prefixed, with noise between (issue 5, 3)."""

import pytest
from policy_samples import SIGNATURE, TYPE_1, TYPE_2
from scan_samples import NUMBER, PAUSE, TICKET, Stream, StreamMaker, doubled

from kiosk.devices.scan_frame import classify
from kiosk.devices.scan_stream import ScanStream
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanFault, Scanned, ScanRefused, TicketScanned

FIRST, SECOND = classify(TYPE_1), classify(TYPE_2)
UNKNOWN = ScanRefused(ScanFault.UNKNOWN)


def scans_in(*pieces: bytes | None) -> list[Scanned]:
    stream = ScanStream()
    return [scan for piece in pieces for scan in (stream.pause() if piece is PAUSE else stream.feed(piece))]


@pytest.mark.parametrize(
    ("frame", "scan"),
    [
        (TYPE_1, FIRST),
        (TYPE_2, SECOND),
        (TYPE_1.hex().encode(), FIRST),
        (TYPE_2.hex().upper().encode() + b"\r\n", SECOND),
        (NUMBER.encode(), NumberScanned(NUMBER)),
        (b"\r" + NUMBER.encode() + b"\t", NumberScanned(NUMBER)),
        (f"https://example.org/?enp={NUMBER}".encode(), NumberScanned(NUMBER)),
        (TICKET.encode(), TicketScanned("7K2M94QD")),
        (b"7787599768000016", ScanRefused(ScanFault.WRONG_CHECK)),
        (b"77875997680000150", UNKNOWN),
        (f"{NUMBER} {NUMBER[::-1]} {NUMBER}".encode(), UNKNOWN),
        (b"4600051000057", UNKNOWN),
        (b"TALON:", UNKNOWN),
        (b"https://example.org/", UNKNOWN),
        ("٧٧٨٧٥٩٩٧٦٨٠٠٠٠١٥".encode(), UNKNOWN),
        (TYPE_1[:-1], ScanRefused(ScanFault.TRUNCATED)),
        (TYPE_1[:9] + b"\xff" * 42 + TYPE_1[51:], ScanRefused(ScanFault.DAMAGED)),
        (TYPE_1[:8] + bytes([TYPE_1[8] + 1]) + TYPE_1[9:], ScanRefused(ScanFault.DAMAGED)),
        (TYPE_1[:9] + bytes(42) + TYPE_1[51:], ScanRefused(ScanFault.DAMAGED)),
        (b"\x00" * 130, UNKNOWN),
        (b"", UNKNOWN),
    ],
)
def test_what_a_frame_is(frame: bytes, scan: Scanned) -> None:
    assert classify(frame) == scan


def test_a_scan_shows_nothing_of_the_person_in_its_repr() -> None:
    shown = f"{FIRST} {classify(NUMBER.encode())} {classify(TICKET.encode())}"
    assert not any(secret in shown for secret in (NUMBER, "0156410842123450", "7K2M94QD", "1985"))


@pytest.mark.parametrize("payload", [TYPE_1, TYPE_2])
@pytest.mark.parametrize("prefix", [b"", b"]L0", b"]L2", b"\x02]L0"])
@pytest.mark.parametrize("suffix", [b"", b"\r", b"\n", b"\r\n", b"\t", b"\x03"])
def test_a_barcode_is_known_by_its_length_at_once(payload: bytes, prefix: bytes, suffix: bytes) -> None:
    """Both vectors hold a 0D and a 5C: neither ends a line, neither is lost."""
    stream = ScanStream()
    assert stream.feed(prefix + payload) == [classify(payload)]
    assert stream.feed(suffix) == []
    assert stream.pause() == []


@pytest.mark.parametrize("payload", [TYPE_1, TYPE_2])
def test_doubled_backslashes(payload: bytes) -> None:
    assert scans_in(b"]L1" + doubled(payload)) == [classify(payload)], "told by the prefix"
    assert scans_in(doubled(payload), PAUSE) == [classify(payload)], "told by all of them being doubled"
    assert scans_in(doubled(payload) + b"\r\n" + NUMBER.encode(), PAUSE)[1:] == [NumberScanned(NUMBER)]


@pytest.mark.parametrize("rest", [b"", b"\r\n", TYPE_2, b"\r" + TYPE_2, b"]L0" + TYPE_2])
def test_two_backslashes_that_stand_for_themselves(rest: bytes) -> None:
    """As in one policy of some hundreds: nothing may be lost, of it or of what follows."""
    payload = TYPE_1[:100] + b"\\\\" + bytes(28)
    in_data = TYPE_1[:56] + b"\\\\" + TYPE_1[58:65] + SIGNATURE.replace(b"\\", b"")[:64] + b"!"
    for raw in (payload, in_data):
        assert scans_in(raw + rest, PAUSE) == [classify(raw), *([SECOND] if TYPE_2 in rest else [])]
        assert scans_in(b"]L2" + raw) == [classify(raw)], "told by the prefix"


def test_codes_glued_together() -> None:
    text = NUMBER.encode()
    assert scans_in(TYPE_1 + TYPE_2) == [FIRST, SECOND]
    assert scans_in(TYPE_1 + b"\r\n" + TYPE_2 + b"\r\n" + text + b"\r\n") == [
        FIRST,
        SECOND,
        NumberScanned(NUMBER),
    ]
    assert scans_in(text + b"\r" + TYPE_1) == [NumberScanned(NUMBER), FIRST]
    assert scans_in(text + b"]L0" + TYPE_1) == [NumberScanned(NUMBER), FIRST]


def test_a_barcode_in_pieces() -> None:
    for at in range(1, 130):
        assert scans_in(TYPE_1[:at], TYPE_1[at:]) == [FIRST]
    assert scans_in(*(bytes([byte]) for byte in b"]L1" + doubled(TYPE_2))) == [SECOND]


def test_a_text_without_suffix_ends_at_a_pause() -> None:
    stream = ScanStream()
    assert stream.feed(NUMBER.encode()) == []
    assert stream.pause() == [NumberScanned(NUMBER)]


@pytest.mark.parametrize(
    "noise", [b"\xff", b"\x00\x00", b"\x01", b"\x02\x00\x05", b"\x01\x00" * 40, b"]L", b"xy\x80"]
)
def test_noise_before_a_code_and_after_it(noise: bytes) -> None:
    assert scans_in(noise + TYPE_1 + noise, PAUSE) == [FIRST]
    assert scans_in(noise, PAUSE, TYPE_1) in (
        [FIRST],
        [UNKNOWN, FIRST],
        [ScanRefused(ScanFault.TRUNCATED), FIRST],
    )


def test_a_refusal_comes_once_and_only_where_nothing_was_known() -> None:
    assert scans_in(b"4600051000057\r\n", b"4600051000057\r\n", PAUSE) == [UNKNOWN]
    assert scans_in(b"4600051000057\r\n", TYPE_1, PAUSE) == [FIRST]
    assert scans_in(b"4600051000057\r\n", PAUSE, TYPE_1, PAUSE) == [UNKNOWN, FIRST]
    assert scans_in(TYPE_1[:80], PAUSE, PAUSE) == [ScanRefused(ScanFault.TRUNCATED)]
    assert scans_in(b"\xff\xfe", PAUSE) == [], "a plug being touched"
    assert scans_in(bytes(range(0x80, 0x100)), PAUSE) == [UNKNOWN]


def test_ten_thousand_streams_lose_no_code_and_invent_none() -> None:
    maker = StreamMaker(5)
    for number in range(10_000):
        stream: Stream = maker.stream()
        scans = [scan for scan in scans_in(*stream.pieces) if not isinstance(scan, ScanRefused)]
        assert scans == stream.codes, f"stream {number}"


def test_a_flood_is_taken_in_stride() -> None:
    """A scanner gone mad: all bytes are gone through, what is kept stays small."""
    stream = ScanStream()
    for flood in (b"7" * 50_000, b"\x01\x00\x00" * 10_000, b"\\" * 20_000, b"\xff" * 20_000):
        for at in range(0, len(flood), 256):
            assert not [one for one in stream.feed(flood[at : at + 256]) if isinstance(one, PolicyScanned)]
        stream.pause()
    assert stream.feed(TYPE_1) == [FIRST]
