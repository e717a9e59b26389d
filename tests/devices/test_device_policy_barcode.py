"""The paper policy's barcode: the vectors of the facts, round trips, and totality (issue 5, 4)."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_samples import (
    ALPHABET,
    SIGNATURE,
    TYPE_1,
    TYPE_2,
    barcode,
    coded,
    on_paper,
    pack,
    policies,
    same,
)

from kiosk.devices.policy_barcode import LENGTH, PolicyFault, PolicyFormatError, decode
from kiosk.devices.policy_data import PolicyData

LOTS = 100_000

TYPE_1_SAYS = PolicyData(
    number="0156410842123450",
    last_name="ТЁСТОВ-ПРИМЕРОВ",
    first_name="ИВАН",
    patronymic="ПЕТРОВИЧ",
    sex="male",
    birth_date=date(1985, 3, 7),
    expires=date(2030, 12, 31),
    insurer_ogrn="1027739008440",
    insurer_okato="01000",
)
TYPE_2_SAYS = PolicyData(
    number="7787599768000015",
    last_name="ОБРАЗЦОВА",
    first_name="АННА МАРИЯ",
    sex="female",
    birth_date=date(2004, 12, 31),
)
#: The printed specification's only example: a name of type 01, packed and turned.
SPECIFIED_NAME = bytes.fromhex("90A34D5C7871CEEF689E137690F33BDA94810E277D1DC439")


@pytest.mark.parametrize(("payload", "says"), [(TYPE_1, TYPE_1_SAYS), (TYPE_2, TYPE_2_SAYS)])
def test_the_vectors(payload: bytes, says: PolicyData) -> None:
    assert len(payload) == LENGTH
    assert decode(payload) == says
    assert barcode(says, payload[0]) == payload, "the tests' own encoder"


def test_the_name_of_the_specification() -> None:
    data = decode(TYPE_1[:9] + SPECIFIED_NAME.ljust(42, b"\0") + TYPE_1[51:])
    assert (data.last_name, data.first_name, data.patronymic) == ("АЛПАТОВА", "ВАЛЕНТИНА", "АЛЕКСАНДРОВНА")


@given(policies(st.text(ALPHABET.strip(), min_size=1, max_size=17)), st.sampled_from([1, 2]))
def test_any_policy_comes_back(data: PolicyData, kind: int) -> None:
    assert same(decode(barcode(data, kind)), on_paper(data, kind))


def test_a_missing_patronymic_may_lack_its_separator() -> None:
    turned = pack(coded("ЦЕЗАРБО|АННА".rjust(56)))[::-1]
    data = decode(TYPE_1[:9] + turned + TYPE_1[51:])
    assert (data.last_name, data.first_name, data.patronymic) == ("ОБРАЗЕЦ", "АННА", None)


def test_every_sign_of_the_alphabet() -> None:
    """Ь Ъ Ы are not in the order of the alphabet; the apostrophe is the plain one."""
    name = ALPHABET.strip()
    assert decode(barcode(replace(TYPE_2_SAYS, last_name=name, first_name=None), 2)).last_name == name
    assert name.endswith("ШЩЬЪЫЭЮЯ")


@pytest.mark.parametrize(
    ("at", "field", "fault"),
    [
        (0, b"\x00", PolicyFault.UNKNOWN_TYPE),
        (0, b"\x03", PolicyFault.UNKNOWN_TYPE),
        (1, bytes(8), PolicyFault.NO_NUMBER),
        (1, (10**16).to_bytes(8, "big"), PolicyFault.MALFORMED),
        (9, b"\xbf", PolicyFault.MALFORMED),
        (9, b"\xff" * 6, PolicyFault.MALFORMED),
    ],
)
def test_what_no_policy_has(at: int, field: bytes, fault: PolicyFault) -> None:
    payload = TYPE_2[:at] + field + TYPE_2[at + len(field) :]
    with pytest.raises(PolicyFormatError) as caught:
        decode(payload)
    assert caught.value.kind is fault


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (b"", PolicyFault.EMPTY),
        (TYPE_1[:1], PolicyFault.TRUNCATED),
        (TYPE_1[:-1], PolicyFault.TRUNCATED),
        (TYPE_2 + b"\r\n", PolicyFault.MALFORMED),
    ],
)
def test_a_length_that_is_not_130(payload: bytes, fault: PolicyFault) -> None:
    with pytest.raises(PolicyFormatError) as caught:
        decode(payload)
    assert caught.value.kind is fault


def test_numbers_keep_their_leading_zeros_and_impossible_ones_are_absent() -> None:
    small = replace(
        TYPE_1_SAYS, number="0000000000000018", insurer_ogrn="0000000000017", insurer_okato="00005"
    )
    assert same(decode(barcode(small, 1)), on_paper(small, 1))
    too_much = TYPE_1[:56] + b"\xff" * 9 + TYPE_1[65:]
    data = decode(too_much)
    assert (data.insurer_ogrn, data.insurer_okato) == (None, None)


def test_sex_and_days_that_are_not_given() -> None:
    data = decode(TYPE_2[:60] + bytes(5) + SIGNATURE)
    assert (data.sex, data.birth_date, data.expires) == (None, None, None)
    assert decode(TYPE_2[:61] + b"\xff\xff" + TYPE_2[63:]).birth_date == date(2079, 6, 6)


def test_total_over_any_bytes() -> None:
    """100,000 payloads, half of them vectors with some bytes wrong, half at random: data or PolicyFormatError."""
    dice = random.Random(5)
    outcomes = {True: 0, False: 0}
    for turn in range(LOTS):
        vector = bytearray(dice.choice((TYPE_1, TYPE_2)))
        if turn % 2:
            for _ in range(dice.randrange(1, 4)):
                vector[dice.randrange(LENGTH)] = dice.randrange(256)
        else:
            vector[1:] = dice.randbytes(dice.choice((LENGTH - 1, dice.randrange(300))))
        outcomes[is_policy(bytes(vector))] += 1
    assert min(outcomes.values()) > LOTS / 10


def is_policy(payload: bytes) -> bool:
    try:
        return bool(decode(payload).number)
    except PolicyFormatError:
        return False
