"""The rules as a table, at a clock that is given: what refuses whom, what staff may pass over, which claims a booking takes."""

from datetime import date, datetime
from typing import Any

import pytest
from test_booking_pure import HOUR, NOON, applicant, time

from kiosk.central import rules
from kiosk.central.rules import NONE, OVERRIDABLE, TICK_SECONDS, Claim, Rule
from kiosk.models import Online

R10, R27, R28, R30, R42 = Rule.KNOWN_HERE, Rule.ONCE_A_DAY, Rule.IN_TIME, Rule.OPENED, Rule.SUITED
DAY = date(2026, 3, 3).toordinal()
#: What is wrong, and the code that refuses: one line for each rule of one patient and one time.
BROKEN: list[tuple[dict[str, Any], dict[str, Any], int, str, Rule]] = [
    ({"known_here": False}, {}, 4 * HOUR, "not-known-here", R10),
    ({}, {"sex": "male"}, 4 * HOUR, "not-for-this-patient", R42),
    ({}, {"age_max": 17}, 4 * HOUR, "not-for-this-patient", R42),
    ({"birth_date": date(2010, 1, 1)}, {"age_min": 18}, 4 * HOUR, "not-for-this-patient", R42),
    ({}, {"online": "no"}, 4 * HOUR, "not-bookable-online", R30),
    ({}, {"online": "dispensary"}, 4 * HOUR, "dispensary-only", R30),
    ({}, {}, 3 * HOUR - 1, "too-late", R28),
    ({}, {"notice_minutes": 24 * 60}, 24 * HOUR - 1, "too-late", R28),
]


@pytest.mark.parametrize(("who", "where", "before", "code", "rule"), BROKEN)
def test_a_rule_refuses_unless_it_is_passed_over(
    who: dict[str, Any], where: dict[str, Any], before: int, code: str, rule: Rule
) -> None:
    wish = (applicant(**who), time(**where), NOON - before)
    assert rules.broken(*wish) == code
    assert rules.broken(*wish, frozenset(Rule) - {rule}) == code
    assert rules.broken(*wish, frozenset({rule})) is None


def test_staff_pass_over_what_binds_electronic_requests_and_nothing_else() -> None:
    """R28: its last sentence names these three."""
    assert frozenset({R27, R28, R30}) == OVERRIDABLE


@pytest.mark.parametrize("before", [0, -1, -HOUR])
def test_what_has_begun_is_too_late_for_everybody(before: int) -> None:
    assert rules.broken(applicant(), time(), NOON - before, frozenset(Rule)) == "too-late"


@pytest.mark.parametrize("online", [one.value for one in Online])
@pytest.mark.parametrize("observed", [True, False])
def test_a_mandatory_specialty_is_open_to_all(online: str, observed: bool) -> None:
    """R29: whatever a row says, and for who waits as well."""
    where = time(mandatory=True, online=online)
    assert rules.opened(where.role) is Online.YES
    assert rules.broken(applicant(observed=observed), where, NOON - 4 * HOUR) is None
    assert rules.barred(applicant(observed=observed), where.role, DAY, DAY) is None


@pytest.mark.parametrize(
    ("online", "observed", "code"),
    [
        ("yes", False, None),
        ("dispensary", True, None),
        ("dispensary", False, "dispensary-only"),
        ("no", True, "not-bookable-online"),
    ],
)
def test_others_are_as_their_facility_opens_them(online: str, observed: bool, code: str | None) -> None:
    """R30."""
    assert rules.broken(applicant(observed=observed), time(online=online), NOON - 4 * HOUR) == code


@pytest.mark.parametrize(
    ("approval", "by_facility", "awaits"),
    [(True, False, True), (True, True, False), (False, False, False), (False, True, False)],
)
def test_a_facility_approves_what_it_did_not_book_itself(
    approval: bool, by_facility: bool, awaits: bool
) -> None:
    """R31."""
    assert rules.awaits_approval(approval, by_facility=by_facility) is awaits


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Europe/Kaliningrad", "2026-03-02T21:59:59+00:00", "2026-03-02"),
        ("Europe/Kaliningrad", "2026-03-02T22:00:00+00:00", "2026-03-03"),
        ("Europe/Moscow", "2026-03-02T20:59:59+00:00", "2026-03-02"),
        ("Europe/Moscow", "2026-03-02T21:00:00+00:00", "2026-03-03"),
        ("Asia/Kamchatka", "2026-03-02T11:59:59+00:00", "2026-03-02"),
        ("Asia/Kamchatka", "2026-03-02T12:00:00+00:00", "2026-03-03"),
        ("Europe/Berlin", "2026-03-29T21:59:59+00:00", "2026-03-29"),
    ],
)
def test_a_day_is_the_facilitys(zone: str, instant: str, day: str) -> None:
    """R27: the day of asking, wherever the registry stands."""
    local = time(zone=zone).role.local_day(int(datetime.fromisoformat(instant).timestamp()))
    assert local.isoformat() == day


def test_every_claim_of_a_booking() -> None:
    """R27 both days, R44 and R21 every five minutes, in the order of api.md section 11."""
    ticks = range(NOON // TICK_SECONDS, NOON // TICK_SECONDS + 3)
    assert rules.claims_of_booking("p", time(), DAY - 1) == [
        Claim("asked:p:therapist", DAY - 1, "one-per-day", "asked"),
        Claim("visit:p:therapist", DAY, "one-per-day", "visit"),
        *(Claim("patient:p", tick, "overlap") for tick in ticks),
    ]
    for seat in (0, 1, 2):
        assert rules.claims_on_doctor(time(), seat=seat) == [
            Claim(f"doctor:r#{seat}", tick, "slot-taken") for tick in ticks
        ]


@pytest.mark.parametrize("overridden", [NONE, frozenset({R28, R30}), frozenset({R27}), frozenset(Rule)])
def test_only_those_of_r27_yield_and_only_where_it_is_passed_over(overridden: rules.Rules) -> None:
    yielding = [one.resource for one in rules.claims_of_booking("p", time(), DAY, overridden) if one.yields]
    assert yielding == (["asked:p:therapist", "visit:p:therapist"] if R27 in overridden else [])
