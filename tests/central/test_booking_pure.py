"""The pure parts: ids of free times, the rules of one patient and one time, what a `$book` asks for."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.central import rules, wish
from kiosk.central.call import Refusal
from kiosk.central.fhir import ID
from kiosk.central.proposals import Role, Time, parse, proposal_id
from kiosk.central.rules import Applicant

NOON = 1_772_528_400  # 2026-03-03 12:00 in Moscow.
HOUR = 3600

role_ids = st.from_regex(r"[A-Za-z0-9\-.]{1,40}", fullmatch=True)


@given(role_ids, st.integers(0, 2**39), st.integers(0, 999_999))
def test_an_id_says_which_time_and_how_often_it_was_freed(role_id: str, start: int, generation: int) -> None:
    id = proposal_id(role_id, start, generation)
    proposal = parse(id)
    assert proposal is not None
    assert (proposal.role_id, proposal.start, proposal.generation) == (role_id, start, generation)
    assert ID.fullmatch(id)


@given(st.text(max_size=70) | st.from_regex(r"[a-z.]{1,5}\.[0-9a-f]{1,12}\.[0-9]{1,8}", fullmatch=True))
def test_whatever_else_is_an_id_is_none_of_ours(id: str) -> None:
    proposal = parse(id)
    assert proposal is None or proposal_id(proposal.role_id, proposal.start, proposal.generation) == id


def time(**changes) -> Time:
    """A time of a doctor whom everybody may see, on the 3rd of March 2026."""
    role = {
        "id": "r",
        "room": "1",
        "last_name": "Соколова",
        "first_name": "Елена",
        "patronymic": "",
        "facility_id": "f",
        "location_id": "l",
        "facility_name": "Поликлиника",
        "zone": "Europe/Moscow",
        "notice_minutes": 180,
        "newcomers": False,
        "extra_seats": 0,
        "service_id": "s",
        "mandatory": False,
        "online": "yes",
        "approval": False,
        "discreet": False,
        "age_min": None,
        "age_max": None,
        "sex": None,
        "specialty_code": "therapist",
        "specialty_name": "Терапевт",
        "profile_code": "therapist",
    }
    return Time(Role(**role | changes), NOON, NOON + 900, date(2026, 3, 3).toordinal(), 0)


def applicant(**changes) -> Applicant:
    """A woman of 45 who is known in the facility and under no observation."""
    usual = {"birth_date": date(1980, 5, 17), "sex": "female", "known_here": True, "observed": False}
    return Applicant(**usual | changes)


@pytest.mark.parametrize(
    ("who", "where", "before", "code"),
    [
        ({}, {}, 3 * HOUR, None),
        ({}, {}, 3 * HOUR - 1, "too-late"),
        ({}, {"notice_minutes": 0}, 1, None),
        ({}, {"notice_minutes": 0}, 0, "too-late"),
        ({}, {"notice_minutes": 30}, 1800, None),
        ({"known_here": False}, {}, 4 * HOUR, "not-known-here"),
        ({"known_here": False}, {"newcomers": True}, 4 * HOUR, None),
        ({}, {"sex": "female"}, 4 * HOUR, None),
        ({"sex": "male"}, {"sex": "female"}, 4 * HOUR, "not-for-this-patient"),
        ({}, {"age_max": 17}, 4 * HOUR, "not-for-this-patient"),
        ({"birth_date": date(2008, 3, 4)}, {"age_max": 17}, 4 * HOUR, None),
        ({"birth_date": date(2008, 3, 3)}, {"age_max": 17}, 4 * HOUR, "not-for-this-patient"),
        ({"birth_date": date(2008, 3, 3)}, {"age_min": 18}, 4 * HOUR, None),
        ({"birth_date": date(2008, 3, 4)}, {"age_min": 18}, 4 * HOUR, "not-for-this-patient"),
        ({}, {"online": "no"}, 4 * HOUR, "not-bookable-online"),
        ({}, {"online": "dispensary"}, 4 * HOUR, "dispensary-only"),
        ({"observed": True}, {"online": "dispensary"}, 4 * HOUR, None),
        ({"known_here": False}, {"sex": "male", "online": "no"}, 0, "not-known-here"),
        ({}, {"sex": "male", "online": "no"}, 0, "not-for-this-patient"),
        ({}, {"online": "no"}, 0, "not-bookable-online"),
        ({}, {"online": "dispensary"}, 0, "dispensary-only"),
    ],
)
def test_rules_in_their_order(who: dict, where: dict, before: int, code: str | None) -> None:
    """R10, R42, R30, R28, as api.md section 11 lists them."""
    assert rules.broken(applicant(**who), time(**where), NOON - before) == code


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 2, 29), date(2020, 2, 29), 20),
        (date(2026, 3, 3), date(2026, 3, 3), 0),
    ],
)
def test_full_years(birth: date, day: date, years: int) -> None:
    assert rules.full_years(birth, day) == years


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
ELEMENTS = ("id", "identifier", "meta", "slot", "start", "end", "participant", "cancelationReason")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(ELEMENTS, json_values)))
def test_whatever_is_sent_is_understood_or_refused(resource: dict) -> None:
    """No shape of JSON is a fault."""
    readers = (
        wish.id,
        wish.identifier,
        wish.version,
        wish.target,
        wish.patients,
        wish.reason,
        lambda sent: wish.check_period(sent, time(), required=True),
    )
    for read in readers:
        assert _refusal(read, resource) in ("", "invalid")


def _refusal(read, resource: dict) -> str:
    """The code with which an element is refused, '' where it is understood."""
    try:
        read(resource)
    except Refusal as refusal:
        return refusal.code if refusal.detail else "without the element's name"
    return ""
