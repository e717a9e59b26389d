"""What typed texts mean; hypothesis: nothing that can be typed breaks it."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.terminal import drafts
from kiosk.visit import Draft


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("", ""),
        ("9123456789", "+79123456789"),
        ("89123456789", "+79123456789"),
        ("+7 912 345-67-89", "+79123456789"),
        ("912345678", None),
        ("+44 20 7946 0958", None),
        ("abc", None),
        ("٩١٢٣٤٥٦٧٨٩", None),
    ],
)
def test_phone(typed: str, phone: str | None) -> None:
    assert drafts.phone(typed) == phone


@pytest.mark.parametrize("typed", ["ivan@mail.ru", " i.v-an+1@sub.example.org "])
def test_email(typed: str) -> None:
    assert drafts.email(typed) == typed.strip()


@pytest.mark.parametrize(
    "typed", ["ivan", "ivan@", "@mail.ru", "ivan@mail", "a b@mail.ru", "иван@mail.ru", "i@m..ru", "a@b@c.ru"]
)
def test_no_email(typed: str) -> None:
    assert drafts.email(typed) is None


@pytest.mark.parametrize(
    ("field", "typed", "hint"),
    [
        ("phone", "", None),
        ("phone", "912", None),
        ("phone", "9123456789", None),
        ("phone", "4", "phone-start"),
        ("phone", "7999999999", "phone-unknown"),
        ("email", "", None),
        ("email", "iva", None),
        ("email", "ivan", "email-at"),
        ("email", "ivan@", "email-domain"),
        ("email", "ivan@mail", "email-domain"),
        ("email", "ivan@mail.", "email-domain"),
        ("email", "ivan@mail.ru", None),
        ("email", "ivan@mail.ru.", None),
        ("email", "ivan@@mail.ru", "email"),
        ("email", "iv..an@mail.ru", "email"),
    ],
)
def test_what_is_missing_is_said_while_it_is_typed(field: str, typed: str, hint: str | None) -> None:
    assert drafts.hints(Draft(**{field: typed})).get(field) == hint


def test_birth_date() -> None:
    assert drafts.birth_date(Draft(birth_day="7", birth_month="03", birth_year="1960")) == date(1960, 3, 7)
    assert drafts.birth_date(Draft(birth_day="29", birth_month="02", birth_year="1961")) is None


@settings(max_examples=30, deadline=None)
@given(st.text(), st.text(), st.text())
def test_nothing_typed_breaks_it(one: str, two: str, three: str) -> None:
    drafts.birth_date(Draft(birth_day=one, birth_month=two, birth_year=three))
    drafts.policy_is_odd(one)
    drafts.phone(two)
    drafts.email(three)
    drafts.hints(Draft(policy_number=one, phone=two, email=three))
