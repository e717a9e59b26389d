"""The receipt printer: what it promises (`ReceiptPrinter`), and the printers that answer or are files.

No threads and no locks here: a printer belongs to its one worker. What was printed is never guessed.
"""

import os
import select
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from time import monotonic
from typing import Protocol

from kiosk.devices.escpos_writer import PrinterModel, sample_bytes, ticket_bytes
from kiosk.devices.printer_status import DLE_EOT, PrinterState, ReplySorter, paper_was_there, state_of
from kiosk.devices.printer_wire import Wire
from kiosk.devices.sample_sheet import SampleSheet
from kiosk.errors import DeviceError, DeviceOffline, DeviceSilent
from kiosk.ticket import Slip

__all__ = [
    "AnsweringPrinter",
    "FilePrinter",
    "PrintOutcome",
    "PrintResult",
    "PrinterModel",
    "PrinterState",
    "ReceiptPrinter",
]

#: GS r 1, queued behind a ticket: its answer says that all before it was printed (client-facts.md section 5).
_PROOF_REQUEST = b"\x1dr\x01"
#: DLE ENQ 2 recovers from an error and clears the buffers, DLE DC4 8 clears them without an error as well.
_CLEAR = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
#: ESC @, feed, cut: what stands on the paper already does not get onto the next patient's ticket.
_CUT_OFF = b"\x1b@\x1bd\x06\x1dV\x00"
_CLEAR_SECONDS = 0.5
_POLL_SECONDS = 0.5
#: After so long without a byte no late answer is awaited any more, and after so many pieces nobody waits on.
_QUIET_SECONDS, _QUIET_PIECES = 1.0, 20


class PrintResult(Enum):
    """What became of a ticket.

    PRINTED: it surely came out. NOT_PRINTED: it surely did not, and will not later.
    UNSURE: it may have come out, wholly or in part.
    """

    PRINTED = "printed"
    NOT_PRINTED = "not-printed"
    UNSURE = "unsure"


@dataclass(frozen=True)
class PrintOutcome:
    """What became of a ticket, and how the printer was when last heard of (the reason, where not printed)."""

    result: PrintResult
    state: PrinterState


class ReceiptPrinter(Protocol):
    """A receipt printer. Blocks for seconds at most; trouble with the device is an answer, not an exception."""

    def state(self) -> PrinterState:
        """How the printer is now; UNKNOWN where it does not say. Never raises."""

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """Prints a ticket or stub, a test print, or ready bytes. Raises DeviceError only for a profile that cannot print tickets."""


class AnsweringPrinter:
    """A printer that answers status requests, over any `Wire`; a fresh one for each job, always closed.

    The sequence of client-facts.md section 5: state, the whole ticket in one write and behind it the request
    that proves it printed, state again; after a fault everything held is cleared.
    `timeout` seconds bound each exchange, `proof_timeout` the sending of a ticket and then the wait for its proof:
    a job takes 2 x timeout where nobody answers, about proof_timeout where the printer stops in the middle, and
    2 x proof_timeout + 10 x timeout at the very worst.
    `leftover`: a ticket from before this program's start may be held in the printer (the journal knows).
    """

    def __init__(
        self,
        connect: Callable[[], Wire],
        *,
        model: PrinterModel,
        timeout: float = 3.0,
        proof_timeout: float = 10.0,
        leftover: bool = False,
    ) -> None:
        self._connect = connect
        self._model = model
        self._timeout = timeout
        self._proof_timeout = proof_timeout
        # A ticket may be left in the printer: cleared before anything else, as soon as it answers again.
        self._leftover = leftover
        # The answer to the last question may still be on its way.
        self._unanswered = False

    def state(self) -> PrinterState:
        """How the printer is now; UNKNOWN where it does not say. Never raises."""
        try:
            with self._conversation() as talk:
                return talk.state()
        except DeviceError as error:
            return _state_after(error)

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """Prints a ticket or stub, a test print, or ready bytes. Raises DeviceError only for a profile that cannot print tickets."""
        data = as_bytes(ticket, self._model)
        try:
            with self._conversation() as talk:
                state = talk.state()
                if not state.can_print:
                    return PrintOutcome(PrintResult.NOT_PRINTED, state)
                return self._deliver(talk, data)
        except DeviceError as error:
            return PrintOutcome(PrintResult.NOT_PRINTED, _state_after(error))

    @contextmanager
    def _conversation(self) -> "Iterator[_Conversation]":
        wire = self._connect()
        talk = _Conversation(wire, self._timeout)
        try:
            if self._unanswered and wire.keeps_answers:
                talk.drop_late_answers()
            if self._leftover:
                self._leftover = not talk.clear()
            yield talk
        finally:
            self._unanswered = not talk.is_answered
            wire.close()

    def _deliver(self, talk: "_Conversation", data: bytes) -> PrintOutcome:
        """Sends and waits for the proof; from the first byte on nothing is surely unprinted. Never raises."""
        self._leftover = True
        try:
            state = talk.prove(data, self._proof_timeout)
        except DeviceError as error:
            state = _state_after(error)
        if talk.proved:
            self._leftover = False
            return PrintOutcome(PrintResult.PRINTED, state)
        self._clear_up(talk)
        return PrintOutcome(PrintResult.UNSURE, state)

    def _clear_up(self, talk: "_Conversation") -> None:
        try:
            self._leftover = not talk.clear()
        except DeviceError:
            return  # the next conversation begins with it


