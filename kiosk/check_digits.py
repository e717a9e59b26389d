"""Policy and insurance account numbers that confirm themselves. Pure, the same on both sides.

What they are made of: docs/design/policy-formats.md, section 3.
"""

import re

_SEPARATORS = re.compile(r"[\s\-‐-―]+")
_SNILS_WITHOUT_CHECK = 1_001_998


def digits_only(text: str) -> str:
    """The text without the spaces and hyphens that people type between digits."""
    return _SEPARATORS.sub("", text)


def is_valid_enp(text: str) -> bool:
    """Whether this is a unified policy number: 16 digits, the last one the Luhn check of the others."""
    digits = digits_only(text)
    if not (len(digits) == 16 and digits.isascii() and digits.isdigit()):
        return False
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def is_valid_snils(text: str) -> bool:
    """Whether this is a SNILS: 11 digits with their check; numbers up to 001-001-998 have none; all zeros is none."""
    digits = digits_only(text)
    if not (len(digits) == 11 and digits.isascii() and digits.isdigit()) or int(digits) == 0:
        return False
    if int(digits[:9]) <= _SNILS_WITHOUT_CHECK:
        return True
    total = sum(int(digit) * (9 - place) for place, digit in enumerate(digits[:9]))
    return total % 101 % 100 == int(digits[9:])
