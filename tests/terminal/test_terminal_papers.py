"""Cards and codes in a visit (issue 5, 2, 3, 6): whose they are, what they fill in, what waits, what is said and heard."""

import re
from dataclasses import replace
from datetime import date

import pytest
from fake_registry import IVAN, STRANGER, TWIN, Person
from kiosk_bench import Bench

from kiosk.devices.card_reader import (
    CardFault,
    CardRead,
    CardRefused,
    CardRemoved,
    ReaderChanged,
    ReaderState,
)
from kiosk.devices.code_scanner import ScannerChanged, ScannerState
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanFault, ScanRefused, TicketScanned
from kiosk.devices.sound import Cue
from kiosk.errors import InDoubt, NotIdentified, Unreachable
from kiosk.explanations import CARD_REFUSED, SCAN_REFUSED, translated
from kiosk.flow import Step
from kiosk.terminal.left_card import PAUSE
from kiosk.terminal.papers import AGAIN_SECONDS, PATIENCE_SECONDS, WORDS_SECONDS
from kiosk.views import Busy, Printing
from kiosk.visit import Detour, Fact, Intent

ANNA = Person(
    "7700000000000107", date(1990, 5, 5), "555555", replace(IVAN.patient, id="pat-9", initials="А. А. А.")
)


@pytest.fixture(autouse=True)
def anna(request: pytest.FixtureRequest) -> None:
    """Somebody else whom the registry knows."""
    for name in ("bench", "slow_bench"):
        if name in request.fixturenames:
            request.getfixturevalue(name).registry.people.append(ANNA)


def policy(person: Person) -> PolicyData:
    return PolicyData(person.policy_number, birth_date=person.birth_date)


def put_in(bench: Bench, person: Person, *, was_there: bool = False) -> None:
    bench.reader.tell(CardRead(policy(person), was_there))
    bench.settle()


def hold_up(bench: Bench, person: Person) -> None:
    bench.scanner.tell(PolicyScanned(policy(person)))
    bench.settle()


def take_out(bench: Bench) -> None:
    bench.reader.tell(CardRemoved())
    bench.settle()


def title(bench: Bench) -> str:
    return bench.terminal.notice.title if bench.terminal.notice else ""


def patient(bench: Bench) -> object:
    return bench.terminal.visit.get(Fact.PATIENT)


# --- who stands here ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [put_in, hold_up])
@pytest.mark.parametrize("begun", [False, True], ids=["welcome", "home"])
def test_a_policy_leads_to_what_is_ones_own(bench: Bench, begun: bool, show: object) -> None:
    """R12 to R14, without a touch or a key."""
    if begun:
        bench.terminal.start()
    show(bench, IVAN)  # type: ignore[operator]
    assert bench.terminal.step is Step.MINE
    assert patient(bench) == IVAN.patient
    assert bench.terminal.policy_tail == IVAN.policy_number[-4:]
    assert bench.sounds.played == [Cue.CARD]
    assert "identify" in bench.registry.calls


@pytest.mark.parametrize("show", [put_in, hold_up])
def test_whoever_looks_aside_is_known_too(bench: Bench, show: object) -> None:
    bench.terminal.look_aside(Detour.HELP)
    show(bench, IVAN)  # type: ignore[operator]
    assert bench.terminal.step is Step.MINE
    bench.terminal.back()
    assert bench.terminal.step is Step.HELP
    assert patient(bench) == IVAN.patient


def test_a_card_in_the_middle_keeps_what_was_chosen(bench: Bench) -> None:
    bench.to_time()
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.TIME
    bench.terminal.choose_time(bench.free_time())
    assert bench.terminal.step is Step.CONTACTS, "nobody asks who it is any more"


def test_a_card_at_the_question_itself_goes_on(bench: Bench) -> None:
    bench.to_identify()
    bench.terminal.type("policy_number", "12345")
    bench.terminal.type("document_number", "999")
    time = bench.terminal.visit.get(Fact.TIME)
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.CONTACTS
    assert bench.terminal.visit.get(Fact.TIME).id == time.id
    assert bench.terminal.visit.draft.document_number == ""


def test_information_is_read_on_with_a_card(bench: Bench) -> None:
    """R7: who looks for information stays there."""
    bench.terminal.start()
    bench.terminal.begin(Intent.LOOK)
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.FACILITY_CARD
    assert patient(bench) == IVAN.patient


