"""next_step and step_back by enumeration: every order in which facts can arrive (architecture.md, "The visit and the flow")."""

from dataclasses import replace
from itertools import permutations

import pytest

from kiosk.flow import DETOURS, ENDS, NEEDS, OPENED, Step, is_over, next_step, step_back
from kiosk.models import PatientToken
from kiosk.visit import DEPENDENTS, OF_THE_PATIENT, Detour, Fact, Intent, Visit

FACTS = tuple(Fact)


def visits(intent: Intent) -> list[Visit]:
    """Every visit of an intent that its facts, and where they come from, can lead to, each order once."""
    needed = [fact for fact, _step in NEEDS[intent]]
    facts = [Fact.DISTRICT, *needed, *([Fact.NO_TIMES] if intent is Intent.BOOK else [])]
    seen: dict[tuple[Fact, ...], Visit] = {}
    waiting = [Visit(started=True).jump(intent)]
    while waiting:
        visit = waiting.pop()
        order = tuple(known.fact for known in visit.known)
        if order not in seen:
            seen[order] = visit
            waiting += [visit.establish(fact, fact.value) for fact in facts if not visit.has(fact)]
    return list(seen.values())


VISITS = {intent: visits(intent) for intent in Intent}
ALL = [visit for found in VISITS.values() for visit in found]
#: What is opened in the cabinet, one after the other, by who is known before or says so in between.
OPENED_VISITS = [
    opened
    for first, second in permutations(OPENED, 2)
    for begun in [Visit(started=True).jump(Intent.CABINET)]
    for opened in (
        begun.establish(Fact.PATIENT, "ivan").establish(first, "1").establish(second, "2"),
        begun.establish(first, "1").establish(Fact.PATIENT, "ivan").establish(second, "2"),
        begun.establish(first, "1").establish(second, "2").establish(Fact.PATIENT, "ivan"),
    )
    if any(known.fact in OPENED for known in opened.known)
]


def expected(visit: Visit, intent: Intent) -> Step:
    missing = [fact for fact, _step in NEEDS[intent] if not visit.has(fact)]
    if not missing:
        return ENDS[intent]
    if missing[0] is Fact.FACILITY:
        return Step.FACILITY if visit.has(Fact.DISTRICT) else Step.DISTRICT
    if intent is Intent.BOOK and visit.has(Fact.NO_TIMES) and missing[0] in (Fact.DOCTOR, Fact.TIME):
        return Step.NO_TIMES
    return dict(NEEDS[intent])[missing[0]]


@pytest.mark.parametrize("intent", Intent)
def test_the_first_missing_fact_is_asked_for_in_every_order(intent: Intent) -> None:
    for visit in VISITS[intent]:
        assert next_step(visit) is expected(visit, intent)


@pytest.mark.parametrize("intent", Intent)
def test_the_order_of_arrival_does_not_matter(intent: Intent) -> None:
    steps: dict[frozenset[Fact], set[Step]] = {}
    for visit in VISITS[intent]:
        steps.setdefault(frozenset(known.fact for known in visit.known), set()).add(next_step(visit))
    assert all(len(found) == 1 for found in steps.values())


def test_every_step_of_the_flow_is_reached() -> None:
    reached = {next_step(visit) for visit in (*ALL, *OPENED_VISITS)} | set(DETOURS.values())
    assert reached == set(Step) - {
        Step.WELCOME,
        Step.HOME,
        Step.LOCKED,
        Step.OUT_OF_SERVICE,
        Step.PIN,
        Step.MAINTENANCE,
    }


def test_what_was_opened_last_in_the_cabinet_is_on_the_screen() -> None:
    for visit in OPENED_VISITS:
        newest = [known.fact for known in visit.known if known.fact in OPENED][-1]
        assert next_step(visit) is OPENED[newest]
        assert next_step(visit.drop(Fact.PATIENT)) is Step.IDENTIFY
        assert_back_comes_home(visit)


