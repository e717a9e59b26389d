"""Contacts in the cabinet (issue 4, item 3; api.md section 10): changed, removed, told of or not, confirmed by a code."""

from dataclasses import replace

import pytest
from fake_registry import CODE, IVAN, MOST_CODES
from kiosk_bench import Bench

from kiosk.errors import Refused, Unreachable
from kiosk.flow import Step
from kiosk.models import Contact, Patient
from kiosk.views import Busy
from kiosk.visit import Fact


@pytest.fixture
def there(bench: Bench) -> Bench:
    """At the contacts of somebody with a telephone."""
    bench.to_cabinet()
    bench.terminal.change_contacts()
    assert bench.terminal.step is Step.OWN_CONTACTS
    return bench


def held(bench: Bench) -> tuple[Contact, ...]:
    """What the registry has."""
    person = next(one for one in bench.registry.people if one.patient.id == IVAN.patient.id)
    return person.patient.contacts


def shown(bench: Bench) -> tuple[Contact, ...]:
    patient = bench.terminal.visit.get(Fact.PATIENT)
    assert isinstance(patient, Patient)
    return patient.contacts


def said(bench: Bench) -> str:
    assert bench.terminal.notice is not None
    return bench.terminal.notice.title


def type_email(bench: Bench, text: str = "ivan@mail.ru") -> None:
    bench.terminal.edit_contact("email")
    assert bench.terminal.step is Step.CONTACTS
    bench.terminal.type("email", text)


def test_a_new_one_is_added_and_the_old_ones_stay(there: Bench) -> None:
    type_email(there)
    there.terminal.give_contacts()
    assert there.terminal.step is Step.OWN_CONTACTS
    assert [one.value for one in held(there)] == ["+7 *** ***-12-34", "i***@mail.ru"]
    assert shown(there) == held(there)


def test_a_new_one_takes_the_place_of_the_first_of_its_kind(there: Bench) -> None:
    there.terminal.edit_contact("phone")
    there.terminal.type("phone", "9123456789")
    there.terminal.give_contacts()
    assert [one.value for one in held(there)] == ["+7 *** ***-67-89"]


def test_what_is_not_one_is_pointed_out_and_nothing_is_asked(there: Bench) -> None:
    type_email(there, "ivan@mail")
    assert there.terminal.hints
    there.terminal.give_contacts()
    assert there.terminal.mistakes.keys() == {"email"}
    assert "set_contacts" not in there.registry.calls


def test_what_the_registry_refuses_is_pointed_out(there: Bench) -> None:
    type_email(there)
    there.registry.fail("set_contacts", Refused(400, "invalid"))
    there.terminal.give_contacts()
    assert there.terminal.step is Step.CONTACTS
    assert there.terminal.mistakes.keys() == {"email"}


@pytest.mark.parametrize("way", ["skip", "nothing", "back"])
def test_nothing_typed_changes_nothing(there: Bench, way: str) -> None:
    there.terminal.edit_contact("phone")
    terminal = there.terminal
    {"skip": terminal.skip_contacts, "nothing": terminal.give_contacts, "back": terminal.back}[way]()
    assert terminal.step is Step.OWN_CONTACTS
    assert "set_contacts" not in there.registry.calls


def test_what_was_typed_before_is_gone(there: Bench) -> None:
    type_email(there)
    there.terminal.back()
    there.terminal.edit_contact("email")
    assert there.terminal.visit.draft.email == ""


def test_one_is_removed(there: Bench) -> None:
    there.terminal.remove_contact(shown(there)[0])
    assert held(there) == shown(there) == ()
    assert there.terminal.step is Step.OWN_CONTACTS


def test_no_word_goes_there_and_goes_there_again(there: Bench) -> None:
    there.terminal.set_notices(shown(there)[0], False)
    assert [one.notices for one in held(there)] == [False]
    there.terminal.set_notices(shown(there)[0], True)
    assert [one.notices for one in held(there)] == [True]


def test_a_new_one_in_place_of_a_silent_one_is_silent(there: Bench) -> None:
    there.terminal.set_notices(shown(there)[0], False)
    there.terminal.edit_contact("phone")
    there.terminal.type("phone", "9123456789")
    there.terminal.give_contacts()
    assert [one.notices for one in held(there)] == [False]


def test_what_changed_meanwhile_is_shown_and_not_overwritten(there: Bench) -> None:
    token = there.terminal.visit.token
    assert token is not None
    there.registry._with_contacts(token, (Contact("phone", "+7 *** ***-99-99"),))
    there.terminal.remove_contact(shown(there)[0])
    assert there.terminal.step is Step.OWN_CONTACTS
    assert "изменились" in said(there)
    assert shown(there) == held(there) == (Contact("phone", "+7 *** ***-99-99"),)


def test_a_lost_answer_is_tried_again_and_shows_what_there_is(there: Bench) -> None:
    type_email(there)
    there.registry.fail("set_contacts", Unreachable("timeout", sent=True), after=True)
    there.terminal.give_contacts()
    assert there.terminal.step is Step.CONTACTS
    assert there.terminal.notice is not None
    assert there.terminal.notice.retry
    there.terminal.retry()
    assert there.terminal.step is Step.OWN_CONTACTS
    assert shown(there) == held(there)
    assert len(held(there)) == 2


def test_a_token_that_ran_out_asks_who_it_is(there: Bench) -> None:
    there.registry.tokens.clear()
    there.terminal.remove_contact(shown(there)[0])
    assert there.terminal.step is Step.IDENTIFY
    there.identify()
    assert there.terminal.step is Step.OWN_CONTACTS


