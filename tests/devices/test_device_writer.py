"""The bytes of a ticket: kiosk/devices/escpos_writer.py."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from sample_tickets import LONGEST, TICKET

from kiosk.devices.escpos_reader import Cut, Feed, PrintedDots, read, render_picture, render_text
from kiosk.devices.escpos_writer import check_profile, sample_bytes, ticket_bytes
from kiosk.devices.raster_writer import raster_bytes
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.errors import DeviceError
from kiosk.ticket import Ticket

PAPERS = [("TM-T20II", 80), ("Sunmi-V2", 58), ("TM-T20II", 58)]


def test_the_ticket_of_the_mockup_byte_for_byte_where_it_matters() -> None:
    data = ticket_bytes(TICKET, "TM-T20II", 80)
    assert data.startswith(b"\x1b@\x1bt\x11"), "initialised, then CP866 once and for all"
    assert data.count(b"\x1bt") == 1
    assert b"\x1d!\x44" + "15:40".encode("cp866") in data, "the time five times as large"
    assert b"\x1d!\x11" + "КАБИНЕТ 214".encode("cp866") in data
    assert b"\x1d(k\x11\x001P0TALON:7K2M94QD\x1d(k\x03\x001Q0" in data, "the QR drawn by the printer"
    assert data.endswith(b"\x1bd\x06\x1dV\x00"), "fed and cut"
    assert b"?" in data
    assert data.count(b"?") == 1, "that of «Не сможете прийти?»"


@pytest.mark.parametrize(("profile", "width_mm"), PAPERS)
def test_the_longest_ticket_has_at_most_1300_bytes(profile: str, width_mm: int) -> None:
    """Issue 2, item 6."""
    assert len(ticket_bytes(LONGEST, profile, width_mm)) <= 1300


def names(longest: int) -> st.SearchStrategy[str]:
    words = st.text("абвгдежзийклмнопрстуфхцчшщэюяё«»–№", min_size=1, max_size=24)
    return st.lists(words, min_size=1, max_size=12).map(lambda parts: " ".join(parts)[:longest])


@settings(max_examples=60, deadline=None)
@given(
    facility=names(110),
    address=names(80),
    doctor=names(60),
    specialty=names(40),
    bring=names(90),
    paper=st.sampled_from(PAPERS),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_at_most_1300_bytes_and_no_real_time_command_whatever_the_names(
    facility: str, address: str, doctor: str, specialty: str, bring: str, paper, flags
) -> None:
    """A DLE within the data could be taken for a command in real time."""
    ticket = replace(
        LONGEST,
        facility_name=facility,
        facility_address=address,
        doctor_name=doctor,
        specialty_name=specialty,
        bring=bring,
        discreet=flags[0],
        awaiting_approval=flags[1],
    )
    data = ticket_bytes(ticket, *paper)
    assert len(data) <= 1300
    assert b"\x10" not in data


@pytest.mark.parametrize(
    ("profile", "page"), [("default", 17), ("POS-5890", 59), ("TH230", 7), ("KR-306", 37), ("TSP600", 10)]
)
def test_the_page_of_each_model(profile: str, page: int) -> None:
    """client-facts.md section 5: another model, another number; a wrong one prints nonsense with no error."""
    data = ticket_bytes(TICKET, profile, 80)
    assert data.startswith(b"\x1b@\x1bt" + bytes([page]))
    assert data.count(b"\x1bt") == 1


def test_a_model_of_42_columns_gets_42_columns() -> None:
    assert b"-" * 42 + b"\n" in ticket_bytes(TICKET, "TM-T88V", 80)
    assert b"-" * 43 not in ticket_bytes(TICKET, "TM-T88V", 80)


def test_a_model_without_native_qr_shows_the_code_in_letters() -> None:
    data = ticket_bytes(TICKET, "POS-5890", 58)
    assert b"\x1d(k" not in data
    assert b"7K2M-94QD" in data


def test_a_star_prints_everything_large_at_double_size() -> None:
    data = ticket_bytes(TICKET, "TSP600", 80)
    assert b"\x1d!\x44" not in data
    assert b"15:40" in data


@pytest.mark.parametrize("profile", ["TM-U220", "AF-240", "no such printer"])
def test_a_model_that_can_print_neither_russian_nor_pictures_is_refused(profile: str) -> None:
    with pytest.raises(DeviceError, match=profile):
        check_profile(profile)
    with pytest.raises(DeviceError):
        ticket_bytes(TICKET, profile, 80)


@pytest.mark.parametrize("profile", ["simple", "TM-T88IV-SA", "T-1"])
def test_a_model_without_russian_gets_a_picture(profile: str) -> None:
    """client-facts.md section 5: its text would be question marks, and nobody told."""
    check_profile(profile)
    data = ticket_bytes(TICKET, profile, 80)
    assert b"\x1bt" not in data
    assert all(isinstance(item, PrintedDots | Feed | Cut) for item in read(data)[1:])
    assert sum(item.height for item in read(data) if isinstance(item, PrintedDots)) > 800


@pytest.mark.parametrize("width_mm", [80, 58])
@pytest.mark.parametrize("ticket", [TICKET, LONGEST], ids=["mockup", "longest"])
def test_the_picture_has_the_ink_of_the_text(ticket: Ticket, width_mm: int) -> None:
    """The same lines in the same places: only the letters that are enlarged have smoother edges."""
    text = render_picture(ticket_bytes(ticket, "TM-T20II", width_mm), width_mm)
    dots = render_picture(ticket_bytes(ticket, "TM-T20II", width_mm, "raster"), width_mm)
    assert dots.size == text.size
    other = sum(ImageChops.logical_xor(text, dots).convert("L").point(lambda shade: shade > 0).tobytes())
    assert other / (text.width * text.height) < 0.01


def test_no_picture_holds_a_command_in_real_time() -> None:
    """DLE EOT and the like within the dots would be answered, DLE DC4 carried out: a dot is added instead."""
    dots = Image.frombytes("1", (32, 2), bytes(byte ^ 0xFF for byte in b"\x10\x04\x10\x10\x10\x05\x10\x14"))
    assert raster_bytes(dots) == b"\x1dv0\x00\x04\x00\x02\x00" + b"\x18\x04\x10\x10\x18\x05\x18\x14"


def test_a_number_chooses_the_page_whatever_the_profile_says() -> None:
    data = ticket_bytes(TICKET, "TM-T20II", 80, "59")
    assert data.startswith(b"\x1b@\x1bt\x3b")
    assert "КАБИНЕТ".encode("cp866") in data


SHEET = SampleSheet("Т-05", "network 192.168.1.50, TM-T20II, 80 mm", TICKET.printed_at)


@pytest.mark.parametrize(("width_mm", "columns"), [(80, 48), (58, 32)])
@pytest.mark.parametrize("code_page", ["auto", "raster"])
def test_a_test_print_tells_the_page_the_width_and_the_cut(
    width_mm: int, columns: int, code_page: str
) -> None:
    data = sample_bytes(SHEET, "TM-T20II", width_mm, code_page)
    for page in (7, 17, 59):
        assert b"\x1bt" + bytes([page]) + f"{page:>3} Ёж№".encode("cp866") in data
    text = render_text(data, width_mm)
    assert max(map(len, text.splitlines())) <= columns
    assert text.endswith("[cut]\n")
    if code_page == "auto":
        assert "1234567890" * 3 in text
        assert "[QR TALON:TEST-PRINT]" in text
    else:
        assert "[picture " in text


def test_usual_models_are_accepted() -> None:
    for profile in ("TM-T20II", "TM-T88V", "default", "POS-5890", "Sunmi-V2", "RP-F10-80mm"):
        check_profile(profile)