def test_back_from_a_ticket_leads_to_the_list_that_it_stood_in() -> None:
    cabinet = Visit(started=True).jump(Intent.CABINET).establish(Fact.PATIENT, "ivan")
    past = cabinet.establish(Fact.HISTORY, True)
    for begun in (cabinet, past):
        assert step_back(begun.establish(Fact.TICKET, "1")) == begun
    assert step_back(past) == cabinet
    assert next_step(step_back(cabinet)) is Step.HOME


def test_a_new_value_drops_what_depends_on_it_and_never_the_patient() -> None:
    for visit in ALL:
        for fact in FACTS:
            changed = visit.establish(fact, "another")
            kept = {known.fact for known in visit.known} - {fact, *DEPENDENTS[fact]}
            assert {known.fact for known in changed.known} == kept | {fact}
            if visit.has(Fact.PATIENT):
                assert changed.has(Fact.PATIENT)


def test_a_time_and_no_times_are_never_both_true() -> None:
    for visit in ALL:
        assert not (visit.has(Fact.TIME) and visit.has(Fact.NO_TIMES))


def test_an_equal_value_drops_nothing() -> None:
    for visit in ALL:
        for known in visit.known:
            assert visit.establish(known.fact, known.value) is visit


def assert_back_comes_home(visit: Visit) -> None:
    here = visit
    while next_step(here) is not Step.HOME:
        before = here
        here = step_back(here)
        assert next_step(here) is not next_step(before)
        size, was = (len(here.jumps), len(here.known)), (len(before.jumps), len(before.known))
        assert size < was, "each step back leads nearer to the beginning"


def test_back_always_leads_elsewhere_and_comes_home_in_the_end() -> None:
    for visit in (one for one in ALL if not is_over(one)):
        assert_back_comes_home(visit)


def test_the_same_after_a_jump_from_anywhere_to_anywhere() -> None:
    """Found by name, own doctor, elsewhere, waiting list: several facts at once, and Back returns."""
    places = [one for one in ALL if not is_over(one) and len(one.known) < 4]
    for visit in places:
        for intent in Intent:
            there = visit.jump(intent)
            assert_back_comes_home(there)
            filled = there.drop(Fact.DISTRICT)
            for fact in (Fact.FACILITY, Fact.CARD, Fact.SPECIALTY, Fact.DOCTOR):
                filled = filled.establish(fact, "found", chosen=False)
            assert_back_comes_home(filled)
            back = step_back(filled)
            if not visit.has(Fact.PATIENT) and next_step(filled) is not next_step(visit):
                assert next_step(back) is next_step(visit)
                assert back.known == visit.known
            assert_back_comes_home(filled.establish(Fact.PATIENT, "patient").jump(Intent.MINE))


def test_back_from_a_jump_keeps_who_the_patient_is_now() -> None:
    """A patient who was known before and is not any more does not come back without their token."""
    visit = Visit(started=True).jump(Intent.BOOK).establish(Fact.PATIENT, "ivan")
    gone = step_back(visit.jump(Intent.LOOK).drop(Fact.PATIENT))
    assert not gone.has(Fact.PATIENT)
    other = step_back(visit.jump(Intent.LOOK).establish(Fact.PATIENT, "anna", chosen=False))
    assert other.get(Fact.PATIENT) == "anna"


def test_back_never_loses_a_patient_who_did_not_lead_here() -> None:
    known = Visit(started=True).establish(Fact.PATIENT, "patient").jump(Intent.BOOK)
    at_doctors = known.establish(Fact.FACILITY, "own", chosen=False).establish(Fact.SPECIALTY, "therapist")
    at_home = step_back(step_back(at_doctors))
    assert next_step(at_home) is Step.HOME
    assert at_home.has(Fact.PATIENT)
    mine = known.jump(Intent.MINE)
    assert next_step(mine) is Step.MINE
    assert step_back(mine).has(Fact.PATIENT), "who was known before does not have to say it again"


