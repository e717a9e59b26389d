"""next_step and step_back by enumeration: every order in which facts can arrive (architecture.md, "The visit and the flow")."""

import pytest

from kiosk.flow import BOOKING_NEEDS, Step, next_step, step_back
from kiosk.models import PatientToken
from kiosk.visit import DEPENDENTS, Detour, Fact, Intent, Visit

FACTS = tuple(Fact)
BEGUN = Visit(started=True, intent=Intent.BOOK)


def visits() -> list[Visit]:
    """Every visit that establishing facts in any order can lead to, each order once."""
    seen: dict[tuple[Fact, ...], Visit] = {}
    waiting = [BEGUN]
    while waiting:
        visit = waiting.pop()
        order = tuple(known.fact for known in visit.known)
        if order not in seen:
            seen[order] = visit
            waiting += [visit.establish(fact, fact.value) for fact in FACTS if not visit.has(fact)]
    return list(seen.values())


VISITS = visits()


def test_the_first_missing_fact_is_asked_for_in_every_order() -> None:
    for visit in VISITS:
        step = next_step(visit)
        if not visit.has(Fact.FACILITY):
            assert step is (Step.FACILITY if visit.has(Fact.DISTRICT) else Step.DISTRICT)
        else:
            missing = [step for fact, step in BOOKING_NEEDS if not visit.has(fact)]
            assert step is (missing[0] if missing else Step.RESULT)


def test_the_order_of_arrival_does_not_matter() -> None:
    steps: dict[frozenset[Fact], set[Step]] = {}
    for visit in VISITS:
        steps.setdefault(frozenset(known.fact for known in visit.known), set()).add(next_step(visit))
    assert all(len(found) == 1 for found in steps.values())


def test_a_new_value_drops_what_depends_on_it_and_never_the_patient() -> None:
    for visit in VISITS:
        for fact in FACTS:
            changed = visit.establish(fact, "another")
            kept = {known.fact for known in visit.known} - {fact, *DEPENDENTS[fact]}
            assert {known.fact for known in changed.known} == kept | {fact}
            if visit.has(Fact.PATIENT):
                assert changed.has(Fact.PATIENT)


def test_an_equal_value_drops_nothing() -> None:
    for visit in VISITS:
        for known in visit.known:
            assert visit.establish(known.fact, known.value) is visit


def test_back_always_leads_elsewhere_and_comes_home_in_the_end() -> None:
    for visit in (one for one in VISITS if not one.has(Fact.BOOKING)):
        here = visit
        while next_step(here) is not Step.HOME:
            before = here
            here = step_back(here)
            assert next_step(here) is not next_step(before)
            assert len(here.known) < len(before.known) or here.intent is None


def test_back_never_loses_a_patient_who_did_not_lead_here() -> None:
    known = BEGUN.establish(Fact.PATIENT, "patient").establish(Fact.FACILITY, "own", chosen=False)
    at_doctors = known.establish(Fact.SPECIALTY, "therapist")
    at_home = step_back(step_back(at_doctors))
    assert next_step(at_home) is Step.HOME
    assert at_home.has(Fact.PATIENT)


def test_back_leaves_a_detour_first() -> None:
    for visit in VISITS:
        aside = Visit(
            started=True,
            intent=Intent.BOOK,
            known=visit.known,
            detour=Detour.HELP,
            draft=visit.draft,
            key=visit.key,
        )
        assert next_step(aside) is Step.HELP
        assert next_step(step_back(aside)) is next_step(visit)


def test_there_is_no_way_back_past_a_booking() -> None:
    for visit in VISITS:
        if visit.has(Fact.BOOKING):
            assert step_back(visit) is visit


def test_the_token_goes_with_the_patient() -> None:
    token = PatientToken("secret", "p", 300)
    visit = Visit(started=True, token=token).establish(Fact.PATIENT, "patient")
    assert visit.token is None
    assert "secret" not in repr(Visit(token=token))
    kept = Visit(started=True, known=visit.known, token=token)
    assert kept.drop(Fact.TIME).token is token
    assert kept.drop(Fact.PATIENT).token is None


@pytest.mark.parametrize("started", [True, False])
def test_before_the_intent(started: bool) -> None:
    assert next_step(Visit(started=started)) is (Step.HOME if started else Step.WELCOME)
