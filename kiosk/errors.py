"""Everything that can go wrong, as one tree.

KioskError
├── SettingsError            the settings have mistakes (all of them in one report)
├── RegistryError            the central registry
│   ├── Unreachable          no connection, or no answer in time; `sent` tells whether it may have been carried out
│   ├── ServerFault          it answered 5xx
│   ├── BadReply             it answered something that is not what api.md promises
│   ├── Refused              it said no: a code of api.md section 11 and words for the patient
│   ├── DocumentRequired     policy number and birth date were not enough (R9)
│   ├── NotIdentified        nor was the document (R11)
│   ├── TooManyTries         try again in `retry_after` seconds
│   ├── NotYours             the paper that was scanned, or the number typed, is of no booking or place of this patient
│   └── InDoubt              a booking, or a change of one, was asked for and it is not known what became of it
├── JournalFault             the journal of bookings cannot be written or read
└── DeviceError              a device of the terminal
    ├── DeviceOffline        not there, switched off, or not to be opened
    ├── DeviceSilent         it did not answer in time: its state is unknown
    ├── OutOfPaper
    └── CoverOpen
"""

from collections.abc import Iterator
from contextlib import contextmanager


class KioskError(Exception):
    """Base of everything this program raises on purpose."""


class SettingsError(KioskError):
    """The settings cannot be used; `problems` has one line each: file, key, reason."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RegistryError(KioskError):
    """The central registry did not do what was asked."""


class Unreachable(RegistryError):
    """No answer. With `sent` False the request surely did not reach the registry."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent


class ServerFault(RegistryError):
    """The registry answered 5xx; whether it did what was asked is unknown."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class BadReply(RegistryError):
    """The answer was not JSON, or not of the promised shape."""


class Refused(RegistryError):
    """The registry said no. `code` is of api.md section 11 ('' where it gave none), `text` is for the patient."""

    def __init__(self, status: int, code: str, text: str = "", retry_after: int | None = None) -> None:
        super().__init__(f"HTTP {status} {code}".rstrip())
        self.status = status
        self.code = code
        self.text = text
        self.retry_after = retry_after

    @property
    def login(self) -> bool:
        """Whether the registry does not know (any more) who asks."""
        return self.status == 401


class DocumentRequired(RegistryError):
    """The number of the identity document is needed as well (R9)."""


class NotIdentified(RegistryError):
    """The three values together identify nobody (R11)."""


class TooManyTries(RegistryError):
    """Identification is limited for now."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class NotYours(RegistryError):
    """The code or number of a ticket or stub is of nothing that this patient has; whose it is, nobody is told."""


class InDoubt(RegistryError):
    """A booking, or a change of one, was asked for and the answer did not come; it has to be found out."""


@contextmanager
def doubting() -> Iterator[None]:
    """What is asked in here changes something: an error that leaves it open whether it was done is InDoubt."""
    try:
        yield
    except (ServerFault, BadReply) as error:
        raise InDoubt from error
    except Unreachable as error:
        if error.sent:
            raise InDoubt from error
        raise


@contextmanager
def doubting_still() -> Iterator[None]:
    """The same for what is asked once more: of the first time nothing is known as long as there is no clear answer."""
    try:
        with doubting():
            yield
    except Unreachable as error:
        raise InDoubt from error
    except Refused as error:
        if error.status == 429:
            raise InDoubt from error
        raise


class JournalFault(KioskError):
    """The journal cannot be written or read now, so nothing may be booked."""


class DeviceError(KioskError):
    """A device of the terminal did not do what was asked."""


class DeviceOffline(DeviceError):
    """The device is not there or cannot be opened."""


class DeviceSilent(DeviceError):
    """The device did not answer in time; its state is unknown."""


class OutOfPaper(DeviceError):
    """The receipt printer has no paper."""


class CoverOpen(DeviceError):
    """The receipt printer's cover is open."""
