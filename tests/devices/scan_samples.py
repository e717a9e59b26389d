"""Codes as scanners send them, whole streams of them at random, and what each stream holds."""

import random
import string
from dataclasses import dataclass, field

from policy_samples import TYPE_1, TYPE_2, barcode, luhn

from kiosk.devices.policy_data import PolicyData
from kiosk.devices.scan_frame import classify
from kiosk.devices.scanned import NumberScanned, PolicyScanned, Scanned, TicketScanned

NUMBER = "7787599768000015"
TICKET = "TALON:7K2M94QD"
#: Nothing came for a while.
PAUSE = None


@dataclass
class Stream:
    """Pieces as they arrive, PAUSE between some of them; and the codes in them, in order."""

    pieces: list[bytes | None] = field(default_factory=list)
    codes: list[Scanned] = field(default_factory=list)


def some_barcodes(dice: random.Random, count: int) -> list[bytes]:
    """Barcodes of both types with signatures at random, as many bytes of any kind as possible."""
    names = ("ЁЛКИН", "ЩУКИНА-ЦАПЛИНА", "О'НИЛ", "ЮЪЫЬЭ Я", "АННА МАРИЯ")
    made = [TYPE_1, TYPE_2]
    while len(made) < count:
        data = PolicyData(
            luhn(f"{dice.randrange(10**15):015}"),
            *dice.choices(names, k=3),
            sex=dice.choice(("male", "female")),
            insurer_ogrn=f"{dice.randrange(1, 10**13):013}",
            insurer_okato="45000",
        )
        made.append(barcode(data, dice.choice((1, 2)), b"\x01" + dice.randbytes(64)))
    return made


def doubled(payload: bytes) -> bytes:
    return payload.replace(b"\\", b"\\\\")


class StreamMaker:
    """Streams out of a person's imagination, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.barcodes = some_barcodes(self.dice, 200)

    def stream(self) -> Stream:
        """Up to five things, glued or with pauses between, in pieces of any size."""
        stream, glued = Stream(), b""
        for _ in range(self.dice.randrange(1, 6)):
            sent, needs_pause = self._thing(stream)
            glued += sent
            if needs_pause or self.dice.random() < 0.4:
                stream.pieces += [*self._pieces(glued), PAUSE]
                glued = b""
        stream.pieces += [*self._pieces(glued), PAUSE]
        return stream

    def _thing(self, stream: Stream) -> tuple[bytes, bool]:
        """What a scanner sends, and whether only a pause can end it."""
        kind = self.dice.randrange(5)
        if kind == 0:
            return self._garbage(), True
        if kind == 1:
            # Line noise, which ends in a byte that is no text.
            return self.dice.randbytes(self.dice.randrange(30)) + b"\xfe", False
        suffix = self.dice.choice((b"", b"\r", b"\n", b"\r\n", b"\t", b"\x03"))
        if kind == 2:
            return self._text(stream) + suffix, not suffix
        return self._barcode(stream) + suffix, False

    def _text(self, stream: Stream) -> bytes:
        number = luhn(f"{self.dice.randrange(10**15):015}")
        code = "".join(self.dice.choices(string.ascii_uppercase + string.digits, k=8))
        payload = self.dice.choice(self.barcodes)
        text, scan = self.dice.choice(
            [
                (number, NumberScanned(number)),
                (f"https://example.org/p/{number}?x=1", NumberScanned(number)),
                (f"TALON:{code}", TicketScanned(code)),
                (payload.hex(), classify(payload)),
                (payload.hex().upper(), classify(payload)),
            ]
        )
        stream.codes.append(scan)
        return self.dice.choice((b"", b"\x02", b"]Q1", b"]C0", b"\x02]d2")) + text.encode()

    def _barcode(self, stream: Stream) -> bytes:
        payload = self.dice.choice(self.barcodes)
        stream.codes.append(classify(payload))
        assert isinstance(stream.codes[-1], PolicyScanned)
        prefix = self.dice.choice((b"", b"", b"]L0", b"]L1", b"]L2"))
        twice = prefix == b"]L1" or (prefix == b"" and self.dice.random() < 0.2)
        return prefix + (doubled(payload) if twice else payload)

    def _garbage(self) -> bytes:
        """Codes of other things, and of policies cut short."""
        dice = self.dice
        return dice.choice(
            [
                dice.choice(self.barcodes)[: dice.randrange(1, 130)],
                f"{dice.randrange(10**13):013}\r\n".encode(),
                b"http://example.org/" + bytes(dice.choices(string.ascii_letters.encode(), k=20)),
                dice.randbytes(dice.randrange(200)),
                f"{luhn(f'{dice.randrange(10**15):015}')}{dice.randrange(10**4):04}".encode(),
                "ПОЛИС".encode("cp1251"),
            ]
        )

    def _pieces(self, data: bytes) -> list[bytes]:
        pieces = []
        most = self.dice.choice((1, 7, 64, 64, 1000, 1000))
        while data:
            size = self.dice.randrange(1, most + 1)
            pieces.append(data[:size])
            data = data[size:]
        return pieces
