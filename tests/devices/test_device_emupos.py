"""The ticket on a printer written by others: emupos, run as its own process (it needs Python 3.13).

EMUPOS names its command, for example `EMUPOS=/opt/emupos/bin/emupos`; without it these tests are skipped.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sample_tickets import LONGEST, TICKET

from kiosk.devices.printer_wire import SocketWire
from kiosk.devices.receipt_printer import (
    NetworkPrinter,
    PrinterModel,
    PrinterState,
    PrintOutcome,
    PrintResult,
)
from kiosk.ticket import Ticket, grouped_code

COMMAND = os.environ.get("EMUPOS", "")
pytestmark = pytest.mark.skipif(
    not COMMAND, reason="EMUPOS does not name the command of emupos (pip install emupos)"
)

CONFIG = """schema: 1
api: {{host: 127.0.0.1, port: {api}}}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections: [{{tcp: {{port: {tcp}}}}}]
    receipts_dir: {folder}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Emupos:
    """A running emupos with one printer."""

    def __init__(self, folder: Path) -> None:
        self.port, self._api = free_port(), free_port()
        config = folder / "emupos.yaml"
        config.write_text(CONFIG.format(api=self._api, tcp=self.port, folder=folder / "receipts"))
        self.process = subprocess.Popen([COMMAND, "run", "--config", str(config)], stdout=subprocess.DEVNULL)

    def ask(self, path: str, method: str = "GET") -> bytes:
        address = f"http://127.0.0.1:{self._api}/api/v1/devices/front/{path}"
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=5) as answer:
            return bytes(answer.read())

    def wait_until_up(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                self.ask("receipts")
            except urllib.error.URLError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("emupos did not start")

    def newest(self, form: str) -> bytes:
        receipts = json.loads(self.ask("receipts"))
        listed = receipts if isinstance(receipts, list) else receipts["receipts"]
        return self.ask(f"receipts/{listed[0]['id']}/{form}")


@pytest.fixture(scope="module")
def emupos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    running = Emupos(tmp_path_factory.mktemp("emupos"))
    try:
        running.wait_until_up()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(10)


def printer(emupos: Emupos) -> AnsweringPrinter:
    connect = partial(SocketWire, "127.0.0.1", emupos.port, 2.0)
    return AnsweringPrinter(connect, model=PrinterModel("TM-T20II"), timeout=2.0)


@pytest.mark.parametrize("ticket", [TICKET, LONGEST], ids=["mockup", "longest"])
def test_ticket_prints_right(emupos: Emupos, ticket: Ticket) -> None:
    assert printer(emupos).print(ticket) == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
    text = emupos.newest("text").decode()
    for words in (
        "КАБИНЕТ",
        ticket.number,
        "И. М. П.",
        f"TALON:{ticket.code}",
        grouped_code(ticket.code),
        "Напечатано",
    ):
        assert words in text
    if folder := os.environ.get("EMUPOS_PICTURES"):
        Path(folder, f"{ticket.number}.png").write_bytes(emupos.newest("image"))


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("paper-out", PrinterState.OUT_OF_PAPER),
        ("cover-open", PrinterState.COVER_OPEN),
        ("offline", PrinterState.OFFLINE),
    ],
)
def test_faults_are_seen_before_anything_is_sent(emupos: Emupos, fault: str, state: PrinterState) -> None:
    before = emupos.ask("receipts")
    emupos.ask(f"faults/{fault}", "PUT")
    try:
        assert printer(emupos).print(TICKET) == PrintOutcome(PrintResult.NOT_PRINTED, state)
    finally:
        emupos.ask(f"faults/{fault}", "DELETE")
    assert emupos.ask("receipts") == before


def test_little_paper_is_seen(emupos: Emupos) -> None:
    emupos.ask("faults/paper-near-end", "PUT")
    try:
        assert printer(emupos).state() is PrinterState.PAPER_LOW
    finally:
        emupos.ask("faults/paper-near-end", "DELETE")
