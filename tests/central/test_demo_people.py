"""The demo region's people and places: invented, always the same, complete (api.md section 13, issue 2 item 4)."""

import re
from collections import Counter

import pytest

from kiosk.central.demo import citizens, names, places, staff
from kiosk.central.demo.citizens import Situation
from kiosk.models import MANDATORY_SPECIALTIES, Online, Sex


def luhn(number: str) -> bool:
    digits = [int(digit) for digit in reversed(number)]
    return (
        sum(digit if index % 2 == 0 else sum(divmod(2 * digit, 10)) for index, digit in enumerate(digits))
        % 10
        == 0
    )


def test_five_districts_twenty_facilities_twelve_specialties_three_hundred_doctors() -> None:
    assert len(places.DISTRICTS) == 5
    assert Counter(place.district for place in places.PLACES).keys() == places.DISTRICTS.keys()
    assert len({place.id for place in places.PLACES}) == 20
    assert len(staff.SPECIALITIES) == 12
    assert set(MANDATORY_SPECIALTIES) <= set(staff.SPECIALITIES)
    assert len({doctor.id for doctor in staff.doctors()}) == 300
    assert len({doctor.name for doctor in staff.doctors()}) == 300


def test_something_of_everything_the_rules_know() -> None:
    """R10, R30, R31, R42, R47."""
    services = staff.services()
    assert {service.online for service in services} == set(Online)
    assert any(service.speciality.approval for service in services)
    assert any(service.speciality.discreet for service in services)
    assert any(service.speciality.sex for service in services)
    assert {place.newcomers for place in places.PLACES} == {True, False}
    assert all(service.online is Online.YES for service in services if service.speciality.mandatory)


def test_two_thousand_patients_in_their_situations() -> None:
    everybody = citizens.citizens()
    assert len({citizen.person.id for citizen in everybody}) == 2000
    situations = Counter(citizen.situation for citizen in everybody if citizen.situation)
    assert situations.pop(Situation.ADULT) >= 40
    assert situations.pop(Situation.PAIR) == 2
    assert situations.pop(Situation.CABINET) == citizens.CABINETS
    assert situations == dict.fromkeys(
        set(Situation) - {Situation.ADULT, Situation.PAIR, Situation.CABINET, Situation.UNKNOWN}, 1
    )


def test_policy_numbers_are_valid_temporary_or_old() -> None:
    numbers = [citizen.person.policy_number for citizen in citizens.citizens()]
    unified = [number for number in numbers if re.fullmatch(r"98[0-9]{14}", number)]
    assert all(map(luhn, unified))
    assert len(unified) > 1800
    assert any(re.fullmatch(r"[0-9]{9}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers) - 1, "the pair alone shares one"


def test_two_are_told_apart_by_the_document_alone() -> None:
    """R9."""
    first, second = (one.person for one in citizens.citizens() if one.situation is Situation.PAIR)
    assert (first.policy_number, first.birth_date) == (second.policy_number, second.birth_date)
    assert first.document_number != second.document_number


def test_the_stranger_is_nobody_in_the_registry() -> None:
    stranger = citizens.stranger()
    assert luhn(stranger.policy_number)
    for citizen in citizens.citizens():
        assert citizen.person.policy_number != stranger.policy_number


@pytest.mark.parametrize(
    ("masculine", "feminine"),
    [
        ("Соколов", "Соколова"),
        ("Журавлёв", "Журавлёва"),
        ("Ильин", "Ильина"),
        ("Константинопольский", "Константинопольская"),
        ("Полевой-Рябинин", "Полевая-Рябинина"),
        ("Петренко", "Петренко"),
        ("Черных", "Черных"),
        ("Цой", "Цой"),
    ],
)
def test_surnames_of_women(masculine: str, feminine: str) -> None:
    assert names.feminine(masculine) == feminine


def test_names_agree_with_the_sex() -> None:
    for citizen in citizens.citizens():
        woman = citizen.person.sex is Sex.FEMALE
        name = citizen.person.name
        assert name.first in (names.FEMALE_NAMES if woman else names.MALE_NAMES)
        assert not name.patronymic or name.patronymic.endswith("на") == woman


def test_area_doctors_serve_their_patients() -> None:
    """R14: a child's is a paediatrician, an adult's is not; both work where the patient is attached."""
    for citizen in citizens.citizens():
        doctor = citizen.area_doctor
        if doctor is not None:
            assert doctor.service.place == citizen.attachment
            child = citizen.person.document_kind == "birth-certificate"
            assert (doctor.service.speciality.code == "paediatrician") == child
