"""A receipt printer behind a queue of CUPS, asked by IPP over HTTP: the last choice, for it never hears the printer.

http.client is imported on the first use.
"""

from time import monotonic, sleep
from urllib.parse import urlsplit

from kiosk.devices.escpos_writer import PrinterModel
from kiosk.devices.ipp import Answer, Operation, Tag, answer, request
from kiosk.devices.printer_status import PrinterState
from kiosk.devices.receipt_printer import PrintOutcome, PrintResult, as_bytes
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.errors import DeviceError, DeviceOffline, DeviceSilent
from kiosk.ticket import Slip

#: The user under whose name the jobs are; no person.
_USER = "kiosk"
_PAUSE_SECONDS = 0.2
_STOPPED = 5
_JOB_ENDED = (7, 8, 9)
_JOB_CANCELED = 7
_STATES = (
    (("cover-open", "door-open", "interlock-open"), PrinterState.COVER_OPEN),
    (("media-empty", "media-needed"), PrinterState.OUT_OF_PAPER),
    (("offline", "shutdown", "connecting-to-device", "timed-out", "paused", "stopped"), PrinterState.OFFLINE),
    (("media-low",), PrinterState.PAPER_LOW),
)


class CupsPrinter:
    """A raw queue, by its address (`ipp://localhost:631/printers/NAME`).

    What CUPS calls completed was handed to the printer, and nobody knows whether it came out: such a ticket is
    UNSURE. READY means that the queue takes jobs and tells of no trouble. What is not handed over in time is
    cancelled, so that it does not come out for the next patient.
    """

    def __init__(
        self,
        *,
        queue: str,
        model: PrinterModel,
        timeout: float = 3.0,
        job_timeout: float = 10.0,
        leftover: bool = False,
    ) -> None:
        parts = urlsplit(queue)
        self._queue = queue
        self._address = (parts.hostname or "", parts.port or 631)
        self._path = parts.path
        self._model = model
        self._timeout = timeout
        self._job_timeout = job_timeout
        # A job may be held in the queue: cancelled before anything else, as soon as CUPS answers.
        self._leftover = leftover

    def state(self) -> PrinterState:
        """How the queue is; UNKNOWN where CUPS does not say. Never raises."""
        try:
            self._clear_up()
            return self._state()
        except DeviceError as error:
            return PrinterState.OFFLINE if isinstance(error, DeviceOffline) else PrinterState.UNKNOWN

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """Queues a ticket or stub, a test print, or ready bytes. Raises DeviceError only for a profile that cannot print tickets."""
        data = as_bytes(ticket, self._model)
        state = self.state()
        if not state.can_print:
            return PrintOutcome(PrintResult.NOT_PRINTED, state)
        self._leftover = True
        try:
            return self._deliver(data)
        except DeviceError:
            return PrintOutcome(PrintResult.UNSURE, self.state())

    def _deliver(self, data: bytes) -> PrintOutcome:
        """UNSURE, but for what was refused, or surely had not begun when it was cancelled."""
        raw = (Tag.MIME_TYPE, "document-format", "application/vnd.cups-raw")
        said = self._ask(Operation.PRINT_JOB, [raw], data)
        job = next((number for number in said.values("job-id") if isinstance(number, int)), None)
        if job is None:
            return PrintOutcome(PrintResult.NOT_PRINTED, self._state())
        if self._wait(job):
            self._leftover = False
            return PrintOutcome(PrintResult.UNSURE, self._state())
        # Before the cancelling: with the job goes what CUPS had to tell of it.
        state = self._state()
        self._cancel(job)
        result = PrintResult.UNSURE if self._has_begun(job) else PrintResult.NOT_PRINTED
        return PrintOutcome(result, PrinterState.UNKNOWN if state.can_print else state)

    def _has_begun(self, job: int) -> bool:
        """False only for a job that is cancelled and was never at work."""
        said = self._job(job)
        worked = any(isinstance(time, int) for time in said.values("time-at-processing"))
        return worked or said.values("job-state") != (_JOB_CANCELED,)

    def _wait(self, job: int) -> bool:
        """Whether the job ended in time."""
        end = monotonic() + self._job_timeout
        while not set(self._job(job).values("job-state")) & set(_JOB_ENDED):
            if monotonic() >= end:
                return False
            sleep(_PAUSE_SECONDS)
        return True

    def _clear_up(self) -> None:
        """Cancels what is left of this terminal's jobs. Raises DeviceError."""
        if not self._leftover:
            return
        held = self._ask(Operation.GET_JOBS, [(Tag.BOOLEAN, "my-jobs", 1)])
        for group in held.groups:
            for job in group.get("job-id", ()):
                if isinstance(job, int):
                    self._cancel(job)
        self._leftover = False

    def _cancel(self, job: int) -> None:
        self._ask(Operation.CANCEL_JOB, [(Tag.INTEGER, "job-id", job)])

    def _job(self, job: int) -> Answer:
        return self._ask(Operation.GET_JOB, [(Tag.INTEGER, "job-id", job)])

    def _state(self) -> PrinterState:
        said = self._ask(Operation.GET_PRINTER, [])
        if not said.is_good or said.values("printer-state") == (_STOPPED,):
            return PrinterState.OFFLINE
        reasons = [str(reason) for reason in said.values("printer-state-reasons")]
        for words, state in _STATES:
            if any(reason.startswith(words) for reason in reasons):
                return state
        return PrinterState.READY

    def _ask(
        self, operation: Operation, attributes: list[tuple[Tag, str, int | str]], data: bytes = b""
    ) -> Answer:
        """Raises DeviceOffline where there is no CUPS, DeviceSilent where it does not answer, or not in IPP."""
        from http.client import HTTPConnection, HTTPException

        target = (Tag.URI, "printer-uri", self._queue)
        asked = request(operation, [target, *attributes, (Tag.NAME, "requesting-user-name", _USER)])
        connection = HTTPConnection(*self._address, timeout=self._timeout)
        try:
            connection.request("POST", self._path, asked + data, {"Content-Type": "application/ipp"})
            return answer(connection.getresponse().read())
        except (TimeoutError, HTTPException, ValueError) as error:
            raise DeviceSilent("the queue does not answer") from error
        except OSError as error:
            raise DeviceOffline("there is no CUPS at the address of the queue") from error
        finally:
            connection.close()
