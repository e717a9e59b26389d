"""The printer against a printer written by others: emupos, run as its own process (it needs Python 3.13).

`script/setup --for-tests` puts it under var/emupos where there is a Python 3.13; EMUPOS names another command.
"""

import io
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from sample_tickets import LONGEST, TICKET

from kiosk.devices.paper_picture import draw
from kiosk.devices.printer_wire import SocketWire
from kiosk.devices.receipt_printer import (
    AnsweringPrinter,
    PrinterModel,
    PrinterState,
    PrintOutcome,
    PrintResult,
)
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.devices.serial_wire import SerialWire
from kiosk.devices.ticket_layout import Align, PaperCode, PaperLine, arrange
from kiosk.ticket import Ticket, ticket_lines

INSTALLED = Path(__file__).parents[2] / "var" / "emupos" / "bin" / "emupos"
COMMAND = os.environ.get("EMUPOS") or (str(INSTALLED) if INSTALLED.exists() else "")
pytestmark = pytest.mark.skipif(
    not COMMAND, reason="no emupos: script/setup --for-tests found no Python 3.13, or could not install it"
)

CONFIG = """schema: 1
api: {{host: 127.0.0.1, port: {api}}}
devices:
  - id: front
    type: printer
    profile: epson-tm-t20iii
    connections: [{{tcp: {{port: {tcp}}}}}, {{serial: {{pty: true}}}}]
    receipts_dir: {folder}
"""
PRINTED = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
COLUMNS, CELL = 48, 12
_ACCENT_GAP = 5


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Emupos:
    """A running emupos with one printer, on TCP and on a pty."""

    def __init__(self, folder: Path) -> None:
        self.port, self._api = free_port(), free_port()
        self.path = folder / "emupos" / "front"
        config = folder / "emupos.yaml"
        config.write_text(CONFIG.format(api=self._api, tcp=self.port, folder=folder / "receipts"))
        self.process = subprocess.Popen(
            [COMMAND, "run", "--config", str(config)],
            stdout=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(folder)},
        )

    def ask(self, path: str, method: str = "GET") -> bytes:
        address = f"http://127.0.0.1:{self._api}/api/v1/devices/front/{path}"
        with urllib.request.urlopen(urllib.request.Request(address, method=method), timeout=5) as answer:
            return bytes(answer.read())

    def wait_until_up(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                self.ask("receipts")
            except urllib.error.URLError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("emupos did not start")

    @property
    def count(self) -> int:
        receipts = json.loads(self.ask("receipts"))
        return len(receipts if isinstance(receipts, list) else receipts["receipts"])

    @property
    def rows(self) -> list[str]:
        """The text of the newest receipt, without its empty lines."""
        text = self.ask("receipts/latest/text").decode()
        return [row.rstrip() for row in text.splitlines() if row.strip()]

    @property
    def picture(self) -> Image.Image:
        return Image.open(io.BytesIO(self.ask("receipts/latest/image"))).convert("L")


@pytest.fixture(scope="module")
def emupos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emupos]:
    running = Emupos(tmp_path_factory.mktemp("emupos"))
    try:
        running.wait_until_up()
        yield running
    finally:
        running.process.terminate()
        running.process.wait(10)


@pytest.fixture(params=["tcp", "pty"])
def plug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def printer(emupos: Emupos, plug: str = "tcp", code_page: str = "auto") -> AnsweringPrinter:
    connect = (
        partial(SocketWire, "127.0.0.1", emupos.port, 2.0)
        if plug == "tcp"
        else partial(SerialWire, emupos.path, 115200, "none")
    )
    return AnsweringPrinter(connect, model=PrinterModel("TM-T20II", code_page=code_page), timeout=2.0)


def meant(ticket: Ticket) -> list[PaperLine | PaperCode]:
    paper = arrange(ticket_lines(ticket), COLUMNS)
    return [item for item in paper if isinstance(item, PaperCode) or item.text.strip()]


@pytest.mark.parametrize("ticket", [TICKET, LONGEST], ids=["mockup", "longest"])
def test_a_ticket_says_and_looks_like_what_was_meant(emupos: Emupos, plug: str, ticket: Ticket) -> None:
    assert printer(emupos, plug).print(ticket) == PRINTED
    said = [f"[qr {item.payload}]" if isinstance(item, PaperCode) else item.text for item in meant(ticket)]
    assert emupos.rows == [row.strip() if row.startswith("[") else row.rstrip() for row in said]
    bands = list(ink(emupos.picture))
    assert len(bands) == len(meant(ticket))
    for item, band in zip(meant(ticket), bands, strict=True):
        assert_looks_like(item, band)


