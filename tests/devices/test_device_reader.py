"""Reading a ticket back from its bytes: kiosk/devices/escpos_reader.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_tickets import LONGEST, TICKET

from kiosk.devices.escpos_reader import PrintedCode, read, render_picture, render_text
from kiosk.devices.escpos_writer import ticket_bytes


def test_text_of_a_ticket() -> None:
    text = render_text(ticket_bytes(TICKET, "TM-T20II", 80))
    assert "15:40  (x5)" in text
    assert "КАБИНЕТ 214  (x2)" in text
    assert "[QR TALON:7K2M94QD]" in text
    assert text.endswith("[cut]\n")
    assert max(len(row) for row in text.splitlines()) <= 48


def test_text_of_a_narrow_ticket() -> None:
    assert max(len(row) for row in render_text(ticket_bytes(LONGEST, "TM-T20II", 58), 58).splitlines()) <= 32


@pytest.mark.parametrize(("width_mm", "width"), [(80, 576), (58, 384)])
def test_picture_has_the_printer_s_width_and_ink_within_it(width_mm: int, width: int) -> None:
    picture = render_picture(ticket_bytes(LONGEST, "TM-T20II", width_mm), width_mm)
    assert picture.width == width
    assert picture.height > 1000
    dark = sum(picture.convert("L").point([1] * 128 + [0] * 128).tobytes())
    assert 0.03 < dark / (picture.width * picture.height) < 0.3


def test_the_same_bytes_give_the_same_picture() -> None:
    data = ticket_bytes(TICKET, "TM-T20II", 80)
    assert render_picture(data).tobytes() == render_picture(data).tobytes()


def test_qr_keeps_its_module_size() -> None:
    codes = [item for item in read(ticket_bytes(TICKET, "TM-T20II", 80)) if isinstance(item, PrintedCode)]
    assert codes == [PrintedCode("TALON:7K2M94QD", 8)]


def test_other_commands_are_shown_in_their_place() -> None:
    assert render_text(b"a\x1bzb\n") == "a[1b 7a]b\n"


@given(st.binary())
def test_any_bytes_can_be_read(data: bytes) -> None:
    assert isinstance(render_text(data), str)
