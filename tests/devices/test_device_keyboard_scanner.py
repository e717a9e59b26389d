"""A scanner that types, as a code scanner; and which scanner the settings give (issue 5, 3)."""

from pathlib import Path

import pytest
from policy_samples import TYPE_1
from scan_samples import NUMBER

from kiosk.bootstrap import card_reader, code_scanner
from kiosk.devices.card_reader import NoCardReader
from kiosk.devices.code_scanner import NoScanner, ScannerEvent, ScannerState
from kiosk.devices.keyboard_scanner import KeyboardScanner
from kiosk.devices.pcsc_reader import PcscReader
from kiosk.devices.scan_frame import classify
from kiosk.devices.scanned import NumberScanned, ScanFault, ScanRefused
from kiosk.devices.serial_scanner import SerialScanner
from kiosk.settings import CardReaderSettings, ScannerSettings


def test_what_is_typed_is_told_until_stop() -> None:
    scanner, told = KeyboardScanner(), list[ScannerEvent]()
    scanner.typed(NUMBER + "\r", 1.0)
    scanner.listen(told.append)
    scanner.typed(NUMBER + "\r", 2.0)
    scanner.typed(TYPE_1.hex(), 3.0)
    scanner.passed(3.05)
    scanner.passed(3.4)
    scanner.typed("ТАЛОН-ТАЛОН\r", 4.0)
    assert told == [NumberScanned(NUMBER), classify(TYPE_1), ScanRefused(ScanFault.UNKNOWN)]
    scanner.stop()
    scanner.typed(NUMBER + "\r", 5.0)
    assert len(told) == 3
    assert scanner.state() is ScannerState.UNKNOWN


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (ScannerSettings(), NoScanner),
        (ScannerSettings(driver="serial", path=Path("/dev/ttyACM0")), SerialScanner),
        (ScannerSettings(driver="keyboard"), KeyboardScanner),
    ],
)
def test_the_scanner_of_the_settings(settings: ScannerSettings, kind: type) -> None:
    assert type(code_scanner(settings)) is kind


def test_the_reader_of_the_settings() -> None:
    assert type(card_reader(CardReaderSettings())) is NoCardReader
    assert type(card_reader(CardReaderSettings(driver="pcsc"))) is PcscReader
