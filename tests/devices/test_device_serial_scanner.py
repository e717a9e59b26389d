"""The serial scanner over a pseudo-terminal: the real library, the real port, pieces and pauses (issue 5, 3)."""

import os
import pty
import queue
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from policy_samples import TYPE_1, TYPE_2
from scan_samples import NUMBER, PAUSE, Stream, StreamMaker

from kiosk.devices import serial_scanner
from kiosk.devices.code_scanner import NoScanner, ScannerChanged, ScannerEvent, ScannerState
from kiosk.devices.scan_frame import classify
from kiosk.devices.scan_stream import ScanStream
from kiosk.devices.scanned import NumberScanned, ScanFault, Scanned, ScanRefused
from kiosk.devices.serial_scanner import SerialScanner

READY, ABSENT = ScannerChanged(ScannerState.READY), ScannerChanged(ScannerState.ABSENT)


class Desk:
    """A scanner that can be plugged in and out at one path, and what the terminal heard of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "scanner"
        self.heard: queue.Queue[ScannerEvent] = queue.Queue()
        self.scanner = SerialScanner(str(self.path))
        self._end = -1

    def plug_in(self) -> None:
        self._end, end = pty.openpty()
        tty.setraw(end)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(end))
        os.close(end)

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._end, data) :]

    def pull_out(self) -> None:
        self.put_away()
        self.path.unlink()

    def put_away(self) -> None:
        if self._end >= 0:
            os.close(self._end)
            self._end = -1

    def next(self) -> ScannerEvent:
        return self.heard.get(timeout=20)

    def listen(self) -> None:
        self.scanner.listen(self.heard.put)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.scanner.stop()
    desk.put_away()


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_codes_of_every_kind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # So long a pause that a busy machine makes none between two pieces.
    monkeypatch.setattr(serial_scanner, "PAUSE_SECONDS", 1.0)
    desk.plug_in()
    desk.listen()
    assert desk.next() == READY
    desk.send(b"4600051000057\r")
    assert desk.next() == ScanRefused(ScanFault.UNKNOWN)
    desk.send(TYPE_1)
    assert desk.next() == classify(TYPE_1)
    desk.send(b"\r\n]L2" + TYPE_2[:70])
    desk.send(TYPE_2[70:] + NUMBER.encode() + b"\r")
    assert [desk.next(), desk.next()] == [classify(TYPE_2), NumberScanned(NUMBER)]
    assert desk.scanner.state() is ScannerState.READY


def test_every_byte_goes_through_the_port_as_it_is(desk: Desk) -> None:
    """No line discipline and no flow control may touch a signature: 11, 13, 0D, 0A, 03, 1A, FF, 00."""
    desk.plug_in()
    desk.listen()
    assert desk.next() == READY
    for signature in (
        bytes(range(64)),
        bytes(range(64, 128)),
        bytes(range(128, 192)),
        bytes(range(192, 256)),
    ):
        payload = TYPE_1[:66] + signature.replace(b"\\", b"/")
        desk.send(payload + b"\r\n")
        assert desk.next() == classify(payload)


def test_plugged_in_later_out_and_in_again(desk: Desk) -> None:
    desk.listen()
    assert desk.scanner.state() is ScannerState.ABSENT
    desk.plug_in()
    assert desk.next() == READY
    desk.send(TYPE_1[:60])
    desk.pull_out()
    assert desk.next() == ABSENT
    desk.plug_in()
    assert desk.next() == READY
    desk.send(TYPE_1[60:] + TYPE_2)
    assert desk.next() == classify(TYPE_2), "half a code from before is forgotten"
    desk.pull_out()
    assert desk.next() == ABSENT


def test_what_is_no_port_is_an_absent_scanner(desk: Desk) -> None:
    desk.path.write_bytes(TYPE_1)
    desk.listen()
    desk.scanner.stop()
    assert desk.scanner.state() is ScannerState.ABSENT
    assert desk.heard.empty()


def test_stop_ends_the_thread_and_may_be_called_again(desk: Desk) -> None:
    desk.scanner.stop()
    desk.plug_in()
    scanner = SerialScanner(str(desk.path))
    scanner.listen(desk.heard.put)
    assert desk.next() == READY
    scanner.stop()
    scanner.stop()
    desk.send(TYPE_1)
    assert desk.heard.empty()


class WatchedStream(ScanStream):
    """Tells the test when the port has been read to its end and a pause has passed."""

    taken = 0
    paused = threading.Event()

    def feed(self, data: bytes) -> list[Scanned]:
        WatchedStream.taken += len(data)
        return super().feed(data)

    def pause(self) -> list[Scanned]:
        scans = super().pause()
        WatchedStream.paused.set()
        return scans


def test_streams_at_random_through_the_port(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some of the streams that the pure test is made of, with real pauses."""
    monkeypatch.setattr(serial_scanner, "ScanStream", WatchedStream)
    desk.plug_in()
    desk.listen()
    assert desk.next() == READY
    maker, sent = StreamMaker(6), WatchedStream.taken
    streams = [maker.stream() for _ in range(12)]
    for burst in bursts(streams):
        desk.send(burst)
        sent += len(burst)
        wait_for(lambda all_of_it=sent: WatchedStream.taken == all_of_it)
        WatchedStream.paused.clear()
        assert WatchedStream.paused.wait(20)
    heard = [desk.heard.get() for _ in range(desk.heard.qsize())]
    assert [scan for scan in heard if not isinstance(scan, ScanRefused)] == [
        code for stream in streams for code in stream.codes
    ]


def bursts(streams: list[Stream]) -> Iterator[bytes]:
    """What comes without a pause, in one piece."""
    burst = b""
    for piece in (piece for stream in streams for piece in stream.pieces):
        burst += piece or b""
        if piece is PAUSE and burst:
            yield burst
            burst = b""


def test_a_terminal_without_a_scanner() -> None:
    none = NoScanner()
    none.listen(lambda event: pytest.fail(str(event)))
    none.stop()
    assert none.state() is ScannerState.NONE
