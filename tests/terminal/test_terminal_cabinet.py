"""The patient's own: seen, printed once more, cancelled, read (R15, R16, R25, R26, R31; issue 4, 1)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_registry import HOME, IVAN, KUZNETSOV, NOW, SOKOLOVA, THERAPIST, TWIN, Booked, Waiting
from kiosk_bench import Bench

from kiosk.devices.card_reader import CardRead
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.devices.scanned import TicketScanned
from kiosk.errors import BadReply, KioskError, Refused, ServerFault, Unreachable
from kiosk.flow import Step
from kiosk.models import (
    Appointment,
    AppointmentStatus,
    Doctor,
    Message,
    WaitingEntry,
    WaitingWish,
)
from kiosk.views import Busy, Failed, Printing, TicketView
from kiosk.visit import Fact, Intent

BOOKED, AWAITING, CANCELLED = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.AWAITING,
    AppointmentStatus.CANCELLED,
)
TOMORROW = NOW.replace(hour=15, minute=40) + timedelta(days=1)
LOST = (Unreachable("x", sent=True), ServerFault(500), BadReply("HTML"))


def booked(
    bench: Bench,
    *,
    doctor: Doctor = SOKOLOVA,
    start=TOMORROW,
    status: AppointmentStatus = BOOKED,
    patient_id: str = IVAN.patient.id,
    code: str = "",
) -> Appointment:
    """What somebody booked before they came."""
    number = len(bench.registry.bookings)
    made = Appointment(
        f"a{number}",
        status,
        start,
        start + timedelta(minutes=20),
        doctor.id,
        version="1",
        ticket_number=f"T-{number}",
        code=code or f"CODE{number}",
    )
    bench.registry.bookings[f"desk {number}"] = Booked(made, patient_id)
    return made


def waits(bench: Bench, doctor: Doctor | None = None) -> Waiting:
    """A place on the waiting list from before."""
    wish = WaitingWish(THERAPIST, doctor, NOW.date(), NOW.date() + timedelta(days=30))
    wait = Waiting(WaitingEntry("w1", "W-1", "STUB1", "1"), IVAN.patient.id, wish)
    bench.registry.waiting["desk"] = wait
    return wait


def to_cabinet(bench: Bench) -> None:
    bench.terminal.start()
    bench.terminal.begin(Intent.CABINET)
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()


def to_ticket(bench: Bench, id: str) -> None:
    to_cabinet(bench)
    bench.terminal.open_ticket(id)
    bench.settle()


def cancel(bench: Bench) -> None:
    bench.terminal.ask_cancel()
    bench.terminal.cancel()
    bench.settle()


def ticket(bench: Bench) -> TicketView:
    value = bench.value
    assert isinstance(value, TicketView)
    return value


def state(bench: Bench, made: Appointment) -> AppointmentStatus:
    """What the registry holds."""
    return next(
        one.appointment.status for one in bench.registry.bookings.values() if one.appointment.id == made.id
    )


def title(bench: Bench) -> str:
    return bench.terminal.notice.title if bench.terminal.notice else ""


# --- what is there -------------------------------------------------------------------------------------------------------


def test_what_is_to_come_what_is_waited_for_and_what_is_unread(bench: Bench) -> None:
    later = booked(bench, start=TOMORROW + timedelta(days=7))
    soon = booked(bench, doctor=KUZNETSOV, status=AWAITING)
    booked(bench, status=CANCELLED)
    booked(bench, start=NOW - timedelta(days=2))
    booked(bench, patient_id=TWIN.patient.id)
    waits(bench)
    bench.registry.messages_of[IVAN.patient.id] = [
        Message("m2", NOW, "Вы записаны: завтра"),
        Message("m1", NOW, "Вы записаны: вчера", read=True),
    ]
    to_cabinet(bench)
    view = bench.value
    assert [row.booking.appointment.id for row in view.bookings] == [soon.id, later.id]
    assert [row.doctor.room for row in view.bookings] == [KUZNETSOV.room, SOKOLOVA.room]
    assert [row.place.entry.id for row in view.places] == ["w1"]
    assert view.unread == 1


def test_a_visit_that_has_begun_is_shown_and_cannot_be_changed(bench: Bench) -> None:
    begun = booked(bench, start=NOW - timedelta(minutes=5))
    to_ticket(bench, begun.id)
    assert (ticket(bench).row.stands, ticket(bench).row.can_change) == (True, False)
    bench.terminal.ask_cancel()
    assert not bench.terminal.cancelling


def test_the_history_is_what_is_over_or_cancelled_latest_first(bench: Bench) -> None:
    gone = booked(bench, status=CANCELLED)
    booked(bench)
    past = booked(bench, start=NOW - timedelta(days=2))
    to_cabinet(bench)
    bench.terminal.open_history()
    bench.settle()
    assert [row.booking.appointment.id for row in bench.value] == [gone.id, past.id]
    bench.terminal.open_ticket(past.id)
    bench.terminal.back()
    assert bench.terminal.step is Step.HISTORY
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET


def test_what_the_directory_has_no_more_is_told_as_the_booking_names_it(bench: Bench) -> None:
    made = booked(bench)
    to_cabinet(bench)
    bench.registry.doctors = lambda facility_id, code: ()  # type: ignore[method-assign]
    bench.registry.specialties = lambda facility_id: ()  # type: ignore[method-assign]
    bench.terminal.open_ticket(made.id)
    row = ticket(bench).row
    assert row.doctor is not None
    assert (row.doctor.full_name, row.doctor.room) == (SOKOLOVA.full_name, "")
    assert ticket(bench).slip.discreet, "whether it is discreet nobody can tell (R47)"


def test_a_message_is_read_in_full_and_counts_as_read(bench: Bench) -> None:
    told = Message("m1", NOW, "Ваша запись отменена: завтра, 15:40.")
    bench.registry.messages_of[IVAN.patient.id] = [told]
    to_cabinet(bench)
    bench.terminal.open_messages()
    bench.terminal.open_message(told)
    assert bench.terminal.step is Step.MESSAGE
    assert bench.value.text == told.text
    bench.terminal.back()
    assert [message.read for message in bench.value] == [True]
    bench.terminal.back()
    assert bench.value.unread == 0
    assert "Ваша" not in repr(bench.terminal.visit)


def test_a_message_that_cannot_be_marked_is_read_all_the_same(bench: Bench) -> None:
    told = Message("m1", NOW, "Вы записаны")
    bench.registry.messages_of[IVAN.patient.id] = [told]
    bench.registry.fail("mark_read", ServerFault(500))
    to_cabinet(bench)
    bench.terminal.open_messages()
    bench.terminal.open_message(told)
    assert bench.value.text == told.text
    assert not title(bench)


def test_what_the_clinic_changes_meanwhile_is_shown_by_itself(bench: Bench) -> None:
    """R26."""
    made = booked(bench)
    to_cabinet(bench)
    bench.registry.change(made.id, status=CANCELLED)
    for _ in range(13):
        bench.terminal.touched()
        bench.wait(5)
    assert bench.value.bookings == ()


def test_who_stays_too_long_says_once_more_who_they_are_and_goes_on_there(bench: Bench) -> None:
    made = booked(bench)
    to_cabinet(bench)
    bench.registry.tokens.clear()
    bench.terminal.open_ticket(made.id)
    assert bench.terminal.step is Step.IDENTIFY
    assert title(bench) == "Представьтесь, пожалуйста, ещё раз"
    bench.identify()
    assert ticket(bench).row.booking.appointment == made  # type: ignore[union-attr]


def test_a_list_that_does_not_come_can_be_asked_for_again(bench: Bench) -> None:
    made = booked(bench)
    bench.registry.fail("own_bookings", Unreachable("x", sent=True))
    to_cabinet(bench)
    assert isinstance(bench.terminal.content, Failed)
    bench.terminal.retry()
    assert bench.value.bookings[0].booking.appointment.id == made.id


# --- cancelling ----------------------------------------------------------------------------------------------------------


def test_nothing_is_cancelled_before_it_was_asked_and_answered(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.terminal.cancel()
    assert state(bench, made) is BOOKED
    bench.terminal.ask_cancel()
    assert bench.terminal.cancelling
    bench.terminal.keep()
    assert not bench.terminal.cancelling
    bench.terminal.cancel()
    assert state(bench, made) is BOOKED


def test_a_booking_is_cancelled_and_can_be_made_anew(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    cancel(bench)
    assert state(bench, made) is CANCELLED
    assert title(bench) == "Запись отменена"
    assert not ticket(bench).row.stands
    bench.terminal.book_again()
    assert bench.terminal.step is Step.TIME
    bench.terminal.choose_time(bench.free_time())
    assert bench.terminal.step is Step.CONTACTS
    bench.terminal.skip_contacts()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT


def test_a_place_on_the_waiting_list_is_left(bench: Bench) -> None:
    waits(bench)
    to_ticket(bench, "w1")
    cancel(bench)
    assert bench.registry.waiting_for() == []
    assert title(bench) == "Вы больше не в листе ожидания"


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("after", [True, False], ids=["done", "not-done"])
def test_a_lost_answer_is_waited_for_and_found_out(
    slow_bench: Bench, error: KioskError, *, after: bool
) -> None:
    """Never a word that is not true: «пока неизвестно» until the registry says what it holds (api.md section 8)."""
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", error, after=after)
    bench.registry.fail("attempted", Unreachable("x", sent=True), times=2)
    cancel(bench)
    assert bench.terminal.in_doubt
    assert title(bench) == "Пока неизвестно, отменена ли запись"
    bench.wait(3)
    assert bench.terminal.in_doubt
    bench.wait(10)
    assert not bench.terminal.in_doubt
    assert title(bench) == "Запись отменена"
    assert state(bench, made) is CANCELLED
    assert not ticket(bench).row.stands
    assert bench.registry.calls.count("cancel") == (1 if after else 2)


def test_what_was_not_done_after_a_doubt_is_said(slow_bench: Bench) -> None:
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", ServerFault(500))
    cancel(bench)
    bench.registry.change(made.id, start=TOMORROW + timedelta(days=1))
    bench.wait(3)
    assert title(bench) == "Запись только что изменилась, ничего не отменено"
    assert state(bench, made) is BOOKED
    assert ticket(bench).row.booking.appointment.start == TOMORROW + timedelta(days=1)  # type: ignore[union-attr]


def test_who_asks_too_often_after_a_doubt_is_not_told_that_it_stands(slow_bench: Bench) -> None:
    """The first request may still be on its way."""
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", ServerFault(500))
    bench.registry.fail("cancel", Refused(429, "too-many"))
    cancel(bench)
    bench.wait(2)
    assert bench.registry.calls.count("cancel") == 2
    assert bench.terminal.in_doubt
    bench.wait(10)
    assert (title(bench), state(bench, made)) == ("Запись отменена", CANCELLED)


def test_what_is_asked_about_does_not_change_under_the_finger(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.terminal.ask_cancel()
    asked = bench.registry.calls.count("own")
    for _ in range(4):
        bench.wait(40)
        bench.terminal.touched()
    assert bench.terminal.cancelling
    assert bench.registry.calls.count("own") == asked
    bench.terminal.keep()
    bench.wait(1)
    assert bench.registry.calls.count("own") == asked + 1


def test_a_booking_of_a_clinic_that_is_no_longer_there_is_not_booked_again(bench: Bench) -> None:
    made = booked(bench, start=NOW - timedelta(days=3))
    to_cabinet(bench)
    bench.terminal.open_history()
    bench.registry.facilities = lambda: ()  # type: ignore[method-assign]
    bench.terminal.open_ticket(made.id)
    assert ticket(bench).row.facility.id == ""
    bench.terminal.book_again()
    assert bench.terminal.step is Step.TICKET
    assert bench.terminal.notice is not None


def test_nobody_leaves_silently_while_it_is_asked_for(slow_bench: Bench) -> None:
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.terminal.ask_cancel()
    bench.terminal.cancel()
    for leave in (bench.terminal.finish, bench.terminal.back, bench.terminal.show_cabinet):
        leave()
        assert bench.terminal.leaving
        assert bench.terminal.busy is Busy.CANCEL
        bench.terminal.stay()
        assert bench.terminal.step is Step.TICKET
    bench.settle()
    assert title(bench) == "Запись отменена"


def test_who_leaves_all_the_same_has_asked_for_it(slow_bench: Bench) -> None:
    """A command is never dropped: it goes on, and nothing of it is on the screen of the next patient."""
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.terminal.ask_cancel()
    bench.terminal.cancel()
    bench.terminal.finish()
    bench.terminal.leave()
    bench.settle()
    assert state(bench, made) is CANCELLED
    assert (bench.terminal.step, title(bench), bench.terminal.in_doubt) == (Step.WELCOME, "", False)


def test_who_walks_away_in_doubt_is_not_waited_for(slow_bench: Bench) -> None:
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", ServerFault(500))
    bench.registry.fail("attempted", ServerFault(500), times=100)
    cancel(bench)
    bench.wait(120)
    assert bench.terminal.step is Step.WELCOME
    bench.registry.faults.clear()
    bench.wait(30)
    assert (title(bench), bench.terminal.busy) == ("", None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused(422, "too-late"), "Приём уже начался, отменить его здесь нельзя"),
        (Refused(412, "version-conflict"), "Запись только что изменилась, ничего не отменено"),
        (Refused(404, "not-found"), "Этой записи больше нет"),
        (Unreachable("x", sent=False), "Нет связи с электронной регистратурой"),
    ],
    ids=lambda value: str(value),
)
def test_what_is_refused_stands(bench: Bench, error: KioskError, said: str) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", error)
    cancel(bench)
    assert title(bench) == said
    assert state(bench, made) is BOOKED
    assert bench.terminal.busy is None


def test_again_asks_again(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.fail("cancel", Unreachable("x", sent=False))
    cancel(bench)
    bench.terminal.retry()
    assert bench.terminal.cancelling
    bench.terminal.cancel()
    assert state(bench, made) is CANCELLED


# --- the time that is kept -------------------------------------------------------------------------------------------------


def offered(bench: Bench) -> Waiting:
    """A place for which a time is kept."""
    wait = waits(bench)
    [time] = bench.registry.find(SOKOLOVA, TOMORROW, TOMORROW + timedelta(hours=3), 1)
    wait.offer = replace(time, doctor_id="", held_until=NOW + timedelta(minutes=40))
    return wait


def test_an_offered_time_is_held_and_booked(bench: Bench) -> None:
    wait = offered(bench)
    to_ticket(bench, "w1")
    bench.terminal.take_offer()
    assert bench.terminal.step is Step.CONTACTS
    assert bench.terminal.visit.get(Fact.DOCTOR) == SOKOLOVA
    bench.terminal.skip_contacts()
    bench.terminal.confirm()
    assert bench.terminal.step is Step.RESULT
    assert wait.offer is not None
    assert bench.registry.standing()[-1].appointment.start == wait.offer.start


def test_whoever_is_not_known_any_more_says_so_and_takes_the_offer(bench: Bench) -> None:
    """The token ran out: they identify themselves again, and go on where they were."""
    offered(bench)
    to_ticket(bench, "w1")
    bench.registry.tokens.clear()
    bench.terminal.take_offer()
    assert (bench.terminal.step, bench.terminal.busy) == (Step.IDENTIFY, None)
    assert title(bench) == "Представьтесь, пожалуйста, ещё раз"
    bench.identify()
    assert bench.terminal.step is Step.TICKET
    bench.terminal.take_offer()
    assert bench.terminal.step is Step.CONTACTS


def test_whoever_is_not_known_any_more_says_so_and_cancels(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.registry.tokens.clear()
    cancel(bench)
    assert bench.terminal.step is Step.IDENTIFY
    assert state(bench, made) is BOOKED
    bench.identify()
    assert bench.terminal.step is Step.TICKET
    cancel(bench)
    assert state(bench, made) is CANCELLED


def test_an_offer_that_is_over_is_said(bench: Bench) -> None:
    wait = offered(bench)
    to_ticket(bench, "w1")
    assert wait.offer is not None
    bench.registry.taken.add((SOKOLOVA.id, wait.offer.start))
    wait.offer = None
    bench.terminal.take_offer()
    assert title(bench) == "Это время только что заняли"
    assert ticket(bench).row.place.offer is None  # type: ignore[union-attr]
    assert bench.terminal.busy is None


def test_back_from_the_booking_of_an_offer_lets_it_go(bench: Bench) -> None:
    offered(bench)
    to_ticket(bench, "w1")
    bench.terminal.take_offer()
    bench.terminal.back()
    assert bench.terminal.step is Step.TICKET
    assert bench.registry.holds == {}


# --- paper ---------------------------------------------------------------------------------------------------------------


def test_a_copy_says_that_it_is_one_and_the_journal_knows_of_it(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.terminal.print_copy()
    [paper] = bench.printer.printed
    assert (paper.number, paper.is_copy, paper.terminal_name) == (made.ticket_number, True, "T-05")
    assert bench.terminal.printing is Printing.PRINTED
    assert bench.journal.counts() == {"copy, printed": 1}
    assert bench.booking.unprinted() == ()
    assert bench.booking.unsettled() == ()


def test_what_is_not_printed_is_said_and_is_nobodys_business_afterwards(bench: Bench) -> None:
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.printer.outcomes = [PrintOutcome(PrintResult.UNSURE, PrinterState.OUT_OF_PAPER)]
    bench.terminal.print_copy()
    assert bench.terminal.print_problem is not None
    assert bench.journal.left_in_printer(), "after a restart the printer is emptied before anybody prints"
    bench.terminal.back()
    assert (bench.terminal.printing, bench.terminal.print_problem) == (None, None)


def test_nothing_is_printed_for_who_has_left(slow_bench: Bench) -> None:
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.jobs.stuck = {"printer"}  # type: ignore[union-attr]
    bench.terminal.print_copy()
    assert bench.terminal.printing is Printing.UNDER_WAY
    bench.terminal.ask_cancel()
    assert not bench.terminal.cancelling, "the paper would say something else than the screen"
    bench.terminal.leave()
    bench.jobs.stuck = set()  # type: ignore[union-attr]
    bench.settle()
    assert bench.printer.printed == []
    assert bench.terminal.printing is None


def test_a_policy_waits_until_the_copy_is_printed(slow_bench: Bench) -> None:
    bench = slow_bench
    made = booked(bench)
    to_ticket(bench, made.id)
    bench.jobs.stuck = {"printer"}  # type: ignore[union-attr]
    bench.terminal.print_copy()
    bench.reader.tell(CardRead(PolicyData(TWIN.policy_number, birth_date=TWIN.birth_date)))
    assert bench.terminal.step is Step.TICKET
    bench.jobs.stuck = set()  # type: ignore[union-attr]
    bench.settle()
    bench.wait(1)
    assert bench.terminal.step is not Step.TICKET


# --- a paper that is scanned -----------------------------------------------------------------------------------------------


def test_a_ticket_opens_after_its_patient_has_said_who_they_are(bench: Bench) -> None:
    made = booked(bench)
    bench.scanner.tell(TicketScanned(made.code))
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    assert ticket(bench).row.booking.appointment == made  # type: ignore[union-attr]
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET


def test_a_place_that_was_opened_by_its_stub_is_shown_when_it_is_left(bench: Bench) -> None:
    waits(bench)
    bench.scanner.tell(TicketScanned("STUB1"))
    bench.identify()
    cancel(bench)
    assert title(bench) == "Вы больше не в листе ожидания"
    assert not ticket(bench).row.stands


def test_a_stub_opens_its_place(bench: Bench) -> None:
    waits(bench)
    to_cabinet(bench)
    bench.scanner.tell(TicketScanned("STUB1"))
    assert ticket(bench).row.place.entry.id == "w1"  # type: ignore[union-attr]


def type_number(bench: Bench, number: str) -> None:
    bench.terminal.open_number()
    assert bench.terminal.step is Step.TICKET_NUMBER
    bench.terminal.type("ticket", number)
    bench.terminal.find_ticket()
    bench.settle()


def test_a_ticket_is_opened_by_the_number_on_it(bench: Bench) -> None:
    """Back leads to the number, which is still there, and then to the cabinet."""
    booked(bench)
    second = booked(bench, start=TOMORROW + timedelta(days=1))
    to_cabinet(bench)
    type_number(bench, second.ticket_number)
    assert ticket(bench).slip.number == second.ticket_number
    assert bench.terminal.step is Step.TICKET
    bench.terminal.back()
    assert (bench.terminal.step, bench.terminal.visit.draft.ticket) == (Step.TICKET_NUMBER, "T-1")
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET


def test_a_stub_is_opened_by_its_number(bench: Bench) -> None:
    waits(bench)
    to_cabinet(bench)
    type_number(bench, "W-1")
    assert ticket(bench).row.place.entry.id == "w1"  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["AB12-CD34-EF56-GH78", "ab12cd34ef56gh78"])
def test_a_ticket_is_opened_by_the_code_under_its_qr(bench: Bench, typed: str) -> None:
    """As it is printed, or as the keys give it: letters have one size."""
    mine, _other = booked(bench, code="AB12CD34EF56GH78"), booked(bench, start=TOMORROW + timedelta(days=1))
    to_cabinet(bench)
    type_number(bench, typed)
    assert ticket(bench).slip.number == mine.ticket_number


def test_a_code_that_is_not_ones_own_is_as_unknown_as_none(bench: Bench) -> None:
    """R39"""
    booked(bench, patient_id=TWIN.patient.id, code="AB12CD34EF56GH78")
    to_cabinet(bench)
    for code in ("AB12CD34EF56GH78", "ZZZZZZZZZZZZZZZZ"):
        type_number(bench, code)
        assert bench.terminal.mistakes == {"ticket": "У вас нет такого талона"}
        bench.terminal.back()


def test_a_number_that_is_not_ones_own_is_as_unknown_as_none(bench: Bench) -> None:
    """R39: nobody learns whether there is such a ticket."""
    theirs = booked(bench, patient_id=TWIN.patient.id)
    to_cabinet(bench)
    for number in (theirs.ticket_number, "40404"):
        type_number(bench, number)
        assert bench.terminal.mistakes == {"ticket": "У вас нет такого талона"}
        assert bench.terminal.step is Step.TICKET_NUMBER
        bench.terminal.back()
    type_number(bench, "")
    assert bench.terminal.mistakes == {"ticket": "Номер напечатан рядом со словом «Талон»"}


@pytest.mark.parametrize("error", LOST, ids=lambda error: type(error).__name__)
def test_a_number_is_asked_for_again_after_a_fault(bench: Bench, error: KioskError) -> None:
    mine = booked(bench)
    to_cabinet(bench)
    bench.registry.fail("own", error)
    type_number(bench, mine.ticket_number)
    assert bench.terminal.told is not None
    bench.terminal.retry()
    bench.settle()
    assert ticket(bench).slip.number == mine.ticket_number


def test_a_number_is_asked_for_once_more_after_who_it_is(bench: Bench) -> None:
    mine = booked(bench)
    to_cabinet(bench)
    bench.registry.fail("own", Refused(401, "login"))
    type_number(bench, mine.ticket_number)
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    assert bench.terminal.step is Step.TICKET_NUMBER
    bench.terminal.find_ticket()
    bench.settle()
    assert ticket(bench).slip.number == mine.ticket_number


def test_somebody_elses_ticket_is_as_unknown_as_none(bench: Bench) -> None:
    """R39: nobody learns whether there is such a ticket."""
    theirs = booked(bench, patient_id=TWIN.patient.id)
    to_cabinet(bench)
    said = []
    for code in (theirs.code, "NEVER-ISSUED"):
        bench.scanner.tell(TicketScanned(code))
        assert isinstance(bench.terminal.content, Failed)
        said.append(bench.terminal.content.explanation)
    assert said[0] == said[1]
    assert said[0].title == "Среди ваших записей такого талона нет"
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET


def test_a_ticket_does_not_end_what_is_being_shown_alone(bench: Bench) -> None:
    bench.to_result()
    bench.scanner.tell(TicketScanned("CODE214"))
    assert bench.terminal.step is Step.RESULT
    assert title(bench) == "Это талон, сейчас его открыть нельзя"


def test_from_the_cabinet_a_new_booking_begins_here(bench: Bench) -> None:
    to_cabinet(bench)
    bench.terminal.book_new()
    assert bench.terminal.step is Step.SPECIALTY
    assert bench.terminal.visit.get(Fact.FACILITY) == HOME
    bench.terminal.back()
    assert bench.terminal.step is Step.CABINET


def test_who_shows_a_card_is_two_touches_from_their_bookings(bench: Bench) -> None:
    """R8, R15: nothing is typed; Back returns to what the card led to."""
    made = booked(bench)
    bench.reader.tell(CardRead(PolicyData(IVAN.policy_number, birth_date=IVAN.birth_date)))
    assert bench.terminal.step is Step.MINE
    bench.terminal.show_cabinet()
    assert [row.booking.appointment for row in bench.value.bookings] == [made]
    bench.terminal.back()
    assert bench.terminal.step is Step.MINE
