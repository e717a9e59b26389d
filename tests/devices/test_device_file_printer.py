"""Tickets as files: FilePrinter of kiosk/devices/receipt_printer.py."""

import os
from pathlib import Path

import pytest
from sample_tickets import TICKET

from kiosk.devices.escpos_writer import PrinterModel, ticket_bytes
from kiosk.devices.receipt_printer import FilePrinter, PrinterState, PrintOutcome, PrintResult

MODEL = PrinterModel("TM-T20II")
PRINTED = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)


def test_a_folder_gets_one_file_a_ticket(tmp_path: Path) -> None:
    printer = FilePrinter(path=tmp_path, model=MODEL)
    assert printer.state() is PrinterState.READY
    assert printer.print(TICKET) == PRINTED
    (tmp_path / "ticket-draft.bin").write_bytes(b"")
    assert printer.print(b"second") == PRINTED
    assert (tmp_path / "ticket-0001.bin").read_bytes() == ticket_bytes(TICKET, "TM-T20II", 80)
    assert (tmp_path / "ticket-0002.bin").read_bytes() == b"second"


def test_a_file_gets_the_tickets_behind_each_other(tmp_path: Path) -> None:
    path = tmp_path / "roll.bin"
    path.touch()
    printer = FilePrinter(path=path, model=MODEL)
    assert printer.state() is PrinterState.READY
    assert printer.print(b"one") == printer.print(b"two") == PRINTED
    assert path.read_bytes() == b"onetwo"


def test_what_is_not_there_is_offline_and_is_not_made(tmp_path: Path) -> None:
    """An unplugged /dev/usb/lp0 must not become a file that swallows tickets."""
    path = tmp_path / "lp0"
    printer = FilePrinter(path=path, model=MODEL)
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OFFLINE)
    assert not path.exists()


def test_a_device_takes_the_bytes_and_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        printer = FilePrinter(path=path, model=MODEL)
        assert printer.state() is PrinterState.UNKNOWN
        assert printer.print(b"data") == PrintOutcome(PrintResult.UNSURE, PrinterState.UNKNOWN)
        assert os.read(reader, 100) == b"data"
    finally:
        os.close(reader)


def test_a_device_that_takes_nothing_is_given_up_in_time(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        printer = FilePrinter(path=path, model=MODEL, timeout=0.2)
        assert printer.print(bytes(1_000_000)).result is PrintResult.UNSURE
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_device_that_fails_while_writing_is_unsure() -> None:
    outcome = FilePrinter(path=Path("/dev/full"), model=MODEL).print(b"data")
    assert outcome == PrintOutcome(PrintResult.UNSURE, PrinterState.OFFLINE)
