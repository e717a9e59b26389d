"""A booking is moved by its patient (issue 4, item 2; api.md section 7): what they see, and what the registry holds."""

from datetime import timedelta

import pytest
from fake_registry import IVAN, NOW, PETRENKO, SOKOLOVA, TWIN
from inline_jobs import HeldJobs
from kiosk_bench import Bench

from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.errors import JournalFault, KioskError, Refused, ServerFault, Unreachable
from kiosk.flow import Step
from kiosk.journal import State
from kiosk.models import Appointment, AppointmentStatus
from kiosk.ticket import Ticket
from kiosk.views import Busy, Failed, Printing
from kiosk.visit import Detour, Fact, Intent


def booked(bench: Bench) -> Appointment:
    """The one booking that stands."""
    [one] = bench.registry.standing()
    return one.appointment


def said(bench: Bench) -> str:
    notice = bench.terminal.notice
    assert notice is not None
    return f"{notice.title} {notice.text}"


def states(bench: Bench) -> list[str]:
    """Of the moves in the journal."""
    connection = bench.journal._connection
    assert connection is not None
    statement = "SELECT state FROM booking WHERE moved_to != '' ORDER BY asked_at"
    return [state for (state,) in connection.execute(statement)]


def to_confirm(bench: Bench, number: int = 4) -> Appointment:
    """To the last question; the booking as it is before."""
    bench.to_move()
    bench.terminal.choose_time(bench.free_time(number))
    bench.settle()
    assert bench.terminal.step is Step.CONFIRM
    return booked(bench)


# --- the way ------------------------------------------------------------------------------------------------------


def test_it_begins_at_the_times_of_its_doctor_and_back_leads_to_the_ticket(bench: Bench) -> None:
    bench.to_move()
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.visit.get(Fact.DOCTOR) == SOKOLOVA
    bench.terminal.choose_time(bench.free_time(4))
    assert bench.terminal.step is Step.CONFIRM
    bench.terminal.back()
    assert bench.terminal.step is Step.TIME
    assert not bench.registry.holds
    bench.terminal.back()
    assert bench.terminal.step is Step.TICKET
    assert not bench.terminal.visit.has(Fact.MOVING)


def test_the_old_time_is_freed_the_new_one_taken_and_screen_and_paper_say_which(bench: Bench) -> None:
    before = to_confirm(bench)
    bench.terminal.confirm()
    after = booked(bench)
    assert after.start > before.start
    assert (after.id, after.ticket_number, after.code) == (before.id, before.ticket_number, before.code)
    assert bench.terminal.step is Step.RESULT
    ticket = bench.terminal.ticket
    assert isinstance(ticket, Ticket)
    assert (ticket.starts_at, ticket.moved_from, ticket.number) == (
        after.start,
        before.start,
        before.ticket_number,
    )
    assert bench.terminal.printing is Printing.PRINTED
    assert bench.printer.printed[-1] == ticket
    assert states(bench) == [State.SHOWN.value]
    assert bench.registry.find(SOKOLOVA, before.start, before.end, 1), "others can have the old one"


def test_to_another_doctor_of_the_specialty(bench: Bench) -> None:
    bench.to_move()
    bench.terminal.change(Fact.DOCTOR)
    assert bench.terminal.step is Step.DOCTOR
    bench.terminal.choose(Fact.DOCTOR, PETRENKO)
    bench.terminal.choose_time(bench.free_time())
    bench.terminal.confirm()
    assert booked(bench).doctor_id == PETRENKO.id
    assert bench.terminal.ticket is not None
    assert bench.terminal.ticket.doctor_name == PETRENKO.full_name


def test_to_the_nearest_time_of_any_doctor(bench: Bench) -> None:
    bench.to_move()
    bench.terminal.change(Fact.DOCTOR)
    bench.terminal.choose_any()
    assert bench.terminal.step is Step.CONFIRM
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert len(bench.registry.standing()) == 1