@dataclass(frozen=True)
class Band:
    """Rows with ink between rows without."""

    left: int
    right: int
    height: int


def ink(picture: Image.Image) -> Iterator[Band]:
    """The bands of a picture from the top; the gap under an accent is none between two of them."""
    dark = picture.point(lambda shade: 255 * (shade < 128))
    full = [y for y in range(dark.height) if dark.crop((0, y, dark.width, y + 1)).getbbox()]
    starts = [y for before, y in pairwise([-99, *full]) if y - before > _ACCENT_GAP]
    for start, after in pairwise([*starts, dark.height]):
        left, top, right, bottom = dark.crop((0, start, dark.width, after)).getbbox() or (0, 0, 0, 0)
        yield Band(left, right, bottom - top)


def assert_looks_like(item: PaperLine | PaperCode, band: Band) -> None:
    """Its size, and where it stands: in the middle, or at its column."""
    if isinstance(item, PaperCode):
        assert band.height == band.right - band.left
        assert band.height % 8 == 0, "modules of eight dots"
    elif not item.text.startswith("-"):
        assert 9 * item.scale <= band.height <= 24 * item.scale
    if isinstance(item, PaperCode) or item.align is Align.CENTER:
        assert abs((band.left + band.right) - COLUMNS * CELL) <= 2 * CELL
    else:
        first = len(item.text) - len(item.text.lstrip())
        assert first * CELL <= band.left <= (first + 1) * CELL


def test_a_picture_is_printed_dot_for_dot(emupos: Emupos, plug: str) -> None:
    assert printer(emupos, plug, "raster").print(TICKET) == PRINTED
    wanted = draw(arrange(ticket_lines(TICKET), COLUMNS), COLUMNS).convert("L")
    printed = emupos.picture.crop((0, 0, *wanted.size))
    assert ImageChops.difference(printed, wanted).getbbox() is None


def test_the_table_of_a_test_print_shows_one_right_page(emupos: Emupos) -> None:
    sheet = SampleSheet("Т-05", "network", TICKET.printed_at)
    assert printer(emupos).print(sheet) == PRINTED
    rows = emupos.rows
    assert [row for row in rows if " 17 Ёж№" in row]
    assert sum(row.count("Ёж№") for row in rows) == 2, "its heading, and the one page that is right"


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("paper-out", PrinterState.OUT_OF_PAPER),
        ("cover-open", PrinterState.COVER_OPEN),
        ("offline", PrinterState.OFFLINE),
    ],
)
def test_nothing_is_sent_during_a_fault_and_nothing_comes_out_after(
    emupos: Emupos, plug: str, fault: str, state: PrinterState
) -> None:
    before = emupos.count
    emupos.ask(f"faults/{fault}", "PUT")
    try:
        assert printer(emupos, plug).print(TICKET) == PrintOutcome(PrintResult.NOT_PRINTED, state)
    finally:
        emupos.ask(f"faults/{fault}", "DELETE")
    assert printer(emupos, plug).print(TICKET) == PRINTED
    assert emupos.count == before + 1


def test_what_was_held_during_a_fault_stays_apart_from_the_next_ticket(emupos: Emupos) -> None:
    """emupos knows the commands that clear but holds on, as some models do: then at least the paper is cut between."""
    before = emupos.count
    connect = partial(SocketWire, "127.0.0.1", emupos.port, 2.0)
    emupos.ask("faults/paper-out", "PUT")
    try:
        killed = connect()
        killed.send(b"\x1b@of another patient\n", 2.0)
        killed.close()
        after = AnsweringPrinter(connect, model=PrinterModel("TM-T20II"), leftover=True)
        assert after.state() is PrinterState.OUT_OF_PAPER
    finally:
        emupos.ask("faults/paper-out", "DELETE")
    assert after.print(TICKET) == PRINTED
    assert emupos.count == before + 2
    assert emupos.rows[0] == "ГОРОДСКАЯ ПОЛИКЛИНИКА № 5"


def test_little_paper_is_seen(emupos: Emupos, plug: str) -> None:
    emupos.ask("faults/paper-near-end", "PUT")
    try:
        assert printer(emupos, plug).state() is PrinterState.PAPER_LOW
    finally:
        emupos.ask("faults/paper-near-end", "DELETE")