def test_a_number_alone_asks_for_the_birth_date(bench: Bench) -> None:
    bench.scanner.tell(NumberScanned(IVAN.policy_number))
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.draft.policy_number == IVAN.policy_number
    assert "identify" not in bench.registry.calls
    bench.identify()
    assert bench.terminal.step is Step.MINE


def test_a_number_alone_in_the_middle_returns_there_known(bench: Bench) -> None:
    """R8."""
    bench.to_time()
    bench.scanner.tell(NumberScanned(IVAN.policy_number))
    assert bench.terminal.step is Step.IDENTIFY
    bench.identify()
    assert bench.terminal.step is Step.MINE
    bench.terminal.back()
    assert bench.terminal.step is Step.TIME
    assert patient(bench) == IVAN.patient


def test_a_number_at_the_question_stays_in_the_booking(bench: Bench) -> None:
    bench.to_identify()
    bench.terminal.type("birth_day", "07")
    bench.terminal.look_aside(Detour.HELP)
    bench.scanner.tell(NumberScanned(IVAN.policy_number))
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.intent is Intent.BOOK
    assert bench.terminal.visit.draft.birth_day == "07"


def test_a_birth_date_that_nobody_has_is_asked_for(bench: Bench) -> None:
    tomorrow = date(2079, 1, 1)
    bench.scanner.tell(PolicyScanned(PolicyData(IVAN.policy_number, birth_date=tomorrow)))
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.draft.birth_year == ""
    assert bench.terminal.mistakes == {}


def test_the_same_code_again_is_the_same_scan(bench: Bench) -> None:
    hold_up(bench, IVAN)
    for _ in range(3):
        bench.wait(int(AGAIN_SECONDS) - 1)
        hold_up(bench, IVAN)
    bench.terminal.finish()
    hold_up(bench, IVAN)
    assert bench.terminal.step is Step.WELCOME, "the scanner still looks at it"
    assert bench.sounds.played == [Cue.CARD]
    bench.wait(int(AGAIN_SECONDS))
    hold_up(bench, IVAN)
    assert bench.terminal.step is Step.MINE


def test_the_same_policy_once_more_changes_nothing(bench: Bench) -> None:
    bench.to_contacts()
    visit = bench.terminal.visit
    put_in(bench, IVAN)
    hold_up(bench, IVAN)
    assert bench.terminal.visit is visit
    assert bench.registry.calls.count("identify") == 1


# --- somebody else -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [put_in, hold_up])
def test_another_persons_policy_replaces_the_visit(bench: Bench, show: object) -> None:
    bench.to_confirm()
    bench.terminal.type("email", "ivan@mail.ru")
    old = bench.terminal.visit
    show(bench, ANNA)  # type: ignore[operator]
    visit = bench.terminal.visit
    assert bench.terminal.step is Step.MINE
    assert visit.key != old.key
    assert [known.fact for known in visit.known] == [Fact.PATIENT]
    assert patient(bench) == ANNA.patient
    assert (visit.draft.policy_number, visit.draft.email) == (ANNA.policy_number, "")
    assert not bench.registry.holds, "his time is free"
    assert list(bench.registry.tokens.values()) == [ANNA], "his token is revoked"


def test_another_number_replaces_the_visit(bench: Bench) -> None:
    bench.to_contacts()
    bench.scanner.tell(NumberScanned(ANNA.policy_number))
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.known == ()
    assert bench.terminal.visit.draft.birth_day == ""


def test_who_typed_a_wrong_number_keeps_what_they_chose(bench: Bench) -> None:
    bench.to_identify()
    bench.identify(replace(IVAN, policy_number="7700000000000000"))
    assert title(bench)
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.CONTACTS
    assert bench.terminal.visit.has(Fact.TIME)


def test_another_card_after_a_sign_in_that_ended(bench: Bench) -> None:
    """What the first typed is not merged into the second's visit, though nobody is signed in."""
    bench.to_contacts()
    bench.terminal.type("phone", "9123456789")
    bench.terminal.change(Fact.PATIENT)
    put_in(bench, ANNA)
    assert bench.terminal.visit.draft.phone == ""
    assert [known.fact for known in bench.terminal.visit.known] == [Fact.PATIENT]


def test_the_next_booking_is_still_of_the_same_person(bench: Bench) -> None:
    bench.to_result()
    bench.terminal.book_another()
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.SPECIALTY
    put_in(bench, ANNA)
    assert bench.terminal.step is Step.MINE
    assert patient(bench) == ANNA.patient