def test_facility_and_specialty_stay_whatever_is_touched(bench: Bench) -> None:
    bench.to_move()
    for fact in (Fact.DISTRICT, Fact.FACILITY, Fact.SPECIALTY):
        bench.terminal.change(fact)
        assert bench.terminal.step is Step.TIME
    for detour in (Detour.DOCTOR_SEARCH, Detour.ELSEWHERE, Detour.DOCTOR_CARD, Detour.FACILITY_CARD):
        bench.terminal.look_aside(detour)
        assert bench.terminal.step is Step.TIME
    bench.terminal.look_aside(Detour.HELP)
    assert bench.terminal.step is Step.HELP
    bench.terminal.back()
    assert bench.terminal.step is Step.TIME


def test_the_old_time_in_the_trail_leads_back_to_the_ticket(bench: Bench) -> None:
    to_confirm(bench)
    bench.terminal.change(Fact.MOVING)
    assert bench.terminal.step is Step.TICKET
    assert not bench.registry.holds


def test_where_no_doctor_has_a_time_only_what_can_be_moved_to_is_offered(bench: Bench) -> None:
    bench.to_ticket()
    for day in range(14):
        times = bench.registry._times(NOW.date() + timedelta(days=day))
        bench.registry.taken |= {(SOKOLOVA.id, start) for start in times}
    bench.terminal.move_ticket()
    assert bench.terminal.step is Step.NO_TIMES
    assert bench.value.elsewhere == ()
    assert not bench.value.can_wait
    bench.terminal.choose(Fact.DOCTOR, PETRENKO)
    assert bench.terminal.step is Step.TIME


