"""The printer behind CUPS: kiosk/devices/cups_printer.py and ipp.py against a real cupsd (issue 5, item 1)."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from cups_daemon import CupsDaemon, missing
from hypothesis import given
from hypothesis import strategies as st
from sample_tickets import TICKET
from wire_printer import WirePrinter

from kiosk.devices import ipp
from kiosk.devices.cups_printer import CupsPrinter
from kiosk.devices.receipt_printer import PrinterModel, PrinterState, PrintOutcome, PrintResult

MODEL = PrinterModel("TM-T20II")
NOT_PRINTED, UNSURE = PrintResult.NOT_PRINTED, PrintResult.UNSURE
NEXT = b"\x1b@next\n\x1dV\x00"

needs_daemon = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.fixture(scope="module")
def wire() -> Iterator[WirePrinter]:
    with WirePrinter() as printer:
        yield printer


@pytest.fixture(scope="module")
def daemon(wire: WirePrinter) -> Iterator[CupsDaemon]:
    with CupsDaemon(wire) as running:
        yield running


def nobody() -> int:
    """A port at which nobody is."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@needs_daemon
def test_a_ticket_is_handed_over_and_never_said_to_be_printed(daemon: CupsDaemon, wire: WirePrinter) -> None:
    printer = CupsPrinter(queue=daemon.queue, model=MODEL)
    assert printer.state() is PrinterState.READY
    before = len(wire.papers)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.READY)
    assert [paper.codes for paper in wire.papers[before:]] == [["TALON:7K2M94QD"]]


@needs_daemon
def test_what_is_not_handed_over_in_time_does_not_come_out_for_the_next_patient(
    daemon: CupsDaemon, wire: WirePrinter
) -> None:
    printer = CupsPrinter(queue=daemon.queue, model=MODEL, job_timeout=1.0)
    before = len(wire.papers)
    daemon.lead_to(nobody())
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.OFFLINE)
    daemon.lead_to(wire.port)
    assert printer.print(NEXT).result is UNSURE
    assert [paper.text for paper in wire.papers[before:]] == ["next\n"]


@needs_daemon
def test_what_waits_from_before_a_restart_is_cancelled_first(daemon: CupsDaemon, wire: WirePrinter) -> None:
    """The program was killed while its job was at work; the journal knows of a ticket that was under way."""
    daemon.lead_to(nobody())
    killed = CupsPrinter(queue=daemon.queue, model=MODEL, job_timeout=20.0)
    threading.Thread(target=killed.print, args=(TICKET,), daemon=True).start()
    before = len(wire.papers)
    while not ipp_jobs(daemon):
        time.sleep(0.05)
    printer = CupsPrinter(queue=daemon.queue, model=MODEL, leftover=True)
    printer.state()
    assert not ipp_jobs(daemon)
    daemon.lead_to(wire.port)
    printer.print(NEXT)
    assert [paper.text for paper in wire.papers[before:]] == ["next\n"]


def ipp_jobs(daemon: CupsDaemon) -> list[object]:
    asked = CupsPrinter(queue=daemon.queue, model=MODEL)._ask(ipp.Operation.GET_JOBS, [])
    return [group["job-id"] for group in asked.groups if "job-id" in group]


@needs_daemon
def test_a_stopped_queue_takes_nothing(daemon: CupsDaemon) -> None:
    printer = CupsPrinter(queue=daemon.queue, model=MODEL)
    daemon.administer("cupsdisable", "tickets")
    try:
        assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)
    finally:
        daemon.administer("cupsenable", "tickets")


@needs_daemon
def test_a_queue_that_is_not_there_is_offline(daemon: CupsDaemon) -> None:
    printer = CupsPrinter(queue=daemon.queue.replace("tickets", "other"), model=MODEL)
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)


def test_no_cups_at_the_address() -> None:
    printer = CupsPrinter(queue=f"ipp://127.0.0.1:{nobody()}/printers/tickets", model=MODEL)
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwhat", b"nonsense\r\n\r\n"]
)
def test_what_does_not_answer_in_ipp_is_unknown(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"ipp://127.0.0.1:{server.getsockname()[1]}/printers/tickets"

        asked = threading.Event()

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.recv(4096)
                line.sendall(said)
                assert asked.wait(10)

        answering = threading.Thread(target=answer)
        answering.start()
        assert CupsPrinter(queue=address, model=MODEL, timeout=0.3).state() is PrinterState.UNKNOWN
        asked.set()
        answering.join()


def said(*reasons: str, state: int = 3) -> ipp.Answer:
    return ipp.Answer(0, ({}, {"printer-state": (state,), "printer-state-reasons": reasons}))


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (said("none"), PrinterState.READY),
        (said("marker-supply-low-warning", "media-low-report"), PrinterState.PAPER_LOW),
        (said("media-empty-error", "cover-open"), PrinterState.COVER_OPEN),
        (said("media-needed-error"), PrinterState.OUT_OF_PAPER),
        (said("connecting-to-device", state=4), PrinterState.OFFLINE),
        (said("none", state=5), PrinterState.OFFLINE),
        (ipp.Answer(0x0406, ()), PrinterState.OFFLINE),
    ],
)
def test_what_the_queue_tells_of_the_printer(
    answer: ipp.Answer, state: PrinterState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CupsPrinter, "_ask", lambda *asked: answer)
    assert CupsPrinter(queue="ipp://localhost/printers/tickets", model=MODEL).state() is state


@given(st.binary())
def test_any_bytes_are_an_answer_or_none(data: bytes) -> None:
    try:
        ipp.answer(data)
    except ValueError:
        return


def test_an_answer_with_several_values() -> None:
    data = (
        b"\x01\x01\x00\x00\x00\x00\x00\x01\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x04\x44\x00\x15printer-state-reasons\x00\x09media-low\x44\x00\x00\x00\x0acover-open"
        b"\x23\x00\x0dprinter-state\x00\x04\x00\x00\x00\x05\x03"
    )
    answer = ipp.answer(data)
    assert answer.is_good
    assert answer.values("printer-state-reasons") == ("media-low", "cover-open")
    assert answer.values("printer-state") == (5,)
    assert answer.values("other") == ()
