"""The printer on USB: kiosk/devices/usb_wire.py through pyusb onto a bus that is ours (issue 5, item 1)."""

import threading
from collections.abc import Iterator

import pytest
from sample_tickets import TICKET
from usb_stand_in import PRODUCT, VENDOR, UsbBus
from wire_printer import WirePrinter

from kiosk.devices.escpos_writer import PrinterModel, ticket_bytes
from kiosk.devices.receipt_printer import AnsweringPrinter, PrinterState, PrintOutcome, PrintResult
from kiosk.devices.usb_wire import UsbWire

NOT_PRINTED, UNSURE, PRINTED = PrintResult.NOT_PRINTED, PrintResult.UNSURE, PrintResult.PRINTED
NEXT = b"\x1b@next\n\x1dV\x00"


@pytest.fixture
def wire() -> Iterator[WirePrinter]:
    with WirePrinter() as printer:
        yield printer


@pytest.fixture
def bus(wire: WirePrinter, monkeypatch: pytest.MonkeyPatch) -> UsbBus:
    bus = UsbBus(wire)
    monkeypatch.setattr("usb.backend.libusb1.get_backend", lambda: bus)
    return bus


@pytest.fixture
def printer(bus: UsbBus) -> AnsweringPrinter:
    return AnsweringPrinter(
        lambda: UsbWire(VENDOR, PRODUCT), model=PrinterModel("TM-T20II"), timeout=0.3, proof_timeout=1.0
    )


def test_a_ticket_comes_out_once_and_surely(
    bus: UsbBus, wire: WirePrinter, printer: AnsweringPrinter
) -> None:
    assert printer.state() is PrinterState.READY
    assert printer.print(TICKET) == PrintOutcome(PRINTED, PrinterState.READY)
    assert [paper.codes for paper in wire.papers] == [["TALON:7K2M94QD"]]
    assert not bus.kernel_has_it, "taken from usblp, which would hold it"


def test_a_picture_goes_in_pieces(wire: WirePrinter, printer: AnsweringPrinter) -> None:
    data = ticket_bytes(TICKET, "TM-T20II", 80, "raster")
    assert printer.print(data) == PrintOutcome(PRINTED, PrinterState.READY)
    assert b"".join(wire.papers[0].pictures) in data.replace(b"\x1dv", b"")


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("paper_out", PrinterState.OUT_OF_PAPER),
        ("cover_open", PrinterState.COVER_OPEN),
        ("offline", PrinterState.OFFLINE),
    ],
)
def test_faults_before_and_in_the_middle(
    wire: WirePrinter, printer: AnsweringPrinter, fault: str, state: PrinterState
) -> None:
    wire.fault(fault)
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, state)
    wire.clear()
    wire.fault(fault, after=300)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, state)
    wire.clear()
    assert printer.print(NEXT).result is PRINTED
    assert wire.papers[-1].text == "next\n"
    assert not any(paper.codes for paper in wire.papers)


def test_plugged_out_and_in(bus: UsbBus, printer: AnsweringPrinter) -> None:
    bus.plugged = False
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)
    bus.plugged = bus.kernel_has_it = True
    assert printer.print(TICKET) == PrintOutcome(PRINTED, PrinterState.READY)


def test_plugged_out_in_the_middle(bus: UsbBus, wire: WirePrinter, printer: AnsweringPrinter) -> None:
    wire.fault("slow", rate=500)
    pulled = threading.Timer(0.3, setattr, (bus, "plugged", False))
    pulled.start()
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.OFFLINE)
    pulled.join()
    wire.clear()
    bus.plugged = True
    assert printer.print(NEXT).result is PRINTED
    assert wire.papers[-1].text == "next\n"


def test_a_printer_that_takes_no_data_is_given_up_in_time(
    wire: WirePrinter, printer: AnsweringPrinter
) -> None:
    wire.fault("stuck", after=100)
    assert printer.print(b"." * 1_000_000).result is UNSURE


def test_a_printer_that_another_program_has_is_offline(bus: UsbBus, printer: AnsweringPrinter) -> None:
    other = UsbWire(VENDOR, PRODUCT)
    try:
        assert printer.state() is PrinterState.OFFLINE
    finally:
        other.close()
    assert printer.state() is PrinterState.READY


def test_a_device_that_gives_no_answers_is_not_taken_for_a_printer_of_this_driver(
    wire: WirePrinter, monkeypatch: pytest.MonkeyPatch, printer: AnsweringPrinter
) -> None:
    monkeypatch.setattr("usb.backend.libusb1.get_backend", lambda: UsbBus(wire, answers=False))
    assert printer.state() is PrinterState.OFFLINE


def test_without_libusb_every_printer_is_offline(
    monkeypatch: pytest.MonkeyPatch, printer: AnsweringPrinter
) -> None:
    for name in ("libusb0", "libusb1", "openusb"):
        monkeypatch.setattr(f"usb.backend.{name}.get_backend", lambda: None)
    assert printer.state() is PrinterState.OFFLINE
