"""The printer on the network against a printer on the wire (issue 2, item 6; client-facts.md section 5)."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from sample_tickets import TICKET
from wire_printer import WirePrinter

from kiosk.devices.escpos_writer import ticket_bytes
from kiosk.devices.receipt_printer import (
    AnsweringPrinter,
    NetworkPrinter,
    PrinterState,
    PrintOutcome,
    PrintResult,
)

NOT_PRINTED, UNSURE, PRINTED = PrintResult.NOT_PRINTED, PrintResult.UNSURE, PrintResult.PRINTED


@pytest.fixture
def wire() -> Iterator[WirePrinter]:
    with WirePrinter() as printer:
        yield printer


@pytest.fixture(params=["dc4", "enq"])
def any_wire(request: pytest.FixtureRequest) -> Iterator[WirePrinter]:
    """Models differ in what clears their buffer."""
    with WirePrinter(clears_on=request.param) as printer:
        yield printer


def printer_at(wire: WirePrinter, **options: float) -> NetworkPrinter:
    return NetworkPrinter(
        host=wire.host,
        port=wire.port,
        profile="TM-T20II",
        **{"timeout": 0.5, "proof_timeout": 2.0, **options},
    )


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


@pytest.mark.parametrize("host", ["printer..local", "p" * 80])
def test_a_name_that_no_host_can_have_is_offline(host: str) -> None:
    printer = NetworkPrinter(host=host, profile="TM-T20II")
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)


def test_a_ticket_comes_out_once_and_surely(wire: WirePrinter) -> None:
    outcome = printer_at(wire).print(TICKET)
    assert outcome == PrintOutcome(PRINTED, PrinterState.READY)
    [paper] = wire.papers
    assert paper.codes == ["TALON:7K2M94QD"]
    for words in ("25 ноября, вторник", "15:40", "КАБИНЕТ 214", "Соколова Елена Андреевна", "№ 5"):
        assert words in paper.text
    assert "?" not in paper.text.replace("прийти?", "")
    assert wire.connections == 1


def test_ready_bytes_are_printed_as_they_are(wire: WirePrinter) -> None:
    assert printer_at(wire).print(b"\x1b@test\n\x1dV\x00").result is PRINTED
    assert wire.papers[0].text == "test\n"


def test_printed_with_little_paper_is_printed(wire: WirePrinter) -> None:
    wire.fault("paper_low")
    printer = printer_at(wire)
    assert printer.state() is PrinterState.PAPER_LOW
    assert printer.print(TICKET) == PrintOutcome(PRINTED, PrinterState.PAPER_LOW)


FAULTS = [
    ("paper_out", PrinterState.OUT_OF_PAPER),
    ("cover_open", PrinterState.COVER_OPEN),
    ("offline", PrinterState.OFFLINE),
    ("silent", PrinterState.UNKNOWN),
    ("dead", PrinterState.OFFLINE),
]


@pytest.mark.parametrize(("fault", "state"), FAULTS)
def test_nothing_is_sent_to_a_printer_that_is_not_ready(
    wire: WirePrinter, fault: str, state: PrinterState
) -> None:
    """A ticket sent during a fault would be printed later, for the next patient."""
    printer = printer_at(wire)
    wire.fault(fault)
    assert printer.state() is state
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, state)
    wire.clear()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert [paper.text for paper in wire.papers] == ["next\n"]


@pytest.mark.parametrize(("fault", "state"), FAULTS[:3])
def test_after_a_fault_in_the_middle_nothing_comes_out_for_the_next_patient(
    any_wire: WirePrinter, fault: str, state: PrinterState
) -> None:
    printer = printer_at(any_wire)
    any_wire.fault(fault, after=300)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, state)
    assert "15:40" in any_wire.strip.text
    assert "TALON" not in any_wire.held.decode("cp866")
    any_wire.clear()
    wait_for(lambda: len(any_wire.papers) == 1)
    assert not any_wire.papers[0].codes
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert [paper.text for paper in any_wire.papers[1:]] == ["next\n"], "on paper of its own"


def test_a_printer_that_dies_in_the_middle(wire: WirePrinter) -> None:
    """What it held is gone with its power; what it printed is cut off before the next ticket."""
    printer = printer_at(wire)
    wire.fault("dead", after=300)
    outcome = printer.print(TICKET)
    assert outcome == PrintOutcome(UNSURE, PrinterState.OFFLINE)
    assert printer.state() is PrinterState.OFFLINE
    wire.clear()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert [paper.text for paper in wire.papers[1:]] == ["next\n"]
    assert "15:40" in wire.papers[0].text


def test_a_printer_that_falls_silent_in_the_middle_is_cleared_when_it_answers_again(
    wire: WirePrinter,
) -> None:
    printer = printer_at(wire)
    wire.fault("silent", after=300)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.UNKNOWN)
    assert printer.state() is PrinterState.UNKNOWN
    assert len(wire.held) > 300
    wire.fault("cover_open")
    wire.clear("silent")
    assert printer.state() is PrinterState.COVER_OPEN
    assert "TALON" not in wire.held.decode("cp866")


def test_what_is_held_from_before_a_restart_does_not_come_out_for_the_next_patient(
    any_wire: WirePrinter,
) -> None:
    """The program was killed while the printer waited for paper; the journal knows, so the new one clears first."""
    with socket.create_connection((any_wire.host, any_wire.port)) as killed:
        any_wire.fault("paper_out", after=300)
        killed.sendall(ticket_bytes(TICKET, "TM-T20II", 80))
        wait_for(lambda: b"TALON" in any_wire.held)
    printer = printer_at(any_wire, leftover=True)
    assert printer.state() is PrinterState.OUT_OF_PAPER
    any_wire.clear()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    first, second = any_wire.papers
    assert "15:40" in first.text, "what stood on the paper already, cut off"
    assert not first.codes
    assert second.text == "next\n"


def test_a_printer_that_gives_no_proof_is_never_believed(wire: WirePrinter) -> None:
    wire.fault("no_proof")
    assert printer_at(wire).print(TICKET) == PrintOutcome(UNSURE, PrinterState.UNKNOWN)


def test_slow_printing_is_waited_for(wire: WirePrinter) -> None:
    """A ticket of 700 bytes at 1000 bytes a second; the state is asked meanwhile."""
    wire.fault("slow", rate=1000)
    began = time.monotonic()
    outcome = printer_at(wire, proof_timeout=10.0).print(TICKET)
    assert outcome == PrintOutcome(PRINTED, PrinterState.READY)
    assert time.monotonic() - began > 0.5


def test_printing_slower_than_the_proof_is_waited_for_is_unsure(wire: WirePrinter) -> None:
    wire.fault("slow", rate=150)
    assert printer_at(wire, proof_timeout=1.0).print(TICKET).result is UNSURE
    wire.clear()
    wait_for(lambda: not wire.held)
    assert all(not paper.codes for paper in wire.papers), "the rest was cleared"


def test_a_late_answer_is_never_taken_for_another(wire: WirePrinter) -> None:
    """Trap 6: after a timeout the next question would get the answer to the one before."""
    printer = printer_at(wire, timeout=0.3)
    wire.fault("late", seconds=0.5)
    assert printer.state() is PrinterState.UNKNOWN
    wire.fault("late", seconds=0.0)
    wire.fault("cover_open")
    assert printer.state() is PrinterState.COVER_OPEN


def test_answers_of_automatic_status_are_not_taken_for_others(wire: WirePrinter) -> None:
    wire.send_automatic_status()
    printer = printer_at(wire)
    wire.fault("paper_low")
    assert printer.print(TICKET) == PrintOutcome(PRINTED, PrinterState.PAPER_LOW)
    wire.fault("paper_out", after=300)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.OUT_OF_PAPER)


def test_a_fault_after_the_proof_leaves_the_ticket_printed(wire: WirePrinter) -> None:
    data = ticket_bytes(TICKET, "TM-T20II", 80)
    wire.fault("cover_open", after=len(data) + 3)
    assert printer_at(wire).print(data) == PrintOutcome(PRINTED, PrinterState.COVER_OPEN)


def test_nobody_at_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    printer = NetworkPrinter(host="127.0.0.1", port=port, profile="TM-T20II")
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)


def test_a_silent_printer_is_given_up_in_time(wire: WirePrinter) -> None:
    wire.fault("silent")
    began = time.monotonic()
    printer_at(wire, timeout=0.5).print(TICKET)
    assert time.monotonic() - began < 1.0


def test_every_connection_is_closed(wire: WirePrinter) -> None:
    printer = printer_at(wire)
    printer.print(TICKET)
    printer.state()
    wait_for(lambda: not wire.in_use)
    assert wire.connections == 2


class ScriptedWire:
    """A wire whose other side is a function from what is sent to what comes back, for rare orders of answers."""

    def __init__(self, answer: Callable[[bytes], bytes]) -> None:
        self.sent: list[bytes] = []
        self._answer = answer
        self._ready = b""

    def send(self, data: bytes, timeout: float) -> None:
        self.sent.append(data)
        self._ready += self._answer(data)

    def receive(self, timeout: float) -> bytes:
        if not self._ready:
            time.sleep(max(timeout, 0))
        ready, self._ready = self._ready, b""
        return ready

    def close(self) -> None:
        pass


def well(data: bytes) -> bytes:
    return b"\x12" if data.startswith(b"\x10\x04") else b""


def printer_over(*wires: ScriptedWire, proof_timeout: float = 0.5) -> AnsweringPrinter:
    waiting = list(wires)
    return AnsweringPrinter(
        lambda: waiting.pop(0), profile="TM-T20II", width_mm=80, timeout=0.1, proof_timeout=proof_timeout
    )


def test_answers_that_come_late_do_not_confirm_a_clearing() -> None:
    """Trap 6: those to the question before would be taken for those to the question after the clearing."""
    late: list[bytes] = []

    def answer(data: bytes) -> bytes:
        if data == b"ticket\x1dr\x01":
            late.append(b"\x12\x12\x12")
        if late and data.startswith(b"\x10\x05"):
            return late.pop()
        return b"" if late else well(data)

    first, second = ScriptedWire(answer), ScriptedWire(well)
    printer = printer_over(first, second)
    assert printer.print(b"ticket") == PrintOutcome(UNSURE, PrinterState.UNKNOWN)
    assert printer.state() is PrinterState.READY
    assert second.sent[0].startswith(b"\x10\x05\x02"), "so it is cleared before anything else"


def test_a_printer_that_answers_in_the_order_of_its_work() -> None:
    """Its states come after the proof, too late to be waited for; the proof counts."""
    busy: list[float] = []

    class InOrder(ScriptedWire):
        def receive(self, timeout: float) -> bytes:
            if busy:
                time.sleep(min(timeout, max(0.0, busy[0] - time.monotonic())))
                if time.monotonic() < busy[0]:
                    return b""
                busy.clear()
                return b"\x00"
            return super().receive(timeout)

    def answer(data: bytes) -> bytes:
        if data.startswith(b"ticket"):
            busy.append(time.monotonic() + 0.8)
        return b"" if busy else well(data)

    wire = InOrder(answer)
    assert printer_over(wire, proof_timeout=5.0).print(b"ticket").result is PRINTED
    assert not any(data.startswith(b"\x10\x05") for data in wire.sent), "nothing to clear"