# --- what has to wait --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("show", [put_in, hold_up])
def test_a_policy_waits_for_a_booking_under_way(slow_bench: Bench, show: object) -> None:
    """Never lost, never mixed: the ticket is the first one's, then the second's own visit begins."""
    bench = slow_bench
    bench.to_confirm()
    bench.jobs.stuck = {"booking"}  # type: ignore[union-attr]
    bench.terminal.confirm()
    show(bench, ANNA)  # type: ignore[operator]
    assert (bench.terminal.step, bench.terminal.busy) == (Step.CONFIRM, Busy.BOOK)
    assert "полис прочитан" in title(bench)
    bench.jobs.stuck = set()  # type: ignore[union-attr]
    bench.settle()
    assert bench.terminal.step is Step.RESULT
    assert bench.terminal.ticket is not None
    assert bench.terminal.ticket.initials == IVAN.patient.initials
    bench.wait(1)
    assert bench.terminal.step is Step.MINE
    assert patient(bench) == ANNA.patient
    assert [ticket.initials for ticket in bench.printer.printed] == [IVAN.patient.initials]
    assert [one.patient_id for one in bench.registry.standing()] == [IVAN.patient.id]


def test_a_policy_waits_while_the_screen_has_the_only_ticket(bench: Bench) -> None:
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OUT_OF_PAPER)]
    bench.to_result()
    put_in(bench, ANNA)
    bench.wait(5)
    assert bench.terminal.printing is Printing.NOT_PRINTED
    assert bench.terminal.step is Step.RESULT
    assert "полис прочитан" in title(bench)
    bench.terminal.finish()
    bench.wait(1)
    assert patient(bench) == ANNA.patient
    assert not title(bench), "it is no card left behind"


def test_a_policy_waits_in_doubt(bench: Bench) -> None:
    bench.to_confirm()
    bench.registry.fail("book", InDoubt(), after=True)
    bench.registry.fail("lookup", Unreachable("down", sent=False), times=3)
    bench.terminal.confirm()
    assert bench.terminal.in_doubt
    hold_up(bench, ANNA)
    bench.wait(30)
    assert patient(bench) == ANNA.patient
    assert [one.patient_id for one in bench.registry.standing()] == [IVAN.patient.id]


