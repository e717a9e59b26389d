"""The test print: code page table, width, sizes, QR, cut, and what the printer says of it."""

from collections.abc import Sequence

from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult, ReceiptPrinter
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.errors import KioskError
from kiosk.maintenance.devices_page import STATES
from kiosk.maintenance.page import Action, Kind, Row, Tone, Tools, _
from kiosk.settings import Settings

RESULTS: dict[PrintResult, tuple[str, Tone]] = {
    PrintResult.PRINTED: (_("printed, the printer says so"), "ok"),
    PrintResult.NOT_PRINTED: (_("not printed"), "fault"),
    PrintResult.UNSURE: (_("handed over; whether it is printed the printer does not say"), "attention"),
}
#: The line that the paper shows as the right one is the code page of the settings.
ADVICE = _("The number of the cell that reads «Ёж№» is code_page; the row of figures fills one line exactly.")


class PrintingPage:
    """One test print at a time, in the lane of the printer."""

    title = _("Test print")
    kind: Kind = "rows"

    def __init__(self, tools: Tools, printer: ReceiptPrinter, settings: Settings) -> None:
        self._tools = tools
        self._printer = printer
        self._settings = settings
        self._is_printing = False
        self._outcome: PrintOutcome | None = None

    @property
    def rows(self) -> Sequence[Row]:
        say = self._tools.say
        return (
            Row(say("Printer"), self._model()),
            Row(say("What to look at"), say(ADVICE)),
            *self._told(),
        )

    @property
    def actions(self) -> Sequence[Action]:
        return () if self._is_printing else (Action("print", self._tools.say("Print"), self._print),)

    def refresh(self) -> None:
        """What came out of an earlier one is not shown again."""
        self._outcome = None

    def _model(self) -> str:
        printer = self._settings.printer
        return f"{printer.driver}, {printer.profile}, {printer.width_mm} mm, code_page {printer.code_page}"

    def _told(self) -> Sequence[Row]:
        say, outcome = self._tools.say, self._outcome
        if self._is_printing:
            return (Row(say("Test print"), say("printing…")),)
        if outcome is None:
            return ()
        words, tone = RESULTS[outcome.result]
        state = say(STATES[outcome.state.value])
        return (Row(say("Test print"), f"{say(words)} ({state})", tone),)

    def _print(self) -> None:
        self._is_printing, self._outcome = True, None
        sheet = SampleSheet(
            self._settings.terminal.name, self._model(), self._tools.clock(), self._tools.language()
        )
        self._tools.jobs.run(lambda: self._printer.print(sheet), self._printed, self._failed, lane="printer")

    def _printed(self, outcome: PrintOutcome) -> None:
        self._is_printing, self._outcome = False, outcome
        self._tools.changed()

    def _failed(self, error: KioskError) -> None:
        """The profile cannot print it at all."""
        self._printed(PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.UNKNOWN))