class FilePrinter:
    """Tickets as files: into a folder one `ticket-0001.bin` each, or behind each other into one file or device.

    The path must exist, else the printer is OFFLINE. A ticket in a file is PRINTED when it is on the disk;
    a device (`/dev/usb/lp0`) takes the bytes and says nothing, so there it is UNSURE.
    """

    def __init__(self, *, path: Path, model: PrinterModel, timeout: float = 3.0) -> None:
        self._path = path
        self._model = model
        self._timeout = timeout

    def state(self) -> PrinterState:
        """READY for a file or folder that can be written, UNKNOWN for a device, else OFFLINE. Never raises."""
        if not os.access(self._path, os.W_OK):
            return PrinterState.OFFLINE
        return PrinterState.READY if self._path.is_dir() or self._path.is_file() else PrinterState.UNKNOWN

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """Writes a ticket or stub, a test print, or ready bytes. Raises DeviceError only for a profile that cannot print tickets."""
        data = as_bytes(ticket, self._model)
        try:
            descriptor = self._open()
        except OSError:
            return PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OFFLINE)
        try:
            return self._write(descriptor, data)
        except OSError:
            return PrintOutcome(PrintResult.UNSURE, PrinterState.OFFLINE)
        finally:
            os.close(descriptor)

    def _open(self) -> int:
        if not self._path.is_dir():
            return os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
        numbers = (file.stem.removeprefix("ticket-") for file in self._path.glob("ticket-*.bin"))
        last = max((int(number) for number in numbers if number.isdecimal()), default=0)
        file = self._path / f"ticket-{last + 1:04}.bin"
        return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def _write(self, descriptor: int, data: bytes) -> PrintOutcome:
        end = monotonic() + self._timeout
        while data:
            if not select.select([], [descriptor], [], max(0.0, end - monotonic()))[1]:
                return PrintOutcome(PrintResult.UNSURE, PrinterState.UNKNOWN)
            data = data[os.write(descriptor, data) :]
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return PrintOutcome(PrintResult.UNSURE, PrinterState.UNKNOWN)
        os.fsync(descriptor)
        return PrintOutcome(PrintResult.PRINTED, PrinterState.READY)


class NoPrinter:
    """A terminal without a printer: every ticket is shown, and said not to be printed."""

    def state(self) -> PrinterState:
        """OFFLINE, always."""
        return PrinterState.OFFLINE

    def print(self, ticket: Slip | SampleSheet | bytes) -> PrintOutcome:
        """NOT_PRINTED, always."""
        return PrintOutcome(PrintResult.NOT_PRINTED, PrinterState.OFFLINE)


