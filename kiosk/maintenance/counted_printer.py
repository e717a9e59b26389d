"""The printer of the settings, with what it prints counted."""

from kiosk.devices.paper_length import length_mm
from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult, ReceiptPrinter
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.maintenance.paper_counter import PaperCounter
from kiosk.ticket import Slip


class CountedPrinter:
    """A ReceiptPrinter. What surely did not come out takes no paper."""

    def __init__(self, printer: ReceiptPrinter, counter: PaperCounter, width_mm: int) -> None:
        self._printer = printer
        self._counter = counter
        self._width_mm = width_mm

    def state(self) -> PrinterState:
        """The printer's own."""
        return self._printer.state()

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """As the printer does it."""
        outcome = self._printer.print(ticket)
        if outcome.result is not PrintResult.NOT_PRINTED and not isinstance(ticket, bytes):
            self._counter.add(length_mm(ticket, self._width_mm))
        return outcome