def test_a_policy_that_waited_too_long_is_let_go(bench: Bench) -> None:
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OUT_OF_PAPER)]
    bench.to_result()
    hold_up(bench, ANNA)
    for _ in range(int(PATIENCE_SECONDS // 30) + 1):
        bench.wait(30)
        bench.terminal.touched()
    bench.terminal.finish()
    bench.wait(2)
    assert bench.terminal.step is Step.WELCOME


def test_a_policy_waits_for_what_was_touched_just_before(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    bench.terminal.choose_time(bench.free_time())
    bench.reader.tell(CardRead(policy(IVAN)))
    bench.jobs.arrive()  # type: ignore[union-attr]
    assert bench.terminal.busy is Busy.HOLD
    bench.settle()
    bench.wait(1)
    assert bench.terminal.step is Step.CONTACTS


def test_who_leaves_with_a_policy_waiting_is_not_begun_anew(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_time()
    bench.terminal.choose_time(bench.free_time())
    bench.reader.tell(CardRead(policy(IVAN)))
    bench.jobs.arrive()  # type: ignore[union-attr]
    bench.terminal.finish()
    bench.settle()
    bench.wait(2)
    assert bench.terminal.step is Step.WELCOME
    assert "осталась карта" in title(bench)


def test_a_policy_waits_where_nobody_is_served(bench: Bench) -> None:
    bench.terminal.lock_screen()
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.LOCKED
    assert patient(bench) is None
    bench.wait(31)
    assert bench.terminal.step is Step.MINE


# --- what does not work ------------------------------------------------------------------------------------------------


def test_a_document_that_is_asked_for(bench: Bench) -> None:
    """R9: at the question itself, or later where something else is on the screen."""
    put_in(bench, TWIN)
    assert bench.terminal.step is Step.IDENTIFY
    assert bench.terminal.visit.document_asked
    bench.terminal.type("document_number", TWIN.document_number)
    put_in(bench, TWIN)
    assert bench.terminal.visit.draft.document_number == TWIN.document_number
    bench.terminal.identify()
    assert bench.terminal.step is Step.MINE
    bench.terminal.finish()
    take_out(bench)
    bench.to_specialty()
    put_in(bench, TWIN)
    assert bench.terminal.step is Step.SPECIALTY
    assert title(bench) == "Понадобится номер документа"


@pytest.mark.parametrize("error", [NotIdentified(), Unreachable("down", sent=False)])
def test_what_goes_wrong_is_said_where_it_can_be_read(bench: Bench, error: Exception) -> None:
    bench.to_time()
    bench.terminal.look_aside(Detour.ACCESS)
    bench.registry.fail("identify", error)  # type: ignore[arg-type]
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.TIME
    assert title(bench)
    assert bench.sounds.played == [Cue.CARD, Cue.ERROR]
    if isinstance(error, Unreachable):
        bench.terminal.retry()
        assert patient(bench) == IVAN.patient


def test_a_card_that_is_put_in_again_is_asked_about_again(bench: Bench) -> None:
    bench.registry.fail("identify", Unreachable("down", sent=False))
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.IDENTIFY
    take_out(bench)
    put_in(bench, IVAN)
    assert bench.terminal.step is Step.MINE


NEXT = re.compile("наберите номер полиса")


@pytest.mark.parametrize("kind", CardFault)
def test_each_card_that_is_refused_has_words(bench: Bench, kind: CardFault) -> None:
    bench.reader.tell(CardRefused(kind))
    assert title(bench) == translated(CARD_REFUSED[kind]).title
    assert NEXT.search(bench.terminal.notice.text)  # type: ignore[union-attr]
    assert bench.sounds.played == [Cue.ERROR]
    assert bench.terminal.step is Step.WELCOME
    bench.wait(int(WORDS_SECONDS) - 1)
    assert title(bench), "time to read"
    take_out(bench)
    assert bool(title(bench)) == (kind is CardFault.TAKEN_OUT)
    bench.wait(1)
    assert not title(bench)


@pytest.mark.parametrize("kind", ScanFault)
def test_each_code_that_is_refused_has_words(bench: Bench, kind: ScanFault) -> None:
    bench.to_specialty()
    bench.scanner.tell(ScanRefused(kind))
    assert title(bench) == translated(SCAN_REFUSED[kind]).title
    assert NEXT.search(bench.terminal.notice.text)  # type: ignore[union-attr]
    assert bench.terminal.step is Step.SPECIALTY
    assert bench.sounds.played == [Cue.ERROR]


def test_words_differ_by_kind() -> None:
    told = [*CARD_REFUSED.values(), *SCAN_REFUSED.values()]
    assert set(CARD_REFUSED) == set(CardFault)
    assert set(SCAN_REFUSED) == set(ScanFault)
    assert len({one.title for one in told}) == len(told)


def test_a_ticket_asks_who_it_is(bench: Bench) -> None:
    """It names nobody (R39)."""
    bench.scanner.tell(TicketScanned("7K2M94QDX3PW6HTA"))
    assert title(bench) == "Талон прочитан"
    assert bench.terminal.step is Step.IDENTIFY


def test_a_ticket_is_not_opened_while_nobody_is_served(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.lock_screen()
    bench.scanner.tell(TicketScanned("7K2M94QDX3PW6HTA"))
    assert title(bench) == "Это талон, сейчас его открыть нельзя"
    assert bench.terminal.step is Step.LOCKED


def test_nothing_is_said_over_a_booking_under_way(slow_bench: Bench) -> None:
    bench = slow_bench
    bench.to_confirm()
    bench.jobs.stuck = {"booking"}  # type: ignore[union-attr]
    bench.terminal.confirm()
    bench.scanner.tell(ScanRefused(ScanFault.UNKNOWN))
    bench.settle()
    assert not title(bench)


# --- a card left behind ------------------------------------------------------------------------------------------------


def test_a_card_left_behind_is_told_of_until_it_is_taken_out(bench: Bench) -> None:
    put_in(bench, IVAN)
    bench.terminal.finish()
    assert "осталась карта" in title(bench)
    bench.sounds.played.clear()
    bench.wait(int(2 * PAUSE))
    assert bench.sounds.played == [Cue.ERROR] * 2
    bench.to_time()
    assert "осталась карта" in title(bench), "the next patient may begin, and reads it too"
    assert patient(bench) is None
    take_out(bench)
    assert not title(bench)
    bench.sounds.played.clear()
    bench.wait(10)
    assert bench.sounds.played == []
    put_in(bench, ANNA)
    assert patient(bench) == ANNA.patient
    assert bench.terminal.step is Step.TIME


def test_a_card_left_behind_by_somebody_who_walked_away(bench: Bench) -> None:
    put_in(bench, IVAN)
    bench.wait(81)
    assert bench.terminal.step is Step.WELCOME
    assert "осталась карта" in title(bench)


def test_a_card_left_behind_is_not_read_for_the_next_patient(bench: Bench) -> None:
    """The daemon starts again: the reader comes back with the card in it."""
    put_in(bench, IVAN)
    bench.terminal.finish()
    bench.to_time()
    take_out(bench)
    put_in(bench, IVAN, was_there=True)
    assert patient(bench) is None
    assert "осталась карта" in title(bench)


def test_a_reader_that_comes_back_in_a_visit_disturbs_nothing(bench: Bench) -> None:
    put_in(bench, IVAN)
    take_out(bench)
    put_in(bench, IVAN, was_there=True)
    assert bench.terminal.step is Step.MINE
    assert not title(bench)


def test_a_card_that_was_in_when_the_program_began_is_nobodys(bench: Bench) -> None:
    put_in(bench, IVAN, was_there=True)
    assert bench.terminal.step is Step.WELCOME
    assert "осталась карта" in title(bench)
    assert "identify" not in bench.registry.calls


def test_a_code_replaces_the_visit_whose_card_is_still_in(bench: Bench) -> None:
    put_in(bench, IVAN)
    hold_up(bench, ANNA)
    assert patient(bench) == ANNA.patient
    assert "осталась карта" in title(bench)


# --- the devices themselves --------------------------------------------------------------------------------------------


def test_only_what_is_there_is_offered(bench: Bench) -> None:
    terminal = bench.terminal
    assert (terminal.takes_card, terminal.takes_code) == (True, True)
    for reader in ReaderState:
        bench.reader.now = reader
        assert terminal.takes_card == (reader is ReaderState.READY)
    for scanner in ScannerState:
        bench.scanner.now = scanner
        assert terminal.takes_code == (scanner is ScannerState.READY)
    bench.scanner.now = ScannerState.UNKNOWN
    bench.scanner.tell(ScanRefused(ScanFault.UNKNOWN))
    assert terminal.takes_code, "a scanner that types is there since it has scanned"


def test_a_device_that_comes_or_goes_is_painted(bench: Bench) -> None:
    before = bench.changes
    bench.reader.tell(ReaderChanged(ReaderState.ABSENT))
    bench.scanner.tell(ScannerChanged(ScannerState.ABSENT))
    assert bench.changes == before + 2


def test_cards_and_codes_are_signs_of_life(bench: Bench) -> None:
    """product.md: any touch, key, card or scan is activity."""
    bench.terminal.start()
    for event in (CardRefused(CardFault.FOREIGN), CardRemoved()):
        bench.wait(50)
        bench.reader.tell(event)
    bench.wait(50)
    bench.scanner.tell(ScanRefused(ScanFault.UNKNOWN))
    bench.wait(50)
    assert bench.terminal.idle_left is None
    assert bench.terminal.step is Step.HOME


def test_each_moment_has_its_cue(bench: Bench) -> None:
    """Issue 5, 6: touch, card read, error, take your ticket; the warning before the end is heard too."""
    bench.terminal.pressed()
    put_in(bench, STRANGER)
    bench.terminal.finish()
    take_out(bench)
    bench.to_result()
    assert bench.sounds.played == [Cue.TOUCH, Cue.CARD, Cue.TICKET]
    bench.wait(61)
    assert bench.sounds.played[3:] == [Cue.ERROR]
    bench.terminal.touched()
    bench.printer.now = PrinterState.OFFLINE
    bench.printer.outcomes = [PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OFFLINE)]
    bench.terminal.finish()
    bench.to_identify()
    bench.terminal.identify()
    assert bench.terminal.mistakes
    assert bench.sounds.played[4:] == [Cue.ERROR]
    bench.identify()
    assert title(bench), "he has a visit at this time"
    assert bench.sounds.played[5:] == [Cue.ERROR]
    bench.terminal.finish()
    bench.to_contacts(ANNA)
    bench.terminal.skip_contacts()
    bench.terminal.confirm()
    assert bench.sounds.played[6:] == [Cue.ERROR]


def test_nothing_of_a_person_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    put_in(bench, IVAN)
    hold_up(bench, ANNA)
    bench.scanner.tell(NumberScanned(STRANGER.policy_number))
    bench.terminal.finish()
    assert caplog.messages == ["a card is left in the reader"]