def test_what_the_booking_says_of_contacts_follows(there: Bench) -> None:
    there.terminal.finish()
    there.to_confirm()
    there.terminal.show_cabinet()
    there.terminal.change_contacts()
    there.terminal.remove_contact(shown(there)[0])
    assert there.terminal.visit.get(Fact.CONTACTS).phone == ""


# --- the code -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(there: Bench) -> Bench:
    """Somebody gave an address that has to be confirmed."""
    there.registry.confirms = True
    type_email(there)
    there.terminal.give_contacts()
    assert there.terminal.step is Step.CODE
    assert there.terminal.visit.get(Fact.CODE).value == "i***@mail.ru"
    return there


def test_the_code_confirms_it(asked: Bench) -> None:
    asked.terminal.type("code", CODE)
    asked.terminal.give_code()
    assert asked.terminal.step is Step.OWN_CONTACTS
    assert "подтверждён" in said(asked)
    assert not any(one.unconfirmed for one in held(asked))


def test_two_new_ones_are_confirmed_one_after_the_other(there: Bench) -> None:
    there.registry.confirms = True
    type_email(there)
    there.terminal.type("phone", "9123456789")
    there.terminal.give_contacts()
    assert there.terminal.visit.get(Fact.CODE).system == "phone"
    there.registry.confirmed_only = "phone"
    there.terminal.type("code", CODE)
    there.terminal.give_code()
    assert there.terminal.step is Step.CODE
    assert there.terminal.visit.get(Fact.CODE).system == "email"
    assert there.terminal.visit.draft.code == ""


def test_a_wrong_code_is_said_and_can_be_typed_anew(asked: Bench) -> None:
    asked.terminal.type("code", "000000")
    asked.terminal.give_code()
    assert asked.terminal.step is Step.CODE
    assert asked.terminal.mistakes.keys() == {"code"}
    assert asked.terminal.visit.draft.code == ""
    asked.terminal.type("code", CODE)
    assert not asked.terminal.mistakes
    asked.terminal.give_code()
    assert asked.terminal.step is Step.OWN_CONTACTS


def test_a_part_of_a_code_is_not_asked_about(asked: Bench) -> None:
    asked.terminal.type("code", "123")
    asked.terminal.give_code()
    assert asked.terminal.mistakes.keys() == {"code"}
    assert "confirm_contact" not in asked.registry.calls


def test_after_too_many_wrong_codes_none_is_taken_for_a_while(asked: Bench) -> None:
    for _ in range(MOST_CODES + 1):
        asked.terminal.type("code", "000000")
        asked.terminal.give_code()
    assert "Слишком много" in said(asked)
    asked.terminal.send_code_again()
    assert asked.registry.sent_codes == 0
    asked.registry.wrong_codes = 0
    asked.terminal.send_code_again()
    assert asked.terminal.step is Step.CODE
    assert "Новый код" in said(asked)
    assert asked.registry.sent_codes == 1
    asked.terminal.type("code", CODE)
    asked.terminal.give_code()
    assert asked.terminal.step is Step.OWN_CONTACTS


def test_it_is_done_later(asked: Bench) -> None:
    """It is a contact all the same."""
    asked.terminal.code_later()
    assert asked.terminal.step is Step.OWN_CONTACTS
    [_, email] = held(asked)
    assert email.unconfirmed
    asked.terminal.enter_code(email)
    assert asked.terminal.step is Step.CODE
    asked.terminal.type("code", CODE)
    asked.terminal.give_code()
    assert not any(one.unconfirmed for one in held(asked))


def test_who_comes_back_later_is_sent_a_new_code(asked: Bench) -> None:
    asked.terminal.finish()
    asked.to_cabinet()
    asked.terminal.change_contacts()
    asked.terminal.enter_code(next(one for one in shown(asked) if one.unconfirmed))
    asked.terminal.send_code_again()
    assert asked.registry.sent_codes == 1
    asked.terminal.back()
    assert asked.terminal.step is Step.OWN_CONTACTS


@pytest.mark.parametrize("way", ["code", "later"])
def test_before_a_booking_it_is_asked_for_too_and_nobody_has_to(bench: Bench, way: str) -> None:
    bench.registry.confirms = True
    bench.to_contacts()
    bench.terminal.type("email", "ivan@mail.ru")
    bench.terminal.give_contacts()
    assert bench.terminal.step is Step.CODE
    bench.terminal.back()
    assert bench.terminal.step is Step.CONTACTS
    bench.terminal.give_contacts()
    bench.terminal.type("code", CODE)
    (bench.terminal.give_code if way == "code" else bench.terminal.code_later)()
    assert bench.terminal.step is Step.CONFIRM
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT


def test_while_it_is_asked_for_nothing_else_is(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_cabinet()
    bench.terminal.change_contacts()
    bench.settle()
    bench.terminal.remove_contact(shown(bench)[0])
    assert bench.terminal.busy is Busy.CONTACTS
    bench.terminal.set_notices(shown(bench)[0], False)
    bench.settle()
    assert bench.registry.calls.count("set_contacts") == 1
    assert held(bench) == ()


def test_who_goes_back_before_the_answer_sees_what_the_registry_has(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_cabinet()
    bench.terminal.change_contacts()
    bench.settle()
    bench.terminal.set_notices(shown(bench)[0], False)
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET
    bench.settle()
    bench.terminal.change_contacts()
    assert [one.notices for one in shown(bench)] == [one.notices for one in held(bench)] == [False]


def test_who_leaves_leaves_nothing_behind(asked: Bench) -> None:
    asked.terminal.type("code", "123")
    asked.terminal.leave()
    draft = asked.terminal.visit.draft
    assert draft == replace(draft, phone="", email="", code="")
