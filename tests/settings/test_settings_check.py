"""`kiosk check`: what it says of the devices (issue 5, items 1, 5 and 6)."""

import os
import pty
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from wire_printer import WirePrinter

from kiosk.__main__ import main
from kiosk.maintenance.closing import Closing
from kiosk.maintenance.pin import hash_pin

SETTINGS = """
[terminal]
name = "T-01"
home_facility = "f1"
state = "state"
[registry]
url = "http://127.0.0.1:9"
credential = "secret"
connect_seconds = 0.5
[printer]
{printer}
"""


@pytest.fixture
def wire() -> Iterator[WirePrinter]:
    with WirePrinter() as printer:
        yield printer


class Report:
    """The lines that `kiosk check` prints, by their subject."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def of(self, printer: str, *options: str) -> dict[str, str]:
        config = self._folder / "kiosk.toml"
        config.write_text(SETTINGS.format(printer=printer))
        config.chmod(0o600)
        assert main(["check", "--config", str(config), *options]) == 1, "there is no registry"
        lines = self._capsys.readouterr().out.splitlines()
        return {line[6:16].strip(): f"{line[:4].strip()} {line[17:]}" for line in lines}


@pytest.fixture
def report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Report:
    return Report(tmp_path, capsys)


def network(wire: WirePrinter, *more: str) -> str:
    return "\n".join((f'host = "{wire.host}"', f"port = {wire.port}", "timeout_seconds = 0.5", *more))


def test_a_printer_in_each_state_and_what_to_do(report: Report, wire: WirePrinter) -> None:
    assert report.of(network(wire))["printer"].startswith(
        f"ok network {wire.host}:{wire.port}, TM-T20II, 80 mm, code_page auto: The printer is ready."
    )
    for fault, words in (
        ("paper_low", "ok network .*: There is little paper left. Have a new roll"),
        ("paper_out", "FAIL network .*: The printer is out of paper. Put in a new roll"),
        ("cover_open", "FAIL network .*: The printer's cover is open. Close"),
        ("silent", "FAIL network .*: The printer does not answer. Check power"),
    ):
        wire.fault(fault)
        told, (start, end) = report.of(network(wire))["printer"], words.split(".*")
        assert told.startswith(start)
        assert end in told
        wire.clear()


def test_a_test_print(report: Report, wire: WirePrinter) -> None:
    told = report.of(network(wire), "--print")
    assert told["test print"] == "ok the printer says that it is printed (ready)"
    [paper] = wire.papers
    assert "Тест печати" in paper.text
    assert " 17 Ёж№" in paper.text
    assert paper.codes == ["TALON:TEST-PRINT"]
    assert "T-01" in paper.text


def test_a_test_print_that_cannot_be(report: Report, wire: WirePrinter) -> None:
    wire.fault("cover_open")
    assert report.of(network(wire), "--print")["test print"] == "FAIL surely not printed (cover-open)"
    assert "test print" not in report.of(network(wire))


def test_a_model_that_cannot_print_tickets(report: Report, wire: WirePrinter) -> None:
    told = report.of(network(wire, 'profile = "TM-U220"'), "--print")
    assert "neither a Cyrillic code page" in told["printer"]
    assert told["test print"].startswith("FAIL")


@pytest.mark.parametrize(
    "printer",
    [
        'driver = "serial"\npath = "nothing-here"',
        'driver = "usb"\nusb = "dead:beef"',
        'driver = "cups"\nqueue = "ipp://127.0.0.1:9/printers/tickets"',
        'driver = "file"\npath = "nothing-here"',
    ],
)
def test_a_printer_that_is_not_there_by_each_way(report: Report, printer: str) -> None:
    assert "The printer is not connected" in report.of(printer)["printer"]


def test_a_terminal_without_reader_and_scanner(report: Report) -> None:
    told = report.of('driver = "none"')
    assert told["reader"] == "ok none: policies are typed or scanned"
    assert told["scanner"] == "ok none: policies are typed or put in"


def test_a_scanner_that_is_there_and_one_that_is_not(report: Report, tmp_path: Path) -> None:
    """Issue 5, 3: on a port of its own, or typing like a keyboard, which nobody can see."""
    scanner = tmp_path / "scanner"
    settings = f'driver = "none"\n[scanner]\ndriver = "serial"\npath = "{scanner}"'
    assert report.of(settings)["scanner"].startswith(f"FAIL {scanner} is not there")
    ours, theirs = pty.openpty()
    scanner.symlink_to(os.ttyname(theirs))
    assert report.of(settings)["scanner"] == f"ok serial {scanner}, 9600 baud: ready"
    os.close(ours)
    os.close(theirs)
    keyboard = 'driver = "none"\n[scanner]\ndriver = "keyboard"'
    assert report.of(keyboard)["scanner"].startswith("ok keyboard: only a scan tells")


def test_what_staff_has_done(report: Report, tmp_path: Path) -> None:
    """Issue 5, 7: without a PIN there is no maintenance mode; a terminal that is closed serves nobody."""
    with_pin = f'driver = "none"\n[maintenance]\npin_hash = "{hash_pin("13579")}"'
    assert report.of('driver = "none"')["staff"].startswith("ok maintenance mode is off: there is no PIN")
    assert report.of(with_pin)["staff"] == "ok maintenance mode has its PIN"
    Closing(tmp_path / "state" / "closed.json", "").close("paper")
    assert report.of(with_pin)["staff"].startswith(
        "FAIL taken out of service by staff (paper); maintenance mode"
    )
    assert "without a PIN nobody can open it" in report.of('driver = "none"')["staff"]


def test_a_reader_without_its_library(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 5, 2: the rest of the report is there all the same."""
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    told = report.of('driver = "none"\n[card_reader]\ndriver = "pcsc"')
    assert told["reader"] == "FAIL pyscard is not installed (script/setup --card)"


def test_sound_is_said_and_no_fault(report: Report, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("kiosk.devices.sound.CARDS", tmp_path / "no-cards")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert report.of('driver = "none"')["sound"].startswith("ok silent: aplay is not installed")
    (tmp_path / "aplay").touch(0o755)
    assert report.of('driver = "none"')["sound"].startswith("ok silent: this machine has no sound card")
    (tmp_path / "no-cards").write_text(" 0 [PCH    ]: HDA-Intel")
    assert report.of('driver = "none"')["sound"] == "ok 60 %, at night 0 % from 22:00 to 07:00"
    told = report.of('driver = "none"\n[sound]\nvolume = 0')
    assert told["sound"] == "ok silent, as the settings want it"
