"""The bytes of a ticket: kiosk/devices/escpos_writer.py."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_tickets import LONGEST, TICKET

from kiosk.devices.escpos_writer import check_profile, ticket_bytes
from kiosk.errors import DeviceError

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


@pytest.mark.parametrize("profile", ["simple", "TM-T88IV-SA", "T-1", "no such printer"])
def test_a_model_that_cannot_print_russian_is_refused(profile: str) -> None:
    with pytest.raises(DeviceError, match=profile) as caught:
        check_profile(profile)
    assert caught.value.__cause__ is not None
    with pytest.raises(DeviceError):
        ticket_bytes(TICKET, profile, 80)


def test_usual_models_are_accepted() -> None:
    for profile in ("TM-T20II", "TM-T88V", "default", "POS-5890", "Sunmi-V2", "RP-F10-80mm"):
        check_profile(profile)
