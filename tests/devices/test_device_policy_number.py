"""Policy and insurance numbers, the vectors of policy-formats.md section 3, and totality."""

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_samples import digits, luhn

from kiosk.devices.policy_error import PolicyFault, PolicyFormatError
from kiosk.devices.policy_number import PolicyKind, is_valid_enp, is_valid_snils, parse


@pytest.mark.parametrize("number", ["0156410842123450", "7787599768000015", "7787 5997 6800 0015"])
def test_valid_enp(number: str) -> None:
    assert is_valid_enp(number)


@pytest.mark.parametrize(
    "number",
    ["0000000910000206", "9876543211234567", "7712958452351689", "", "778759976800001", "٧٧٨٧٥٩٩٧٦٨٠٠٠٠١٥"],
)
def test_invalid_enp(number: str) -> None:
    assert not is_valid_enp(number)


def test_any_single_wrong_digit_is_found() -> None:
    number = "7787599768000015"
    for place in range(16):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert is_valid_enp(changed) == (changed == number)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("112-233-445 95", True),
        ("112-233-445 96", False),
        ("963-117-158 08", True),
        ("963-117-158 00", False),
        ("835-683-003 20", True),
        ("613-102-003 00", True),
        ("087-654-303 00", True),
        ("216-471-647 63", True),
        ("216-471-647 60", False),
        ("001-001-998 00", True),
        ("001-001-999 00", False),
        ("000-000-000 00", False),
        ("112-233-445", False),
    ],
)
def test_snils(number: str, valid: bool) -> None:
    assert is_valid_snils(number) == valid


def test_kinds() -> None:
    assert parse("7787 5997 6800 0015").kind is PolicyKind.UNIFIED
    assert parse("123456789").kind is PolicyKind.TEMPORARY
    old = parse("аб 12-34567")
    assert (old.kind, old.number, old.checked) == (PolicyKind.OLD, "АБ1234567", False)
    assert parse("7787599768000016").kind is PolicyKind.OLD, "an old series and number may be as long"
    assert "АБ" not in repr(old)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", PolicyFault.EMPTY),
        ("  -- ", PolicyFault.EMPTY),
        ("АБВ", PolicyFault.NOT_A_NUMBER),
        ("12#34", PolicyFault.NOT_A_NUMBER),
        ("1" * 40, PolicyFault.TOO_LONG),
    ],
)
def test_no_policy(text: str, fault: PolicyFault) -> None:
    with pytest.raises(PolicyFormatError) as caught:
        parse(text)
    assert caught.value.kind is fault


@given(digits(15).map(luhn))
def test_the_check_digit_as_the_facts_reckon_it(number: str) -> None:
    """The official rule (digits at odd places as one number, doubled) and Luhn's are the same."""
    assert is_valid_enp(number)
    assert not is_valid_enp(number[:15] + str((int(number[15]) + 1) % 10))


@given(st.integers(1_001_999, 10**9 - 1))
def test_of_all_ends_of_a_snils_one_is_right(number: int) -> None:
    right = [end for end in range(100) if is_valid_snils(f"{number:09}{end:02}")]
    assert len(right) == 1


@given(st.text())
def test_total(text: str) -> None:
    judge(text)


def test_total_over_lots() -> None:
    """100,000 texts: signs that people type, some of them not; and digits in other scripts."""
    dice = random.Random(5)
    signs = "0123456789" * 4 + " --–АБя#\0²٣\ud800"
    for _ in range(100_000):
        judge("".join(dice.choices(signs, k=dice.choice((9, 11, 16, 16, dice.randrange(40))))))


def judge(text: str) -> None:
    is_valid_enp(text)
    is_valid_snils(text)
    with suppress(PolicyFormatError):
        parse(text)
