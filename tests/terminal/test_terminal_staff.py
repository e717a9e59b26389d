"""The way of the staff (issue 5, item 7; R36): the hidden gesture and the PIN between visits, and no way between them and a visit."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_registry import HOME, IVAN, NOW, SOKOLOVA, THERAPIST
from kiosk_bench import Bench

from kiosk.devices.card_reader import CardFault, CardRead, CardRefused, CardRemoved
from kiosk.devices.policy_data import PolicyData
from kiosk.devices.scanned import NumberScanned, PolicyScanned, ScanFault, ScanRefused, TicketScanned
from kiosk.devices.sound import Cue
from kiosk.errors import Unreachable
from kiosk.flow import Step, next_step
from kiosk.maintenance import pin
from kiosk.maintenance.closing_page import ClosingPage
from kiosk.maintenance.maintenance import Maintenance
from kiosk.maintenance.page import Page, Tools
from kiosk.maintenance.papers_page import PapersPage
from kiosk.maintenance.pin import FREE_TRIES, PinLock
from kiosk.maintenance.restart_page import RestartPage
from kiosk.maintenance.staff_room import StaffRoom
from kiosk.models import Message
from kiosk.modes import Modes
from kiosk.terminal import Terminal
from kiosk.terminal.papers import PATIENCE_SECONDS
from kiosk.terminal.staff_door import PIN_SECONDS
from kiosk.views import DoctorHit
from kiosk.visit import Detour, Fact, Intent

IDLE_SECONDS = 180
POLICY = PolicyData(IVAN.policy_number, "Петров", "Иван", "Михайлович", birth_date=IVAN.birth_date)
#: What comes from the devices, whoever stands there.
EVENTS = (
    CardRead(POLICY),
    CardRead(POLICY, was_there=True),
    CardRefused(CardFault.FOREIGN),
    CardRemoved(),
    PolicyScanned(POLICY),
    NumberScanned(IVAN.policy_number),
    TicketScanned("7K2M94QDX3PW6HTA"),
    ScanRefused(ScanFault.UNKNOWN),
)
#: Everything that a screen can ask of the terminal, and with what.
PHONE = IVAN.patient.contacts[0]
ACTIONS: dict[str, tuple[Any, ...]] = {
    "start": (),
    "begin": (Intent.BOOK,),
    "choose": (Fact.SPECIALTY, THERAPIST),
    "change": (Fact.FACILITY,),
    "back": (),
    "look_aside": (Detour.HELP,),
    "search": ("сок",),
    "widen": (),
    "choose_found": (DoctorHit(SOKOLOVA, "Терапевт", "Поликлиника"),),
    "choose_area_doctor": (SOKOLOVA,),
    "choose_elsewhere": (None,),
    "choose_mine": (HOME,),
    "choose_any": (),
    "book_here": (),
    "show_mine": (),
    "wait_here": (),
    "set_language": ("en",),
    "set_modes": (Modes(large=True),),
    "for_child": (True,),
    "lock_screen": (),
    "call_staff": (),
    "knock": (),
    "enter_pin": ("0000",),
    "finish": (),
    "leave": (),
    "stay": (),
    "pressed": (),
    "touched": (),
    "retry": (),
    "book_another": (),
    "choose_day": (None,),
    "turn_week": (1,),
    "choose_time": (None,),
    "type": ("policy_number", IVAN.policy_number),
    "identify": (),
    "give_contacts": (),
    "skip_contacts": (),
    "confirm": (),
    "join": (),
    "print_again": (),
    "show_cabinet": (),
    "open_history": (),
    "open_messages": (),
    "open_number": (),
    "find_ticket": (),
    "open_ticket": ("1",),
    "open_message": (Message("m", NOW, "Вы записаны"),),
    "ask_cancel": (),
    "keep": (),
    "cancel": (),
    "print_copy": (),
    "take_offer": (),
    "book_again": (),
    "book_new": (),
    "move_ticket": (),
    "change_contacts": (),
    "edit_contact": ("phone",),
    "remove_contact": (PHONE,),
    "set_notices": (PHONE, False),
    "enter_code": (PHONE,),
    "give_code": (),
    "send_code_again": (),
    "code_later": (),
    "tick": (),
}
#: Those that go back to the patients.
ENDS = ("finish", "leave")
#: Those that only a week on show can be asked.
OF_A_WEEK = ("choose_day", "turn_week", "choose_elsewhere")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judging of a PIN has its own tests."""
    monkeypatch.setattr(pin, "fits", lambda typed, pin_hash: typed == "2468")


