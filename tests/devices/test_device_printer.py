"""Printers on the network and on a serial line against a printer on the wire (issues 2 and 5; client-facts.md section 5)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample_tickets import TICKET
from wire_printer import PtyPrinter, WirePrinter

from kiosk.devices.escpos_writer import ticket_bytes
from kiosk.devices.printer_wire import SocketWire
from kiosk.devices.receipt_printer import (
    AnsweringPrinter,
    PrinterModel,
    PrinterState,
    PrintOutcome,
    PrintResult,
)
from kiosk.devices.serial_wire import SerialWire

MODEL = PrinterModel("TM-T20II")
NOT_PRINTED, UNSURE, PRINTED = PrintResult.NOT_PRINTED, PrintResult.UNSURE, PrintResult.PRINTED


def plugged_in(plug: str, folder: Path, clears_on: str = "dc4") -> WirePrinter:
    return PtyPrinter(folder, clears_on=clears_on) if plug == "pty" else WirePrinter(clears_on=clears_on)


@pytest.fixture(params=["tcp", "pty"])
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WirePrinter]:
    with plugged_in(request.param, tmp_path) as printer:
        yield printer


@pytest.fixture(params=["tcp-dc4", "tcp-enq", "pty-dc4"])
def any_wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WirePrinter]:
    """Models differ in what clears their buffer."""
    plug, clears_on = request.param.split("-")
    with plugged_in(plug, tmp_path, clears_on) as printer:
        yield printer


@pytest.fixture
def tcp() -> Iterator[WirePrinter]:
    with WirePrinter() as printer:
        yield printer


@pytest.fixture
def pty(tmp_path: Path) -> Iterator[PtyPrinter]:
    with PtyPrinter(tmp_path) as printer:
        yield printer


def serial_wire(path: Path) -> SerialWire:
    return SerialWire(path, 4_000_000, "none")


def printer_at(wire: WirePrinter, **options: float) -> AnsweringPrinter:
    times = {"timeout": 1.0, "proof_timeout": 2.0, **options}
    if isinstance(wire, PtyPrinter):
        path = wire.path
        return AnsweringPrinter(lambda: serial_wire(path), model=MODEL, **times)
    return AnsweringPrinter(lambda: SocketWire(wire.host, wire.port, times["timeout"]), model=MODEL, **times)


def printer_by_name(host: str, port: int = 9100) -> AnsweringPrinter:
    return AnsweringPrinter(lambda: SocketWire(host, port, 0.5), model=MODEL)


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


@pytest.mark.parametrize("host", ["printer..local", "p" * 80])
def test_a_name_that_no_host_can_have_is_offline(host: str) -> None:
    printer = printer_by_name(host)
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


def without_power(wire: WirePrinter) -> PrinterState:
    """A serial line without a printer at its end is silent, and silence is never taken for more than it is."""
    return PrinterState.UNKNOWN if isinstance(wire, PtyPrinter) else PrinterState.OFFLINE


@pytest.mark.parametrize(("fault", "state"), FAULTS)
def test_nothing_is_sent_to_a_printer_that_is_not_ready(
    wire: WirePrinter, fault: str, state: PrinterState
) -> None:
    """A ticket sent during a fault would be printed later, for the next patient."""
    state = without_power(wire) if fault == "dead" else state
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


def test_a_printer_that_cannot_clear_keeps_the_rest_apart_from_the_next_ticket() -> None:
    """What it holds comes out when it can print again, whatever the terminal does; the paper is cut between."""
    with WirePrinter(clears_on="nothing") as wire:
        printer = printer_at(wire)
        wire.fault("paper_out", after=300)
        assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.OUT_OF_PAPER)
        wire.clear()
        assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
        assert [paper.text for paper in wire.papers[1:]] == ["next\n"]


def test_a_printer_that_dies_in_the_middle(wire: WirePrinter) -> None:
    """What it held is gone with its power; what it printed is cut off before the next ticket."""
    printer = printer_at(wire, timeout=0.3, proof_timeout=0.8)
    wire.fault("dead", after=300)
    outcome = printer.print(TICKET)
    assert outcome == PrintOutcome(UNSURE, without_power(wire))
    assert printer.state() is without_power(wire)
    wire.clear()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert [paper.text for paper in wire.papers[1:]] == ["next\n"]
    assert "15:40" in wire.papers[0].text


def test_switched_off_in_a_fault_the_paper_is_cut_off_all_the_same(wire: WirePrinter) -> None:
    """R24: a printer that only holds the cut forgets it with its power; the next ticket has paper of its own."""
    printer = printer_at(wire)
    assert printer.print(TICKET).result is PRINTED
    wire.fault("cover_open", after=300)
    assert printer.print(TICKET).result is UNSURE
    assert printer.state() is PrinterState.COVER_OPEN
    wire.fault("dead")
    wire.clear()
    wait_for(lambda: printer.state() is PrinterState.READY)
    assert printer.print(TICKET).result is PRINTED
    whole, torn, last = wire.papers
    assert torn.codes == []
    assert last == whole


def test_a_printer_that_falls_silent_in_the_middle_is_cleared_when_it_answers_again(
    wire: WirePrinter,
) -> None:
    printer = printer_at(wire, timeout=0.3, proof_timeout=0.8)
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
    is_pty = isinstance(any_wire, PtyPrinter)
    killed = serial_wire(any_wire.path) if is_pty else SocketWire(any_wire.host, any_wire.port, 2.0)
    any_wire.fault("paper_out", after=300)
    killed.send(ticket_bytes(TICKET, "TM-T20II", 80), 2.0)
    wait_for(lambda: b"TALON" in any_wire.held)
    killed.close()
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
    printer = printer_at(wire, proof_timeout=0.8)
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.UNKNOWN)


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
    printer = printer_by_name("127.0.0.1", port)
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)


def test_a_silent_printer_is_given_up_in_time(tcp: WirePrinter) -> None:
    tcp.fault("silent")
    began = time.monotonic()
    printer_at(tcp, timeout=0.5).print(TICKET)
    assert time.monotonic() - began < 1.0


def test_every_connection_is_closed(tcp: WirePrinter) -> None:
    printer = printer_at(tcp)
    printer.print(TICKET)
    printer.state()
    wait_for(lambda: not tcp.in_use)
    assert tcp.connections == 2


def test_a_port_that_is_not_there_is_offline_until_it_is(pty: PtyPrinter) -> None:
    printer = printer_at(pty)
    assert printer.state() is PrinterState.READY
    pty.unplug()
    assert printer.state() is PrinterState.OFFLINE
    assert printer.print(TICKET) == PrintOutcome(NOT_PRINTED, PrinterState.OFFLINE)
    pty.plug_in()
    assert printer.print(TICKET) == PrintOutcome(PRINTED, PrinterState.READY)


def test_a_port_that_is_pulled_out_in_the_middle(pty: PtyPrinter) -> None:
    printer = printer_at(pty)
    pty.fault("slow", rate=500)
    threading.Timer(0.4, pty.unplug).start()
    assert printer.print(TICKET) == PrintOutcome(UNSURE, PrinterState.OFFLINE)
    pty.clear()
    pty.plug_in()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert pty.papers[-1].text == "next\n", "on paper of its own"


def test_a_port_that_another_program_has_is_offline(pty: PtyPrinter) -> None:
    other = serial_wire(pty.path)
    try:
        assert printer_at(pty).state() is PrinterState.OFFLINE
    finally:
        other.close()


def test_a_printer_that_stops_taking_data_is_given_up_in_time(pty: PtyPrinter) -> None:
    """As one does that holds the line by its handshake; nothing waits in this machine for better times."""
    printer = printer_at(pty, proof_timeout=0.5)
    pty.fault("stuck", after=100)
    assert printer.print(b"." * 200_000) == PrintOutcome(UNSURE, PrinterState.UNKNOWN)
    pty.clear()
    assert printer.print(b"\x1b@next\n\x1dV\x00").result is PRINTED
    assert pty.papers[-1].text == "next\n"


def test_a_picture_is_printed_like_text(wire: WirePrinter) -> None:
    data = ticket_bytes(TICKET, "simple", 80)
    assert len(data) > 50_000
    assert printer_at(wire, proof_timeout=5.0).print(data) == PrintOutcome(PRINTED, PrinterState.READY)


class ScriptedWire:
    """A wire whose other side is a function from what is sent to what comes back, for rare orders of answers."""

    keeps_answers = False

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
    return AnsweringPrinter(lambda: waiting.pop(0), model=MODEL, timeout=0.1, proof_timeout=proof_timeout)


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
