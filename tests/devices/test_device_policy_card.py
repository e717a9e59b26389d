"""The chip policy's format: round trips, what cards leave out or get wrong, and totality (issue 5, 4)."""

import random
from datetime import date

import pytest
from card_applet import CardApplet, card_of, foreign_card, policy_card
from hypothesis import given
from hypothesis import strategies as st
from policy_samples import (
    BARE,
    PERSON,
    card_file,
    insurer_fields,
    insurer_file,
    owner_fields,
    owner_file,
    policies,
    same,
    tlv,
)

from kiosk.devices.policy_card import PolicyFault, PolicyFormatError, read
from kiosk.devices.policy_data import PolicyData

LOTS = 100_000


def fault_of(card: CardApplet) -> PolicyFault:
    with pytest.raises(PolicyFormatError) as caught:
        read(card.transmit)
    return caught.value.kind


def owner_with(**changed: bytes) -> bytes:
    """The sample's owner file with some fields by their tag in hex, as `T5F24=...`."""
    changes = {int(name[1:], 16): value for name, value in changed.items()}
    return card_file(0x62, owner_fields(PERSON) | changes)


def read_owner(owner: bytes) -> PolicyData:
    return read(card_of(owner, insurer_file(PERSON)).transmit)


@pytest.mark.parametrize("data", [PERSON, BARE], ids=["full", "bare"])
def test_what_stands_on_the_card_is_read(data: PolicyData) -> None:
    assert same(read(policy_card(data).transmit), data)


@given(policies(st.text(max_size=80)), st.randoms(use_true_random=False))
def test_any_policy_comes_back_in_any_order_of_fields(data: PolicyData, mixer: random.Random) -> None:
    """With things between that nobody asked for, empty fields, and lengths written long."""
    fields = [*owner_fields(data).items(), (0x5F29, b"x" * 300), (0x7F40, tlv(0x5F42, b"\x5f\x26\x01" * 99))]
    mixer.shuffle(fields)
    owner, insurer = card_file(0x62, dict(fields)), card_file(0x64, insurer_fields(data))
    assert same(read(card_of(owner, insurer).transmit), data)


def test_its_repr_shows_nothing_of_the_person() -> None:
    shown = repr(PERSON)
    assert not any(str(value) in shown for value in vars(PERSON).values())


def test_the_commands_are_those_of_the_facts() -> None:
    card = policy_card()
    read(card.transmit)
    hexed = [command.hex() for command in card.commands]
    assert hexed[:5] == [
        "00a4040c09666f6d735f726f6f74",
        "00a4040c07464f4d535f4944",
        "00a4020c020201",
        "00b0000001",
        "00b0000101",
    ]
    for command in ("00a4040c08464f4d535f494e53", "00ca01b002", "00a4020c020203"):
        assert command in hexed


def test_a_photo_is_stepped_over_and_no_read_is_too_long() -> None:
    """It may be larger than all else together, and the card is read while a person waits."""
    photo = tlv(0x7F40, tlv(0x5F41, b"JPEG") + tlv(0x5F42, bytes(20_000)))
    body = photo + b"".join(tlv(tag, value) for tag, value in owner_fields(PERSON).items())
    card = card_of(tlv(0x62, body), insurer_file(PERSON))
    assert same(read(card.transmit), PERSON)
    reads = [command for command in card.commands if command[1] == 0xB0]
    assert len(reads) < 20
    assert max(command[4] for command in reads) <= 220


@pytest.mark.parametrize("snils", ["112-233-445 95", "11223344595", "112 233 445-95"])
def test_snils_however_it_is_written(snils: str) -> None:
    assert read_owner(owner_with(T5F27=snils.encode())).snils == "11223344595"


@pytest.mark.parametrize("raw", ["", "00000000", "31022000", "99999999", "ABCDEF00", "010120", "0101200000"])
def test_a_date_that_is_none_is_absent(raw: str) -> None:
    value = bytes.fromhex(raw)
    data = read_owner(owner_with(T5F24=value, T5F28=value))
    assert (data.birth_date, data.expires) == (None, None)


@pytest.mark.parametrize(("raw", "sex"), [(b"\1", "male"), (b"\2", "female"), (b"\0", None), (b"\1\1", None)])
def test_sex(raw: bytes, sex: str | None) -> None:
    assert read_owner(owner_with(T5F25=raw)).sex == sex


def test_a_field_that_cannot_be_understood_is_absent() -> None:
    data = read_owner(owner_with(T5F21=b"\xcf\xe5\xf2", T5F22=b" \0", T5F27=b"112"))
    assert (data.last_name, data.first_name, data.snils) == (None, None, None)
    assert data.birth_date == date(2004, 12, 31)