class Room:
    """A staff room with real pages; `made` are the maintenances that were opened."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.made: list[Maintenance] = []
        self.restarts = 0
        self._closing = bench.closing
        lock = PinLock("", folder / "wrong-pins.json", bench.time.monotonic)
        bench.staff = StaffRoom(lock, self._furnish, IDLE_SECONDS)
        bench.restart()
        bench.terminal.on_restart = self._count

    def _furnish(self, tools: Tools, restart: Callable[[], None]) -> Maintenance:
        self.papers = PapersPage(tools)
        pages: tuple[Page, ...] = (
            self.papers,
            ClosingPage(tools, self._closing),
            RestartPage(tools, restart),
        )
        self.made.append(Maintenance(pages, self.papers.hear, tools.changed))
        return self.made[-1]

    def _count(self) -> None:
        self.restarts += 1


@pytest.fixture
def room(bench: Bench, tmp_path: Path) -> Room:
    return Room(bench, tmp_path)


@pytest.fixture
def slow_room(slow_bench: Bench, tmp_path: Path) -> Room:
    return Room(slow_bench, tmp_path)


def enter(bench: Bench) -> Maintenance:
    bench.terminal.knock()
    bench.terminal.enter_pin("2468")
    bench.settle()
    assert bench.terminal.step is Step.MAINTENANCE
    assert bench.terminal.maintenance is not None
    return bench.terminal.maintenance


def tell(bench: Bench, event: Any) -> None:
    device = bench.reader if isinstance(event, CardRead | CardRefused | CardRemoved) else bench.scanner
    device.tell(event)
    bench.settle()


def act(maintenance: Maintenance, key: str) -> None:
    assert maintenance.page is not None
    maintenance.act(next(one for one in maintenance.page.actions if one.key == key))


def open_page(maintenance: Maintenance, title: str) -> None:
    maintenance.open(next(one for one in maintenance.pages if one.title == title))


# --- in and out --------------------------------------------------------------------------------------------------------


def test_the_gesture_asks_for_the_pin_and_the_pin_opens(
    bench: Bench, room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    bench.terminal.knock()
    assert bench.terminal.step is Step.PIN
    bench.terminal.enter_pin("1111")
    assert bench.terminal.step is Step.PIN
    assert bench.terminal.pin.is_wrong
    assert bench.sounds.played[-1] is Cue.ERROR
    bench.terminal.enter_pin("2468")
    assert bench.terminal.step is Step.MAINTENANCE
    bench.terminal.leave()
    assert bench.terminal.step is Step.WELCOME
    assert bench.terminal.maintenance is None
    assert "maintenance: opened" in caplog.text
    assert "maintenance: closed" in caplog.text


def test_without_a_pin_in_the_settings_there_is_no_door(bench: Bench) -> None:
    assert not bench.terminal.takes_knock
    bench.terminal.knock()
    bench.terminal.enter_pin("2468")
    assert bench.terminal.step is Step.WELCOME


def test_the_door_opens_at_a_terminal_that_cannot_serve_and_at_a_locked_one(bench: Bench, room: Room) -> None:
    bench.terminal.lock_screen()
    assert bench.terminal.step is Step.LOCKED
    enter(bench)
    bench.terminal.leave()
    bench.wait(60)
    bench.closing.close("repair")
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    enter(bench)


def test_wrong_ones_lock_and_the_time_that_is_left_is_told(bench: Bench, room: Room) -> None:
    bench.terminal.knock()
    for _ in range(FREE_TRIES):
        bench.terminal.enter_pin("0000")
    assert bench.terminal.pin.locked_left == 60
    bench.terminal.enter_pin("2468")
    assert bench.terminal.step is Step.PIN
    bench.wait(PIN_SECONDS)
    assert bench.terminal.step is Step.WELCOME, "whoever waits need not wait there"
    bench.wait(60 - PIN_SECONDS)
    enter(bench)


def test_both_close_by_themselves(bench: Bench, room: Room) -> None:
    bench.terminal.knock()
    bench.wait(PIN_SECONDS - 1)
    bench.terminal.pressed()
    bench.wait(PIN_SECONDS - 1)
    assert bench.terminal.step is Step.PIN
    bench.wait(1)
    assert bench.terminal.step is Step.WELCOME
    enter(bench)
    bench.wait(IDLE_SECONDS - 1)
    bench.terminal.pressed()
    bench.wait(IDLE_SECONDS - 1)
    assert bench.terminal.step is Step.MAINTENANCE
    bench.wait(1)
    assert bench.terminal.step is Step.WELCOME


def test_a_pin_that_is_judged_when_its_screen_is_gone_opens_nothing(
    slow_bench: Bench, slow_room: Room
) -> None:
    slow_bench.terminal.knock()
    slow_bench.terminal.enter_pin("2468")
    assert slow_bench.terminal.pin.is_judging
    slow_bench.terminal.leave()
    slow_bench.terminal.start()
    slow_bench.settle()
    assert slow_bench.terminal.step is Step.HOME
    assert slow_room.made == []


def test_the_language_is_as_usual_afterwards(bench: Bench, room: Room) -> None:
    enter(bench)
    bench.terminal.set_language("en")
    bench.wait(100)
    assert bench.terminal.step is Step.MAINTENANCE
    bench.terminal.leave()
    assert bench.terminal.language == "ru"


# --- never from a visit, never into one --------------------------------------------------------------------------------


def to_home(bench: Bench) -> None:
    bench.terminal.start()


def to_help(bench: Bench) -> None:
    bench.terminal.look_aside(Detour.HELP)


def to_locked(bench: Bench) -> None:
    bench.to_specialty()
    bench.terminal.lock_screen()


@pytest.mark.parametrize(
    "go",
    [to_home, to_help, to_locked, *(getattr(Bench, f"to_{name}") for name in
     ("specialty", "time", "identify", "contacts", "confirm", "result"))],
    ids=lambda go: go.__name__,
)  # fmt: skip
def test_no_visit_reaches_it(bench: Bench, room: Room, go: Callable[[Bench], None]) -> None:
    go(bench)
    before = bench.terminal.step
    assert not bench.terminal.takes_knock
    bench.terminal.knock()
    bench.terminal.enter_pin("2468")
    bench.settle()
    assert bench.terminal.step is before
    assert room.made == []


def test_the_list_of_actions_is_whole() -> None:
    asked = {name for name, value in vars(Terminal).items() if callable(value) and not name.startswith("_")}
    assert set(ACTIONS) == asked - {"moved"}


@pytest.mark.parametrize("opened", [False, True], ids=["pin", "maintenance"])
@pytest.mark.parametrize("name", [name for name in ACTIONS if name not in OF_A_WEEK])
def test_no_action_of_a_patient_begins_a_visit_there(
    bench: Bench, room: Room, name: str, opened: bool
) -> None:
    if opened:
        enter(bench)
    else:
        bench.terminal.knock()
    here = bench.terminal.step
    getattr(bench.terminal, name)(*ACTIONS[name])
    bench.settle()
    assert not bench.terminal.visit.started
    assert bench.terminal.step is (Step.WELCOME if name in ENDS else here)
    assert bench.terminal.visit.draft.policy_number == ""


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("opened", [False, True], ids=["pin", "maintenance"])
def test_what_is_shown_there_is_nobodys_visit_not_even_afterwards(
    bench: Bench, room: Room, event: Any, opened: bool
) -> None:
    if opened:
        enter(bench)
    else:
        bench.terminal.knock()
    tell(bench, event)
    assert not bench.terminal.visit.started
    tell(bench, CardRemoved())
    bench.terminal.leave()
    bench.wait(5)
    assert bench.terminal.step is Step.WELCOME


def test_a_policy_that_waited_for_the_service_is_dropped(bench: Bench, room: Room) -> None:
    bench.closing.close("repair")
    tell(bench, PolicyScanned(POLICY))
    maintenance = enter(bench)
    open_page(maintenance, "Out of service")
    act(maintenance, "served")
    bench.terminal.leave()
    bench.wait(int(PATIENCE_SECONDS))
    assert bench.terminal.step is Step.WELCOME


def test_a_card_that_staff_leaves_in_the_reader_is_told_of(bench: Bench, room: Room) -> None:
    enter(bench)
    tell(bench, CardRead(POLICY))
    bench.terminal.leave()
    assert bench.terminal.notice is not None
    assert "осталась карта" in bench.terminal.notice.title


@pytest.mark.parametrize("seed", range(4))
def test_by_chance(bench: Bench, room: Room, seed: int) -> None:
    """Hundreds of touches, cards, codes, seconds and knocks in any order; the PIN is not among them, or it is."""
    chance = random.Random(seed)
    knows = seed % 2
    terminal = bench.terminal
    opened = 0
    for _ in range(500):
        what = chance.random()
        began_started = terminal.visit.started
        if what < 0.12:
            tell(bench, chance.choice(EVENTS))
        elif what < 0.2:
            bench.wait(chance.choice((1, 5, 40)))
        elif what < 0.3:
            terminal.knock()
            assert not (began_started and terminal.step is Step.PIN)
        elif what < 0.45:
            terminal.enter_pin("2468" if knows else "8642")
        elif what < 0.6:
            terminal.start()
            terminal.begin(chance.choice(list(Intent)))
        else:
            name = chance.choice([name for name in ACTIONS if name not in OF_A_WEEK])
            try:
                getattr(terminal, name)(*ACTIONS[name])
            except (AttributeError, KeyError, TypeError):
                assert terminal.visit.started, "a screen would not have asked for that"
        bench.settle()
        is_staff = terminal.step in (Step.PIN, Step.MAINTENANCE)
        assert not (is_staff and terminal.visit.started)
        assert is_staff or terminal.maintenance is None
        if is_staff:
            assert next_step(terminal.visit) is Step.WELCOME
        opened += terminal.step is Step.MAINTENANCE
    assert bool(opened) == bool(knows)


# --- the pages ---------------------------------------------------------------------------------------------------------


def test_cards_and_codes_are_shown_masked(bench: Bench, room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    maintenance = enter(bench)
    for event in EVENTS:
        tell(bench, event)
    open_page(maintenance, "Card and scanner test")
    shown = "\n".join(f"{row.label} {row.value} {row.tone}" for row in room.papers.rows)
    assert f"полис …{IVAN.policy_number[-4:]}, И. М. П. ok" in shown
    assert "талон инфомата ok" in shown
    assert "fault" in shown
    for secret in (IVAN.policy_number, "Петров", "Иван", "Михайлович", str(IVAN.birth_date.year)):
        assert secret not in shown
        assert secret not in caplog.text
    act(maintenance, "clear")
    assert len(room.papers.rows) == 1


def test_out_of_service_is_told_to_patients_and_outlasts_a_restart(
    bench: Bench, room: Room, tmp_path: Path
) -> None:
    maintenance = enter(bench)
    open_page(maintenance, "Out of service")
    act(maintenance, "closed-paper")
    bench.terminal.leave()
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    told = bench.terminal.out_of_service
    assert told is not None
    assert (told.title, told.text) == ("Инфомат не работает", "Сейчас нет бумаги для талонов.")
    bench.terminal.start()
    bench.terminal.begin(Intent.BOOK)
    tell(bench, PolicyScanned(POLICY))
    bench.wait(200)
    assert bench.terminal.step is Step.OUT_OF_SERVICE, "no registry brings it back"

    bench.closing = type(bench.closing)(tmp_path / "closed.json", "")
    again = Room(bench, tmp_path)
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    assert bench.terminal.is_closed
    maintenance = enter(bench)
    open_page(maintenance, "Out of service")
    act(maintenance, "served")
    bench.terminal.leave()
    assert bench.terminal.step is Step.WELCOME
    assert not type(bench.closing)(tmp_path / "closed.json", "").text
    assert len(again.made) == 1


def test_a_restart_is_asked_for_before(bench: Bench, room: Room, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    maintenance = enter(bench)
    open_page(maintenance, "Restart")
    act(maintenance, "restart")
    assert maintenance.asking is not None
    maintenance.to_menu()
    assert maintenance.page is not None
    assert room.restarts == 0
    act(maintenance, "restart")
    maintenance.agree()
    assert room.restarts == 1
    assert "maintenance: Restart: restart" in caplog.text


def test_a_registry_that_is_gone_keeps_nobody_out(bench: Bench, room: Room) -> None:
    bench.registry.fail("ready", Unreachable("gone", sent=False), times=100)
    bench.wait(90)
    assert bench.terminal.step is Step.OUT_OF_SERVICE
    assert not bench.terminal.is_closed
    enter(bench)
