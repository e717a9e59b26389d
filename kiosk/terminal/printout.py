"""One slip on its way to paper, and what its patient is told of it (R24)."""

from collections.abc import Callable
from functools import partial

from kiosk.devices.receipt_printer import PrinterState, PrintOutcome, PrintResult, ReceiptPrinter
from kiosk.devices.sound import Cue
from kiosk.errors import DeviceError
from kiosk.explanations import Explanation, not_printed, perhaps_printed
from kiosk.journal import Paper
from kiosk.terminal.stage import Stage, Told
from kiosk.ticket import Slip, Stub
from kiosk.views import Printing

_PAPERS = {
    PrintResult.PRINTED: (Paper.PRINTED, Printing.PRINTED),
    PrintResult.NOT_PRINTED: (Paper.NOT_PRINTED, Printing.NOT_PRINTED),
    PrintResult.UNSURE: (Paper.UNSURE, Printing.UNSURE),
}


class Printout:
    """The paper of the present step. `printing` is None where nothing was printed there."""

    def __init__(self, stage: Stage, printer: ReceiptPrinter) -> None:
        self._stage = stage
        self._printer = printer
        self._slip: Slip | None = None
        self._problem: Told | None = None
        self.printing: Printing | None = None

    @property
    def problem(self) -> Explanation | None:
        """Why it is not surely on paper, and what to do instead."""
        return None if self._problem is None else self._problem(self._stage.language)

    @property
    def is_under_way(self) -> bool:
        """Whether the printer is at it."""
        return self.printing is Printing.UNDER_WAY

    def start(
        self, slip: Slip, note: Callable[[Paper], None], wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Prints; `note` keeps what is known of the paper, before and after. Not printed any more where its turn comes
        and it is not `wanted`. Both are called on the printer's worker."""
        self._slip, self.printing, self._problem = slip, Printing.UNDER_WAY, None
        self._stage.on_change()

        def work() -> PrintOutcome:
            return self._printed(slip, note) if wanted() else _NOTHING

        def done(outcome: PrintOutcome) -> None:
            if self._slip is slip:
                self._tell(slip, outcome)

        self._stage.jobs.run(work, done, lambda error: done(_NOTHING), lane="printer")

    def clear(self) -> None:
        """The step is left; of what is still printed nothing is told any more."""
        self._slip, self.printing, self._problem = None, None, None

    def _printed(self, slip: Slip, note: Callable[[Paper], None]) -> PrintOutcome:
        note(Paper.UNDER_WAY)
        try:
            outcome = self._printer.print(slip)
        except DeviceError:
            note(Paper.NOT_PRINTED)
            raise
        note(_PAPERS[outcome.result][0])
        return outcome

    def _tell(self, slip: Slip, outcome: PrintOutcome) -> None:
        self.printing = _PAPERS[outcome.result][1]
        waiting = isinstance(slip, Stub)
        problems: dict[PrintResult, Told] = {
            PrintResult.NOT_PRINTED: partial(not_printed, outcome.state, slip.number, waiting=waiting),
            PrintResult.UNSURE: partial(perhaps_printed, slip.number, waiting=waiting),
        }
        self._problem = problems.get(outcome.result)
        self._stage.cue(Cue.ERROR if self._problem else Cue.TICKET)
        self._stage.on_change()


_NOTHING = PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.UNKNOWN)