def test_padding_between_the_fields_means_nothing() -> None:
    fields = [tlv(tag, value) for tag, value in owner_fields(PERSON).items()]
    padded = b"\0\xff" + b"\0\0\0".join(fields) + b"\xff\0"
    assert same(read_owner(tlv(0x62, padded)), PERSON)


def test_a_foreign_card() -> None:
    assert fault_of(foreign_card()) is PolicyFault.FOREIGN


def test_a_card_without_a_number() -> None:
    assert fault_of(card_of(owner_with(T5F26=b""), b"")) is PolicyFault.NO_NUMBER
    assert fault_of(card_of(owner_with(T5F26=b"77875997"), b"")) is PolicyFault.NO_NUMBER


@pytest.mark.parametrize("left", [1, 2, 3, 40, 120])
def test_a_truncated_file(left: int) -> None:
    assert fault_of(card_of(owner_file(PERSON)[:left], b"")) is PolicyFault.REFUSED


@pytest.mark.parametrize(
    ("owner", "fault"),
    [
        (insurer_file(PERSON), PolicyFault.MALFORMED),
        (b"\x62\x80" + owner_file(PERSON)[3:], PolicyFault.MALFORMED),
        (b"\x62\x83\x00\x00\x01\x00", PolicyFault.MALFORMED),
        (b"\x62\x82\xff\xff" + bytes(100), PolicyFault.MALFORMED),
        (b"\x62\x04\x5f\x26\x10\x31", PolicyFault.TRUNCATED),
        (b"\x62\x02\x5f\x26", PolicyFault.TRUNCATED),
        (b"\x62\x04\x5f\x80\x26\x00", PolicyFault.MALFORMED),
        (b"\x62\x00", PolicyFault.NO_NUMBER),
    ],
)
def test_files_that_are_not_built_as_a_policys(owner: bytes, fault: PolicyFault) -> None:
    assert fault_of(card_of(owner, insurer_file(PERSON))) is fault


def test_each_command_that_fails() -> None:
    """Of the owner: the card is refused. Of the insurer: it stays unknown, the owner is kept."""
    whole = policy_card()
    read(whole.transmit)
    owner_ends = whole.commands.index(whole.commands[0], 1)
    for failing in range(len(whole.commands)):
        card = policy_card()
        card.spoil = lambda number, _command, at=failing: (b"", 0x6981) if number == at else None
        if failing < owner_ends:
            assert fault_of(card) is (PolicyFault.FOREIGN if failing < 2 else PolicyFault.REFUSED)
        else:
            data = read(card.transmit)
            assert (data.number, data.insurer_ogrn, data.insurer_okato) == (PERSON.number, None, None)


@pytest.mark.parametrize("name", [b"", b"\x02", b"\x02\x03\x00", b"\x09\x09"])
def test_an_insurer_that_cannot_be_found_is_unknown(name: bytes) -> None:
    card = policy_card()
    card.insurer = name
    data = read(card.transmit)
    assert (data.number, data.insurer_ogrn) == (PERSON.number, None)


def test_what_transmit_raises_goes_through() -> None:
    def gone(_command: bytes) -> tuple[bytes, int]:
        raise OSError("taken out")

    with pytest.raises(OSError, match="taken out"):
        read(gone)


def test_total_over_any_card_and_any_answer() -> None:
    """100,000 cards, half with some bytes wrong, half with an answer at random: data or PolicyFormatError."""
    dice = random.Random(5)
    owner, insurer = owner_file(PERSON), insurer_file(PERSON)
    outcomes = {True: 0, False: 0}
    for _ in range(LOTS // 2):
        outcomes[is_read(card_of(mutated(dice, owner), mutated(dice, insurer)))] += 1
    assert min(outcomes.values()) > LOTS / 100
    for _ in range(LOTS // 2):
        card = policy_card()
        spoiled = dice.randrange(25)
        answer = (dice.randbytes(dice.randrange(4)), dice.choice([0x9000, 0x6282, dice.randrange(0x10000)]))
        card.spoil = lambda number, _command, at=spoiled, said=answer: said if number == at else None
        is_read(card)


def is_read(card: CardApplet) -> bool:
    try:
        return bool(read(card.transmit).number)
    except PolicyFormatError:
        return False


def mutated(dice: random.Random, data: bytes) -> bytes:
    """The bytes cut, or with some of them others, lost or doubled."""
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(changed) or 1)
        changed[at : at + dice.randrange(2)] = dice.randbytes(dice.randrange(3))
    return bytes(changed[: dice.randrange(len(changed) + 1)] if dice.random() < 0.1 else changed)