def test_a_doctor_who_has_left_is_not_begun_at(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.to_result()
    bench.terminal.finish()
    bench.to_cabinet()
    monkeypatch.setattr(bench.registry, "doctors", lambda *place: (PETRENKO,))
    bench.terminal.open_ticket(booked(bench).id)
    bench.terminal.move_ticket()
    assert bench.terminal.step is Step.DOCTOR
    bench.terminal.choose(Fact.DOCTOR, PETRENKO)
    bench.terminal.choose_time(bench.free_time())
    bench.terminal.confirm()
    assert booked(bench).doctor_id == PETRENKO.id


def test_what_the_clinic_offers_no_longer_is_the_desks_affair(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.to_result()
    bench.terminal.finish()
    bench.to_cabinet()
    monkeypatch.setattr(bench.registry, "specialties", lambda facility_id: ())
    bench.terminal.open_ticket(booked(bench).id)
    bench.terminal.move_ticket()
    assert bench.terminal.step is Step.TICKET
    assert "регистратур" in said(bench)


def test_what_has_begun_is_not_moved(bench: Bench) -> None:
    bench.to_ticket()
    before = booked(bench)
    bench.registry.change(before.id, start=bench.time.now() - timedelta(minutes=1))
    bench.terminal.back()
    bench.terminal.open_ticket(before.id)
    bench.terminal.move_ticket()
    assert bench.terminal.visit.intent is Intent.CABINET


def test_the_patient_who_walks_away_leaves_all_as_it_was(bench: Bench) -> None:
    before = to_confirm(bench)
    bench.wait(200)
    assert bench.terminal.step is Step.WELCOME
    assert booked(bench) == before
    assert not bench.registry.holds


# --- refusals -----------------------------------------------------------------------------------------------------

REFUSALS = {
    "too-late": "слишком мало",
    "one-per-day": "В этот день",
    "overlap": "В это время",
}


@pytest.mark.parametrize("code", REFUSALS)
@pytest.mark.parametrize("at", ["hold", "move"])
def test_a_time_that_cannot_be_had_is_said_and_the_old_one_stands(bench: Bench, code: str, at: str) -> None:
    if at == "move":
        before = to_confirm(bench)
        bench.registry.fail("move", Refused(422, code))
        bench.terminal.confirm()
    else:
        bench.to_move()
        before = booked(bench)
        bench.registry.fail("hold", Refused(422, code))
        bench.terminal.choose_time(bench.free_time(4))
    assert bench.terminal.step is Step.TIME
    assert REFUSALS[code] in said(bench)
    assert "прежняя запись" in said(bench)
    assert booked(bench) == before
    bench.terminal.choose_time(bench.free_time(5))
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT


def test_a_time_that_somebody_else_took_is_said_with_others_near_it(bench: Bench) -> None:
    before = to_confirm(bench)
    wanted = bench.terminal.visit.get(Fact.TIME)
    bench.registry.taken.add((SOKOLOVA.id, wanted.start))
    bench.registry.holds.clear()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.TIME
    assert bench.terminal.taken is not None
    assert bench.terminal.taken.start == wanted.start
    assert "прежняя запись" in said(bench)
    assert booked(bench) == before
    bench.terminal.choose_time(bench.terminal.taken.nearest[0])
    bench.terminal.confirm()
    assert booked(bench).start != before.start


@pytest.mark.parametrize("code", ["not-known-here", "not-bookable-online", "dispensary-only"])
def test_what_cannot_be_moved_here_leads_back_to_the_ticket(bench: Bench, code: str) -> None:
    bench.to_move()
    bench.registry.fail("hold", Refused(422, code))
    bench.terminal.choose_time(bench.free_time(4))
    assert bench.terminal.step is Step.TICKET
    assert bench.terminal.notice is not None


def test_a_visit_that_began_meanwhile(bench: Bench) -> None:
    before = to_confirm(bench)
    bench.time.seconds += (before.start - bench.time.now()).total_seconds() + 1
    bench.terminal.touched()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.TICKET
    assert "уже начался" in said(bench)


def test_a_token_that_ran_out_asks_who_it_is_and_shows_the_ticket(bench: Bench) -> None:
    bench.to_move()
    bench.registry.tokens.clear()
    bench.terminal.choose_time(bench.free_time(4))
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    assert bench.terminal.visit.intent is Intent.CABINET
    assert not bench.terminal.visit.has(Fact.MOVING)


# --- what changed meanwhile ---------------------------------------------------------------------------------------


def test_a_version_that_changed_is_shown_and_moved_only_when_that_is_confirmed_again(bench: Bench) -> None:
    before = to_confirm(bench)
    elsewhere = before.start + timedelta(days=1)
    bench.registry.change(before.id, start=elsewhere, doctor_id=PETRENKO.id)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert booked(bench).start == elsewhere
    assert "изменилась" in said(bench)
    assert "24 ноября" in said(bench)
    row = bench.terminal.visit.get(Fact.MOVING)
    assert row.booking.appointment.start == elsewhere
    assert row.doctor.id == PETRENKO.id
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert bench.terminal.ticket is not None
    assert bench.terminal.ticket.moved_from == elsewhere


@pytest.mark.parametrize("at", ["hold", "move"])
def test_a_booking_that_was_cancelled_meanwhile(bench: Bench, at: str) -> None:
    if at == "move":
        before = to_confirm(bench)
    else:
        bench.to_move()
        before = booked(bench)
    bench.registry.change(before.id, status=AppointmentStatus.CANCELLED)
    if at == "move":
        bench.terminal.confirm()
    else:
        bench.terminal.choose_time(bench.free_time(4))
    assert bench.terminal.step is Step.TICKET
    assert "отменили" in said(bench)
    assert not bench.registry.standing()
    assert not bench.registry.holds


def test_one_that_was_moved_there_already_is_shown_as_it_is(bench: Bench) -> None:
    before = to_confirm(bench)
    bench.registry.change(before.id, start=bench.terminal.visit.get(Fact.TIME).start)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT


# --- lost answers -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("carried_out", [True, False])
@pytest.mark.parametrize("fault", [Unreachable("timeout", sent=True), ServerFault(503)], ids=repr)
def test_a_lost_answer_is_waited_for_and_found(bench: Bench, fault: KioskError, carried_out: bool) -> None:
    before = to_confirm(bench)
    bench.registry.fail("move", fault, after=carried_out)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert bench.terminal.in_doubt
    assert "неизвестно" in said(bench)
    bench.terminal.finish()
    assert bench.terminal.leaving
    bench.terminal.stay()
    bench.wait(2)
    assert bench.terminal.step is Step.RESULT
    assert booked(bench).start != before.start
    assert bench.terminal.ticket is not None
    assert bench.terminal.ticket.moved_from == before.start
    assert states(bench) == [State.SHOWN.value]


@pytest.mark.parametrize("carried_out", [True, False])
def test_who_leaves_in_doubt_finds_what_the_registry_holds(bench: Bench, carried_out: bool) -> None:
    """Nothing is taken back; the journal says in the end what became of it."""
    before = to_confirm(bench)
    bench.registry.fail("move", Unreachable("timeout", sent=True), after=carried_out)
    bench.terminal.confirm()
    bench.terminal.finish()
    bench.terminal.leave()
    bench.wait(700)
    assert "cancel_booking" not in bench.registry.calls
    assert (booked(bench).start == before.start) != carried_out
    assert states(bench) == [State.STANDS.value if carried_out else State.REFUSED.value]
    assert bench.journal.unsettled() == ()


def test_what_cannot_be_noted_as_shown_is_shown_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing takes a move back, so what is painted is what the registry holds."""

    def full(*arguments: object) -> bool:
        raise JournalFault("disk full")

    before = to_confirm(bench)
    with monkeypatch.context() as patch:
        patch.setattr(bench.booking, "shown", full)
        bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert booked(bench).start != before.start


def test_a_journal_that_cannot_be_written_moves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise JournalFault("disk full")

    before = to_confirm(bench)
    monkeypatch.setattr(bench.journal, "asked", full)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.CONFIRM
    assert "Прежняя запись действует" in said(bench)
    assert booked(bench) == before


@pytest.mark.parametrize("killed", ["before it is asked", "asked", "answered"])
def test_a_restart_in_the_middle(slow_bench: Bench, killed: str) -> None:
    bench = slow_bench
    before = to_confirm(bench)
    bench.terminal.confirm()
    if killed == "asked":
        bench.registry.fail("move", Unreachable("killed", sent=True), after=True)
    if killed != "before it is asked":
        bench.jobs.work("booking")
    bench.jobs = HeldJobs()
    bench.restart()
    bench.wait(1)
    assert (booked(bench).start == before.start) == (killed == "before it is asked")
    assert states(bench) == ([] if killed == "before it is asked" else [State.STANDS.value])


def test_what_was_not_printed_is_said_and_printed_again_while_the_patient_is_there(bench: Bench) -> None:
    to_confirm(bench)
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OUT_OF_PAPER)]
    printed = len(bench.printer.printed)
    bench.terminal.confirm()
    assert bench.terminal.printing is Printing.NOT_PRINTED
    bench.terminal.print_again()
    assert len(bench.printer.printed) == printed + 1
    assert bench.printer.printed[-1].moved_from is not None


def test_another_person_never_moves_it(bench: Bench) -> None:
    bench.to_result()
    bench.terminal.finish()
    theirs = booked(bench)
    bench.terminal.start()
    bench.terminal.begin(Intent.CABINET)
    bench.identify(TWIN)
    bench.terminal.type("document_number", TWIN.document_number)
    bench.terminal.identify()
    assert bench.value.bookings == ()
    bench.terminal.open_ticket(theirs.id)
    assert isinstance(bench.terminal.content, Failed)
    bench.terminal.move_ticket()
    assert "move" not in bench.registry.calls
    assert booked(bench) == theirs
    assert bench.registry.standing()[0].patient_id == IVAN.patient.id


def test_a_move_is_shown_whatever_became_of_its_journal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was broken and begun anew: of this move it knows nothing, and nothing takes it back (booking.py)."""
    before = to_confirm(bench)
    monkeypatch.setattr(bench.booking, "shown", lambda request: False)
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert booked(bench).start != before.start


def test_nobody_is_hurried_out_while_it_is_asked_for(slow_bench: Bench) -> None:
    bench = slow_bench
    to_confirm(bench)
    bench.terminal.confirm()
    bench.jobs.stuck.add("booking")
    assert bench.terminal.busy is Busy.BOOK
    bench.wait(300)
    assert bench.terminal.step is Step.CONFIRM
