"""A chip policy's side of the conversation: folders, files, status words. Written from the facts, not from the reader."""

from collections.abc import Callable
from dataclasses import dataclass, field

from policy_samples import PERSON, insurer_file, owner_file

from kiosk.devices.policy_data import PolicyData

OK = 0x9000
NOT_FOUND = 0x6A82
WRONG_OFFSET = 0x6B00
END_OF_FILE = 0x6282
NO_SUCH_COMMAND = 0x6D00


@dataclass
class CardApplet:
    """A card: what it holds in which folder, and how it misbehaves."""

    folders: dict[bytes, dict[bytes, bytes]]
    insurer: bytes = b"\x02\x03"
    commands: list[bytes] = field(default_factory=list)
    #: Answers instead of the card; None leaves the answer to it.
    spoil: Callable[[int, bytes], tuple[bytes, int] | None] | None = None
    _folder: bytes = b""
    _file: bytes | None = None

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        number = len(self.commands)
        self.commands.append(command)
        spoiled = self.spoil(number, command) if self.spoil else None
        return spoiled if spoiled is not None else self._answer(command)

    def _answer(self, command: bytes) -> tuple[bytes, int]:
        if command[:4] == b"\x00\xa4\x04\x0c":
            return self._select_folder(command[5 : 5 + command[4]])
        if command[:5] == b"\x00\xa4\x02\x0c\x02":
            return self._select_file(command[5:])
        if command == b"\x00\xca\x01\xb0\x02" and self._folder == b"FOMS_INS":
            return self.insurer, OK
        if command[:2] == b"\x00\xb0" and self._file is not None and len(command) == 5:
            return self._read(int.from_bytes(command[2:4], "big"), command[4] or 256)
        return b"", NO_SUCH_COMMAND

    def _select_folder(self, name: bytes) -> tuple[bytes, int]:
        if name not in self.folders:
            return b"", NOT_FOUND
        self._folder, self._file = name, None
        return b"", OK

    def _select_file(self, name: bytes) -> tuple[bytes, int]:
        self._file = self.folders.get(self._folder, {}).get(name)
        return b"", NOT_FOUND if self._file is None else OK

    def _read(self, offset: int, count: int) -> tuple[bytes, int]:
        assert self._file is not None
        if offset >= len(self._file):
            return b"", WRONG_OFFSET
        data = self._file[offset : offset + count]
        return data, OK if len(data) == count else END_OF_FILE


def policy_card(data: PolicyData = PERSON) -> CardApplet:
    return card_of(owner_file(data), insurer_file(data))


def card_of(owner: bytes, insurer: bytes) -> CardApplet:
    folders = {b"foms_root": {}, b"FOMS_ID": {b"\x02\x01": owner}, b"FOMS_INS": {b"\x02\x03": insurer}}
    return CardApplet(folders)


def foreign_card() -> CardApplet:
    """A bank's, say: it knows none of the policy's folders."""
    return CardApplet({b"2PAY.SYS.DDF01": {}})
