"""One request on its way through the registry: who calls, what is asked, what is answered.

Handlers are plain functions `Call -> Reply`, run in a worker thread; they know nothing of HTTP libraries.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.central.staff.account import Staff
    from kiosk.central.staff.permissions import Action
    from kiosk.central.store import Store


class Who(Enum):
    """The least a caller must show (api.md section 1)."""

    ANYBODY = "anybody"
    TERMINAL = "terminal"
    PATIENT = "patient"
    STAFF = "staff"
    LOCAL = "local"  # Who asks from this machine itself (local.py).


@dataclass(frozen=True)
class Caller:
    """Who calls: nobody in particular, a terminal, a terminal with its patient, or somebody of the staff."""

    terminal_id: str = ""
    patient_id: str = ""
    staff: "Staff | None" = None

    @property
    def who(self) -> Who:
        if self.staff is not None:
            return Who.STAFF
        if self.patient_id:
            return Who.PATIENT
        return Who.TERMINAL if self.terminal_id else Who.ANYBODY


@dataclass(frozen=True)
class Call:
    """A request, authenticated and parsed. `now` is in whole seconds of UTC, the registry's clock.

    `query` holds every parameter in order, repeats included, from the URL or a `_search` form; `body` is the
    parsed JSON or None; `base` is the FHIR base as the caller addressed it.
    """

    store: "Store"
    caller: Caller
    now: int
    language: str
    base: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Reply:
    """An answer: `body` is a resource as plain data, or its JSON as bytes, or None for an empty answer."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Reply]


@dataclass(frozen=True)
class Route:
    """One line of the API: routing, access and the capability statement are all derived from it.

    `path` is below the FHIR base (`/PractitionerRole/{id}`). `interaction` is FHIR's code (`read`,
    `search-type`, `create`, `patch`) or `operation`, for which `definition` is the canonical URL. `searches` are
    the accepted search parameters with their FHIR types; any other parameter is refused by name. `action` lets in
    the staff whose role may do it (staff/permissions.py), beside `who`; a route of `Who.STAFF` without one is for all
    staff, any other without one for none. `personal`: what it tells a patient of themselves is noted (audit.py).
    `batched`: answered together with others that wait (batches.py); its handler takes little time, and writes.
    """

    method: str
    path: str
    handler: Handler
    who: Who
    interaction: str = ""
    definition: str = ""
    searches: Mapping[str, str] = field(default_factory=dict)
    includes: Sequence[str] = ()
    action: "Action | None" = None
    personal: bool = False
    batched: bool = False


class Refusal(Exception):
    """A bare OperationOutcome (api.md sections 1 and 11).

    `code` is of section 11; its HTTP status, FHIR issue type and words in the caller's language are looked up by
    it. `detail` names what was wrong with a request (a parameter, an element), never anything of a person.
    """

    def __init__(self, code: str, detail: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class Impossible(Refusal):
    """What staff asked for and cannot be done: `detail` is in words for them (English), which no other refusal has."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code, words)
