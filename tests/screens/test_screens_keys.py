"""A scanner that types like a keyboard, through the window's own events (issue 5, 3); a policy at the question itself."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from kivy.core.window import Window
from policy_samples import TYPE_1
from scan_samples import NUMBER, TICKET
from screens_stage import Stage, turn
from screens_stand_in import PICTURES

from kiosk.devices.code_scanner import ScannerEvent
from kiosk.devices.keyboard_scanner import KeyboardScanner
from kiosk.devices.scan_frame import classify
from kiosk.keys import ENTER, Keys


@pytest.fixture
def heard() -> Iterator[list[ScannerEvent]]:
    """What a terminal hears of what is typed into the window."""
    scanner, heard = KeyboardScanner(), []
    scanner.listen(heard.append)
    keys = Keys(scanner)
    keys.listen()
    yield heard
    keys.stop()
    type_code(NUMBER)
    press(ENTER)
    assert len(heard) == 1, "nothing is handed on after the end"


def press(key: int, sign: str = "") -> None:
    """As SDL tells of it: the key first, then the text that it makes, where it makes any."""
    Window.dispatch("on_key_down", key, 0, sign, [])
    if sign:
        Window.dispatch("on_textinput", sign)


def type_code(code: str) -> None:
    for sign in code:
        press(ord(sign.lower()), sign)


@pytest.mark.parametrize("code", [NUMBER, TYPE_1.hex().upper(), TICKET])
def test_a_code_ended_by_enter(stage: Stage, heard: list[ScannerEvent], code: str) -> None:
    type_code(code)
    press(ENTER)
    assert heard == [classify(code.encode())]


def test_a_code_that_ends_by_itself(stage: Stage, heard: list[ScannerEvent]) -> None:
    type_code(NUMBER)
    end = time.monotonic() + 20
    while not heard:
        assert time.monotonic() < end
        turn()
    assert heard == [classify(NUMBER.encode())]


def test_a_number_that_was_scanned_is_followed_by_the_birth_date(stage: Stage) -> None:
    """The cursor goes where something is still to be typed, and stays where the patient is when nothing comes."""
    stage.show(next(one for one in PICTURES if one.name == "identify-code"))
    screen, terminal = stage.frame.screen, stage.terminal
    assert screen.active == "policy_number"
    draft = replace(terminal.visit.draft, policy_number=NUMBER)
    terminal.visit = replace(terminal.visit, draft=draft, holder=NUMBER)
    terminal.on_change()
    assert screen.active == "birth_day"
    screen.touch_field("policy_number")
    terminal.on_change()
    assert screen.active == "policy_number"
