"""A whole visit through the coordinator, and each fault of issue 2 with its words and next step."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_registry import (
    AWAY,
    CARDIOLOGIST,
    ENT,
    HOME,
    IVAN,
    KUZNETSOV,
    NOW,
    OTHER,
    PETRENKO,
    SOKOLOVA,
    STRANGER,
    SURGEON,
    THERAPIST,
    TWIN,
    Person,
)
from kiosk_bench import Bench

from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.errors import BadReply, KioskError, Refused, ServerFault, TooManyTries, Unreachable
from kiosk.flow import Step
from kiosk.models import AppointmentStatus, Contacts, District
from kiosk.views import Busy, Failed, Printing, Ready, Waiting
from kiosk.visit import Detour, Fact, Intent


def test_the_happy_path_books_and_prints(bench: Bench) -> None:
    """R21 to R24: at the own facility, in at most 8 touches besides typing."""
    terminal = bench.terminal
    assert terminal.step is Step.WELCOME
    terminal.start()
    assert terminal.step is Step.HOME
    terminal.begin(Intent.BOOK)
    assert terminal.step is Step.SPECIALTY
    terminal.choose(Fact.SPECIALTY, bench.value[0].specialty)
    assert terminal.step is Step.DOCTOR
    terminal.choose(Fact.DOCTOR, SOKOLOVA)
    assert terminal.step is Step.TIME
    time = bench.free_time()
    terminal.choose_time(time)
    assert terminal.step is Step.IDENTIFY
    assert terminal.hold_left == 180
    bench.identify()
    assert terminal.step is Step.CONTACTS
    terminal.skip_contacts()
    assert terminal.step is Step.CONFIRM
    assert terminal.policy_tail == IVAN.policy_number[-4:]
    terminal.confirm()
    assert terminal.step is Step.RESULT
    assert terminal.printing is Printing.PRINTED
    assert terminal.ticket is not None
    assert terminal.ticket.starts_at == time.start
    assert terminal.ticket.initials == "И. М. П."
    assert bench.printer.printed == [terminal.ticket]
    assert [one.appointment.start for one in bench.registry.standing()] == [time.start]


def test_the_end_of_a_visit_leaves_nothing(bench: Bench) -> None:
    bench.to_confirm()
    old = bench.terminal.visit
    bench.terminal.finish()
    assert bench.terminal.step is Step.WELCOME
    assert bench.terminal.visit.known == ()
    assert bench.terminal.visit.draft.policy_number == ""
    assert bench.terminal.visit.token is None
    assert bench.terminal.visit.key != old.key
    assert not bench.registry.tokens, "the token is revoked"
    assert not bench.registry.holds, "the hold is freed"
    assert bench.terminal.policy_tail == ""


# --- lists -----------------------------------------------------------------------------------------------------------


def test_districts_have_the_own_facility_first_and_no_empty_district(bench: Bench) -> None:
    """R17, R41."""
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK, here=False)
    choice = bench.value
    assert choice.home == HOME
    assert [(district.name, count) for district, count in choice.districts] == [
        ("Центральный", 2),
        ("Лесной", 1),
    ]
    bench.terminal.choose(Fact.DISTRICT, District("d-2", "Лесной"))
    assert bench.value == (OTHER,)
    bench.terminal.choose(Fact.FACILITY, OTHER)
    assert bench.terminal.step is Step.SPECIALTY


def test_specialties_the_mandatory_first_and_reasons(bench: Bench) -> None:
    """R29, R30."""
    bench.to_specialty()
    rows = {row.specialty.code: row for row in bench.value}
    assert list(rows)[:2] == ["therapist", "surgeon"]
    assert not rows["ent"].bookable
    assert rows["ent"].reason
    assert rows["cardiologist"].bookable, "who is anonymous is judged by the registry"
    assert rows["cardiologist"].reason


def test_a_specialty_that_is_not_bookable_explains(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, ENT)
    assert bench.terminal.step is Step.SPECIALTY
    assert bench.terminal.notice is not None
    bench.terminal.choose(Fact.SPECIALTY, CARDIOLOGIST)
    assert bench.terminal.step is Step.DOCTOR


def test_doctors_nearest_first_the_own_one_before_all(bench: Bench) -> None:
    """R14, R45."""
    bench.registry.taken.update(
        (SOKOLOVA.id, NOW.replace(hour=13, minute=40) + n * timedelta(minutes=20)) for n in range(30)
    )
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    assert bench.value.any_nearest == bench.value.rows[0].load.nearest
    rows = bench.value.rows
    assert [row.doctor for row in rows] == [PETRENKO, SOKOLOVA, AWAY]
    assert [bool(row.absence) for row in rows] == [False, False, True]
    assert not any(row.own for row in rows)
    bench.terminal.choose(Fact.DOCTOR, PETRENKO)
    bench.terminal.choose_time(bench.free_time())
    bench.identify()
    bench.terminal.change(Fact.DOCTOR)
    assert bench.terminal.visit.has(Fact.PATIENT), "changing the doctor never loses the patient"
    assert [row.own for row in bench.value.rows] == [True, False, False]


def test_the_week_and_its_days(bench: Bench) -> None:
    bench.to_time()
    week = bench.value
    assert week.days[0].day.isoformat() == "2026-11-23"
    assert (week.chosen, week.has_earlier, week.has_later) == (NOW.date(), False, True)
    assert week.as_of == NOW
    bench.terminal.turn_week(-1)
    assert bench.value == week, "no past weeks"
    other = week.days[2].day
    bench.terminal.choose_day(other)
    assert bench.value.chosen == other
    bench.terminal.choose_day(week.days[6].day)
    assert bench.value.chosen == other, "Sunday has no times"
    bench.terminal.turn_week(1)
    assert bench.value.days[0].day.isoformat() == "2026-11-30"
    assert bench.value.has_earlier
    bench.terminal.turn_week(1)
    assert bench.value.days[0].day.isoformat() == "2026-11-30", "nothing later"


def test_times_on_show_are_kept_fresh_without_a_word(bench: Bench) -> None:
    bench.to_time()
    bench.terminal.choose_day(bench.value.days[1].day)
    chosen = bench.value.chosen
    gone = bench.free_time()
    bench.registry.taken.add((SOKOLOVA.id, gone.start))
    bench.terminal.touched()
    bench.wait(40)
    bench.terminal.touched()
    bench.wait(25)
    assert bench.value.chosen == chosen
    assert bench.free_time().start != gone.start
    assert bench.value.as_of > NOW


def test_a_day_touched_while_the_times_are_asked_for_again_stays(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    bench.terminal.touched()
    bench.time.seconds += 61
    bench.terminal.touched()
    bench.terminal.tick()
    other = bench.value.days[2].day
    bench.terminal.choose_day(other)
    bench.settle()
    assert bench.value.chosen == other
    assert bench.value.as_of > NOW


@pytest.mark.parametrize(
    "error", [Unreachable("x", sent=False), Unreachable("x", sent=True), ServerFault(500), BadReply("HTML")]
)
@pytest.mark.parametrize("method", ["specialties", "availability", "doctor_days", "districts"])
def test_a_list_that_cannot_be_had_is_said_and_tried_again(
    bench: Bench, method: str, error: Unreachable | ServerFault | BadReply
) -> None:
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK, here=method != "districts")
    bench.registry.fail(method, error)
    if method == "availability":
        bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    elif method == "doctor_days":
        bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
        bench.terminal.choose(Fact.DOCTOR, SOKOLOVA)
    else:
        bench.terminal.back()
        bench.terminal.begin(Intent.BOOK, here=method != "districts")
    content = bench.terminal.content
    assert isinstance(content, Failed)
    assert content.explanation.retry
    bench.terminal.retry()
    assert isinstance(bench.terminal.content, Ready)


def test_a_slow_list_offers_a_way_out(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK)
    assert bench.terminal.content == Waiting()
    bench.time.seconds += 3
    bench.terminal.tick()
    assert bench.terminal.content == Waiting(slow=True)
    bench.terminal.back()
    assert bench.terminal.step is Step.HOME
    bench.settle()
    assert bench.terminal.content == Ready()


def test_what_comes_back_for_another_visit_is_dropped(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_specialty()
    bench.terminal.choose(Fact.SPECIALTY, THERAPIST)
    bench.jobs.work("registry")
    bench.terminal.finish()
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK)
    bench.jobs.arrive()
    assert bench.terminal.content == Waiting(), "the doctors of the visit before"
    bench.settle()
    assert bench.value[0].specialty.code == "therapist"


# --- the trail, back, detours ----------------------------------------------------------------------------------------


def test_back_from_identify_frees_the_time(bench: Bench) -> None:
    bench.to_identify()
    assert bench.registry.holds
    bench.terminal.back()
    assert bench.terminal.step is Step.TIME
    assert not bench.registry.holds


def test_help_is_left_by_back_and_changes_nothing(bench: Bench) -> None:
    bench.to_identify()
    bench.type_identity()
    before = bench.terminal.visit
    bench.terminal.look_aside(Detour.HELP)
    assert bench.terminal.step is Step.HELP
    bench.terminal.back()
    assert bench.terminal.visit == before


def test_back_from_home_is_welcome(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.back()
    assert bench.terminal.step is Step.WELCOME


def test_book_another_keeps_the_patient(bench: Bench) -> None:
    bench.to_result()
    terminal = bench.terminal
    terminal.book_another()
    assert terminal.step is Step.SPECIALTY
    assert terminal.ticket is None
    assert terminal.visit.get(Fact.PATIENT) == IVAN.patient
    assert "revoke" not in bench.registry.calls
    bench.registry.bookings.clear()
    terminal.choose(Fact.SPECIALTY, SURGEON)
    terminal.choose(Fact.DOCTOR, KUZNETSOV)
    terminal.choose_time(bench.free_time())
    assert terminal.step is Step.CONFIRM
    terminal.confirm()
    assert terminal.step is Step.RESULT
    assert terminal.ticket is not None
    assert terminal.ticket.awaiting_approval, "R31"
    assert terminal.visit.get(Fact.BOOKING).status is AppointmentStatus.AWAITING


# --- the time and its hold -------------------------------------------------------------------------------------------


def test_a_time_taken_while_looking_offers_the_nearest(bench: Bench) -> None:
    bench.to_time()
    time = bench.free_time(3)
    bench.registry.taken.add((SOKOLOVA.id, time.start))
    bench.terminal.choose_time(time)
    assert bench.terminal.step is Step.TIME
    taken = bench.terminal.taken
    assert taken is not None
    assert taken.start == time.start
    apart = [abs(one.start - time.start) for one in taken.nearest]
    assert len(apart) == 3
    assert max(apart) <= timedelta(minutes=40)
    assert bench.free_time(3) != time, "the week is fresh"
    bench.terminal.choose_time(taken.nearest[0])
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.taken is None


def test_a_time_taken_between_hold_and_confirm(bench: Bench) -> None:
    bench.to_confirm()
    start = bench.terminal.visit.get(Fact.TIME).start
    bench.registry.refuse_book = "slot-taken"
    bench.terminal.confirm()
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.taken is not None
    assert bench.terminal.taken.start == start
    assert bench.terminal.visit.has(Fact.PATIENT)
    bench.registry.refuse_book = ""
    bench.terminal.choose_time(bench.terminal.taken.nearest[0])
    assert bench.terminal.step is Step.CONFIRM, "nothing has to be typed again"


def test_the_hold_is_prolonged_while_its_patient_is_there(bench: Bench) -> None:
    bench.to_identify()
    for _ in range(8):
        bench.terminal.touched()
        bench.wait(40)
    assert bench.terminal.hold_left is not None
    assert bench.terminal.hold_left > 60
    assert bench.terminal.step is Step.IDENTIFY


def test_a_prolonging_for_who_stands_here_no_more_is_not_told(slow_bench: Bench) -> None:
    """Its token ended meanwhile: that is nothing to be said to who is about to identify themselves."""
    slow_bench.to_contacts()
    slow_bench.terminal.skip_contacts()
    slow_bench.registry.fail("hold", Refused(401, "login"))
    slow_bench.jobs.work("commands")
    slow_bench.terminal.change(Fact.PATIENT)
    slow_bench.settle()
    assert slow_bench.terminal.step is Step.IDENTIFY
    assert slow_bench.terminal.notice is None


def test_a_hold_that_ran_out_is_taken_again_by_one_touch(bench: Bench) -> None:
    bench.to_identify()
    for _ in range(16):
        bench.terminal.touched()
        bench.wait(40)
    assert bench.terminal.hold_left == 0, "at most ten minutes"
    notice = bench.terminal.notice
    assert notice is not None
    assert notice.retry
    assert bench.terminal.step is Step.IDENTIFY
    bench.terminal.retry()
    assert bench.terminal.hold_left == 180
    assert bench.terminal.notice is None


def test_a_hold_that_ran_out_and_is_gone_offers_others(bench: Bench) -> None:
    bench.to_identify()
    bench.type_identity()
    time = bench.terminal.visit.get(Fact.TIME)
    for _ in range(16):
        bench.terminal.touched()
        bench.wait(40)
    bench.registry.taken.add((SOKOLOVA.id, time.start))
    bench.terminal.retry()
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.taken is not None
    assert bench.terminal.visit.draft.policy_number == IVAN.policy_number


@pytest.mark.parametrize("made", [True, False], ids=["answer lost", "request lost"])
@pytest.mark.parametrize("by_retry", [True, False], ids=["retry", "the time again"])
def test_a_hold_without_an_answer_can_be_tried_again(bench: Bench, made: bool, by_retry: bool) -> None:
    """The hold may be there: nobody is told that the time they hold themselves was taken."""
    bench.to_time()
    time = bench.free_time()
    bench.registry.fail("hold", Unreachable("timeout", sent=True), after=made)
    bench.terminal.choose_time(time)
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.notice is not None
    assert bench.terminal.notice.retry
    if by_retry:
        bench.terminal.retry()
    else:
        bench.terminal.choose_time(time)
    assert bench.terminal.step is Step.IDENTIFY
    assert len(bench.registry.holds) == 1


def test_a_hold_nobody_waited_for_is_let_go(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    bench.terminal.choose_time(bench.free_time())
    assert bench.terminal.busy is Busy.HOLD
    bench.terminal.choose_time(bench.free_time(1))
    assert bench.jobs.waiting("commands") == 1, "while one is under way no second one is taken"
    bench.jobs.work("commands")
    bench.terminal.back()
    assert bench.terminal.step is Step.DOCTOR
    assert bench.terminal.busy is None
    bench.settle()
    assert bench.terminal.step is Step.DOCTOR
    assert not bench.registry.holds


@pytest.mark.parametrize("error", [Unreachable("timeout", sent=True), BadReply("shape")], ids=repr)
def test_a_hold_whose_answer_was_lost_is_let_go_with_the_visit(bench: Bench, error: KioskError) -> None:
    """R22, api.md section 7: others can have the time at once, not after three minutes."""
    bench.to_time()
    bench.registry.fail("hold", error, after=True)
    bench.terminal.choose_time(bench.free_time())
    assert len(bench.registry.holds) == 1
    bench.terminal.finish()
    assert not bench.registry.holds
    released = bench.registry.calls.count("release")
    bench.to_time()
    bench.terminal.finish()
    assert bench.registry.calls.count("release") == released, "once is enough"


def test_a_hold_whose_answer_was_lost_stays_known_after_a_refusal_of_another(bench: Bench) -> None:
    """api.md section 5: a refused hold changes nothing, so the first one stands until it is let go."""
    bench.to_time()
    bench.registry.fail("hold", Unreachable("timeout", sent=True), after=True)
    bench.terminal.choose_time(bench.free_time())
    bench.registry.fail("hold", Refused(409, "slot-taken"))
    bench.terminal.choose_time(bench.free_time(2))
    assert len(bench.registry.holds) == 1
    bench.terminal.finish()
    assert not bench.registry.holds


def test_a_hold_whose_answer_is_lost_after_its_patient_has_left_is_let_go(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    bench.registry.fail("hold", Unreachable("timeout", sent=True), after=True)
    bench.terminal.choose_time(bench.free_time())
    bench.jobs.work("commands")
    assert len(bench.registry.holds) == 1
    bench.terminal.finish()
    bench.settle()
    assert not bench.registry.holds
    assert bench.terminal.step is Step.WELCOME


def test_a_late_release_of_what_is_chosen_again_takes_it_anew(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    time = bench.free_time()
    bench.registry.fail("hold", Unreachable("timeout", sent=True))
    bench.terminal.choose_time(time)
    bench.jobs.work("commands")
    bench.terminal.back()
    bench.terminal.choose(Fact.DOCTOR, SOKOLOVA)
    bench.terminal.choose_time(time)
    bench.settle()
    assert bench.terminal.step is Step.IDENTIFY
    assert list(bench.registry.holds) == [bench.terminal.visit.get(Fact.TIME).id]


# --- the end ---------------------------------------------------------------------------------------------------------


def test_a_key_that_comes_after_the_end_does_not_get_into_the_next_visit(bench: Bench) -> None:
    bench.to_identify()
    bench.terminal.finish()
    bench.terminal.type("policy_number", IVAN.policy_number)
    bench.terminal.start()
    assert bench.terminal.visit.draft.policy_number == ""


# --- identify and contacts -------------------------------------------------------------------------------------------


def test_the_document_is_asked_for_second(bench: Bench) -> None:
    """R9."""
    bench.to_identify()
    bench.identify(TWIN)
    assert bench.terminal.visit.document_asked
    assert bench.terminal.notice is not None
    bench.terminal.identify()
    assert bench.terminal.mistakes == {"document_number": bench.terminal.mistakes["document_number"]}
    bench.terminal.type("document_number", TWIN.document_number)
    assert not bench.terminal.mistakes
    bench.terminal.identify()
    assert bench.terminal.step is Step.CONTACTS


@pytest.mark.parametrize("left", [False, True], ids=["stays", "has left"])
def test_a_token_without_its_patient_is_signed_out(slow_bench: Bench, left: bool) -> None:
    """api.md section 9: nobody may act for who was identified but never shown as such."""
    bench = slow_bench
    bench.to_identify()
    bench.type_identity()
    bench.registry.fail("patient", Unreachable("timeout", sent=True))
    bench.terminal.identify()
    bench.jobs.work("commands")
    assert bench.registry.tokens
    if left:
        bench.terminal.leave()
    bench.settle()
    assert not bench.registry.tokens
    assert (bench.terminal.notice is None) is left


def test_who_is_not_identified_is_sent_to_the_desk_and_goes_on_anonymously(bench: Bench) -> None:
    """R11."""
    bench.to_identify()
    bench.identify(TWIN)
    bench.terminal.type("document_number", "000000")
    bench.terminal.identify()
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.notice is not None
    assert "регистратур" in bench.terminal.notice.text
    assert bench.terminal.visit.draft.policy_number == TWIN.policy_number, "nothing typed is lost"
    bench.terminal.back()
    assert bench.terminal.step is Step.TIME


def test_too_many_tries_says_when(bench: Bench) -> None:
    bench.to_identify()
    bench.registry.fail("identify", TooManyTries(870))
    bench.identify()
    assert bench.terminal.notice is not None
    assert "15 минут" in bench.terminal.notice.text


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("31", "02", "1960"), ("", "02", "1960"), ("1", "1", "1860"), ("01", "01", "2030"), ("٣", "1", "1960")],
)
def test_a_date_that_is_none_is_said_at_its_field(bench: Bench, day: str, month: str, year: str) -> None:
    bench.to_identify()
    bench.type_identity()
    for field, text in (("birth_day", day), ("birth_month", month), ("birth_year", year)):
        bench.terminal.type(field, text)
    bench.terminal.identify()
    assert "birth_day" in bench.terminal.mistakes
    assert "identify" not in bench.registry.calls


def test_a_number_that_fails_its_check_is_a_hint_and_no_block(bench: Bench) -> None:
    bench.to_identify()
    bench.type_identity()
    bench.terminal.type("policy_number", "7787599768000016")
    assert "policy_number" in bench.terminal.hints
    bench.terminal.identify()
    assert "identify" in bench.registry.calls
    bench.terminal.type("policy_number", "123456789")
    assert not bench.terminal.hints


REFUSALS = {
    "not-known-here": Step.DISTRICT,
    "not-for-this-patient": Step.SPECIALTY,
    "not-bookable-online": Step.SPECIALTY,
    "dispensary-only": Step.SPECIALTY,
    "too-late": Step.TIME,
    "one-per-day": Step.TIME,
    "overlap": Step.TIME,
    "slot-taken": Step.TIME,
    "hold-expired": Step.TIME,
}


@pytest.mark.parametrize(("code", "step"), REFUSALS.items())
def test_each_refusal_comes_before_confirming_with_words_and_a_next_step(
    bench: Bench, code: str, step: Step
) -> None:
    """api.md section 11: rules are judged at the hold with the token, right after identification."""
    bench.to_identify()
    bench.registry.fail("hold", Refused(422, code))
    bench.identify()
    assert bench.terminal.step is step
    assert bench.terminal.notice is not None
    assert bench.terminal.visit.has(Fact.PATIENT), "the patient stays identified"
    assert (bench.terminal.taken is not None) == (code in ("slot-taken", "hold-expired"))


@pytest.mark.parametrize(("code", "step"), REFUSALS.items())
def test_each_refusal_at_the_booking(bench: Bench, code: str, step: Step) -> None:
    bench.to_confirm()
    bench.registry.refuse_book = code
    bench.terminal.confirm()
    assert bench.terminal.step is step
    assert bench.terminal.notice is not None
    assert bench.terminal.busy is None
    assert not bench.terminal.in_doubt
    assert not bench.registry.standing()


def test_the_real_refusal_of_a_stranger(bench: Bench) -> None:
    bench.to_identify()
    bench.identify(STRANGER)
    assert bench.terminal.step is Step.DISTRICT


def test_a_token_at_its_end_asks_to_identify_again_with_all_typed_values(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.tokens.clear()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.draft.policy_number == IVAN.policy_number
    assert bench.terminal.visit.has(Fact.TIME)
    bench.terminal.identify()
    bench.terminal.skip_contacts()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT


def test_contacts_are_given_checked_and_kept(bench: Bench) -> None:
    """R23."""
    bench.to_contacts()
    terminal = bench.terminal
    terminal.type("phone", "12345")
    terminal.type("email", "nobody")
    terminal.give_contacts()
    assert set(terminal.mistakes) == {"phone", "email"}
    terminal.type("phone", "8 (912) 345-67-89")
    assert set(terminal.mistakes) == {"email"}
    terminal.type("email", "ivan@example.ru")
    terminal.give_contacts()
    assert terminal.step is Step.CONFIRM
    assert terminal.visit.get(Fact.CONTACTS) == Contacts("+7 *** ***-67-89", "i***@example.ru")


def test_skipped_contacts_stay_as_they_are(bench: Bench) -> None:
    bench.to_contacts()
    bench.terminal.give_contacts()
    assert bench.terminal.visit.get(Fact.CONTACTS) == Contacts("+7 *** ***-12-34", "")
    assert "set_contacts" not in bench.registry.calls


def test_contacts_that_the_registry_refuses_are_said_at_the_field(bench: Bench) -> None:
    bench.to_contacts()
    bench.registry.fail("set_contacts", Refused(400, "invalid"))
    bench.terminal.type("email", "ivan@example.ru")
    bench.terminal.give_contacts()
    assert bench.terminal.step is Step.CONTACTS
    assert set(bench.terminal.mistakes) == {"email"}


def test_contacts_changed_meanwhile_are_read_and_tried_once_more(bench: Bench) -> None:
    bench.to_contacts()
    bench.registry.fail("set_contacts", Unreachable("timeout", sent=True), after=True)
    bench.terminal.type("phone", "9123456789")
    bench.terminal.give_contacts()
    assert bench.terminal.notice is not None
    bench.terminal.retry()
    assert bench.terminal.step is Step.CONFIRM


# --- printing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [PrinterState.OUT_OF_PAPER, PrinterState.COVER_OPEN, PrinterState.OFFLINE, PrinterState.UNKNOWN]
)
def test_a_printer_that_cannot_print_is_said_before_confirming(bench: Bench, state: PrinterState) -> None:
    bench.printer.now = state
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, state)]
    bench.to_confirm()
    assert bench.terminal.notice is not None
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert bench.terminal.printing is Printing.NOT_PRINTED
    assert bench.terminal.print_problem is not None
    assert "T-214" in bench.terminal.print_problem.text
    assert [entry.ticket_number for entry in bench.booking.unprinted()] == ["T-214"]


def test_print_again_only_while_the_patient_is_there(bench: Bench) -> None:
    bench.printer.outcomes = [PrintOutcome(PrintResult.UNSURE, PrinterState.UNKNOWN)]
    bench.to_result()
    assert bench.terminal.printing is Printing.UNSURE
    bench.terminal.print_again()
    assert bench.terminal.printing is Printing.PRINTED
    assert bench.terminal.print_problem is None
    assert bench.booking.unprinted() == ()
    bench.terminal.print_again()
    assert len(bench.printer.printed) == 1, "what is printed is not printed again"
    bench.terminal.finish()
    bench.terminal.print_again()
    assert len(bench.printer.printed) == 1


def test_the_outcome_of_a_print_does_not_reach_the_next_visit(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OUT_OF_PAPER)]
    bench.to_confirm()
    bench.terminal.confirm()
    bench.jobs.work("booking")
    bench.jobs.arrive()
    bench.jobs.work("booking")
    bench.jobs.arrive()
    assert bench.terminal.printing is Printing.UNDER_WAY
    bench.terminal.finish()
    bench.terminal.start()
    bench.settle()
    assert bench.terminal.printing is None
    assert bench.terminal.print_problem is None
    assert len(bench.booking.unprinted()) == 1


def test_a_paper_still_to_come_is_not_taken_for_that_of_the_next_patient(slow_bench: Bench) -> None:
    """architecture.md, "What may never happen", 3: who left early gets their paper first, on a sheet of its own."""
    bench = slow_bench
    maria = replace(IVAN, policy_number="123456789", patient=replace(IVAN.patient, id="pat-4"))
    bench.registry.people.append(maria)

    def booked_but_for_the_paper(person: Person) -> str:
        bench.to_confirm(person)
        bench.terminal.confirm()
        bench.settle()
        assert bench.terminal.ticket is not None
        return bench.terminal.ticket.number

    bench.jobs.stuck = {"printer"}
    first = booked_but_for_the_paper(IVAN)
    bench.terminal.finish()
    second = booked_but_for_the_paper(maria)
    while not bench.printer.printed:
        bench.jobs.work("printer")
        bench.jobs.arrive()
    assert [ticket.number for ticket in bench.printer.printed] == [first]
    assert bench.terminal.printing is Printing.UNDER_WAY, "another one's paper says nothing about this ticket"
    bench.jobs.stuck = set()
    bench.settle()
    assert [ticket.number for ticket in bench.printer.printed] == [first, second]
    assert bench.terminal.printing is Printing.PRINTED


def test_a_profile_that_cannot_print_tickets_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.errors import DeviceOffline

    def refuse(ticket: object) -> PrintOutcome:
        raise DeviceOffline("profile")

    monkeypatch.setattr(bench.printer, "print", refuse)
    bench.to_result()
    assert bench.terminal.printing is Printing.NOT_PRINTED
    assert bench.terminal.print_problem is not None
