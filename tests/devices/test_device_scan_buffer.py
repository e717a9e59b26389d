"""A scanner that types: signs into codes, the time in the test's hand (issue 5, 3)."""

import pytest
from policy_samples import TYPE_1
from scan_samples import NUMBER, TICKET

from kiosk.devices.scan_buffer import ScanBuffer


def typed(buffer: ScanBuffer, text: str, now: float, step: float = 0.02) -> list[str]:
    """The codes that come out while the text is typed sign by sign."""
    fed = (buffer.feed(sign, now + place * step) for place, sign in enumerate(text))
    return [code for code in fed if code is not None]


@pytest.mark.parametrize("code", [NUMBER, TYPE_1.hex(), TICKET])
@pytest.mark.parametrize("end", ["\r", "\n", "\t"])
def test_a_code_ended_by_enter_or_tab(code: str, end: str) -> None:
    assert typed(ScanBuffer(), code + end, 100.0) == [code]


def test_two_codes_one_after_the_other_and_line_ends_twice() -> None:
    assert typed(ScanBuffer(), f"{NUMBER}\r\n{TICKET}\r\n", 100.0) == [NUMBER, TICKET]


def test_without_a_suffix_the_code_ends_by_itself() -> None:
    buffer = ScanBuffer()
    assert typed(buffer, NUMBER, 100.0) == []
    assert buffer.idle(100.55) is None
    assert buffer.idle(100.7) == NUMBER
    assert buffer.idle(101.0) is None


def test_signs_in_one_go() -> None:
    buffer = ScanBuffer()
    assert buffer.feed(NUMBER[:9], 5.0) is None
    assert buffer.feed(NUMBER[9:] + "\r", 5.01) == NUMBER


def test_what_a_person_types_is_no_scan() -> None:
    assert typed(ScanBuffer(), NUMBER + "\r", 100.0, step=0.35) == []


def test_what_was_typed_before_does_not_stick_to_a_scan() -> None:
    buffer = ScanBuffer()
    typed(buffer, "12", 100.0)
    assert typed(buffer, NUMBER + "\r", 101.0) == [NUMBER]


def test_a_key_that_hangs_fills_nothing() -> None:
    buffer = ScanBuffer()
    assert typed(buffer, "7" * 20_000, 100.0) == []
    assert len(buffer.idle(1000.0) or "") <= 4098
