"""What reply bytes say: kiosk/devices/printer_status.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.devices.printer_status import PrinterState, ReplySorter, paper_was_there, state_of


@pytest.mark.parametrize(
    ("replies", "state"),
    [
        ((0x12, 0x12, 0x12), PrinterState.READY),
        ((0x12, 0x12, 0x1E), PrinterState.PAPER_LOW),
        ((0x1A, 0x32, 0x7E), PrinterState.OUT_OF_PAPER),
        ((0x1A, 0x16, 0x12), PrinterState.COVER_OPEN),
        ((0x1A, 0x16, 0x7E), PrinterState.COVER_OPEN),
        ((0x1A, 0x12, 0x12), PrinterState.OFFLINE),
        ((0x12, 0x52, 0x12), PrinterState.OFFLINE),
        ((0x16, 0x12, 0x12), PrinterState.READY),
    ],
)
def test_states_of_the_facts_table(replies: tuple[int, int, int], state: PrinterState) -> None:
    """client-facts.md section 5; the last two: a cutter error, and the drawer's pin, which says nothing."""
    assert state_of(*replies) is state
    assert state.can_print is (state in (PrinterState.READY, PrinterState.PAPER_LOW))


def test_each_kind_of_reply_is_told_from_the_others() -> None:
    sorter = ReplySorter()
    sorter.feed(b"\x11\x12\x1c\x01")  # flow control, a status, an automatic status that is not over
    sorter.feed(b"\x03\x0f\x1e\x13\x03\x37\x25\x00\x00")
    assert sorter.statuses == [0x12, 0x1E]
    assert sorter.proofs == [0x03, 0x00]


def test_a_proof_without_paper_proves_nothing() -> None:
    assert paper_was_there(0x00)
    assert paper_was_there(0x03)
    assert not paper_was_there(0x0F)


@given(st.binary())
def test_no_byte_is_two_things(data: bytes) -> None:
    sorter = ReplySorter()
    sorter.feed(data)
    assert all(byte & 0x93 == 0x12 for byte in sorter.statuses)
    assert all(byte & 0x90 == 0 for byte in sorter.proofs)