def test_back_from_no_times_leads_to_the_doctors() -> None:
    """Whether the doctor has none, or the whole specialty and one row said so."""
    doctors = Visit(started=True).jump(Intent.BOOK)
    doctors = doctors.establish(Fact.FACILITY, "own").establish(Fact.SPECIALTY, "therapist")
    of_doctor = doctors.establish(Fact.DOCTOR, "full").establish(Fact.NO_TIMES, True, chosen=False)
    of_all = doctors.establish(Fact.NO_TIMES, True)
    for visit in (of_doctor, of_all):
        assert next_step(visit) is Step.NO_TIMES
        assert next_step(step_back(visit)) is Step.DOCTOR
        waiting = visit.jump(Intent.WAIT)
        assert next_step(waiting) is Step.IDENTIFY
        assert step_back(waiting) == visit


def test_who_waits_for_something_else_looks_for_a_time_of_that_first() -> None:
    visit = Visit(started=True).jump(Intent.BOOK)
    for fact in (Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR):
        visit = visit.establish(fact, fact.value)
    waiting = visit.establish(Fact.NO_TIMES, True).jump(Intent.WAIT).establish(Fact.PATIENT, "patient")
    for fact in (Fact.DISTRICT, Fact.FACILITY, Fact.SPECIALTY, Fact.DOCTOR):
        changed = waiting.establish(fact, "another")
        assert changed.intent is Intent.BOOK
        assert next_step(changed) not in (Step.CONTACTS, Step.WAIT)
    assert waiting.drop(Fact.PATIENT).intent is Intent.WAIT


def test_information_asks_for_nobody_and_leads_to_booking_and_back() -> None:
    """R7, R8."""
    for visit in VISITS[Intent.LOOK]:
        assert next_step(visit) is not Step.IDENTIFY
    card = next(one for one in VISITS[Intent.LOOK] if next_step(one) is Step.DOCTOR_CARD)
    booking = card.jump(Intent.BOOK)
    assert next_step(booking) is Step.TIME
    assert step_back(booking) == card


@pytest.mark.parametrize("detour", Detour)
def test_back_leaves_a_detour_first(detour: Detour) -> None:
    for visit in ALL:
        aside = visit.look_aside(detour)
        assert next_step(aside) is DETOURS[detour]
        assert step_back(aside) == visit


def test_detours_do_not_pile_up() -> None:
    visit = Visit(started=True).look_aside(Detour.DOCTOR_SEARCH).look_aside(Detour.HELP)
    assert visit.detour is Detour.HELP
    assert [one.detour for one in visit.look_aside(Detour.ACCESS).asides] == [
        Detour.DOCTOR_SEARCH,
        Detour.HELP,
        Detour.ACCESS,
    ]
    again = visit.look_aside(Detour.DOCTOR_SEARCH)
    assert [one.detour for one in again.asides] == [Detour.DOCTOR_SEARCH]
    assert visit.look_aside(Detour.DOCTOR_CARD, "doctor").subject == "doctor"


def test_a_jump_out_of_a_search_comes_back_to_it() -> None:
    searching = Visit(started=True).look_aside(Detour.DOCTOR_SEARCH)
    found = searching.jump(Intent.BOOK).establish(Fact.FACILITY, "found", chosen=False)
    assert next_step(found) is Step.SPECIALTY
    assert next_step(step_back(found)) is Step.DOCTOR_SEARCH


def test_there_is_no_way_back_past_a_booking_or_a_place_on_the_waiting_list() -> None:
    for visit in ALL:
        if visit.has(Fact.BOOKING) or visit.has(Fact.WAITING):
            assert step_back(visit) is visit


def test_the_token_goes_with_the_patient() -> None:
    token = PatientToken("secret", "p", 300)
    visit = Visit(started=True, token=token).establish(Fact.PATIENT, "patient")
    assert visit.token is None
    assert "secret" not in repr(Visit(token=token))
    kept = replace(visit, token=token)
    assert kept.drop(Fact.TIME).token is token
    assert kept.drop(Fact.PATIENT).token is None
    assert all(one in DEPENDENTS for one in OF_THE_PATIENT)


@pytest.mark.parametrize("started", [True, False])
def test_before_the_intent(started: bool) -> None:
    assert next_step(Visit(started=started)) is (Step.HOME if started else Step.WELCOME)
