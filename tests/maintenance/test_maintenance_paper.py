"""The paper counter: what a ticket takes, what is left, what a restart and a spoiled file do (issue 5, item 7; R36)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sample_tickets import LONGEST, TICKET

from kiosk.devices.escpos_reader import render_picture
from kiosk.devices.escpos_writer import sample_bytes, ticket_bytes
from kiosk.devices.paper_length import length_mm
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.maintenance.counted_printer import CountedPrinter
from kiosk.maintenance.paper_counter import LOW_METRES, PaperCounter, Roll
from kiosk.ticket import Ticket

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
SHEET = SampleSheet("T-01", "network, TM-T20II", NOW)
DOTS_PER_MM = 8


class Printer:
    """Answers what the test says."""

    def __init__(self, result: PrintResult) -> None:
        self.result = result

    def state(self) -> PrinterState:
        return PrinterState.PAPER_LOW

    def print(self, ticket: object) -> PrintOutcome:
        return PrintOutcome(self.result, PrinterState.READY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "paper.json"


@pytest.mark.parametrize("width", [80, 58])
@pytest.mark.parametrize("slip", [TICKET, LONGEST, SHEET], ids=["ticket", "longest", "test print"])
def test_the_length_is_that_of_the_paper(slip: Ticket | SampleSheet, width: int) -> None:
    make = sample_bytes if isinstance(slip, SampleSheet) else ticket_bytes
    drawn = render_picture(make(slip, "TM-T20II", width), width).height / DOTS_PER_MM
    assert length_mm(slip, width) == pytest.approx(drawn, rel=0.05)


@pytest.mark.parametrize(
    ("result", "tickets"), [(PrintResult.PRINTED, 1), (PrintResult.UNSURE, 1), (PrintResult.NOT_PRINTED, 0)]
)
def test_what_comes_out_is_counted(file: Path, result: PrintResult, tickets: int) -> None:
    counter = PaperCounter(file, 80)
    printer = CountedPrinter(Printer(result), counter, 80)
    assert printer.print(TICKET).result is result
    assert printer.state() is PrinterState.PAPER_LOW
    assert counter.roll.tickets == tickets
    assert counter.roll.metres == pytest.approx(tickets * length_mm(TICKET, 80) / 1000, abs=0.001)
    printer.print(b"\x1b@")
    assert counter.roll.tickets == tickets


def test_a_roll_goes_down_and_a_new_one_begins(file: Path) -> None:
    counter = PaperCounter(file, 80)
    counter.add(200)
    assert counter.left is None, "nobody knows how much was on it"
    assert not counter.is_low
    counter.begin(NOW)
    assert counter.left == 80
    counter.add(74_800)
    assert counter.left == pytest.approx(5.2)
    assert not counter.is_low
    counter.add(200)
    assert counter.left == pytest.approx(LOW_METRES)
    assert counter.is_low
    again = PaperCounter(file, 80)
    assert again.roll == counter.roll
    again.add(20_000)
    assert again.left == 0
    again.begin(NOW)
    assert again.roll == Roll(0.0, 0, NOW)
    assert PaperCounter(file, 80).left == 80


def test_without_a_length_nothing_is_said_to_be_left(file: Path) -> None:
    counter = PaperCounter(file, 0)
    counter.begin(NOW)
    counter.add(200)
    assert counter.left is None
    assert not counter.is_low
    assert counter.roll.tickets == 1


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"metres": "x"}', '{"since": "soon"}', '{"tickets": null}']
)
def test_a_spoiled_file_begins_at_nothing(file: Path, content: str) -> None:
    file.write_text(content)
    assert PaperCounter(file, 80).roll == Roll()