class _Conversation:
    """Questions and answers over one wire.

    After a question without an answer no other is asked: a late answer would be taken for that to the next
    (client-facts.md section 5, trap 6).
    """

    def __init__(self, wire: Wire, timeout: float) -> None:
        self._wire = wire
        self._timeout = timeout
        self._replies = ReplySorter()
        self._answers = True
        self._awaits_proof = False

    @property
    def is_answered(self) -> bool:
        """Whether nothing that was asked is without its answer."""
        return self._answers and not self._awaits_proof

    @property
    def proved(self) -> bool:
        """Whether the printer said that it printed all that was sent."""
        return any(paper_was_there(proof) for proof in self._replies.proofs)

    def state(self) -> PrinterState:
        """DLE EOT 1, 2 and 4, all within the timeout; DeviceSilent, DeviceOffline."""
        if not self._answers:
            raise DeviceSilent("this connection does not answer any more")
        end = monotonic() + self._timeout
        return state_of(*[self._status(which, end) for which in (1, 2, 4)])

    def prove(self, data: bytes, proof_timeout: float) -> PrinterState:
        """Sends the data with the proof request behind; the state afterwards, or that of the fault.

        Whether it was printed tells `proved`, also where this raises DeviceSilent or DeviceOffline.
        """
        self._replies.proofs.clear()
        self._awaits_proof = True
        self._wire.send(data + _PROOF_REQUEST, proof_timeout)
        end = monotonic() + proof_timeout
        while True:
            self._listen(min(end, monotonic() + _POLL_SECONDS))
            state = self._state_or_proof(end)
            self._awaits_proof = not self._replies.proofs
            if self._replies.proofs or not state.can_print:
                return state
            if monotonic() >= end:
                raise DeviceSilent("no proof of printing")

    def _state_or_proof(self, end: float) -> PrinterState:
        """The state; a printer that answers in the order of its work gives the proof before it."""
        try:
            return self.state()
        except DeviceSilent:
            self._listen(end)
            raise

    def drop_late_answers(self) -> None:
        """Takes what an earlier connection did not wait for, before anything is asked in this one."""
        quiet = min(self._timeout, _QUIET_SECONDS)
        for _ in range(_QUIET_PIECES):
            if not self._wire.receive(quiet):
                return

    def clear(self) -> bool:
        """Clears whatever the printer holds and cuts it off; DeviceError where it does not answer.

        Whether that is done now: a printer that cannot print only holds the cut, and forgets it when switched off.
        """
        self._wire.send(_CLEAR, self._timeout)
        self._listen(monotonic() + _CLEAR_SECONDS)
        self._wire.send(_CUT_OFF, self._timeout)
        return self.state().can_print

    def _status(self, which: int, end: float) -> int:
        self._wire.send(DLE_EOT + bytes([which]), self._timeout)
        while not self._replies.statuses:
            data = self._wire.receive(end - monotonic())
            if not data and monotonic() >= end:
                self._answers = False
                raise DeviceSilent("no answer about the printer's state")
            self._replies.feed(data)
        return self._replies.statuses.pop(0)

    def _listen(self, end: float) -> None:
        """Takes what comes until then, or until a proof came."""
        while not self._replies.proofs and monotonic() < end:
            self._replies.feed(self._wire.receive(end - monotonic()))


def as_bytes(ticket: Slip | SampleSheet | bytes, model: PrinterModel) -> bytes:
    """What a printer of this model is sent. Raises DeviceError where it cannot print tickets."""
    if isinstance(ticket, bytes):
        return ticket
    if isinstance(ticket, SampleSheet):
        return sample_bytes(ticket, model.profile, model.width_mm, model.code_page)
    return ticket_bytes(ticket, model.profile, model.width_mm, model.code_page)


def _state_after(error: DeviceError) -> PrinterState:
    return PrinterState.OFFLINE if isinstance(error, DeviceOffline) else PrinterState.UNKNOWN
