"""Numbers of policies and insurance accounts: their kinds and check digits. Pure; source: policy-formats.md section 3.

A number is never refused for its check digit alone: old and temporary policies have none.
"""

from dataclasses import dataclass, field
from enum import Enum

from kiosk.check_digits import digits_only, is_valid_enp, is_valid_snils
from kiosk.devices.policy_error import PolicyFault, PolicyFormatError

__all__ = [
    "PolicyFault",
    "PolicyFormatError",
    "PolicyKind",
    "PolicyNumber",
    "digits_only",
    "is_valid_enp",
    "is_valid_snils",
    "parse",
]


class PolicyKind(Enum):
    """F008: what a policy number belongs to."""

    OLD = "old"
    TEMPORARY = "temporary"
    UNIFIED = "unified"


@dataclass(frozen=True)
class PolicyNumber:
    """A policy number without separators, letters upper case; `checked` is whether a check digit confirms it.

    An old policy's series and number stand together in `number`: how they part differs from region to region.
    """

    kind: PolicyKind
    number: str = field(repr=False)
    checked: bool


def parse(text: str) -> PolicyNumber:
    """The policy number in a text. Raises PolicyFormatError for what no policy can have.

    16 digits with a right check are unified; 9 digits a temporary certificate; all else is an old policy, 16 digits
    with a wrong check among them (an old series and number may be as long).
    """
    number = digits_only(text).upper()
    if not number:
        raise PolicyFormatError(PolicyFault.EMPTY)
    if len(number) > 32:
        raise PolicyFormatError(PolicyFault.TOO_LONG)
    if not number.isalnum() or not any(sign.isdigit() for sign in number):
        raise PolicyFormatError(PolicyFault.NOT_A_NUMBER)
    if is_valid_enp(number):
        return PolicyNumber(PolicyKind.UNIFIED, number, checked=True)
    if len(number) == 9 and number.isascii() and number.isdigit():
        return PolicyNumber(PolicyKind.TEMPORARY, number, checked=False)
    return PolicyNumber(PolicyKind.OLD, number, checked=False)
