"""What is being typed: what it means and what may be wrong with it. Pure; a hint never blocks (policy-formats.md).

The libraries that know telephone numbers and e-mail addresses are imported when they are first asked: `get_ready` does
it ahead, in the background.
"""

from datetime import date

from kiosk.check_digits import digits_only, is_valid_enp
from kiosk.visit import Draft

#: The least year of a birth date that is asked about.
FIRST_YEAR = 1900
#: The country of a number without its code, and the digits that follow that.
COUNTRY, PHONE_DIGITS = "RU", 10
#: As long as an address without an @ may still become one.
FEW_SIGNS = 3


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
    if not typed.strip():
        return ""
    import phonenumbers

    if not typed.isascii():
        return None
    try:
        number = phonenumbers.parse(typed, COUNTRY)
    except phonenumbers.NumberParseException:
        return None
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in mobile:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(typed: str) -> str | None:
    """The address, its domain as it is written everywhere; '' for nothing typed, None for what is no address."""
    address = typed.strip()
    if not address:
        return ""
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(
            address, allow_smtputf8=False, check_deliverability=False, strict=True
        ).normalized
    except EmailNotValidError:
        return None


def get_ready() -> None:
    """Imports what judges contacts, and the numbers of the country: nobody waits for that."""
    phone("9000000000")
    email("a")


def hints(draft: Draft) -> dict[str, str]:
    """What may be a slip, and what is missing still, by field, as keys of explanations.WORDS."""
    found = {
        "policy_number": "policy-hint" if policy_is_odd(draft.policy_number) else "",
        "phone": phone_hint(draft.phone),
        "email": email_hint(draft.email),
    }
    return {name: hint for name, hint in found.items() if hint}


def phone_hint(typed: str) -> str:
    """What is typed behind +7: how many digits are missing is seen; no mobile number begins otherwise."""
    if typed and typed[0] not in "79":
        return "phone-start"
    return "phone-unknown" if len(typed) >= PHONE_DIGITS and phone(typed) is None else ""


def email_hint(typed: str) -> str:
    """The next thing that an address lacks, once it is more than a beginning."""
    name, at, domain = typed.partition("@")
    if not at:
        return "email-at" if len(name) > FEW_SIGNS else ""
    if not domain or "." not in domain.strip("."):
        return "email-domain"
    return "" if domain.endswith(".") or email(typed) is not None else "email"
