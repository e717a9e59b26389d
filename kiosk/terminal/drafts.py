"""What is being typed: what it means and what may be wrong with it. Pure; a hint never blocks (policy-formats.md)."""

import re
from datetime import date

from kiosk.devices.policy_number import digits_only, is_valid_enp
from kiosk.visit import Draft

#: The least year of a birth date that is asked about.
FIRST_YEAR = 1900
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;.]+(\.[^@\s,;.]+)+")


def birth_date(draft: Draft) -> date | None:
    """The date in the three fields, None where there is no such day."""
    fields = (draft.birth_year, draft.birth_month, draft.birth_day)
    if not all(field.isascii() and field.isdigit() for field in fields) or int(fields[0]) < FIRST_YEAR:
        return None
    try:
        return date(*(int(field) for field in fields))
    except (ValueError, OverflowError):
        return None


def policy_is_odd(number: str) -> bool:
    """Whether a whole number of 16 digits fails its check: perhaps a slip, perhaps an old policy."""
    digits = digits_only(number)
    return digits.isdigit() and len(digits) == 16 and not is_valid_enp(digits)


def phone(typed: str) -> str | None:
    """«8 912 345-67-89» and the like as +79123456789; '' for nothing typed, None for what is no mobile number."""
    digits = re.sub(r"[\s()+-]", "", typed)
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    return f"+7{digits}" if len(digits) == 10 else None


def email(typed: str) -> str | None:
    """The address; '' for nothing typed, None for what is no address. The registry judges further."""
    address = typed.strip()
    if not address:
        return ""
    return address if address.isascii() and _EMAIL.fullmatch(address) and len(address) <= 254 else None
