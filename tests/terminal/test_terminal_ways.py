"""Every way to a doctor (issue 3, 1; R7, R8, R12 to R20), and what is left where there is no time (4)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_registry import (
    AWAY,
    BELOVA,
    CARDIOLOGIST,
    DISCREET,
    ENT,
    HOME,
    IVAN,
    KUZNETSOV,
    NEAR,
    NOW,
    ORLOVA,
    OTHER,
    PETRENKO,
    SOKOLOVA,
    STRANGER,
    SURGEON,
    THERAPIST,
    ZAYTSEV,
)
from kiosk_bench import Bench

from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.errors import Refused, Unreachable
from kiosk.flow import Step
from kiosk.journal import State
from kiosk.models import Facility, FacilityLoad
from kiosk.modes import USUAL, Modes
from kiosk.ticket import Role, stub_lines
from kiosk.views import Busy, Failed, Printing, Ready
from kiosk.visit import Detour, Fact, Intent


class Touches:
    """Counts what the patient touches; what they type does not count."""

    def __init__(self, bench: Bench) -> None:
        self.count = 0
        self._terminal = bench.terminal

    def __getattr__(self, name: str):
        method = getattr(self._terminal, name)

        def touch(*arguments, **options):
            self.count += 1
            method(*arguments, **options)

        return touch


# --- the patient's own (R12 to R14) ----------------------------------------------------------------------------------


def test_from_identification_to_the_confirmation_in_four_touches(bench: Bench) -> None:
    """R14: «Мой врач», time, contacts, and it is ready to be confirmed."""
    terminal, touch = bench.terminal, Touches(bench)
    terminal.start()
    terminal.begin(Intent.MINE)
    assert terminal.step is Step.IDENTIFY
    bench.identify()
    assert terminal.step is Step.MINE
    mine = bench.value
    assert (mine.area_doctor.doctor, mine.area_doctor.own) == (PETRENKO, True)
    assert mine.area_doctor.load.nearest is not None
    assert (mine.area_specialty.code, mine.area_facility) == ("therapist", HOME)
    assert (mine.attached, mine.cards) == (HOME, (OTHER,))
    touch.choose_area_doctor(mine.area_doctor.doctor)
    assert terminal.step is Step.TIME
    touch.choose_time(bench.free_time())
    touch.skip_contacts()
    assert terminal.step is Step.CONFIRM
    touch.confirm()
    assert terminal.step is Step.RESULT
    assert touch.count == 4
    assert terminal.ticket is not None
    assert terminal.ticket.doctor_name == PETRENKO.full_name


def test_a_booking_at_the_own_facility_takes_eight_touches_at_most(bench: Bench) -> None:
    touch = Touches(bench)
    touch.start()
    touch.begin(Intent.BOOK)
    touch.choose(Fact.SPECIALTY, THERAPIST)
    touch.choose(Fact.DOCTOR, SOKOLOVA)
    touch.choose_time(bench.free_time())
    bench.type_identity()
    touch.identify()
    touch.skip_contacts()
    touch.confirm()
    assert bench.terminal.step is Step.RESULT
    assert touch.count <= 8


def test_back_from_the_own_doctor_returns_to_what_is_mine_and_then_home(bench: Bench) -> None:
    terminal = bench.terminal
    terminal.start()
    terminal.begin(Intent.BOOK)
    terminal.back()
    terminal.begin(Intent.MINE)
    bench.identify()
    terminal.choose_area_doctor(PETRENKO)
    assert terminal.step is Step.TIME
    terminal.back()
    assert terminal.step is Step.MINE
    assert terminal.visit.has(Fact.PATIENT)
    terminal.choose_mine(OTHER)
    assert terminal.step is Step.SPECIALTY
    assert terminal.visit.get(Fact.FACILITY) == OTHER
    terminal.back()
    assert terminal.step is Step.MINE


def test_who_is_known_already_is_not_asked_again(bench: Bench) -> None:
    bench.to_contacts()
    bench.terminal.show_mine()
    assert bench.terminal.step is Step.MINE
    bench.terminal.back()
    assert bench.terminal.step is Step.CONTACTS, "with everything kept"
    assert bench.terminal.hold_left


def test_a_time_that_was_let_go_on_the_way_is_held_again_on_the_way_back(bench: Bench) -> None:
    bench.to_contacts()
    held = bench.terminal.visit.get(Fact.TIME)
    bench.terminal.show_mine()
    bench.terminal.choose_area_doctor(PETRENKO)
    assert not bench.registry.holds
    bench.terminal.back()
    bench.terminal.back()
    assert bench.terminal.step is Step.CONTACTS
    assert list(bench.registry.holds) == [held.id]


def test_an_area_doctor_who_is_gone_is_left_out(bench: Bench) -> None:
    patient = replace(IVAN.patient, area_doctor_id="r-99", attached_facility_id=None, card_facility_ids=())
    bench.registry.people = [replace(IVAN, patient=patient)]
    bench.terminal.start()
    bench.terminal.begin(Intent.MINE)
    bench.identify()
    assert bench.value.area_doctor is None
    assert (bench.value.attached, bench.value.cards) == (None, ())


def test_own_facilities_come_first_among_the_districts(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK, here=False)
    assert bench.value.own == ()
    bench.terminal.show_mine()
    bench.identify()
    bench.terminal.back()
    assert bench.terminal.step is Step.DISTRICT, "R8: known now, and where they were"
    assert bench.value.own == (HOME, OTHER)


# --- information (R7) ------------------------------------------------------------------------------------------------


def to_doctor_card(bench: Bench) -> None:
    terminal = bench.terminal
    terminal.start()
    terminal.begin(Intent.LOOK)
    assert terminal.step is Step.FACILITY_CARD
    assert (bench.value.facility, bench.value.specialties) == (HOME, 5)
    terminal.choose(Fact.CARD, True)
    assert terminal.step is Step.SPECIALTY
    terminal.choose(Fact.SPECIALTY, THERAPIST)
    assert terminal.step is Step.DOCTOR
    terminal.choose(Fact.DOCTOR, SOKOLOVA)
    assert terminal.step is Step.DOCTOR_CARD


def test_information_without_saying_who_one_is_and_booking_from_there(bench: Bench) -> None:
    """R7, R8: nothing is bookable there; «Записаться» keeps everything, and Back returns to the same place."""
    to_doctor_card(bench)
    terminal, card = bench.terminal, bench.value
    assert (card.doctor, card.facility, card.specialty.code) == (SOKOLOVA, HOME, "therapist")
    assert len(card.load.days) == 14
    assert card.working == SOKOLOVA.working
    assert card.as_of == NOW
    assert not bench.registry.holds
    terminal.choose_time(bench.registry.doctor_days("r-1", NOW.date(), NOW.date()).days[0].times[-1])
    assert not bench.registry.holds, "nothing is bookable in the anonymous mode"
    terminal.book_here()
    assert terminal.step is Step.TIME
    terminal.choose_time(bench.free_time())
    assert terminal.step is Step.IDENTIFY
    bench.identify()
    assert terminal.step is Step.CONTACTS
    for step in (Step.IDENTIFY, Step.TIME, Step.DOCTOR_CARD, Step.DOCTOR):
        terminal.back()
        assert terminal.step is step
    assert terminal.visit.intent is Intent.LOOK


def test_the_absent_doctor_and_who_stands_in(bench: Bench) -> None:
    """R45."""
    to_doctor_card(bench)
    bench.terminal.change(Fact.DOCTOR)
    bench.terminal.choose(Fact.DOCTOR, AWAY)
    assert bench.value.absence == AWAY.absences[0]


def test_what_cannot_be_booked_can_be_looked_at(bench: Bench) -> None:
    """R30."""
    bench.terminal.start()
    bench.terminal.begin(Intent.LOOK)
    bench.terminal.choose(Fact.CARD, True)
    bench.terminal.choose(Fact.SPECIALTY, ENT)
    assert bench.terminal.step is Step.DOCTOR
    assert bench.terminal.notice is None
    assert bench.value.rows == ()


def test_cards_while_booking_are_looks_aside(bench: Bench) -> None:
    bench.to_specialty()
    terminal = bench.terminal
    terminal.look_aside(Detour.FACILITY_CARD)
    assert bench.value.facility == HOME
    terminal.back()
    assert bench.value[0].specialty.code == "therapist"
    terminal.choose(Fact.SPECIALTY, THERAPIST)
    terminal.look_aside(Detour.DOCTOR_CARD, PETRENKO)
    assert bench.value.doctor == PETRENKO
    terminal.look_aside(Detour.HELP)
    terminal.back()
    assert bench.value.doctor == PETRENKO
    terminal.book_here()
    assert terminal.step is Step.TIME
    assert terminal.visit.get(Fact.DOCTOR) == PETRENKO
    terminal.back()
    assert terminal.step is Step.DOCTOR_CARD
    terminal.back()
    assert terminal.step is Step.DOCTOR


def test_a_look_aside_at_nothing_is_not_taken(bench: Bench) -> None:
    bench.terminal.start()
    for detour in (Detour.AREA, Detour.ELSEWHERE, Detour.DOCTOR_CARD, Detour.FACILITY_CARD):
        bench.terminal.look_aside(detour)
        assert bench.terminal.step is Step.HOME


# --- areas (R17) -----------------------------------------------------------------------------------------------------


def test_by_area(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.look_aside(Detour.AREA)
    assert [(row.name, [one.doctor for one in row.doctors]) for row in bench.value] == [
        ("Участок № 9", [PETRENKO]),
        ("Участок № 12", [SOKOLOVA]),
    ]
    bench.terminal.choose_area_doctor(SOKOLOVA)
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.visit.get(Fact.SPECIALTY).code == "therapist"
    bench.terminal.back()
    assert bench.terminal.step is Step.AREA
    bench.terminal.back()
    assert bench.terminal.step is Step.SPECIALTY


def test_an_area_doctor_looked_at_leads_to_the_card(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.begin(Intent.LOOK)
    bench.terminal.look_aside(Detour.AREA)
    bench.terminal.choose_area_doctor(SOKOLOVA)
    assert bench.terminal.step is Step.DOCTOR_CARD


# --- any doctor ------------------------------------------------------------------------------------------------------


def test_the_nearest_time_of_any_doctor(bench: Bench) -> None:
    bench.to_specialty()
    terminal = bench.terminal
    terminal.choose(Fact.SPECIALTY, THERAPIST)
    nearest = bench.value.any_nearest
    terminal.choose_any()
    assert terminal.step is Step.IDENTIFY
    assert terminal.visit.get(Fact.TIME).start == nearest
    assert terminal.visit.get(Fact.DOCTOR) in (SOKOLOVA, PETRENKO)
    assert len(bench.registry.holds) == 1
    terminal.back()
    assert terminal.step is Step.TIME, "other times of the same doctor"
    assert not bench.registry.holds
    terminal.back()
    assert terminal.step is Step.DOCTOR


def test_the_next_one_where_the_first_is_taken_in_that_moment(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    bench.registry.fail("hold", Refused(409, "slot-taken"), times=2)
    bench.terminal.choose_any()
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.get(Fact.TIME).start > bench.registry.find_any(
        HOME.id, "therapist", NOW, NOW + timedelta(days=3), 1
    )[0].start - timedelta(hours=1)


def test_where_nothing_is_left_of_any_doctor_it_is_said(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    bench.registry.fail("hold", Refused(409, "slot-taken"), times=20)
    bench.terminal.choose_any()
    assert bench.terminal.step is Step.DOCTOR
    assert bench.terminal.notice is not None
    assert isinstance(bench.terminal.content, Ready)


def test_a_lost_answer_to_any_doctor_is_let_go_and_tried_again(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    bench.registry.fail("hold", Unreachable("x", sent=True), after=True)
    bench.terminal.choose_any()
    assert not bench.registry.holds
    assert bench.terminal.notice is not None
    assert bench.terminal.notice.retry
    bench.terminal.retry()
    assert bench.terminal.step is Step.IDENTIFY


# --- no times --------------------------------------------------------------------------------------------------------


def to_no_times(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, DISCREET)
    bench.terminal.choose(Fact.DOCTOR, ZAYTSEV)
    assert bench.terminal.step is Step.NO_TIMES


def test_a_full_doctor_leads_to_the_others(bench: Bench) -> None:
    bench.to_specialty()
    terminal = bench.terminal
    terminal.choose(Fact.SPECIALTY, THERAPIST)
    terminal.choose(Fact.DOCTOR, AWAY)
    assert terminal.step is Step.NO_TIMES
    view = bench.value
    assert [row.doctor for row in view.others] == [PETRENKO, SOKOLOVA]
    assert view.elsewhere == ()
    assert view.can_wait
    assert view.until == NOW.date() + timedelta(days=30)
    terminal.choose(Fact.DOCTOR, PETRENKO)
    assert terminal.step is Step.TIME
    terminal.back()
    assert terminal.step is Step.DOCTOR


def test_a_full_specialty_leads_elsewhere(bench: Bench) -> None:
    bench.to_specialty()
    terminal = bench.terminal
    terminal.choose(Fact.SPECIALTY, DISCREET)
    assert [row.doctor for row in bench.value.rows] == [ZAYTSEV], "rows stay visible"
    assert bench.value.any_nearest is None
    terminal.choose_any()
    assert terminal.step is Step.NO_TIMES
    view = bench.value
    assert view.others == ()
    assert [one.facility for one in view.elsewhere] == [NEAR]
    terminal.look_aside(Detour.ELSEWHERE)
    load: FacilityLoad = bench.value[0]
    assert load.facility == NEAR
    terminal.choose_elsewhere(load)
    assert terminal.step is Step.DOCTOR
    assert terminal.visit.get(Fact.FACILITY) == NEAR
    assert [row.doctor for row in bench.value.rows] == [BELOVA]
    terminal.back()
    assert terminal.step is Step.ELSEWHERE
    terminal.back()
    assert terminal.step is Step.NO_TIMES
    terminal.back()
    assert terminal.step is Step.DOCTOR
    assert terminal.visit.get(Fact.FACILITY) == HOME


def test_the_last_time_that_goes_while_it_is_looked_at(bench: Bench) -> None:
    bench.to_time()
    bench.registry.taken.update(
        (SOKOLOVA.id, start)
        for day in range(15)
        for start in bench.registry._times(NOW.date() + timedelta(days=day))
    )
    bench.terminal.choose_time(bench.free_time())
    assert bench.terminal.step is Step.NO_TIMES
    assert bench.terminal.notice is not None, "that the time is gone is said there"


def test_unmet_demand_is_told_once_without_a_person(bench: Bench) -> None:
    """R35."""
    to_no_times(bench)
    for _ in range(3):
        bench.terminal.back()
        bench.terminal.choose(Fact.DOCTOR, ZAYTSEV)
    [event] = bench.registry.reported("unmet-demand")
    assert (event.kind, event.facility_id, event.specialty_code, event.detail) == (
        "unmet-demand",
        HOME.id,
        "dermatologist",
        "doctor",
    )
    bench.terminal.leave()
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, DISCREET)
    bench.terminal.choose_any()
    assert [one.detail for one in bench.registry.reported("unmet-demand")] == ["doctor", "specialty"]


def test_an_event_that_does_not_get_through_is_tried_again_and_keeps_nobody(bench: Bench) -> None:
    bench.registry.fail("report", Unreachable("x", sent=True), times=2)
    to_no_times(bench)
    assert isinstance(bench.terminal.content, Ready)
    assert not bench.registry.events
    bench.terminal.leave()
    bench.wait(100)
    assert len(bench.registry.reported("unmet-demand")) == 1


def test_an_older_registry_that_takes_no_events_is_not_asked_for_ever(bench: Bench) -> None:
    bench.registry.fail("report", Refused(404, "not-found"))
    to_no_times(bench)
    bench.wait(200)
    assert bench.registry.calls.count("report") == 1


# --- the waiting list ------------------------------------------------------------------------------------------------


def to_wait(bench: Bench) -> None:
    to_no_times(bench)
    bench.terminal.wait_here()
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    assert bench.terminal.step is Step.CONTACTS
    bench.terminal.skip_contacts()
    assert bench.terminal.step is Step.WAIT


def test_joining_the_waiting_list(bench: Bench) -> None:
    to_wait(bench)
    terminal = bench.terminal
    terminal.join()
    assert terminal.step is Step.WAITING
    [waiting] = bench.registry.waiting_for()
    assert (waiting.patient_id, waiting.wish.doctor) == (IVAN.patient.id, ZAYTSEV)
    stub = terminal.stub
    assert stub is not None
    assert terminal.ticket is None
    assert (stub.number, stub.code) == (waiting.entry.number, waiting.entry.code)
    assert stub.contacts == (IVAN.patient.phone,)
    assert bench.printer.printed == [stub]
    assert terminal.printing is Printing.PRINTED
    assert not any(ZAYTSEV.last_name in line.text for line in stub_lines(stub)), "R47"
    assert bench.journal.get(next(iter(bench.registry.waiting))).state is State.SHOWN
    terminal.back()
    assert terminal.step is Step.WAITING, "there is no way back past it"
    terminal.finish()
    assert (terminal.stub, terminal.step) == (None, Step.WELCOME)
    bench.wait(10)
    assert bench.registry.waiting_for() == [waiting], "who is on the list stays there"


def test_any_doctor_of_a_specialty_can_be_waited_for(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, DISCREET)
    bench.terminal.choose_any()
    bench.terminal.wait_here()
    bench.identify()
    bench.terminal.skip_contacts()
    bench.terminal.join()
    [waiting] = bench.registry.waiting_for()
    assert waiting.wish.doctor is None
    assert (waiting.wish.last_day - NOW.date()).days == 60
    assert bench.terminal.stub is not None
    bench.terminal.book_another()
    assert bench.terminal.step is Step.SPECIALTY
    assert bench.terminal.visit.has(Fact.PATIENT)


@pytest.mark.parametrize("after", [False, True])
def test_a_lost_answer_to_joining_is_found_out(bench: Bench, after: bool) -> None:
    to_wait(bench)
    terminal = bench.terminal
    bench.registry.fail("join", Unreachable("x", sent=True), after=after)
    terminal.join()
    assert (terminal.step, terminal.busy, terminal.in_doubt) == (Step.WAIT, Busy.BOOK, True)
    assert terminal.notice is not None
    assert "листе ожидания" in terminal.notice.title
    terminal.back()
    assert terminal.leaving
    terminal.stay()
    bench.wait(3)
    assert terminal.step is Step.WAITING
    assert len(bench.registry.waiting_for()) == 1


@pytest.mark.parametrize("after", [False, True])
def test_walking_away_from_a_lost_answer_leaves_the_list(bench: Bench, after: bool) -> None:
    to_wait(bench)
    bench.registry.fail("join", Unreachable("x", sent=True), after=after)
    bench.terminal.join()
    bench.terminal.leave()
    bench.wait(10)
    assert bench.registry.waiting_for() == []
    assert bench.journal.unsettled() == ()


@pytest.mark.parametrize("code", ["not-known-here", "not-for-this-patient", "dispensary-only"])
def test_a_refusal_to_join_is_said(bench: Bench, code: str) -> None:
    """R10, R30, R42."""
    to_wait(bench)
    bench.registry.fail("join", Refused(422, code))
    bench.terminal.join()
    assert bench.terminal.notice is not None
    assert bench.terminal.step in (Step.DISTRICT, Step.SPECIALTY)
    assert bench.terminal.visit.has(Fact.PATIENT)
    assert bench.terminal.visit.intent is Intent.BOOK, "elsewhere there may be times"


def test_a_stub_that_does_not_come_out_is_said(bench: Bench) -> None:
    to_wait(bench)
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OUT_OF_PAPER)]
    bench.terminal.join()
    problem = bench.terminal.print_problem
    assert problem is not None
    assert "листе ожидания" in problem.text
    bench.terminal.print_again()
    assert bench.printer.printed == [bench.terminal.stub]


def test_the_stub_says_what_is_needed(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    bench.terminal.choose(Fact.DOCTOR, AWAY)
    bench.terminal.wait_here()
    bench.identify(STRANGER)
    bench.registry.people[-1] = replace(STRANGER, refusal="")
    bench.terminal.visit = replace(bench.terminal.visit)
    bench.terminal.skip_contacts()
    bench.registry.tokens = {key: replace(STRANGER, refusal="") for key in bench.registry.tokens}
    bench.terminal.join()
    stub = bench.terminal.stub
    assert stub is not None
    said = {line.role: line for line in stub_lines(stub)}
    text = " ".join(line.text for line in stub_lines(stub))
    assert said[Role.TITLE].text == "Лист ожидания"
    assert said[Role.NUMBER].text == stub.number
    assert AWAY.full_name in text
    assert STRANGER.patient.initials in text
    assert "ни телефона, ни почты" in text
    assert "+7\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}555-01-01" in text
    assert said[Role.QR].text == f"TALON:{stub.code}"
    english = " ".join(line.text for line in stub_lines(replace(stub, language="en")))
    assert "Waiting list" in english


# --- search while typing ---------------------------------------------------------------------------------------------


def test_facilities_by_name_and_address(bench: Bench) -> None:
    """R18."""
    bench.terminal.start()
    terminal = bench.terminal
    terminal.look_aside(Detour.FACILITY_SEARCH)
    assert (bench.value.text, bench.value.hits) == ("", ())
    terminal.search("лес")
    [hit] = bench.value.hits
    assert hit.facility == OTHER
    assert [OTHER.address[slice(*mark)] for mark in hit.address_marks] == ["Лес"]
    assert hit.name_marks == ()
    terminal.search("поликлиника")
    assert (len(bench.value.hits), bench.value.total) == (3, 3)
    terminal.choose_found(hit)
    assert terminal.step is Step.SPECIALTY
    assert terminal.visit.get(Fact.FACILITY) == OTHER
    terminal.back()
    assert terminal.step is Step.FACILITY_SEARCH
    assert bench.value.text == "поликлиника", "what was typed is still there"
    terminal.back()
    assert terminal.step is Step.HOME


def test_doctors_by_name_here_and_everywhere(bench: Bench) -> None:
    """R19: kept to the chosen facility until that is freed; with how full they are."""
    bench.to_specialty()
    terminal = bench.terminal
    terminal.look_aside(Detour.DOCTOR_SEARCH)
    terminal.search("ан")
    assert bench.value.scope == HOME
    assert [hit.doctor.id for hit in bench.value.hits] == [SOKOLOVA.id]
    terminal.widen()
    assert bench.value.scope is None
    assert [hit.doctor.id for hit in bench.value.hits] == [SOKOLOVA.id, ORLOVA.id]
    orlova = bench.value.hits[1]
    assert (orlova.facility_name, orlova.specialty_name) == (OTHER.name, "Терапевт")
    assert orlova.load is not None
    assert orlova.load.nearest is not None
    terminal.choose_found(orlova)
    assert terminal.step is Step.TIME
    assert terminal.visit.get(Fact.FACILITY) == OTHER
    terminal.back()
    assert terminal.step is Step.DOCTOR_SEARCH


def test_a_search_in_a_specialty_keeps_to_it(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, SURGEON)
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    bench.terminal.search("и")
    assert [hit.doctor.id for hit in bench.value.hits] == [KUZNETSOV.id]


def test_a_found_doctor_who_is_looked_at(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.begin(Intent.LOOK)
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    bench.terminal.search("петр")
    bench.terminal.choose_found(bench.value.hits[0])
    assert bench.terminal.step is Step.DOCTOR_CARD
    bench.terminal.back()
    bench.terminal.look_aside(Detour.FACILITY_SEARCH)
    bench.terminal.search("лесная")
    bench.terminal.choose_found(bench.value.hits[0])
    assert bench.terminal.step is Step.FACILITY_CARD


def test_one_question_in_flight_and_the_newest_text_asked_after_it(slow_bench: Bench) -> None:
    bench = slow_bench
    terminal, jobs = bench.terminal, bench.jobs
    terminal.start()
    terminal.look_aside(Detour.FACILITY_SEARCH)
    for number in range(1, 6):
        terminal.search("лесная"[:number])
        assert jobs.waiting("registry") == 1
        assert bench.value.searching
        assert bench.value.text == "лесная"[:number]
    terminal.search("лесная")
    jobs.work("registry")
    jobs.arrive()
    assert bench.value.searching, "that was the answer to the first letter only"
    assert bench.value.hits == ()
    assert jobs.waiting("registry") == 1
    bench.settle()
    assert [hit.facility for hit in bench.value.hits] == [OTHER]
    assert not bench.value.searching
    assert bench.registry.calls.count("search_facilities") == 2


def test_hits_of_before_stay_while_the_next_letter_is_asked(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.terminal.start()
    bench.terminal.look_aside(Detour.FACILITY_SEARCH)
    bench.terminal.search("лес")
    bench.settle()
    bench.terminal.search("лесн")
    assert bench.value.searching
    assert [hit.facility for hit in bench.value.hits] == [OTHER]
    bench.terminal.search("")
    assert (bench.value.hits, bench.value.searching) == ((), False)
    bench.settle()
    assert bench.value.hits == ()


def test_an_answer_for_the_visit_before_is_dropped(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.terminal.start()
    bench.terminal.look_aside(Detour.FACILITY_SEARCH)
    bench.terminal.search("лес")
    bench.terminal.leave()
    bench.terminal.start()
    bench.terminal.look_aside(Detour.FACILITY_SEARCH)
    bench.settle()
    assert (bench.value.text, bench.value.hits) == ("", ())
    assert bench.terminal.visit.draft.search == ""


def test_a_search_that_fails_is_said_and_tried_again(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.look_aside(Detour.FACILITY_SEARCH)
    bench.registry.fail("search_facilities", Unreachable("x", sent=False))
    bench.terminal.search("лес")
    assert isinstance(bench.terminal.content, Failed)
    bench.terminal.set_language("en")
    content = bench.terminal.content
    assert isinstance(content, Ready) or "connection" in content.explanation.title
    bench.terminal.retry()
    assert [hit.facility for hit in bench.value.hits] == [OTHER]


def test_loads_that_do_not_come_keep_nobody_from_the_hits(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    bench.registry.fail("doctor_days", Unreachable("x", sent=False))
    bench.terminal.search("петр")
    assert bench.value.hits[0].load is None


def test_a_found_doctor_whom_only_the_desk_books(bench: Bench) -> None:
    """R30."""
    bench.terminal.start()
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    bench.terminal.search("орл")
    hit = bench.value.hits[0]
    bench.registry.specialties = lambda facility_id: (
        replace(ENT, code="therapist", facility_id=facility_id),
    )
    bench.terminal.choose_found(hit)
    assert bench.terminal.step is Step.DOCTOR_SEARCH
    assert bench.terminal.notice is not None


# --- language, modes, child, staff, cleaning -------------------------------------------------------------------------


def test_the_language_is_turned_without_losing_the_visit(bench: Bench) -> None:
    bench.to_specialty()
    terminal = bench.terminal
    terminal.choose(Fact.SPECIALTY, ENT)
    assert terminal.notice is not None
    before = terminal.notice
    assert terminal.notice is before, "the same object as long as nothing changes"
    terminal.set_language("en")
    assert (terminal.language, bench.registry.language) == ("en", "en")
    assert "reception desk" in terminal.notice.title
    reasons = {row.specialty.code: row.reason for row in bench.value}
    assert "reception desk" in reasons["ent"]
    assert terminal.visit.get(Fact.FACILITY) == HOME
    terminal.leave()
    assert (terminal.language, bench.registry.language) == ("ru", "ru")


def test_the_language_of_what_is_said_about_typing_and_of_the_ticket(bench: Bench) -> None:
    bench.to_identify()
    terminal = bench.terminal
    terminal.type("policy_number", "7787599768000016")
    terminal.identify()
    assert all("а" in said for said in (*terminal.hints.values(), *terminal.mistakes.values()))
    terminal.set_language("en")
    assert terminal.mistakes["birth_day"].isascii()
    assert terminal.hints["policy_number"].isascii()
    bench.identify()
    terminal.skip_contacts()
    bench.printer.outcomes = [PrintOutcome(PrintResult.UNSURE, PrinterState.UNKNOWN)]
    terminal.confirm()
    assert terminal.ticket is not None
    assert terminal.ticket.language == "en"
    assert terminal.print_problem is not None
    assert terminal.print_problem.title.isascii()
    terminal.set_language("ru")
    assert terminal.ticket.language == "ru"
    assert not terminal.print_problem.title.isascii()
    terminal.print_again()
    assert bench.printer.printed[-1].language == "ru"


def test_modes_and_language_end_with_the_visit(bench: Bench) -> None:
    terminal = bench.terminal
    terminal.look_aside(Detour.ACCESS)
    assert terminal.step is Step.ACCESS, "also from the welcome screen"
    terminal.set_modes(Modes(large=True, steady=True))
    terminal.back()
    assert terminal.step is Step.HOME
    terminal.for_child(True)
    terminal.finish()
    assert (terminal.modes, terminal.visit.for_child) == (USUAL, False)


def test_nobody_is_hurried_in_a_mode(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.set_modes(Modes(contrast=True))
    bench.wait(119)
    assert bench.terminal.idle_left is None
    bench.wait(2)
    assert bench.terminal.idle_left
    bench.wait(39)
    assert bench.terminal.step is Step.WELCOME


def test_who_turns_the_language_on_the_welcome_screen_and_leaves(bench: Bench) -> None:
    bench.terminal.set_language("en")
    assert bench.terminal.step is Step.WELCOME
    bench.wait(79)
    assert bench.terminal.language == "en"
    bench.wait(2)
    assert bench.terminal.language == "ru"


def test_out_of_service_is_said_in_both_languages(bench: Bench) -> None:
    bench.registry.down = Unreachable("x", sent=False)
    bench.wait(61)
    terminal = bench.terminal
    assert terminal.step is Step.OUT_OF_SERVICE
    terminal.set_language("en")
    assert terminal.out_of_service is not None
    assert terminal.out_of_service.title.isascii()
    terminal.look_aside(Detour.ACCESS)
    assert terminal.step is Step.OUT_OF_SERVICE


def test_for_my_child_changes_the_words_only(bench: Bench) -> None:
    """R43."""
    bench.to_identify()
    bench.terminal.for_child(True)
    assert bench.terminal.visit.for_child
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    bench.terminal.show_mine()
    assert bench.terminal.visit.for_child, "as long as the visit lasts"


def test_staff_is_offered_after_the_second_failure_and_called(bench: Bench) -> None:
    bench.to_identify()
    terminal = bench.terminal
    bench.identify(replace(IVAN, birth_date=IVAN.birth_date.replace(year=1961)))
    assert not terminal.staff_offered, "the first failure only asks for the document (R9)"
    terminal.type("document_number", "1")
    terminal.identify()
    assert terminal.staff_offered
    terminal.call_staff()
    assert terminal.notice is not None
    assert "сообщили" in terminal.notice.title
    [event] = bench.registry.reported("staff-called")
    assert (event.kind, event.detail, event.facility_id) == ("staff-called", "identify", HOME.id)
    bench.registry.fail("report", Unreachable("x", sent=True))
    terminal.call_staff()
    assert "Не получилось" in terminal.notice.title
    terminal.leave()
    terminal.start()
    assert not terminal.staff_offered


def test_the_screen_is_locked_for_cleaning_and_comes_back(bench: Bench) -> None:
    """R48."""
    bench.to_specialty()
    bench.terminal.lock_screen()
    assert (bench.terminal.step, bench.terminal.lock_left) == (Step.LOCKED, 30)
    bench.wait(29)
    assert (bench.terminal.step, bench.terminal.lock_left) == (Step.LOCKED, 1)
    bench.wait(1)
    assert (bench.terminal.step, bench.terminal.lock_left) == (Step.SPECIALTY, None)
    bench.wait(30)
    assert bench.terminal.idle_left is None, "cleaning is no idleness"


def test_a_specialty_is_not_lost_by_an_observed_patient(bench: Bench) -> None:
    """R30: judged by the registry while nobody is known, by the row once somebody is."""
    bench.to_contacts()
    bench.terminal.change(Fact.SPECIALTY)
    bench.terminal.choose(Fact.SPECIALTY, CARDIOLOGIST)
    assert bench.terminal.notice is not None
    assert bench.terminal.step is Step.SPECIALTY


def test_nothing_searched_for_is_left(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """What is searched for may be a name (R39)."""
    bench.terminal.start()
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    with caplog.at_level("DEBUG"):
        bench.terminal.search("соколова")
        bench.registry.fail("search_doctors", Unreachable("x", sent=True))
        bench.terminal.search("соколова е")
    assert "соколова" not in repr(bench.terminal.visit)
    bench.terminal.leave()
    assert "соколова" not in caplog.text
    bench.terminal.start()
    bench.terminal.look_aside(Detour.DOCTOR_SEARCH)
    assert bench.value.text == ""
    assert isinstance(HOME, Facility)
